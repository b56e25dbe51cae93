// Feedback by bytes in virtual time: what differs, in which order, how fast, and never against a finger.
import { describe, expect, it } from 'vitest'
import { Feedback, type FeedbackOptions } from '../../src/surface/feedback.js'
import type { Look } from '../../src/surface/look.js'
import { meterBytes, pitchBend, smallCodec, smallControls } from '../fixtures/small-codec.js'

const usb = 40_000
const din = 3125

const feedback = (more: Partial<FeedbackOptions> = {}): Feedback =>
  new Feedback({ codec: smallCodec(), controls: smallControls(), bytesASecond: usb, echo: 'onRelease', ...more })

const looks = (wanted: Record<string, Look>): Map<string, Look> => new Map(Object.entries(wanted))
const at = (position: number): Look => ({ kind: 'position', position })
const on: Look = { kind: 'light', light: 'on' }
const words = (row: string): Look => ({ kind: 'text', rows: [row] })
const level = (levelDb: number): Look => ({ kind: 'meter', levelDb, isClipped: false })

interface Sent {
  readonly ms: number
  readonly bytes: number[]
}

/** Everything that goes out from `fromMs` on, asked every 5 ms, with `each` called before. */
function run(unit: Feedback, fromMs: number, forMs: number, each: (nowMs: number) => void = () => {}): Sent[] {
  const sent: Sent[] = []
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += 5) {
    each(nowMs)
    for (const bytes of unit.take(nowMs)) sent.push({ ms: nowMs, bytes: [...bytes] })
  }
  return sent
}

/** A unit that was told everything and is quiet, at 10 s. */
function quiet(more: Partial<FeedbackOptions> = {}): Feedback {
  const unit = feedback(more)
  run(unit, 0, 10_000)
  return unit
}

const bytesOf = (sent: readonly Sent[]): number[][] => sent.map(({ bytes }) => bytes)

describe('what is told', () => {
  it('is hello, then every control, dark where nothing is wanted', () => {
    const first = bytesOf(run(feedback(), 0, 1000))
    expect(first[0]).toEqual([0xf0, 0x00, 0xf7])
    expect(first).toHaveLength(1 + 8 + 8 + 8)
    expect(first).toContainEqual([0x90, 0x17, 0x00])
  })

  it('is only what differs from what was told', () => {
    const unit = quiet()
    unit.want(looks({ 'fader.1': at(0.5), 'mute.2': on }))
    expect(bytesOf(run(unit, 10_000, 100))).toEqual([pitchBend(1, 0.5), [0x90, 0x11, 0x7f]])
    unit.want(looks({ 'fader.1': at(0.5), 'mute.2': on }))
    expect(run(unit, 11_000, 100)).toEqual([])
    unit.want(looks({ 'fader.1': at(0.5) }))
    expect(bytesOf(run(unit, 12_000, 100))).toEqual([[0x90, 0x11, 0x00]])
  })

  it('is the latest only, and nothing at all when it is as before again', () => {
    const unit = quiet()
    unit.want(looks({ 'mute.1': on }))
    unit.want(looks({}))
    for (let i = 0; i <= 100; i++) unit.want(looks({ 'fader.1': at(i / 100) }))
    expect(unit.waitingBytes).toBe(3)
    expect(bytesOf(run(unit, 10_000, 100))).toEqual([pitchBend(1, 1)])
  })

  it('goes in the order motor, light, text, meter', () => {
    const unit = quiet()
    unit.want(looks({ 'meter.1': level(-5), 'lcd.1': words('Voice'), 'mute.1': on, 'fader.1': at(1) }))
    expect(bytesOf(run(unit, 10_000, 50)).map(([status]) => status)).toEqual([0xe0, 0x90, 0xf0, 0xd0])
  })

  it('is all of it again after resend, in the state it is now', () => {
    const unit = quiet()
    const wanted = looks({ 'fader.3': at(0.25), 'lcd.1': words('Kick'), 'mute.1': on })
    unit.want(wanted)
    const shown = (sent: readonly Sent[]): string[] => bytesOf(sent).map(String).sort()
    run(unit, 10_000, 1000)
    unit.resend()
    const again = run(unit, 12_000, 1000)
    const fresh = feedback()
    fresh.want(wanted)
    expect(shown(again)).toEqual(shown(run(fresh, 0, 1000)))
    expect(again[0]?.bytes).toEqual([0xf0, 0x00, 0xf7])
  })

  it('has nothing that a port would lose: 4096 bytes go, more is refused and counted', () => {
    const long = (length: number) => ({
      ...smallCodec(),
      hello: () => [{ key: 'hello', urgency: 'light' as const, bytes: new Uint8Array(length) }],
    })
    const sizes = (unit: Feedback): number[] => bytesOf(run(unit, 0, 1000)).map(({ length }) => length)
    expect(sizes(feedback({ codec: long(4096) }))).toContain(4096)
    const unit = feedback({ codec: long(4097) })
    expect(sizes(unit)).not.toContain(4097)
    expect(unit.refused).toBe(1)
  })

  it('keeps a unit alive as often as it wants', () => {
    const ping = { key: 'alive', urgency: 'light' as const, bytes: Uint8Array.of(0xa0, 0, 0) }
    const unit = feedback({ codec: smallCodec({ everyMs: 1000, messages: [ping] }) })
    expect(run(unit, 0, 10_000).filter(({ bytes }) => bytes[0] === 0xa0)).toHaveLength(10)
  })

  it('answers at once, ahead of what waits', () => {
    const unit = feedback({ bytesASecond: din })
    run(unit, 0, 5)
    unit.answer([{ key: 'handshake', urgency: 'light', bytes: Uint8Array.of(0xf0, 0x02, 0xf7) }])
    expect(bytesOf(run(unit, 5, 30))[0]).toEqual([0xf0, 0x02, 0xf7])
  })
})

