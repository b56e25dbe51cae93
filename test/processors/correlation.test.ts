// Correlation and balance of master, buses and stereo strips; the loudness range as a meter.
import { describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { made, noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const frames = 3 * second
const x = noise(frames, -12, 1)
const toBus: Settings = { 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
const inverted = x.map((v) => -v)
/** Half of it shared: E[L·R] = .5·E[L²]. */
const half = noise(frames, -12, 3).map((v, n) => (v + x[n]!) * Math.SQRT1_2)

describe.each(nativeAddon().isaNames)('correlation in %s', (isa) => {
  it.each([
    ['the same', [x, x], 1, 0.0001],
    ['inverted', [x, inverted], -1, 0.0001],
    ['independent', [x, noise(frames, -12, 77)], 0, 0.03],
    ['one shared in part', [x, half], Math.SQRT1_2, 0.03],
    ['louder on one side', [x, x.map((v) => v / 8)], 1, 0.0001],
    ['silent on one side', [x, silence(frames)], 0, 0],
    ['silent', [silence(frames), silence(frames)], 0, 0],
  ] as const)('of two sides, %s, at strip, bus and master', async (_, source, wanted, within) => {
    const { meter } = await renderDesk({ strips: [source], set: toBus, isa })
    for (const id of ['strip.1', 'bus.1', 'master'])
      expect(Math.abs(meter(`${id}.meter.correlation`) - wanted)).toBeLessThanOrEqual(within)
  })

  it('of a mono strip is 1; of its neighbours is their own', async () => {
    const strips = [[x], [x, inverted], [x, half], [x]]
    const { meter } = await renderDesk({ strips, isa })
    const [a, b, c, d] = [1, 2, 3, 4].map((s) => meter(`strip.${s}.meter.correlation`))
    expect([a, d]).toEqual([1, 1])
    expect(b).toBeCloseTo(-1, 4)
    expect(c).toBeCloseTo(Math.SQRT1_2, 1)
  })

  it('forgets with 300 ms: .6 s after a change from the same to inverted, 1 − 2·(1 − e⁻²) of it is left', async () => {
    const right = made(frames, (n) => (n < 2 * second ? x[n]! : -x[n]!))
    const { meter } = await renderDesk({ strips: [[x, right]], frames: 2.6 * second, isa })
    expect(meter('master.meter.correlation')).toBeCloseTo(1 - 2 * (1 - Math.exp(-2)), 1)
  })
})

describe('balance', () => {
  it.each([
    [100, 1],
    [-100, -1],
    [0, 0],
    // −3 dB law: cos² and sin² of 22.5°.
    [-50, -Math.SQRT1_2],
  ])('of a mono strip panned to %f is %f', async (pan, wanted) => {
    const { meter } = await renderDesk({ strips: [[sine(second, 997, -20)]], set: { 'strip.1.pan': pan } })
    expect(meter('master.meter.balance')).toBeCloseTo(wanted, 3)
  })
})

describe('the loudness range (EBU Tech 3342, test signals 1–4)', () => {
  it.each([
    [[-20, -30], 10],
    [[-20, -15], 5],
    [[-40, -20], 20],
    [[-50, -35, -20, -35, -50], 15],
  ])('of 20 s each at %j dBFS is %f LU', { timeout: 120_000 }, async (levels, wanted) => {
    const tones = levels.map((db) => sine(20 * second, 1000, db))
    const plane = made(20 * second * levels.length, (n) => tones[Math.floor(n / (20 * second))]![n % (20 * second)]!)
    const { meter, result } = await renderDesk({ strips: [[plane, plane]] })
    expect(Math.abs(meter('master.meter.loudnessRangeLu') - wanted)).toBeLessThan(1)
    expect(meter('master.meter.loudnessRangeLu')).toBeCloseTo(result.loudnessRangeLu, 3)
  })
})
