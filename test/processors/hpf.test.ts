// The high-pass filter against Butterworth's.
import { describe, expect, it } from 'vitest'
import { butterworthDb } from '../fixtures/analogue-filters.js'
import { frequencies, responseDb, sameBits } from '../fixtures/measurements.js'
import { renderDesk } from '../fixtures/offline-desk.js'
import { impulse, noise } from '../fixtures/signals.js'

const response = async (slope: string, frequencyHz: number, sampleRateHz = 48000): Promise<Float32Array> => {
  const set = { 'strip.1.pan': -100, 'strip.1.hpf.on': true, 'strip.1.hpf.frequencyHz': frequencyHz, 'strip.1.hpf.slope': slope }
  return (await renderDesk({ sampleRateHz, strips: [[impulse(65536)]], set })).left
}

const slopes = [
  ['6', 1],
  ['12', 2],
  ['18', 3],
  ['24', 4],
] as const

// Bilinear: what it errs at 1 kHz and 48 kHz is reported by its own bound.
describe.each([
  [44100, 80, 0.002],
  [48000, 20, 0.002],
  [48000, 1000, 0.05],
  [96000, 80, 0.002],
])('the high-pass at %i Hz with its cutoff at %i Hz', (rate, cutoffHz, errorDb) => {
  it.each(
    slopes,
  )(`of %s dB/oct is Butterworth of order %i from ¼ to 4 times the cutoff within ${errorDb} dB, −3.01 dB at it`, async (slope, order) => {
    const h = await response(slope, cutoffHz, rate)
    expect(Math.abs(responseDb(h, cutoffHz, rate) + 3.0103)).toBeLessThan(0.001)
    for (const hz of frequencies(cutoffHz / 4, cutoffHz * 4, 13))
      expect(Math.abs(responseDb(h, hz, rate) - butterworthDb(order, cutoffHz, hz))).toBeLessThan(errorDb)
  })
})

it.each([
  ['6', 6.02, 1 / 16],
  ['12', 12.04, 1 / 8],
  ['18', 18.06, 1 / 4],
  ['24', 24.08, 1 / 4],
])('the high-pass of %s dB/oct falls by %f dB ± .05 in the octave below %f of its cutoff', async (slope, octaveDb, part) => {
  const h = await response(slope, 400)
  const fallDb = responseDb(h, 400 * part) - responseDb(h, 200 * part)
  expect(Math.abs(fallDb - octaveDb)).toBeLessThan(0.05)
})

it('the high-pass is bit-exact when off', async () => {
  const x = [noise(4800, -12), noise(4800, -12, 2)]
  const { left, right } = await renderDesk({ strips: [x], set: { 'strip.1.hpf.frequencyHz': 500 } })
  expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
})