describe('meters that fall by themselves', () => {
  it('are told again every 200 ms while there is signal, and once when it ends', () => {
    const unit = quiet()
    unit.want(looks({ 'meter.2': level(-10) }))
    const sent = run(unit, 10_000, 2000)
    expect(new Set(sent.map(({ bytes }) => String(bytes)))).toEqual(new Set([String(meterBytes(2, -10))]))
    expect(sent).toHaveLength(10)
    unit.want(looks({ 'meter.2': level(Number.NEGATIVE_INFINITY) }))
    expect(bytesOf(run(unit, 12_000, 2000))).toEqual([[0xd0, 0x10]])
  })
})

describe('a motor fader', () => {
  const moved = (unit: Feedback, position: number, nowMs: number): boolean =>
    unit.received({ kind: 'position', control: 'fader.1', position, steps: 16384 }, nowMs)
  const touch = (unit: Feedback, isTouched: boolean, nowMs: number): boolean =>
    unit.received({ kind: 'touch', control: 'fader.1', isTouched }, nowMs)

  it('is never driven while a finger is on it, and told where it stands when it is let go', () => {
    const unit = quiet()
    touch(unit, true, 10_000)
    const ride = run(unit, 10_000, 2000, (nowMs) => {
      const position = (nowMs - 10_000) / 2000
      moved(unit, position, nowMs)
      unit.want(looks({ 'fader.1': at(position / 2), 'fader.2': at(position) }))
    })
    expect(ride.filter(({ bytes }) => bytes[0] === 0xe0)).toEqual([])
    expect(ride.filter(({ bytes }) => bytes[0] === 0xe1).length).toBeGreaterThan(150)
    touch(unit, false, 12_000)
    expect(bytesOf(run(unit, 12_000, 100)).filter(([status]) => status === 0xe0)).toEqual([pitchBend(1, 1995 / 4000)])
  })

  it('is confirmed on release even where it already stands, but not by `never`', () => {
    for (const [echo, expected] of [
      ['onRelease', [pitchBend(1, 0.5)]],
      ['always', [pitchBend(1, 0.5)]],
      ['never', []],
    ] as const) {
      const unit = quiet({ echo })
      touch(unit, true, 10_000)
      moved(unit, 0.5, 10_000)
      unit.want(looks({ 'fader.1': at(0.5) }))
      run(unit, 10_000, 100)
      touch(unit, false, 10_100)
      expect(bytesOf(run(unit, 10_100, 100)), echo).toEqual(expected)
    }
  })

  it('with `never` goes back to where it should stand when the hand left it elsewhere', () => {
    const unit = quiet({ echo: 'never' })
    unit.want(looks({ 'fader.1': at(0.5) }))
    run(unit, 10_000, 100)
    touch(unit, true, 11_000)
    moved(unit, 0.8, 11_000)
    unit.want(looks({ 'fader.1': at(0.5) }))
    run(unit, 11_000, 100)
    touch(unit, false, 11_100)
    expect(bytesOf(run(unit, 11_100, 100))).toEqual([pitchBend(1, 0.5)])
  })

  it('with `always` hears its own position as it moves, not what others want meanwhile', () => {
    const unit = quiet({ echo: 'always' })
    touch(unit, true, 10_000)
    const ride = run(unit, 10_000, 200, (nowMs) => {
      moved(unit, (nowMs - 10_000) / 200, nowMs)
      unit.want(looks({ 'fader.1': at(0.123) }))
    })
    expect(ride.length).toBeGreaterThan(15)
    expect(bytesOf(ride)).not.toContainEqual(pitchBend(1, 0.123))
    expect(ride.at(-1)?.bytes).toEqual(pitchBend(1, (ride.at(-1)!.ms - 10_000) / 200))
  })

  it('is not sent back to an old value when the looks of the last move come after the release', () => {
    const unit = quiet()
    unit.want(looks({ 'fader.1': at(0.2) }))
    run(unit, 10_000, 100)
    touch(unit, true, 11_000)
    moved(unit, 0.7, 11_000)
    touch(unit, false, 11_001)
    expect(run(unit, 11_001, 20)).toEqual([])
    unit.want(looks({ 'fader.1': at(0.7) }))
    expect(bytesOf(run(unit, 11_021, 100))).toEqual([pitchBend(1, 0.7)])
  })

  it('is confirmed when a hand that it does not feel moved it', () => {
    const unit = quiet()
    moved(unit, 0.6, 10_000)
    expect(run(unit, 10_000, 20)).toEqual([])
    unit.want(looks({ 'fader.1': at(0.6) }))
    expect(bytesOf(run(unit, 10_020, 100))).toEqual([pitchBend(1, 0.6)])
  })

  it('that tells nothing of touch counts as touched for 300 ms after its last move', () => {
    const unit = quiet({ controls: smallControls({}) })
    const ride = run(unit, 10_000, 500, (nowMs) => {
      expect(moved(unit, (nowMs - 10_000) / 500, nowMs)).toBe(true)
      unit.want(looks({ 'fader.1': at(0.4) }))
    })
    expect(ride).toEqual([])
    expect(run(unit, 10_500, 500)).toEqual([{ ms: 10_795, bytes: pitchBend(1, 0.4) }])
  })

  it('on its way is no hand: what it says untouched within 400 ms of being driven is not acted on', () => {
    const unit = quiet()
    unit.want(looks({ 'fader.1': at(0.9) }))
    run(unit, 10_000, 50)
    expect(moved(unit, 0.3, 10_100)).toBe(false)
    touch(unit, true, 10_150)
    expect(moved(unit, 0.5, 10_150)).toBe(true)
    touch(unit, false, 10_160)
    run(unit, 10_160, 50)
    expect(moved(unit, 0.5, 11_000)).toBe(true)
  })
})

