// DCAs, mute groups and solo in place: what reaches the master, the sends and the monitor.
import { describe, expect, it } from 'vitest'
import { nullDb, rmsDb, sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise, sine } from '../fixtures/signals.js'

const frames = 24000
const tone = sine(frames, 1000, -40)
const tail = (x: Float32Array): Float32Array => x.subarray(frames - 9600)
const silent = Number.NEGATIVE_INFINITY

/** Level of the master's left side in dB over the strip's source of −40 dBFS; tones stand on strips 1, 2 … at 1, 2 … kHz. */
async function levels(stripCount: number, set: Settings, moves: Settings = {}): Promise<number[]> {
  const hz = Array.from({ length: stripCount }, (_, i) => 1000 * (i + 1))
  const strips = hz.map((f) => [sine(frames, f, -40), sine(frames, f, -40)])
  const { left } = await renderDesk({ strips, set, moves: [{ frame: 32, set: moves }], busCount: 4, dcaCount: 3 })
  return hz.map((f) => {
    const db = toneDb(tail(left), f) + 40
    return db < -150 ? silent : Math.round(db * 1000) / 1000 + 0
  })
}

describe('a DCA', () => {
  it('adds to its members in dB: −6 and −10 of two DCAs over a fader of +3 dB give −13 dB; who is no member stays at 0', async () => {
    const set = { 'strip.1.faderDb': 3, 'strip.1.dca.1': true, 'strip.1.dca.2': true, 'dca.1.faderDb': -6, 'dca.2.faderDb': -10 }
    expect(await levels(2, set)).toEqual([-13, 0])
  })

  it('moved while playing, joined and left, gives what it gives from the start', async () => {
    expect(await levels(2, { 'strip.1.dca.1': true }, { 'dca.1.faderDb': -12 })).toEqual([-12, 0])
    expect(await levels(2, { 'dca.1.faderDb': -12 }, { 'strip.2.dca.1': true })).toEqual([0, -12])
    expect(await levels(2, { 'dca.1.faderDb': -12, 'strip.2.dca.1': true }, { 'strip.2.dca.1': false })).toEqual([0, 0])
  })

  it('at −inf wins over all, muted mutes; two DCAs at +10 over a fader at +10 are held at +20 dB', async () => {
    expect(await levels(1, { 'strip.1.dca.1': true, 'dca.1.faderDb': '-inf', 'strip.1.faderDb': 10 })).toEqual([silent])
    expect(await levels(1, { 'strip.1.dca.1': true, 'dca.1.mute': true })).toEqual([silent])
    const up = { 'strip.1.dca.1': true, 'strip.1.dca.2': true, 'dca.1.faderDb': 10, 'dca.2.faderDb': 10, 'strip.1.faderDb': 10 }
    expect(await levels(1, up)).toEqual([20])
  })

  it('at 0 dB changes no bit', async () => {
    const x = [noise(frames, -6, 1), noise(frames, -6, 2)]
    const plain = await renderDesk({ strips: [x], set: { 'strip.1.faderDb': -3.3 } })
    const member = await renderDesk({
      strips: [x],
      set: { 'strip.1.faderDb': -3.3, 'strip.1.dca.1': true, 'strip.1.dca.2': true },
    })
    expect(sameBits(plain.left, member.left)).toBe(true)
  })

  it.each([
    ['preFader', 0],
    ['postFader', -6],
    ['postPan', -6],
  ])('leaves a send tapped at %s at %d dB; the bus follows its own DCA', async (tap, db) => {
    const set = {
      'strip.1.send.1.levelDb': 0,
      'strip.1.send.1.tap': tap,
      'strip.1.dca.1': true,
      'dca.1.faderDb': -6,
      'bus.1.dca.2': true,
    }
    const bus = async (dcaDb: number | string): Promise<Float64Array> => {
      const job = { strips: [[tone, tone]], set: { ...set, 'dca.2.faderDb': dcaDb } }
      const { left } = await renderDesk(job)
      const { left: without } = await renderDesk({ ...job, set: { ...job.set, 'bus.1.mute': true } })
      return Float64Array.from(left, (v, n) => v - without[n]!).subarray(frames - 9600)
    }
    expect(toneDb(await bus(0), 1000) + 40).toBeCloseTo(db, 3)
    expect(toneDb(await bus(-4), 1000) + 40).toBeCloseTo(db - 4, 3)
    expect(rmsDb(await bus('-inf'))).toBe(silent)
  })
})

