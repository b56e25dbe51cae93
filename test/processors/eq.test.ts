// The equaliser's curves against the analogue prototypes, its exact bypass, and its behaviour while it moves.
import { describe, expect, it } from 'vitest'
import { type Band, prototypeDb } from '../fixtures/analogue-filters.js'
import { frequencies, nullDb, peakDb, responseDb, sameBits } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, noise, sine } from '../fixtures/signals.js'

const bandSettings = (owner: string, number: number, band: Band): Settings =>
  Object.fromEntries(Object.entries(band).map(([name, value]) => [`${owner}.eq.band${number}.${name}`, value]))

/** Impulse responses of a strip's first band; two strips a render, one hard left, one hard right. */
async function bandResponses(bands: readonly Band[], sampleRateHz: number, frames: number): Promise<Float32Array[]> {
  const source = [impulse(frames)]
  const responses: Float32Array[] = []
  for (let i = 0; i < bands.length; i += 2) {
    const pair = bands.slice(i, i + 2)
    const set = Object.assign(
      {},
      ...pair.map((band, s) => ({
        [`strip.${s + 1}.pan`]: s === 0 ? -100 : 100,
        [`strip.${s + 1}.eq.on`]: true,
        ...bandSettings(`strip.${s + 1}`, 1, band),
      })),
    )
    const { left, right } = await renderDesk({ sampleRateHz, strips: pair.map(() => source), set })
    responses.push(left, right)
  }
  return responses.slice(0, bands.length)
}

/** The largest deviation from the prototype where that is above −40 dB, up to `highest` Hz. */
function deviationDb(band: Band, response: Float32Array, sampleRateHz: number, highest: number): number {
  const points = frequencies(Math.max(20, band.frequencyHz / 16), highest, 36)
  const errors = points.map((hz) => {
    const wanted = prototypeDb(band, hz)
    return wanted < -40 ? 0 : Math.abs(responseDb(response, hz, sampleRateHz) - wanted)
  })
  return Math.max(...errors)
}

const rows = (types: readonly string[], corners: readonly number[], gains: readonly number[], q: number): Band[] =>
  types.flatMap((type) => corners.flatMap((frequencyHz) => gains.map((gainDb) => ({ type, frequencyHz, gainDb, q }))))

describe('bells of ±12 dB at Q 1 and 48 kHz against the analogue bell', () => {
  it('stay within .6 dB up to 20 kHz, corners 1 … 16 kHz, and within .05 dB below 4.8 kHz, corners to 10 kHz', async () => {
    const bands = rows(['bell'], [1000, 2500, 4000, 8000, 10000, 12000, 16000], [-12, 12], 1)
    const responses = await bandResponses(bands, 48000, 4096)
    for (const [i, band] of bands.entries()) {
      expect(deviationDb(band, responses[i]!, 48000, 20000)).toBeLessThanOrEqual(0.6)
      if (band.frequencyHz <= 10000) expect(deviationDb(band, responses[i]!, 48000, 4800)).toBeLessThanOrEqual(0.05)
    }
  })
  it('stay within .001 dB everywhere at corners of 30 and 300 Hz', async () => {
    const bands = rows(['bell'], [30, 300], [-12, 12], 1)
    const responses = await bandResponses(bands, 48000, 65536)
    for (const [i, band] of bands.entries()) expect(deviationDb(band, responses[i]!, 48000, 4800)).toBeLessThan(0.001)
  })
})