describe('a unit that says back what it is told', () => {
  it.each([
    ['onRelease', { hasTouch: true }],
    ['onRelease', {}],
    ['always', {}],
    ['always', { hasTouch: true }],
    ['never', {}],
  ] as const)('makes no storm: echo %s, %o', (echo, fader) => {
    const unit = quiet({ echo, controls: smallControls({ ...fader, steps: 1024 }) })
    let position = 0.7
    unit.want(looks({ 'fader.1': at(position) }))
    const onWay: { ms: number; position: number }[] = []
    let hands = 0
    const sent = run(unit, 10_000, 60_000, (nowMs) => {
      // A bit off, as motors and ten bits are.
      while (onWay.length > 0 && onWay[0]!.ms <= nowMs) {
        const said = onWay.shift()!.position + (nowMs % 2 ? 1 : -1) / 1023
        if (unit.received({ kind: 'position', control: 'fader.1', position: said, steps: 1024 }, nowMs)) {
          hands++
          position = said
        }
      }
      unit.want(looks({ 'fader.1': at(position) }))
      for (const message of unit.take(nowMs))
        if (message[0] === 0xe0) onWay.push({ ms: nowMs + 50, position: (message[1]! | (message[2]! << 7)) / 16383 })
    })
    expect(hands).toBe(0)
    expect(sent).toEqual([])
    expect(position).toBe(0.7)
  })
})

