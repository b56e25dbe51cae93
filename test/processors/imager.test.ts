// DC filter and imager of the mastering chain, and bands of the master's EQ on middle, side, left and right.
import { describe, expect, it } from 'vitest'
import { frequencies, nullDb, responseDb, rmsDb, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, made, noise, sine } from '../fixtures/signals.js'

const second = 48000
const negative = (x: Float32Array): Float32Array => x.map((v) => -v)
const sum = (a: Float32Array, b: Float32Array, sign = 1): Float32Array => a.map((v, n) => 0.5 * (v + sign * b[n]!))

describe('the DC filter', () => {
  it.each([2, 5, 10])('at %i Hz takes DC away, −3 dB there, and leaves 20 Hz and above within .3 dB', async (frequencyHz) => {
    const set = { 'master.dc.on': true, 'master.dc.frequencyHz': frequencyHz }
    const still = new Float32Array(3 * second).fill(0.25)
    const { left } = await renderDesk({ strips: [[still, still]], set })
    expect(rmsDb(left.subarray(-second / 2))).toBeLessThan(-120)
    const probe = impulse(4 * second)
    const { left: response } = await renderDesk({ strips: [[probe, probe]], set })
    expect(responseDb(response, frequencyHz)).toBeCloseTo(-3.01, 1)
    for (const hz of frequencies(20, 20000, 30)) expect(Math.abs(responseDb(response, hz))).toBeLessThan(0.3)
  })
})

describe('the imager', () => {
  const on: Settings = { 'master.imager.on': true, 'master.imager.guard': false }
  const widths = (...percent: number[]): Settings =>
    Object.fromEntries(percent.map((value, i) => [`master.imager.band${i + 1}.widthPercent`, value]))

  it.each([
    [44100, 120, 800, 5000],
    [48000, 500, 1500, 1800],
    [96000, 800, 1200, 5000],
    [48000, 5000, 800, 120],
    [48000, 1000, 1000, 1000],
  ])('sums flat within .001 dB at %i Hz with crossovers at %i, %i and %i Hz', async (sampleRateHz, low, mid, high) => {
    const probe = impulse(sampleRateHz)
    const set = { ...on, 'master.imager.lowHz': low, 'master.imager.midHz': mid, 'master.imager.highHz': high }
    const { left, right } = await renderDesk({ sampleRateHz, strips: [[probe, new Float32Array(probe.length)]], set })
    for (const hz of frequencies(20, 20000, 60)) expect(Math.abs(responseDb(left, hz, sampleRateHz))).toBeLessThan(0.001)
    expect(rmsDb(right)).toBeLessThan(-140)
  })

  it('widens and narrows each band by itself: the side of a tone in it by its width, the middle not at all', async () => {
    const bands = [30, 300, 2000, 15000]
    for (const [i, hz] of bands.entries()) {
      const [left, right] = [sine(second, hz, -20), sine(second, hz, -26)]
      const percent = [100, 100, 100, 100].map((v, b) => (b === i ? 200 : v === 100 ? 0 : v))
      const out = await renderDesk({ strips: [[left, right]], set: { ...on, ...widths(...percent) } })
      const tail = (x: Float32Array) => x.subarray(-second / 2)
      expect(toneDb(tail(sum(out.left, out.right)), hz)).toBeCloseTo(toneDb(tail(sum(left, right)), hz), 2)
      const side = toneDb(tail(sum(out.left, out.right, -1)), hz) - toneDb(tail(sum(left, right, -1)), hz)
      expect(Math.abs(side - 6.02)).toBeLessThan(0.5)
    }
  })

  it('is mono below a frequency: 24 dB down an octave below it, untouched three octaves above', async () => {
    const probe = impulse(second)
    const set = { ...on, 'master.imager.monoBelowHz': 200 }
    const { left, right } = await renderDesk({ strips: [[probe, negative(probe)]], set })
    const side = sum(left, right, -1)
    expect(responseDb(side, 200)).toBeCloseTo(-6.02, 1)
    expect(responseDb(side, 100)).toBeLessThan(-24)
    expect(responseDb(side, 25)).toBeLessThan(-70)
    expect(Math.abs(responseDb(side, 1600))).toBeLessThan(0.01)
  })

  it.each([0, 0.5])('keeps the correlation at least at %f where widths would take it below', async (least) => {
    const [a, b] = [noise(3 * second, -20, 1), noise(3 * second, -20, 2)]
    const set = { ...on, ...widths(200, 200, 200, 200) }
    const wide = await renderDesk({ strips: [[a, b]], set, frames: 2.5 * second })
    expect(wide.meter('master.meter.correlation')).toBeLessThan(-0.4)
    const guarded = await renderDesk({
      strips: [[a, b]],
      frames: 2.5 * second,
      set: { ...set, 'master.imager.guard': true, 'master.imager.leastCorrelation': least },
    })
    expect(guarded.meter('master.meter.correlation')).toBeGreaterThan(least - 0.06)
    expect(guarded.meter('master.meter.correlation')).toBeLessThan(least + 0.06)
    expect(guarded.meter('master.imager.meter.gainDb')).toBeLessThan(-5)
  })
})

