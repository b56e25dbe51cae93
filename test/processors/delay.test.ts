// The strip's delay and the graph's latency, to the sample.
import { describe, expect, it } from 'vitest'
import { sameBits, toneDb } from '../fixtures/measurements.js'
import { renderDesk } from '../fixtures/offline-desk.js'
import { impulse, noise, sine } from '../fixtures/signals.js'

describe.each([44100, 48000, 96000, 192000])('a delay at %i Hz', (rate) => {
  it.each([1, 10, 1000])('of %i ms is that many samples, to the bit, with silence before', async (ms) => {
    const frames = rate + 9600
    const x = [noise(frames, -6, 1), noise(frames, -6, 2)]
    const { left, right } = await renderDesk({ sampleRateHz: rate, strips: [x], set: { 'strip.1.delayMs': ms } })
    const late = Math.round((ms * rate) / 1000)
    expect(left.subarray(0, late).every((v) => v === 0)).toBe(true)
    expect(sameBits(left.slice(late), x[0]!.slice(0, frames - late))).toBe(true)
    expect(sameBits(right.slice(late), x[1]!.slice(0, frames - late))).toBe(true)
  })
})

it('a delay switched on while playing gives the signal 250 ms late, to the bit, 15 ms after that came through', async () => {
  const x = noise(48000, -6)
  const { left } = await renderDesk({ strips: [[x, x]], moves: [{ frame: 9600, set: { 'strip.1.delayMs': 250 } }] })
  expect(sameBits(left.slice(0, 9600), x.slice(0, 9600))).toBe(true)
  expect(sameBits(left.slice(9600 + 12000 + 736), x.slice(9600 + 736, 48000 - 12000))).toBe(true)
})

it('a delay moved from 20 to 30 ms is at the same level all the while: no sample above the tone’s peak of −20 dBFS', async () => {
  const x = sine(48000, 100, -20)
  const moves = [{ frame: 24000, set: { 'strip.1.delayMs': 30 } }]
  const { left } = await renderDesk({ strips: [[x, x]], set: { 'strip.1.delayMs': 20 }, moves })
  expect(left.every((v) => Math.abs(v) <= 0.1 * 1.0001)).toBe(true)
  expect(Math.abs(toneDb(left.subarray(38400), 100) + 20)).toBeLessThan(0.001)
})

describe('the limiter’s latency', () => {
  it.each([
    0.1, 1.5, 10,
  ])('with a look-ahead of %f ms is cut off an offline render: below the ceiling the bits are the source’s from frame 0', async (ms) => {
    const x = [noise(24000, -12, 1), noise(24000, -12, 2)]
    const set = { 'master.limiter.on': true, 'master.limiter.ceilingDbtp': -1, 'master.limiter.lookaheadMs': ms }
    const { left, right } = await renderDesk({ strips: [x], set })
    expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
  })

  it.each([
    0.1, 1.5, 10,
  ])('with a look-ahead of %f ms is where an untrimmed impulse arrives, and what the counter says', async (ms) => {
    for (const on of [true, false]) {
      const set = { 'master.limiter.on': on, 'master.limiter.lookaheadMs': ms }
      const { left, region } = await renderDesk({ strips: [[impulse(4800, 0, 0.5)]], set, trimLatency: false })
      const at = left.findIndex((v) => v !== 0)
      expect(at).toBe(region.counter('graphLatencyFrames'))
      expect(left.findLastIndex((v) => v !== 0)).toBe(at)
    }
  })
})
