// Expander and ducker modes of the gate: static curve, timing, what keys them, and how they go on and off.
import { describe, expect, it } from 'vitest'
import { amplitudeOfDb, dbOfAmplitude } from '../../src/units.js'
import { sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, made, noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const quantum = 32

const gate = (settings: Settings, owner = 'strip.1'): Settings => ({
  [`${owner}.gate.on`]: true,
  ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}.gate.${name}`, value])),
})

const steps = (...parts: readonly (readonly [frames: number, db: number])[]): Float32Array =>
  Float32Array.from(parts.flatMap(([frames, db]) => [...constant(frames, db)]))

const gainDbOf = (y: Float32Array, x: Float32Array): Float32Array => y.map((v, n) => dbOfAmplitude(v / x[n]!))

async function gainDb(x: Float32Array, settings: Settings, sampleRateHz = 48000): Promise<Float32Array> {
  return gainDbOf((await renderDesk({ sampleRateHz, strips: [[x, x]], set: gate(settings) })).left, x)
}

/** The part of a move from `from` to `to` dB that is done, −1 before it. */
const partDone = (from: number, to: number, db: number): number => (db - from) / (to - from)

describe('the expander’s static curve with a 1 kHz tone: 1 dB less in is `ratio` dB less out, in a knee of 6 dB, down to the range', () => {
  // Threshold −30: from −33 down it is (ratio − 1) dB a dB, at the threshold (ratio − 1)·6/8.
  it.each([
    [2, 60, [-20, -27, -30, -33, -40, -50], [0, 0, -0.75, -3, -10, -20]],
    [4, 60, [-20, -27, -30, -33, -40], [0, 0, -2.25, -9, -30]],
    [20, 60, [-20, -27, -34], [0, 0, -60]],
    [2, 12, [-40, -41, -44, -60], [-10, -11, -12, -12]],
    [1, 60, [-20, -60], [0, 0]],
  ])('ratio %i, range %i dB: %j is moved by %j dB ± .1', async (ratio, rangeDb, inDb, movedDb) => {
    const x = made(second * inDb.length, (n) => amplitudeOfDb(inDb[Math.floor(n / second)]!) * Math.sin((2 * Math.PI * n) / 48))
    const set = gate({ mode: 'expand', thresholdDb: -30, ratio, rangeDb, attackMs: 1, holdMs: 20, releaseMs: 20 })
    const { left } = await renderDesk({ strips: [[x, x]], set })
    for (const [i, db] of inDb.entries()) {
      const end = (i + 1) * second
      expect(Math.abs(toneDb(left.subarray(end - 4800, end), 1000) - db - movedDb[i]!)).toBeLessThan(0.1)
    }
  })
})

describe.each([44100, 48000, 96000])('the expander’s times at %i Hz are those of the reduction in dB', (rate) => {
  const ms = (frames: number): number => (frames * 1000) / rate
  const set = (settings: Settings): Settings => ({ mode: 'expand', thresholdDb: -30, ratio: 3, rangeDb: 40, ...settings })

  it.each([1, 10, 100])('attack %f ms: .63 of the way up after it, ± one quantum', async (attackMs) => {
    const closed = Math.round(rate * 0.6)
    const db = await gainDb(steps([closed, -45], [rate, -10]), set({ attackMs, holdMs: 10, releaseMs: 20 }), rate)
    expect(Math.abs(db[closed - 1]! + 30)).toBeLessThan(0.1)
    const way = db.subarray(closed).findIndex((d) => partDone(-30, 0, d) >= 1 - Math.exp(-1))
    expect(Math.abs(ms(way) - attackMs)).toBeLessThan(ms(quantum))
  })

  it.each([
    [50, 20],
    [20, 100],
    [300, 400],
  ])('hold %i, release %i ms: unity through the hold, .63 of the way down after both, ± one quantum', async (holdMs, releaseMs) => {
    const open = Math.round(rate * 0.2)
    const db = await gainDb(steps([open, -10], [rate * 2, -45]), set({ attackMs: 0.01, holdMs, releaseMs }), rate)
    const left = db.subarray(open).findIndex((d) => d < -0.1)
    expect(ms(left) - holdMs).toBeGreaterThan(-ms(quantum))
    expect(ms(left) - holdMs).toBeLessThan(ms(quantum) + releaseMs * 0.01)
    const way = db.subarray(open).findIndex((d) => partDone(0, -30, d) >= 1 - Math.exp(-1))
    expect(Math.abs(ms(way) - holdMs - releaseMs)).toBeLessThan(ms(quantum))
  })
})

describe('the expander', () => {
  it('is bit-exact above threshold and knee, at a ratio of 1 and at a range of 0 dB', async () => {
    const loud = noise(second, -3, 1).map((v) => v + Math.sign(v) * 0.1)
    for (const settings of [
      { thresholdDb: -24, ratio: 20 },
      { thresholdDb: 0, ratio: 1 },
      { thresholdDb: 0, ratio: 20, rangeDb: 0 },
    ]) {
      const { left } = await renderDesk({ strips: [[loud, loud]], set: gate({ mode: 'expand', ...settings }) })
      expect(sameBits(left.slice(64), loud.slice(64))).toBe(true)
    }
  })

  it.each([48000, 192000])('reaches its range of 40 dB ± .05 in silence at %i Hz, with the slowest release', async (rate) => {
    const x = constant(rate * 40, -80)
    const db = await gainDb(x, { mode: 'expand', thresholdDb: -20, ratio: 20, rangeDb: 40, releaseMs: 4000 }, rate)
    expect(Math.abs(db.at(-1)! + 40)).toBeLessThan(0.05)
  })

  it('gives both sides of a stereo strip the gain of the louder', async () => {
    const left = steps([second, -50], [second, -40])
    const y = await renderDesk({
      strips: [[left, left.map((v) => v / 16)]],
      set: gate({ mode: 'expand', thresholdDb: -30, ratio: 2, releaseMs: 20 }),
    })
    for (let n = 0; n < left.length; n++) expect(Math.abs((16 * y.right[n]!) / y.left[n]! - 1)).toBeLessThan(2e-7)
    expect(Math.abs(dbOfAmplitude(y.left.at(-1)! / left.at(-1)!) + 10)).toBeLessThan(0.1)
  })

  it('is read on the gate’s meter: −10 dB ± .1', async () => {
    const x = sine(second * 2, 1000, -40)
    const { meter } = await renderDesk({
      strips: [[x, x]],
      set: gate({ mode: 'expand', thresholdDb: -30, ratio: 2, releaseMs: 20 }),
    })
    expect(Math.abs(meter('strip.1.meter.gateDb') + 10)).toBeLessThan(0.1)
  })
})

describe('the ducker', () => {
  const quiet = constant(3 * second, -50)
  const burst = steps([second, -90], [second, -10], [second, -90])
  const ducked = { mode: 'duck', thresholdDb: -30, rangeDb: 20, attackMs: 10, holdMs: 100, releaseMs: 50, key: 'strip.2' }

  it('falls by its range while strip 2 is above the threshold, in its attack; comes back after hold and release', async () => {
    const set = { ...gate(ducked), 'strip.2.mute': true, 'strip.1.pan': -100 }
    const { left } = await renderDesk({ strips: [[quiet], [burst]], set })
    const gain = left.map((v, n) => v / quiet[n]!)
    expect(sameBits(left.slice(0, second), quiet.slice(0, second))).toBe(true)
    const down = gain.subarray(second).findIndex((g) => g <= 0.1 + 0.9 * Math.exp(-1))
    expect(Math.abs(down / 48 - 10)).toBeLessThan(quantum / 48)
    expect(Math.abs(dbOfAmplitude(gain[2 * second - 1]!) + 20)).toBeLessThan(0.01)
    const up = gain.subarray(2 * second).findIndex((g) => g >= 1 - 0.9 * Math.exp(-1))
    expect(Math.abs(up / 48 - 150)).toBeLessThan(quantum / 48)
    expect(Math.abs(dbOfAmplitude(gain.at(-1)!))).toBeLessThan(0.001)
  })

  it('is read on the gate’s meter while it ducks: −20 dB ± .1', async () => {
    const set = { ...gate(ducked), 'strip.2.mute': true, 'strip.1.pan': -100 }
    const { meter } = await renderDesk({ strips: [[quiet], [burst]], set, frames: 2 * second })
    expect(Math.abs(meter('strip.1.meter.gateDb') + 20)).toBeLessThan(0.1)
  })
})

describe('hysteresis on a tone that fades in and out at 1 dB/s', () => {
  const levelDb = (n: number): number => (n < 6 * second ? -63 + n / second : -57 - (n - 6 * second) / second)
  const x = made(22 * second, (n) => amplitudeOfDb(levelDb(n)) * Math.cos((2 * Math.PI * n) / 48))

  it.each([
    ['gate', 0],
    ['gate', 6],
    ['gate', 12],
    ['duck', 6],
  ])('%s, %i dB: turns at −60 dBFS and that much below, ± .1 dB, and at no other level', async (mode, hysteresisDb) => {
    const settings = { mode, hysteresisDb, thresholdDb: -60, rangeDb: 40, attackMs: 0.1, holdMs: 0, releaseMs: 5 }
    const db = await gainDb(x, settings)
    const isShut = Array.from({ length: x.length / 48 }, (_, i) => db[i * 48]! < -6).slice(1000)
    const turns = isShut.flatMap((shut, i) => (i > 0 && shut !== isShut[i - 1] ? [levelDb((i + 1000) * 48)] : []))
    expect(turns).toHaveLength(2)
    expect(Math.abs(turns[0]! + 60)).toBeLessThan(0.1)
    expect(Math.abs(turns[1]! + 60 + hysteresisDb)).toBeLessThan(0.1)
  })
})

describe('modes change and switch without a click: at most −85 dB above 3 kHz in a 997 Hz tone', () => {
  const frames = 65536
  const tone = sine(frames, 997, -20)
  const shut = { thresholdDb: 0, rangeDb: 20, ratio: 2, releaseMs: 50 }
  it.each([
    ['gate → expand', 'gate', { mode: 'expand' }],
    ['expand → gate', 'expand', { mode: 'gate' }],
    ['gate → duck', 'gate', { mode: 'duck' }],
    ['duck → expand', 'duck', { mode: 'expand' }],
    ['gate → duck, by 40 dB in 1 ms', 'gate', { mode: 'duck' }, { thresholdDb: -25, rangeDb: 40, releaseMs: 200 }],
    ['expander off', 'expand', { on: false }],
    ['expander range 20 → 6 dB', 'expand', { rangeDb: 6 }],
    ['expander threshold 0 → −20 dB', 'expand', { thresholdDb: -20 }],
    ['expander ratio 2 → 1', 'expand', { ratio: 1 }],
  ] as [string, string, Settings, Settings?][])('%s', async (_, mode, move, standing = shut) => {
    const moves = [{ frame: frames / 2, set: Object.fromEntries(Object.entries(move).map(([k, v]) => [`strip.1.gate.${k}`, v])) }]
    const { left } = await renderDesk({ strips: [[tone, tone]], set: gate({ ...standing, mode }), moves })
    expect(spillDb(left)).toBeLessThan(-85)
  })
})

describe('a gate keyed from elsewhere', () => {
  const tone = sine(second, 1000, -20)
  const set = { thresholdDb: -30, rangeDb: 60, attackMs: 0.1, releaseMs: 20, key: 'strip.20' }
  const burst = made(second, (n) => (n >= 12000 && n < 36000 ? Math.sin(n / 3) : 0))
  const strips = Array.from({ length: 20 }, (_, i) => [i === 0 ? tone : i === 19 ? burst : silence(second)])

  it('opens by a strip of another lane group in the same quantum, though that one is muted and gated', async () => {
    const muted = { 'strip.20.mute': true, 'strip.20.gate.on': true, 'strip.20.gate.thresholdDb': 0 }
    const keyed = await renderDesk({ strips, set: { ...gate(set), ...muted, 'strip.1.pan': -100 } })
    expect(toneDb(keyed.left.subarray(7200, 12000), 1000)).toBeLessThan(-75)
    expect(Math.abs(toneDb(keyed.left.subarray(14400, 33600), 1000) + 20)).toBeLessThan(0.01)
    const opened = keyed.left.findIndex((v, n) => n > 11000 && Math.abs(v) > 0.5 * Math.abs(tone[n]!) && Math.abs(v) > 0.001)
    expect(opened).toBeGreaterThanOrEqual(12000)
    expect(opened).toBeLessThan(12000 + 48)
  })

  it('by a bus hears it one quantum later than by the strip that feeds the bus', async () => {
    const route = {
      'strip.20.mute': true,
      'strip.20.send.1.levelDb': 0,
      'strip.20.send.1.tap': 'preFader',
      'bus.1.mute': true,
      'strip.1.pan': -100,
    }
    const click = made(second, (n) => (n >= 12000 && n < 36000 ? 1 : 0))
    const at = async (key: string): Promise<number> => {
      const x = constant(second, -50)
      const { left } = await renderDesk({
        strips: [[x], ...strips.slice(1, 19), [click]],
        set: { ...gate({ ...set, key }), ...route },
      })
      return left.findIndex((v, n) => n > 11000 && v > 0.05 * x[n]!)
    }
    expect(await at('strip.20')).toBe(12000)
    expect(await at('bus.1')).toBe(12000 + quantum)
  })

  it.each([
    ['high-pass at 5 kHz', { 'keyHpf.on': true, 'keyHpf.frequencyHz': 5000 }, 100, 8000],
    ['low-pass at 200 Hz', { 'keyLpf.on': true, 'keyLpf.frequencyHz': 200 }, 8000, 100],
  ])('through a %s stays shut for what the filter takes and opens for the rest', async (_, filter, shutHz, openHz) => {
    for (const [hz, isOpen] of [
      [shutHz, false],
      [openHz, true],
    ] as const) {
      const x = sine(second, hz, -10)
      const { left } = await renderDesk({
        strips: [[x, x]],
        set: gate({ thresholdDb: -30, rangeDb: 60, releaseMs: 20, ...filter }),
      })
      const movedDb = toneDb(left.subarray(24000), hz) + 10
      if (isOpen) expect(Math.abs(movedDb)).toBeLessThan(0.01)
      else expect(movedDb).toBeLessThan(-59)
    }
  })
})
