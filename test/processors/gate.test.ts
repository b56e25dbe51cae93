// The gate against its definitions: threshold with 3 dB of hysteresis, range, attack and release as time constants, hold.
import { describe, expect, it } from 'vitest'
import { amplitudeOfDb, dbOfAmplitude } from '../../src/units.js'
import { sameBits, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, made, noise } from '../fixtures/signals.js'

const second = 48000
const quantum = 32

const gate = (settings: Settings, owner = 'strip.1'): Settings => ({
  [`${owner}.gate.on`]: true,
  ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}.gate.${name}`, value])),
})

const steps = (...parts: readonly (readonly [frames: number, db: number])[]): Float32Array =>
  Float32Array.from(parts.flatMap(([frames, db]) => [...constant(frames, db)]))

const gainOf = (y: Float32Array, x: Float32Array): Float32Array => y.map((v, n) => v / x[n]!)

async function gated(x: Float32Array, settings: Settings, sampleRateHz = 48000): Promise<Float32Array> {
  return gainOf((await renderDesk({ sampleRateHz, strips: [[x, x]], set: gate(settings) })).left, x)
}

describe('threshold and hysteresis on a tone that fades in and out at 1 dB/s', () => {
  // −63 … −57 … −66 dBFS peak; 1 kHz has a sample on every peak at 48 kHz.
  const levelDb = (n: number): number => (n < 6 * second ? -63 + n / second : -57 - (n - 6 * second) / second)
  const x = made(15 * second, (n) => amplitudeOfDb(levelDb(n)) * Math.cos((2 * Math.PI * n) / 48))

  it('opens at −60 dBFS ± .1, closes at −63 ± .1 and changes its mind not once', async () => {
    const settings = { thresholdDb: -60, rangeDb: 40, attackMs: 0.1, holdMs: 0, releaseMs: 5 }
    const g = await gated(x, settings)
    const atPeaks = Array.from({ length: x.length / 48 }, (_, i) => g[i * 48]!).slice(1000)
    const turns = atPeaks.flatMap((gain, i) => (i > 0 && gain > 0.5 !== atPeaks[i - 1]! > 0.5 ? [(i + 1000) * 48] : []))
    expect(turns).toHaveLength(2)
    expect(Math.abs(levelDb(turns[0]!) + 60)).toBeLessThan(0.1)
    expect(Math.abs(levelDb(turns[1]!) + 63)).toBeLessThan(0.1)
  })
})

describe.each([44100, 48000, 96000])('timing at %i Hz', (rate) => {
  const ms = (frames: number): number => (frames * 1000) / rate
  const first = (g: Float32Array, from: number, is: (gain: number) => boolean): number => g.subarray(from).findIndex(is)

  it.each([1, 10, 100])('attack %f ms: .63 of the way up after it, ± one quantum', async (attackMs) => {
    const closed = Math.round(rate * 0.6)
    const g = await gated(
      steps([closed, -70], [rate, -10]),
      { thresholdDb: -40, rangeDb: 20, attackMs, holdMs: 10, releaseMs: 20 },
      rate,
    )
    const way = first(g, closed, (gain) => gain >= 0.1 + 0.9 * (1 - Math.exp(-1)))
    expect(Math.abs(ms(way) - attackMs)).toBeLessThan(ms(quantum))
  })

  it.each([
    [0, 10],
    [10, 10],
    [50, 50],
    [300, 300],
  ])('hold %i ms: stays fully open for %i ms after the last sample over the threshold, ± one quantum', async (holdMs, heldMs) => {
    const open = Math.round(rate * 0.2)
    const g = await gated(
      steps([open, -10], [rate, -70]),
      { thresholdDb: -40, rangeDb: 40, attackMs: 0.1, holdMs, releaseMs: 100 },
      rate,
    )
    const held = first(g, open, (gain) => gain < 1)
    expect(Math.abs(ms(held) - heldMs)).toBeLessThan(ms(quantum))
  })

  it.each([5, 100, 400])('release %i ms: .63 of the way down after hold and it, ± one quantum', async (releaseMs) => {
    const open = Math.round(rate * 0.2)
    const g = await gated(
      steps([open, -10], [rate, -70]),
      { thresholdDb: -40, rangeDb: 20, attackMs: 0.1, holdMs: 20, releaseMs },
      rate,
    )
    const way = first(g, open, (gain) => gain <= 0.1 + 0.9 * Math.exp(-1))
    expect(Math.abs(ms(way) - 20 - releaseMs)).toBeLessThan(ms(quantum))
  })
})

describe('range', () => {
  it.each([
    [0, 200],
    [6, 200],
    [40, 200],
    [90, 200],
    [40, 1000],
    [20, 2000],
  ])('%i dB, release %i ms: a closed gate lets through just that much less, ± .01 dB', async (rangeDb, releaseMs) => {
    const g = await gated(constant(second * 30, -50), { thresholdDb: -40, rangeDb, releaseMs })
    expect(Math.abs(dbOfAmplitude(g.at(-1)!) + rangeDb)).toBeLessThan(0.01)
  })

  it('of 0 dB is bit-exact, and so is an open gate', async () => {
    const x = [noise(second, -12, 1), noise(second, -12, 2)]
    for (const settings of [
      { rangeDb: 0, thresholdDb: 0 },
      { rangeDb: 90, thresholdDb: -80 },
    ]) {
      const { left, right } = await renderDesk({ strips: [x], set: gate(settings) })
      expect([sameBits(left.slice(64), x[0]!.slice(64)), sameBits(right.slice(64), x[1]!.slice(64))]).toEqual([true, true])
    }
  })

  it('an attack of 120 ms at 192 kHz ends at unity: the last of 3 s are bit-exact', async () => {
    const x = steps([48000, -70], [192000 * 3, -10])
    const g = await gated(x, { thresholdDb: -40, rangeDb: 60, attackMs: 120, releaseMs: 5 }, 192000)
    expect(g.subarray(-1000).every((gain) => gain === 1)).toBe(true)
  })
})

describe('a gate in use', () => {
  it('does not chatter on a 50 Hz tone fading by 1 dB/s through its threshold with the shortest hold', async () => {
    const x = made(9 * second, (n) => amplitudeOfDb(-57 - n / second) * Math.sin((2 * Math.PI * 50 * n) / second))
    const y = (
      await renderDesk({ strips: [[x, x]], set: gate({ thresholdDb: -60, rangeDb: 40, attackMs: 0.1, holdMs: 0, releaseMs: 5 }) })
    ).left
    const open = Array.from({ length: 900 }, (_, i) => {
      const at = i * 480
      const top = (s: Float32Array) => s.subarray(at, at + 480).reduce((m, v) => Math.max(m, Math.abs(v)), 0)
      return top(y) > 0.5 * top(x)
    })
    expect(open.filter((isOpen, i) => i > 0 && isOpen !== open[i - 1])).toHaveLength(1)
  })

  it('opens both sides of a stereo strip by the louder one, with the same gain', async () => {
    const left = steps([second, -70], [second, -20])
    const right = left.map((v) => v / 16)
    const y = await renderDesk({
      strips: [[left, right]],
      set: gate({ thresholdDb: -30, rangeDb: 40, attackMs: 5, releaseMs: 20 }),
    })
    for (let n = 0; n < left.length; n++) expect(Math.abs((16 * y.right[n]!) / y.left[n]! - 1)).toBeLessThan(2e-7)
    expect(Math.abs(dbOfAmplitude(y.right.at(-1)! / right.at(-1)!))).toBeLessThan(0.001)
  })

  it('keys no strip but its own: a burst on strip 1 leaves the closed gate of strip 2 at −40 dB', async () => {
    const quiet = constant(second, -70)
    const set = {
      ...gate({ thresholdDb: -30, rangeDb: 40, releaseMs: 20 }),
      ...gate({ thresholdDb: -30, rangeDb: 40, releaseMs: 20 }, 'strip.2'),
    }
    const { right } = await renderDesk({
      strips: [[steps([24000, -70], [24000, 0])], [quiet]],
      set: { ...set, 'strip.1.pan': -100, 'strip.2.pan': 100 },
    })
    expect(Math.abs(dbOfAmplitude(right.at(-1)! / quiet[0]!) + 40)).toBeLessThan(0.01)
  })

  it('switched off while closed by 90 dB is open within .1 dB after 60 ms, whatever its release', async () => {
    const x = made(8 * second, (n) => 0.001 * Math.sin((2 * Math.PI * n) / 48))
    const { left } = await renderDesk({
      strips: [[x, x]],
      set: gate({ thresholdDb: -20, rangeDb: 90, releaseMs: 500 }),
      moves: [
        { frame: 6 * second, set: { 'strip.1.gate.releaseMs': 4000 } },
        { frame: 7 * second, set: { 'strip.1.gate.on': false } },
      ],
    })
    expect(toneDb(left.subarray(7 * second - 4800, 7 * second), 1000)).toBeLessThan(-140)
    expect(Math.abs(toneDb(left.subarray(7 * second + 2880, 7 * second + 7680), 1000) + 60)).toBeLessThan(0.1)
    expect(sameBits(left.slice(-24000), x.slice(-24000))).toBe(true)
  })
})