describe.each([
  { rate: 44100, bell: 0.85, narrow: 0.49, shelf: 0.49, lowCut: 0.34, highCut: 1.75, notch: 0.35 },
  { rate: 48000, bell: 0.53, narrow: 0.23, shelf: 0.4, lowCut: 0.18, highCut: 1.05, notch: 0.26 },
  { rate: 96000, bell: 0.022, narrow: 0.006, shelf: 0.027, lowCut: 0.002, highCut: 0.027, notch: 0.05 },
])('band types against their prototypes to 20 kHz at $rate Hz, corners 1 … 16 kHz', ({ rate, ...most }) => {
  const corners = [1000, 4000, 10000, 16000]
  const cases = {
    bell: rows(['bell'], corners, [-12, 12], 1),
    narrow: rows(['bell'], corners, [-12, 12], 4),
    shelf: rows(['lowShelf', 'highShelf'], corners, [-12, 12], 0.71),
    lowCut: rows(['lowCut'], corners, [0], 0.71),
    highCut: rows(['highCut'], corners, [0], 0.71),
    notch: rows(['notch'], corners, [0], 10),
  }
  it.each([
    ['bell', `bells of ±12 dB at Q 1 within ${most.bell} dB`],
    ['narrow', `bells of ±12 dB at Q 4 within ${most.narrow} dB`],
    ['shelf', `shelves of ±12 dB at Q .71 within ${most.shelf} dB`],
    ['lowCut', `low cuts at Q .71 within ${most.lowCut} dB`],
    ['highCut', `high cuts at Q .71 within ${most.highCut} dB`],
    ['notch', `notches at Q 10 within ${most.notch} dB`],
  ] as const)('%s: %s', async (name, _) => {
    const responses = await bandResponses(cases[name], rate, 4096)
    const worst = Math.max(...cases[name].map((band, i) => deviationDb(band, responses[i]!, rate, 20000)))
    expect(worst).toBeLessThan(most[name])
  })
})

