// The compressor's static curve, its timing, what keys it, and what it leaves alone.
import { describe, expect, it } from 'vitest'
import { amplitudeOfDb, dbOfAmplitude } from '../../src/units.js'
import { nullDb, peakDb, sameBits, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, made, noise, silence, sine } from '../fixtures/signals.js'

const second = 48000

const comp = (owner: string, settings: Settings): Settings => ({
  [`${owner}.comp.on`]: true,
  ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}.comp.${name}`, value])),
})

/** A 1 kHz tone, a second at each peak level. */
const staircase = (levelsDb: readonly number[]): Float32Array =>
  made(second * levelsDb.length, (n) => amplitudeOfDb(levelsDb[Math.floor(n / second)]!) * Math.sin((2 * Math.PI * n) / 48))

/** The tone's level in the last 100 ms of every second. */
const levelsOf = (x: Float32Array): number[] =>
  Array.from({ length: x.length / second }, (_, i) => toneDb(x.subarray((i + 1) * second - 4800, (i + 1) * second), 1000))

/** The gain that a constant was given, in dB, at every frame. */
const gainDbOf = (y: Float32Array, x: Float32Array): number[] => Array.from(y, (v, n) => dbOfAmplitude(v / x[n]!))

/** Constants, `frames` each. */
const steps = (...parts: readonly (readonly [frames: number, db: number])[]): Float32Array => {
  const pieces = parts.map(([frames, db]) => constant(frames, db))
  return Float32Array.from(pieces.flatMap((piece) => [...piece]))
}

describe('the static curve (Giannoulis, Massberg, Reiss 2012) with a 1 kHz tone and the peak detector', () => {
  it.each([
    [-20, 4, 6, [-23, -20, -17, 0], [-23, -20.5625, -19.25, -15]],
    [-20, 2, 12, [-26, -20, -14, 0], [-26, -20.75, -17, -10]],
    [-20, 4, 0, [-21, -20, -10, 0], [-21, -20, -17.5, -15]],
    [-30, 100, 0, [-40, -30, -10, 0], [-40, -30, -29.8, -29.7]],
  ])('threshold %i dB, ratio %i, knee %i dB: %j becomes %j dB ± .1', async (thresholdDb, ratio, kneeDb, inDb, outDb) => {
    const x = staircase(inDb)
    const set = comp('strip.1', { thresholdDb, ratio, kneeDb, attackMs: 1, releaseMs: 150 })
    const { left } = await renderDesk({ strips: [[x, x]], set })
    for (const [i, levelDb] of levelsOf(left).entries()) {
      expect(Math.abs(levelDb - outDb[i]!)).toBeLessThan(0.1)
    }
  })

  it('goes by RMS where asked: a sine of −10 dBFS peak is −13.01 dB, 5.24 dB less at 4:1 over −20', async () => {
    const x = sine(second, 1000, -10)
    const set = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 10, releaseMs: 150, detector: 'rms' })
    const { left } = await renderDesk({ strips: [[x, x]], set })
    expect(Math.abs(toneDb(left.subarray(second - 4800), 1000) + 15.242)).toBeLessThan(0.1)
  })
})

describe('timing: attack and release are time constants of the gain reduction in dB', () => {
  const jump = steps([4800, -40], [second, 0])

  it.each([
    [0.1, 48000],
    [1, 48000],
    [10, 44100],
    [10, 48000],
    [30, 96000],
    [100, 48000],
  ])('attack %f ms at %i Hz: 20 dB over the threshold, ratio 100, GR(t) = (1 − e^−t/τ)·19.8 dB within .05 of it', async (attackMs, rate) => {
    const set = comp('strip.1', { thresholdDb: -20, ratio: 100, kneeDb: 0, attackMs, releaseMs: 150 })
    const { left } = await renderDesk({ sampleRateHz: rate, strips: [[jump, jump]], set })
    const gainDb = gainDbOf(left, jump)
    for (const tau of [0.25, 0.5, 1, 2, 4]) {
      const after = Math.max(1, Math.round((tau * attackMs * rate) / 1000))
      const wanted = (1 - Math.exp((-after * 1000) / rate / attackMs)) * 19.8
      expect(Math.abs(-gainDb[4800 + after - 1]! / wanted - 1)).toBeLessThan(0.05)
    }
  })

  it.each([
    [50, 5],
    [150, 10],
    [1000, 1],
  ])('release %i ms after an attack of %i ms: GR(t) of the two smoothers in a row within .05 of it', async (releaseMs, attackMs) => {
    const frames = Math.round(releaseMs * 48 * 3)
    const x = steps([second, 0], [frames, -40])
    const set = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs, releaseMs })
    const { left } = await renderDesk({ strips: [[x, x]], set })
    const gainDb = gainDbOf(left, x)
    for (const tau of [0.25, 0.5, 1, 2]) {
      const t = tau * releaseMs
      const part = (releaseMs * Math.exp(-t / releaseMs) - attackMs * Math.exp(-t / attackMs)) / (releaseMs - attackMs)
      const found = -gainDb[second + Math.round(t * 48) - 1]!
      expect(Math.abs(found / (15 * part) - 1)).toBeLessThan(0.05)
    }
  })
})

describe('what it leaves alone', () => {
  const x = [noise(second, -24, 1), noise(second, -24, 2)]

  it.each([
    ['below the knee', { thresholdDb: -18, kneeDb: 6, ratio: 100 }],
    ['at a mix of 0 %', { thresholdDb: -60, ratio: 100, mixPercent: 0 }],
    ['at a ratio of 1', { thresholdDb: -60, ratio: 1 }],
  ])('%s it is bit-exact', async (_, settings) => {
    const { left, right } = await renderDesk({ strips: [x], set: comp('strip.1', settings) })
    expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
  })

  it('make-up of 6 dB is 6 dB ± .001, also below the threshold, and half of it dry at a mix of 50 %', async () => {
    const tone = sine(4800, 1000, -40)
    for (const [mixPercent, wantedDb] of [
      [100, 6],
      [50, dbOfAmplitude((1 + amplitudeOfDb(6)) / 2)],
    ] as const) {
      const { left } = await renderDesk({ strips: [[tone, tone]], set: comp('strip.1', { makeupDb: 6, mixPercent }) })
      expect(Math.abs(toneDb(left, 1000) + 40 - wantedDb)).toBeLessThan(0.001)
    }
  })

  it('distorts a 100 Hz tone at 6 dB of reduction, attack 10, release 150 ms, by less than .03 %', async () => {
    const tone = sine(2 * second, 100, -12)
    const set = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 10, releaseMs: 150 })
    const { left } = await renderDesk({ strips: [[tone, tone]], set })
    const end = left.subarray(second)
    const harmonics = [200, 300, 400, 500, 600, 700].map((hz) => amplitudeOfDb(toneDb(end, hz)))
    const distortion = Math.hypot(...harmonics) / amplitudeOfDb(toneDb(end, 100))
    expect(distortion).toBeLessThan(0.0003)
  })
})

describe('stereo strips and buses', () => {
  it('give both sides the same gain: L/R of a constant keeps its ratio of 12 dB within 2e−7 through a burst on the left', async () => {
    const left = steps([4800, -40], [9600, 0], [9600, -40])
    const right = left.map((v) => v * 0.25)
    const set = comp('strip.1', { thresholdDb: -30, ratio: 8, attackMs: 5, releaseMs: 50 })
    const y = await renderDesk({ strips: [[left, right]], set })
    expect(peakDb(y.left.subarray(13000, 14400))).toBeLessThan(-20)
    for (let n = 0; n < left.length; n++) expect(Math.abs((4 * y.right[n]!) / y.left[n]! - 1)).toBeLessThan(2e-7)
  })

  it('a bus compresses like a strip: null below −140 dBFS', async () => {
    const x = [noise(second, -6, 1), noise(second, -12, 2)]
    const settings = { thresholdDb: -30, ratio: 4, attackMs: 3, releaseMs: 80, makeupDb: 5, mixPercent: 70 }
    const strip = await renderDesk({ strips: [x], set: comp('strip.1', settings) })
    const send = { 'strip.1.faderDb': '-inf', 'strip.1.send.2.levelDb': 0, 'strip.1.send.2.tap': 'preFader' }
    const bus = await renderDesk({ strips: [x], set: { ...comp('bus.2', settings), ...send } })
    expect(nullDb(strip.left, x[0]!)).toBeGreaterThan(-40)
    expect(nullDb(bus.left, strip.left)).toBeLessThan(-140)
    expect(nullDb(bus.right, strip.right)).toBeLessThan(-140)
  })
})

describe('the key', () => {
  const settings = { thresholdDb: -30, ratio: 4, attackMs: 1, releaseMs: 50 }
  const tone = sine(second, 1000, -20)
  const burst = made(second, (n) => (n >= 12000 && n < 36000 ? Math.sin(n / 3) : 0))

  it('from another strip, tapped in the same quantum, is as good as the strip’s own: same bits', async () => {
    const x = [noise(second, -6)]
    const off = { 'strip.1.faderDb': '-inf' }
    const own = await renderDesk({ strips: [x, x], set: { ...comp('strip.2', settings), ...off } })
    const keyed = await renderDesk({ strips: [x, x], set: { ...comp('strip.2', { ...settings, key: 'strip.1' }), ...off } })
    expect(sameBits(own.left, keyed.left)).toBe(true)
    expect(nullDb(own.left, x[0]!)).toBeGreaterThan(-60)
  })

  it('of a muted, gated strip with a burst of 0 dBFS ducks a tone by 22.5 dB ± .2 while it lasts, and leaves it before', async () => {
    const set = {
      ...comp('strip.2', { ...settings, kneeDb: 0, key: 'strip.1' }),
      'strip.1.mute': true,
      'strip.1.gate.on': true,
      'strip.1.gate.thresholdDb': 0,
      'strip.2.pan': -100,
    }
    const { left } = await renderDesk({ strips: [[burst], [tone]], set })
    expect(sameBits(left.slice(0, 12000), tone.slice(0, 12000))).toBe(true)
    expect(Math.abs(toneDb(left.subarray(24000, 33600), 1000) + 42.5)).toBeLessThan(0.2)
  })

  it('is taken behind the key strip’s high-pass: a 40 Hz key behind 24 dB/oct at 400 Hz does nothing', async () => {
    const low = [sine(second, 40, 0)]
    const set = { ...comp('strip.2', { ...settings, key: 'strip.1' }), 'strip.1.mute': true, 'strip.2.pan': -100 }
    const hpf = { 'strip.1.hpf.on': true, 'strip.1.hpf.frequencyHz': 400, 'strip.1.hpf.slope': '24' }
    const full = await renderDesk({ strips: [low, [tone]], set })
    const filtered = await renderDesk({ strips: [low, [tone]], set: { ...set, ...hpf } })
    expect(toneDb(full.left.subarray(24000), 1000)).toBeLessThan(-40)
    expect(Math.abs(toneDb(filtered.left.subarray(24000), 1000) + 20)).toBeLessThan(0.01)
  })

  it('high-pass at 200 Hz (12 dB/oct) takes a 50 Hz tone of 0 dBFS from 15 dB of reduction to less than 1', async () => {
    const low = sine(second, 50, 0)
    const plain = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 6, attackMs: 10, releaseMs: 150 })
    const filter = { 'strip.1.comp.keyHpf.on': true, 'strip.1.comp.keyHpf.frequencyHz': 200 }
    const full = await renderDesk({ strips: [[low, low]], set: plain })
    const filtered = await renderDesk({ strips: [[low, low]], set: { ...plain, ...filter } })
    expect(toneDb(full.left.subarray(24000), 50)).toBeLessThan(-14)
    expect(toneDb(filtered.left.subarray(24000), 50)).toBeGreaterThan(-1)
  })

  it('of a bus from a muted strip ducks the bus by 22.5 dB ± .2 in the same quantum', async () => {
    const set = {
      ...comp('bus.1', { ...settings, kneeDb: 0, key: 'strip.1' }),
      'strip.1.mute': true,
      'strip.2.faderDb': '-inf',
      'strip.2.send.1.levelDb': 0,
      'strip.2.send.1.tap': 'preFader',
    }
    const onBus = await renderDesk({ strips: [[burst], [tone, tone]], set })
    const onStrip = await renderDesk({
      strips: [[burst], [tone, tone]],
      set: { ...comp('strip.2', { ...settings, kneeDb: 0, key: 'strip.1' }), 'strip.1.mute': true },
    })
    expect(Math.abs(toneDb(onBus.left.subarray(24000, 33600), 1000) + 42.5)).toBeLessThan(0.2)
    expect(nullDb(onBus.left, onStrip.left)).toBeLessThan(-140)
  })

  it('from a bus with both sides 0 dBFS ducks strips and another bus by 22.5 dB ± .2, though that bus is muted', async () => {
    const feed = {
      'strip.1.faderDb': '-inf',
      'strip.1.send.1.levelDb': 0,
      'strip.1.send.1.tap': 'preFader',
      'strip.1.pan': 0,
      'bus.1.mute': true,
      'strip.1.send.1.pan': 0,
    }
    const keyed = { ...settings, kneeDb: 0, key: 'bus.1' }
    const x = [burst, burst]
    const onStrip = await renderDesk({ strips: [x, [tone, tone]], set: { ...feed, ...comp('strip.2', keyed) } })
    const toBus = { 'strip.2.faderDb': '-inf', 'strip.2.send.2.levelDb': 0, 'strip.2.send.2.tap': 'preFader' }
    const onBus = await renderDesk({ strips: [x, [tone, tone]], set: { ...feed, ...toBus, ...comp('bus.2', keyed) } })
    expect(sameBits(onStrip.left.slice(0, 12000), tone.slice(0, 12000))).toBe(true)
    expect(Math.abs(toneDb(onStrip.left.subarray(24000, 33600), 1000) + 42.5)).toBeLessThan(0.2)
    expect(nullDb(onBus.left, onStrip.left)).toBeLessThan(-140)
  })

  it('low-pass at 200 Hz (12 dB/oct) takes an 8 kHz tone of 0 dBFS from 15 dB of reduction to none', async () => {
    const high = sine(second, 8000, 0)
    const filter = { 'keyLpf.on': true, 'keyLpf.frequencyHz': 200 }
    const { left } = await renderDesk({ strips: [[high, high]], set: comp('strip.1', { ...settings, ...filter }) })
    expect(Math.abs(toneDb(left.subarray(24000), 8000))).toBeLessThan(0.01)
  })

  it('of a stereo strip from a mono one ducks both sides, and of a mono strip from a stereo one takes the mean of its sides', async () => {
    const quiet = silence(second)
    const set = { ...comp('strip.1', { ...settings, kneeDb: 0, key: 'strip.2' }), 'strip.2.mute': true }
    const stereo = await renderDesk({ strips: [[tone, tone], [burst]], set })
    const mono = await renderDesk({ strips: [[tone], [burst, quiet]], set: { ...set, 'strip.1.pan': -100 } })
    const level = (x: Float32Array) => toneDb(x.subarray(24000, 33600), 1000)
    expect(Math.abs(level(stereo.left) + 42.5)).toBeLessThan(0.2)
    expect(sameBits(stereo.left, stereo.right)).toBe(true)
    // Half of 0 dBFS is −6.02 dB: 23.98 over the threshold, 17.98 less.
    expect(Math.abs(level(mono.left) + 37.98)).toBeLessThan(0.2)
  })
})

describe('range, automatic make-up and release by the programme', () => {
  it.each([
    [6, -6],
    [14.9, -14.9],
    [0, 0],
    [59, -15],
    [60, -15],
  ])('a range of %f dB makes 15 dB of reduction %f ± .05, and the meter says so', async (rangeDb, wantedDb) => {
    const x = constant(second, 0)
    const set = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 1, rangeDb })
    const { left, meter } = await renderDesk({ strips: [[x, x]], set, frames: 24000 })
    expect(Math.abs(dbOfAmplitude(left.at(-1)!) - wantedDb)).toBeLessThan(0.05)
    expect(Math.abs(meter('strip.1.meter.compDb') - wantedDb)).toBeLessThan(0.05)
  })

  it.each([
    [{ thresholdDb: -20, ratio: 4, kneeDb: 0 }, 7.5],
    [{ thresholdDb: -20, ratio: 4, kneeDb: 24 }, 7.5],
    [{ thresholdDb: -40, ratio: 2, kneeDb: 6 }, 10],
    [{ thresholdDb: -40, ratio: 2, kneeDb: 6, rangeDb: 12 }, 6],
    [{ thresholdDb: 0, ratio: 4, kneeDb: 12 }, 0.5625],
    [{ thresholdDb: -20, ratio: 4, kneeDb: 0, makeupDb: -2 }, 5.5],
  ])('%j: automatic make-up is half of what the curve takes from 0 dBFS: %f dB ± .01', async (settings, wantedDb) => {
    const tone = sine(4800, 1000, -70)
    const { left } = await renderDesk({ strips: [[tone, tone]], set: comp('strip.1', { ...settings, autoMakeup: true }) })
    expect(Math.abs(toneDb(left, 1000) + 70 - wantedDb)).toBeLessThan(0.01)
  })

  /** Milliseconds from the end of a burst until only 1/e of the reduction is left. */
  const releaseMsAfter = async (burstMs: number, autoRelease: boolean): Promise<number> => {
    const end = 4800 + Math.round(burstMs * 48)
    const x = steps([4800, -60], [burstMs * 48, 0], [6 * second, -60])
    const set = comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 1, releaseMs: 100, autoRelease })
    const { left } = await renderDesk({ strips: [[x, x]], set })
    const db = gainDbOf(left, x)
    return (db.findIndex((d, n) => n >= end && d > db[end - 1]! / Math.E) - end) / 48
  }

  it('by the programme: after a burst of 20 ms as without it, after one of 10 s nine times as late, in between after .4 s', async () => {
    const [plain, plainLong] = [await releaseMsAfter(20, false), await releaseMsAfter(10000, false)]
    const [short, middle, long] = [
      await releaseMsAfter(20, true),
      await releaseMsAfter(400, true),
      await releaseMsAfter(10000, true),
    ]
    expect(plain).toBeLessThan(105)
    expect(plainLong).toBeLessThan(105)
    expect(Math.abs(short / plain - 1)).toBeLessThan(0.1)
    // Two smoothers in a row, 100 and 800 ms: 1/e is reached after 907 ms.
    expect(Math.abs(long / 907 - 1)).toBeLessThan(0.02)
    expect(middle).toBeGreaterThan(1.5 * short)
    expect(middle).toBeLessThan(0.9 * long)
  })

  it('a neighbour’s range and release by the programme change no bit of a strip', async () => {
    const x = [noise(second, -6, 3)]
    const set = { ...comp('strip.1', { thresholdDb: -30, ratio: 4 }), 'strip.1.pan': -100, 'strip.2.pan': 100 }
    const alone = await renderDesk({ strips: [x, x], set })
    const beside = await renderDesk({
      strips: [x, x],
      set: { ...set, ...comp('strip.2', { thresholdDb: -30, rangeDb: 3, autoRelease: true, autoMakeup: true }) },
    })
    expect(sameBits(alone.left, beside.left)).toBe(true)
  })
})

it('the reduction meter reads −15 dB ± .2 for 0 dBFS at 4:1 over −20 dB, on strip and bus', async () => {
  const x = staircase([0])
  const set = {
    ...comp('strip.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 1 }),
    ...comp('bus.1', { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 1 }),
    'strip.1.send.1.levelDb': 0,
    'strip.1.send.1.tap': 'preEq',
  }
  const { meter } = await renderDesk({ strips: [[x, x]], set, trimLatency: false })
  expect(Math.abs(meter('strip.1.meter.compDb') + 15)).toBeLessThan(0.2)
  expect(Math.abs(meter('bus.1.meter.compDb') + 15)).toBeLessThan(0.2)
})
