// Figures of files that are known by construction: levels, clipping, ballistics, spectra, dynamics.
import { describe, expect, it } from 'vitest'
import { measureSamples } from '../../src/mastering/measure.js'
import { shortSine } from '../fixtures/ebu-signals.js'
import { constant, impulse, made, noise, pinkNoise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const measured = (...planes: Float32Array[]) => measureSamples(planes, 48000)

describe('levels', () => {
  it('of a sine: crest 3.01 dB, PLR and PSR as its level to its loudness', async () => {
    const x = sine(5 * second, 997, -20)
    const m = await measured(x, x)
    expect(m.samplePeakDbfs).toBeCloseTo(-20, 3)
    expect(m.truePeakDbtp).toBeCloseTo(-20, 2)
    expect(m.integratedLufs).toBeCloseTo(-20, 2)
    expect(m.crestDb).toBeCloseTo(3.01, 2)
    expect([m.plrLu, m.psrLu, m.minPsrLu, m.maxPsrLu].map((lu) => Math.abs(lu) < 0.02)).toEqual([true, true, true, true])
    expect([m.correlation, m.balanceDb, m.dynamicRangeDr]).toEqual([1, 0, 0])
  })

  it('of mono: one channel, 3.01 LU below the same on two', async () => {
    const x = sine(5 * second, 997, -20)
    expect((await measured(x)).integratedLufs).toBeCloseTo(-23.01, 2)
  })

  it('of an inverted, quieter side with DC', async () => {
    const x = sine(5 * second, 1000, -20)
    const m = await measured(
      x,
      x.map((v) => 0.01 - v / 2),
    )
    expect(m.balanceDb).toBeCloseTo(10 * Math.log10((0.005 / 4 + 0.0001) / 0.005), 3)
    expect(m.dcOffset).toBeCloseTo(0.01, 6)
    expect(m.perChannel[0]!.dcOffset).toBeCloseTo(0, 6)
    expect(m.correlation).toBeLessThan(-0.9)
  })

  it('of silence are −∞ and never not a number', async () => {
    const m = await measured(silence(5 * second), silence(5 * second))
    const { integratedLufs, truePeakDbtp, maxMomentaryLufs, maxShortTermLufs } = m
    for (const level of [integratedLufs, truePeakDbtp, maxMomentaryLufs, maxShortTermLufs])
      expect(level).toBe(Number.NEGATIVE_INFINITY)
    expect(JSON.stringify([m.plrLu, m.psrLu, m.crestDb, m.loudnessRangeLu, m.correlation, m.dynamicRangeDr])).toBe(
      '[0,0,0,0,0,0]',
    )
  })

  it('of one sample, and of what is not finite', async () => {
    expect((await measured(Float32Array.of(0.5))).samplePeakDbfs).toBeCloseTo(-6.02, 2)
    const broken = sine(second, 997, -20).map((v, n) => (n === 777 ? Number.NaN : v))
    expect((await measured(broken)).integratedLufs).toBeCloseTo(-23.01, 1)
  })

  it('true peak to the last sample: a pair that ends the file', async () => {
    const x = silence(1000)
    x.set([0.5, 0.5], 998)
    const last = (await measured(x)).truePeakDbtp
    const middle = (await measured(silence(2000).map((_, n) => (n === 998 || n === 999 ? 0.5 : 0)))).truePeakDbtp
    expect(last).toBeCloseTo(middle, 4)
    expect(last).toBeGreaterThan(-4.1)
  })
})

describe('true-peak overs', () => {
  it('are told where they are: bursts of fs/4 at 45°, whose samples stay 3 dB below their peaks', async () => {
    const burst = shortSine(4, 1, 45, 48000)
    const x = silence(3 * second)
    x.set(burst, second)
    x.set(burst, 2 * second)
    const m = await measured(x)
    expect(m.samplePeakDbfs).toBeCloseTo(-3.01, 2)
    expect(m.truePeakOverCount).toBe(2)
    for (const [i, over] of m.truePeakOvers.entries()) {
      expect(over.levelDb).toBeCloseTo(0, 1)
      expect(Math.abs(over.startS - (i + 1) - 0.0065)).toBeLessThan(0.003)
      expect(Math.abs(over.frames / second - 0.487)).toBeLessThan(0.005)
    }
  })
})

describe('clipped runs', () => {
  const clippedAt = (top: number, x: Float32Array): Float32Array => x.map((v) => Math.max(-top, Math.min(top, v)))

  it.each([1, 0.97, 0.5, 0.01])('are found at a level of %d, every top of a sine with its time', async (top) => {
    const x = silence(second)
    x.set(clippedAt(top, sine(480, 500, 20 * Math.log10(1.2 * top))), 24000)
    const m = await measured(x, silence(second))
    expect(m.clippedRuns).toBe(10)
    expect(m.clips[0]!.channel).toBe(0)
    // 1.2·sin(2π·500·t) passes 1 at 56.44°, which is sample 15.05.
    expect(m.clips.slice(0, 2).map((clip) => [clip.startFrame, clip.frames])).toEqual([
      [24016, 17],
      [24064, 17],
    ])
    expect(m.clips[0]!.levelDb).toBeCloseTo(20 * Math.log10(top), 4)
  })

  it.each([
    ['25 Hz in 16 bits at full scale', () => sine(2 * second, 25, 0).map((v) => Math.round(v * 32767) / 32768)],
    ['noise', () => noise(2 * second, -0.1)],
    ['a sine of 12 kHz', () => sine(second, 12000, 0)],
    ['DC', () => constant(second, -1)],
    ['silence with a click', () => impulse(second, 100)],
    ['quiet noise in 16 bits', () => noise(second, -80).map((v) => Math.round(v * 32768) / 32768)],
  ])('are none in %s', async (_, signal) => {
    expect((await measured(signal())).clippedRuns).toBe(0)
  })
})

describe('pointers', () => {
  it('read a steady sine at its place on every scale', async () => {
    const m = await measured(sine(3 * second, 1000, -18))
    expect(m.ppm2bDb).toBeCloseTo(0, 1)
    expect(m.ppm2aMark).toBeCloseTo(4, 1)
    expect(m.ppm1Db).toBeCloseTo(-9, 1)
    expect(Math.abs(m.vuDb - 0.1)).toBeLessThan(0.05) // the pointer swings over by 1.25 %
    expect(m.k20Db).toBeCloseTo(2, 1)
    expect(m.k14Db).toBeCloseTo(-4, 1)
    expect(m.k12Db).toBeCloseTo(-6, 1)
  })

  const burst = (ms: number): Float32Array => {
    const x = sine(second, 5000, -10)
    return x.map((v, n) => (n < 48 * ms ? v : 0))
  }
  it.each([
    [100, 0, 0.5],
    [10, -2, 0.5],
    [5, -4, 0.75],
    [1.5, -9, 1],
    [0.5, -17, 2],
  ])('PPM II: a burst of %d ms reads %d dB', async (ms, db, tolerance) => {
    const { ppm2bDb } = await measured(burst(ms))
    expect(Math.abs(ppm2bDb - 8 - db)).toBeLessThan(tolerance)
  })
  it.each([
    [10, -1, 0.5],
    [5, -2, 1],
    [3, -4, 1],
    [0.4, -15, 4],
  ])('PPM I: a burst of %d ms reads %d dB', async (ms, db, tolerance) => {
    const { ppm1Db } = await measured(burst(ms))
    expect(Math.abs(ppm1Db + 1 - db)).toBeLessThan(tolerance)
  })
})

describe('spectra', () => {
  it('of pink noise: third octaves all alike, 24ths an eighth of them', async () => {
    const x = pinkNoise(2 ** 20, -30)
    const m = await measured(x, x)
    const third = -30 + 10 * Math.log10(Math.log2(10) / 10)
    for (const db of m.thirdOctavesDb.slice(2, 30)) expect(Math.abs(db - third)).toBeLessThan(0.5)
    const fine = third + 10 * Math.log10(1 / 24 / (Math.log2(10) / 10))
    for (const db of m.spectrumDb.slice(72, 236)) expect(Math.abs(db - fine)).toBeLessThan(1)
  })

  it('of a sine: its RMS in its band', async () => {
    const m = await measured(sine(10 * second, 1000, -20), silence(10 * second))
    expect(m.thirdOctavesDb[17]).toBeCloseTo(-26.02, 1)
    const power = m.spectrumDb.reduce((sum, db) => sum + 10 ** (db / 10), 0)
    expect(10 * Math.log10(power)).toBeCloseTo(-26.02, 1)
  })
})

describe('DR', () => {
  it('is the second-highest peak over the loudest fifth of the blocks', async () => {
    // Ten blocks at −20 dBFS, two of them with a click: the second-highest peak is the lower click.
    const frames = Math.round((132480 / 44100) * 48000)
    const x = sine(10 * frames, 1000, -20)
    x[frames * 3 + 5] = 0.9
    x[frames * 7 + 5] = 0.5
    const m = await measured(x)
    expect(m.perChannel[0]!.dynamicRangeDb).toBeCloseTo(20 * Math.log10(0.5) + 20, 1)
    expect(m.dynamicRangeDr).toBe(14)
  })
})

it('the overview holds every peak', async () => {
  const x = made(100_000, (n) => (n === 54321 ? 0.8 : n === 99_999 ? -0.7 : 0))
  const m = await measured(x)
  expect(m.waveformColumns).toBe(1600)
  const column = Math.floor((54321 * 1600) / 100_000)
  expect([m.waveformHighest[column], m.waveformLowest[1599]].map((v) => v!.toFixed(2))).toEqual(['0.80', '-0.70'])
  expect(m.waveformHighest.filter((v) => v > 0).length).toBe(1)
})