describe('a DIN port', () => {
  it('gets no more than 3125 bytes in any second, nor 64 more than its rate in any shorter time', () => {
    const unit = feedback({ bytesASecond: din })
    const sent = run(unit, 0, 5000, everything(unit))
    const total = (fromMs: number, toMs: number): number =>
      sent.filter(({ ms }) => ms >= fromMs && ms < toMs).reduce((sum, { bytes }) => sum + bytes.length, 0)
    for (let ms = 0; ms < 4000; ms += 5) {
      expect(total(ms, ms + 1000)).toBeLessThanOrEqual(3125)
      expect(total(ms, ms + 50)).toBeLessThanOrEqual(156 + 64)
    }
    expect(total(1000, 5000)).toBeGreaterThan(0.9 * 4 * 3125)
  })

  it('with everything changing all the time has motors within 40 ms, lights and texts moving, meters last', () => {
    const unit = feedback({ bytesASecond: din })
    const wantedMs = new Map<string, number>()
    let slowestMs = 0
    const sent: Sent[] = []
    for (let nowMs = 0; nowMs < 10_000; nowMs += 5) {
      everything(unit)(nowMs)
      if (nowMs % 20 === 0)
        for (let column = 1; column <= 8; column++) wantedMs.set(`${column}`, wantedMs.get(`${column}`) ?? nowMs)
      for (const bytes of unit.take(nowMs)) {
        sent.push({ ms: nowMs, bytes: [...bytes] })
        if (bytes[0]! >> 4 !== 0xe) continue
        const column = `${(bytes[0]! & 15) + 1}`
        if (nowMs > 1000) slowestMs = Math.max(slowestMs, nowMs - (wantedMs.get(column) ?? nowMs))
        wantedMs.delete(column)
      }
      expect(unit.waitingBytes).toBeLessThan(400)
    }
    expect(slowestMs).toBeLessThanOrEqual(40)
    const aSecond = (status: number): number => sent.filter(({ bytes }) => bytes[0]! >> 4 === status >> 4).length / 10
    const [motors, lights, texts, meters] = [aSecond(0xe0), aSecond(0x90), aSecond(0xf0), aSecond(0xd0)] as number[]
    expect(motors!).toBeGreaterThan(350)
    expect(lights!).toBeGreaterThan(8)
    expect(texts!).toBeGreaterThan(8)
    expect(meters!).toBeGreaterThan(8)
    expect(meters!).toBeLessThan(8 * 10)
  })
})

/** Eight faders, lights, texts and meters that all change every 20 ms. */
const everything =
  (unit: Feedback) =>
  (nowMs: number): void => {
    if (nowMs % 20 !== 0) return
    const wanted: Record<string, Look> = {}
    for (let column = 1; column <= 8; column++) {
      wanted[`fader.${column}`] = at(((nowMs * column) % 1999) / 1999)
      wanted[`mute.${column}`] = { kind: 'light', light: (nowMs / 20) % 2 ? 'on' : 'off' }
      wanted[`lcd.${column}`] = words(`${nowMs}`)
      wanted[`meter.${column}`] = level(-((nowMs / 20) % 12) * 5)
    }
    unit.want(looks(wanted))
  }