it('a mute group mutes its strips and buses while it is on, and no others', async () => {
  const set = { 'strip.1.muteGroup.8': true, 'strip.2.muteGroup.7': true, 'muteGroup.8.on': true }
  expect(await levels(3, set)).toEqual([silent, 0, 0])
  expect(await levels(3, set, { 'muteGroup.8.on': false })).toEqual([0, 0, 0])
  expect(await levels(3, set, { 'muteGroup.7.on': true })).toEqual([silent, silent, 0])
  const overBus = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
  expect(await levels(1, { ...overBus, 'bus.1.muteGroup.1': true })).toEqual([0])
  expect(await levels(1, { ...overBus, 'bus.1.muteGroup.1': true, 'muteGroup.1.on': true })).toEqual([silent])
})

describe('solo in place', () => {
  const sip = { 'monitor.soloMode': 'sip' }

  it('leaves the soloed strip and those that are safe in the master, also by a DCA’s solo; undone, all are back', async () => {
    expect(await levels(3, { ...sip, 'strip.2.solo': true })).toEqual([silent, 0, silent])
    expect(await levels(3, { ...sip, 'strip.2.solo': true, 'strip.3.soloSafe': true })).toEqual([silent, 0, 0])
    expect(await levels(3, { ...sip, 'strip.1.dca.1': true, 'strip.3.dca.1': true, 'dca.1.solo': true })).toEqual([0, silent, 0])
    expect(await levels(3, { ...sip, 'strip.2.solo': true }, { 'strip.2.solo': false })).toEqual([0, 0, 0])
    expect(await levels(3, { 'strip.2.solo': true }, sip)).toEqual([silent, 0, silent])
    expect(await levels(3, sip, { 'strip.1.solo': true, 'strip.2.solo': true })).toEqual([0, 0, silent])
  })

  it('in the other modes changes no bit of the master', async () => {
    const job = { strips: [[tone], [tone]], set: {} }
    const plain = await renderDesk(job)
    for (const mode of ['pfl', 'afl']) {
      const { left } = await renderDesk({ ...job, set: { 'monitor.soloMode': mode, 'strip.1.solo': true, 'dca.1.solo': true } })
      expect(sameBits(left, plain.left)).toBe(true)
    }
  })

  // Strip 1 → bus 1 → bus 2 → master, strip 2 → bus 3 → master; all strips' own faders are at −inf but tapped before them.
  const buses = {
    ...sip,
    'strip.1.send.1.levelDb': -6,
    'strip.2.send.3.levelDb': -6,
    'bus.1.output': 'bus.2',
  }
  const withBus = (own: number): number => Math.round(20 * Math.log10(10 ** (own / 20) + 10 ** (-6 / 20)) * 1000) / 1000

  it('keeps open what a soloed strip feeds, over buses into buses, and shuts the rest', async () => {
    expect(await levels(3, { ...buses, 'strip.1.solo': true })).toEqual([withBus(0), silent, silent])
    expect(await levels(3, { ...buses, 'strip.2.solo': true })).toEqual([silent, withBus(0), silent])
  })

  it('lets a soloed bus sound with all that feeds it, and nothing else of the strips', async () => {
    for (const bus of [1, 2]) expect(await levels(3, { ...buses, [`bus.${bus}.solo`]: true })).toEqual([-6, silent, silent])
    expect(await levels(3, { ...buses, 'bus.3.solo': true })).toEqual([silent, -6, silent])
  })

  it('keeps a safe bus open for what the soloed strips send to it; others’ sends before the fader go on, as under a mute', async () => {
    const reverb = { ...sip, 'bus.4.soloSafe': true, 'strip.2.send.4.levelDb': -6, 'strip.3.send.4.levelDb': -6 }
    expect(await levels(3, { ...reverb, 'strip.1.solo': true })).toEqual([0, silent, silent])
    expect(await levels(3, { ...reverb, 'strip.2.solo': true })).toEqual([silent, withBus(0), silent])
    const pre = { ...reverb, 'strip.3.send.4.tap': 'preFader', 'strip.1.solo': true }
    expect(await levels(3, pre)).toEqual([0, silent, -6])
    expect(await levels(3, { ...pre, 'strip.1.solo': false, 'strip.3.mute': true })).toEqual([0, withBus(0), -6])
  })

  it('lets a soloed return of an effect sound with all that feeds the effect, over buses into its bus, and nothing beside it', async () => {
    const effect = {
      ...sip,
      'fx.1.type': 'delay',
      'fx.1.source': 'bus.2',
      'fx.1.delay.timeMs': 10,
      'strip.3.input': 'fx1',
      'strip.1.send.1.levelDb': 0,
      'bus.1.output': 'bus.2',
    }
    const [all] = await levels(3, { ...effect, 'strip.1.faderDb': 0 })
    expect(all).toBeGreaterThan(-10)
    const strips = [
      [tone, tone],
      [sine(frames, 3000, -40), sine(frames, 3000, -40)],
      [tone, tone],
    ]
    const heard = async (set: Settings) => renderDesk({ strips, set: { ...effect, ...set }, busCount: 2 })
    const soloed = await heard({ 'strip.3.solo': true })
    const alone = await heard({ 'monitor.soloMode': 'pfl', 'bus.2.output': 'off', 'strip.2.mute': true })
    const direct = await heard({ 'monitor.soloMode': 'pfl', 'bus.2.output': 'off', 'strip.2.mute': true, 'strip.3.mute': true })
    const wet = Float64Array.from(alone.left, (v, n) => v - direct.left[n]!)
    expect(rmsDb(wet)).toBeGreaterThan(-60)
    expect(nullDb(soloed.left, wet)).toBeLessThan(-140)
  })

  it('opens a bus while playing when the soloed strip’s send comes up', async () => {
    const set = { ...sip, 'strip.1.solo': true, 'strip.1.faderDb': 0 }
    expect(await levels(2, set, { 'strip.1.send.2.levelDb': -6 })).toEqual([withBus(0), silent])
  })
})

describe('a 997 Hz tone spills at most −85 dB above 3 kHz on', () => {
  const long = sine(65536, 997, -20)
  const moves: Record<string, [Settings, Settings]> = {
    'DCA −20 → 0 dB': [{ 'strip.1.dca.1': true, 'dca.1.faderDb': -20 }, { 'dca.1.faderDb': 0 }],
    'DCA mute': [{ 'strip.1.dca.1': true }, { 'dca.1.mute': true }],
    'joining a DCA at −20 dB': [{ 'dca.1.faderDb': -20 }, { 'strip.1.dca.1': true }],
    'a mute group': [{ 'strip.1.muteGroup.3': true }, { 'muteGroup.3.on': true }],
    'solo in place of another strip': [{ 'monitor.soloMode': 'sip' }, { 'strip.2.solo': true }],
    'solo safe': [{ 'monitor.soloMode': 'sip', 'strip.2.solo': true }, { 'strip.1.soloSafe': true }],
  }
  it.each(Object.keys(moves))('%s', async (name) => {
    const [set, move] = moves[name]!
    const silence = new Float32Array(65536)
    const { left } = await renderDesk({ strips: [[long, long], [silence]], set, moves: [{ frame: 32768, set: move }] })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })
})