describe('a band of the master EQ', () => {
  const band = (mode: string, number = 12): Settings => ({
    'master.eq.on': true,
    [`master.eq.band${number}.frequencyHz`]: 1000,
    [`master.eq.band${number}.gainDb`]: 12,
    [`master.eq.band${number}.q`]: 1,
    [`master.eq.band${number}.mode`]: mode,
  })
  const [a, b] = [noise(second, -20, 1), noise(second, -20, 2)]
  const parts = (left: Float32Array, right: Float32Array): Record<string, Float32Array> => ({
    left,
    right,
    mid: sum(left, right),
    side: sum(left, right, -1),
  })
  const before = parts(a, b)

  it.each([
    ['mid', 'side'],
    ['side', 'mid'],
    ['left', 'right'],
    ['right', 'left'],
  ] as const)('on %s leaves %s alone to −140 dB', async (mode, other) => {
    const { left, right } = await renderDesk({ strips: [[a, b]], set: band(mode) })
    const out = parts(left, right)
    expect(nullDb(out[other]!, before[other]!)).toBeLessThan(-140)
    expect(nullDb(out[mode]!, before[mode]!)).toBeGreaterThan(-40)
  })

  it('does to its part what a stereo band does to both', async () => {
    const probe = impulse(8192)
    const response = async (mode: string, strips: Float32Array[]) =>
      (await renderDesk({ strips: [strips], set: band(mode) })).left
    const stereo = await response('stereo', [probe, probe])
    for (const [mode, right] of [
      ['mid', probe],
      ['side', negative(probe)],
      ['left', made(8192, () => 0)],
    ] as const)
      expect(nullDb(await response(mode, [probe, right]), stereo)).toBeLessThan(-140)
  })

  it('twelve at once are the sum of their curves', async () => {
    const probe = impulse(16384)
    const one = async (set: Settings) => (await renderDesk({ strips: [[probe, probe]], set })).left
    const bands = Array.from(
      { length: 12 },
      (_, i): Settings => ({
        'master.eq.on': true,
        [`master.eq.band${i + 1}.frequencyHz`]: 40 * 1.7 ** i,
        [`master.eq.band${i + 1}.gainDb`]: i % 3 ? -6 : 5,
        [`master.eq.band${i + 1}.q`]: 1 + i / 3,
        [`master.eq.band${i + 1}.mode`]: ['stereo', 'left'][i % 2]!,
      }),
    )
    const all = await one(Object.assign({}, ...bands))
    const alone = await Promise.all(bands.map(one))
    for (const hz of frequencies(30, 20000, 40)) {
      const wanted = alone.reduce((db, response) => db + responseDb(response, hz), 0)
      expect(Math.abs(responseDb(all, hz) - wanted)).toBeLessThan(0.01)
    }
  })
})