describe('the equaliser as a whole', () => {
  const x = [noise(24000, -12), noise(24000, -12, 2)]

  it('is bit-exact with every band at 0 dB, with all bands off, and with eq.on off', async () => {
    const loud = { type: 'bell', frequencyHz: 100, gainDb: 18, q: 2 }
    const off = Object.fromEntries(Array.from({ length: 6 }, (_, b) => [`strip.1.eq.band${b + 1}.on`, false]))
    const desks: Settings[] = [
      { 'strip.1.eq.on': true },
      { 'strip.1.eq.on': true, ...bandSettings('strip.1', 3, loud), ...off },
      bandSettings('strip.1', 1, loud),
    ]
    for (const set of desks) {
      const { left, right } = await renderDesk({ strips: [x], set })
      expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
    }
  })

  it('is heard as soon as eq.on is set: bands are on by default', async () => {
    const { left } = await renderDesk({
      strips: [[impulse(8192)]],
      set: { 'strip.1.pan': -100, 'strip.1.eq.on': true, 'strip.1.eq.band6.gainDb': 6 },
    })
    expect(responseDb(left, 1000)).toBeCloseTo(6, 3)
  })

  it('adds its six bands in dB, within .001 dB', async () => {
    const bands: Band[] = [
      { type: 'lowCut', frequencyHz: 40, gainDb: 0, q: 0.71 },
      { type: 'lowShelf', frequencyHz: 120, gainDb: 4, q: 0.71 },
      { type: 'bell', frequencyHz: 400, gainDb: -6, q: 2 },
      { type: 'notch', frequencyHz: 50, gainDb: 0, q: 20 },
      { type: 'bell', frequencyHz: 700, gainDb: 9, q: 0.5 },
      { type: 'highShelf', frequencyHz: 800, gainDb: -3, q: 0.71 },
    ]
    const set = Object.assign({ 'strip.1.eq.on': true }, ...bands.map((band, b) => bandSettings('strip.1', b + 1, band)))
    const { left } = await renderDesk({ strips: [[impulse(65536)]], set: { ...set, 'strip.1.pan': -100 } })
    for (const hz of frequencies(30, 1500, 25)) {
      const wanted = bands.reduce((sum, band) => sum + prototypeDb(band, hz), 0)
      expect(Math.abs(responseDb(left, hz) - wanted)).toBeLessThan(0.001)
    }
  })

  it('undoes itself: +12 dB and then −12 dB at 100 Hz, 1 and 10 kHz null to −150 dBFS on noise of −12 dBFS', async () => {
    const set: Record<string, number | boolean> = { 'strip.1.eq.on': true }
    for (const [i, hz] of [100, 1000, 10000].entries())
      for (const [j, gainDb] of [12, -12].entries()) {
        set[`strip.1.eq.band${2 * i + j + 1}.frequencyHz`] = hz
        set[`strip.1.eq.band${2 * i + j + 1}.gainDb`] = gainDb
      }
    const { left } = await renderDesk({ strips: [x], set })
    expect(nullDb(left, x[0]!)).toBeLessThan(-150)
  })

  it.each(['bus.1', 'master'])('of %s has the strip’s curve within .001 dB', async (owner) => {
    const band = { type: 'highShelf', frequencyHz: 5000, gainDb: 7, q: 0.9 }
    const send = { 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader', 'strip.1.faderDb': '-inf' }
    const source = [impulse(4096), impulse(4096)]
    const ofStrip = await renderDesk({ strips: [source], set: { 'strip.1.eq.on': true, ...bandSettings('strip.1', 2, band) } })
    const ofOther = await renderDesk({
      strips: [source],
      set: { [`${owner}.eq.on`]: true, ...bandSettings(owner, 2, band), ...(owner === 'master' ? {} : send) },
    })
    for (const hz of frequencies(100, 20000, 20))
      for (const side of ['left', 'right'] as const)
        expect(Math.abs(responseDb(ofOther[side], hz) - responseDb(ofStrip[side], hz))).toBeLessThan(0.001)
  })

  it('holds a 22 kHz band below 49 % of the rate: a bell of +18 dB at 44.1 kHz stays under +18.5 dB', async () => {
    const band = { type: 'bell', frequencyHz: 22000, gainDb: 18, q: 1 }
    const [response] = await bandResponses([band], 44100, 4096)
    const top = Math.max(...frequencies(1000, 22000, 40).map((hz) => responseDb(response!, hz, 44100)))
    expect(top).toBeGreaterThan(10)
    expect(top).toBeLessThan(18.5)
  })
})

describe('a band swept from 100 Hz to 10 kHz and back in 50 ms each', () => {
  const frames = 14400
  const steps = Array.from({ length: 50 }, (_, i) => ({ ms: i, hz: 100 * 100 ** ((i + 1) / 50) }))
  const sweep = (owner: string) => [
    ...steps.map(({ ms, hz }) => ({ frame: 4800 + ms * 48, set: { [`${owner}.eq.band1.frequencyHz`]: hz } })),
    ...steps.map(({ ms, hz }) => ({ frame: 9600 + ms * 48, set: { [`${owner}.eq.band1.frequencyHz`]: 1e6 / hz } })),
  ]
  it.each([
    ['strip.1', 'bell', 12, 1],
    ['strip.1', 'bell', 18, 4],
    ['strip.1', 'lowShelf', 12, 0.71],
    ['strip.1', 'highShelf', 12, 0.71],
    ['strip.1', 'highCut', 0, 0.71],
    ['strip.1', 'lowCut', 0, 0.71],
    ['bus.1', 'bell', 12, 1],
    ['master', 'bell', 12, 1],
  ] as const)('%s %s of %i dB, Q %f: no sample above input + gain + 1 dB, for tones of 100, 997 and 9000 Hz', async (owner, type, gainDb, q) => {
    const set = {
      [`${owner}.eq.on`]: true,
      ...bandSettings(owner, 1, { type, frequencyHz: 100, gainDb, q }),
      ...(owner === 'bus.1' ? { 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader', 'strip.1.faderDb': '-inf' } : {}),
    }
    for (const hz of [100, 997, 9000]) {
      const tone = sine(frames, hz, -30)
      const { left } = await renderDesk({ strips: [[tone, tone]], set, moves: sweep(owner) })
      expect(peakDb(left)).toBeLessThan(-30 + gainDb + 1)
    }
  })
})
