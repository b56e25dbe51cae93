// The third-octave filters against IEC 61260-1 class 1, their levels on tones and pink noise, and what the analyser is pointed to.
import { describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { thirdOctaveCount, thirdOctaveHz } from '../../src/processors/analyser/params.js'
import { sameBits } from '../fixtures/measurements.js'
import { type Rendered, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { made, noise, pinkNoise, silence, sine } from '../fixtures/signals.js'

const bands = Array.from({ length: thirdOctaveCount }, (_, i) => i + 1)
const spectrumOf = (rendered: Rendered, where: string): number[] =>
  bands.map((band) => rendered.meter(`${where}.band.${band}.levelDb`))

/** Attenuation limits of class 1 [exponent of G in octaves, least, most], those of 1995, which are the stricter ones. */
const limits = [
  [0, -0.3, 0.3],
  [1 / 8, -0.3, 0.4],
  [1 / 4, -0.3, 0.6],
  [3 / 8, -0.3, 1.3],
  [1 / 2, -0.3, 5],
  [1 / 2, 2, 5],
  [1, 17.5, Number.POSITIVE_INFINITY],
  [2, 42, Number.POSITIVE_INFINITY],
  [3, 61, Number.POSITIVE_INFINITY],
  [4, 70, Number.POSITIVE_INFINITY],
] as const
const G = 10 ** 0.3
/** Frequency over centre of a limit, for third octaves. */
const ratioAt = (exponent: number): number => 1 + ((G ** (1 / 6) - 1) / (G ** 0.5 - 1)) * (G ** exponent - 1)

/** Limits at a frequency over the centre, between those given in straight lines over its logarithm. */
function limitsAt(ratio: number): { least: number; most: number } {
  const r = Math.max(ratio, 1 / ratio)
  const next = limits.findIndex(([exponent]) => ratioAt(exponent) >= r)
  if (next < 0) return { least: 70, most: Number.POSITIVE_INFINITY }
  if (next === 0) return { least: -0.3, most: 0.3 }
  const [a, b] = [limits[next - 1]!, limits[next]!]
  const t = Math.log(r / ratioAt(a[0])) / Math.log(ratioAt(b[0]) / ratioAt(a[0]))
  const most = Number.isFinite(b[2]) ? a[2] + t * (b[2] - a[2]) : b[2]
  return { least: a[1] + t * (b[1] - a[1]), most }
}

const spectrum = { 'master.spectrum.on': true }
/** The master's third octaves under a tone on both sides that goes on after it, over the tone itself, in dB. */
async function responseTo(hz: number, sampleRateHz: number, isa = ''): Promise<number[]> {
  // A narrow band at 20 Hz takes seconds to come to rest; less where the tone comes in softly.
  const seconds = hz < 300 ? 2 : 1.25
  const fadedIn = (n: number): number => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, n / (0.3 * sampleRateHz)))
  const x = made(Math.round((seconds + 0.1) * sampleRateHz), (n) => fadedIn(n) * Math.sin((2 * Math.PI * hz * n) / sampleRateHz))
  const frames = Math.round(seconds * sampleRateHz)
  const rendered = await renderDesk({ strips: [[x, x]], frames, set: spectrum, sampleRateHz, isa, fxCount: 0 })
  return spectrumOf(rendered, 'master.meter').map((db) => db + 3.0103)
}

describe('third octaves', () => {
  it.each([
    [48000, 12, 31],
    [96000, 4, 31],
    // Here the highest band ends at half the rate: 17.1 dB instead of 17.5 at one point.
    [44100, 4, 30],
  ])(
    'at %i Hz keep every limit of class 1, %i tones a band, in bands 1 to %i',
    { timeout: 600_000 },
    async (rate, tones, count) => {
      const wrong: string[] = []
      for (let k = -tones; k <= tones * thirdOctaveCount; k++) {
        const hz = thirdOctaveHz(1) * 10 ** (k / (10 * tones))
        if (hz > 0.49 * rate) break
        const response = await responseTo(hz, rate)
        for (const band of bands.slice(0, count)) {
          const attenuation = -response[band - 1]!
          const { least, most } = limitsAt(hz / thirdOctaveHz(band))
          if (!(attenuation >= least - 1e-3 && attenuation <= most + 1e-3))
            wrong.push(
              `band ${band} at ${hz.toFixed(1)} Hz: ${attenuation.toFixed(2)} dB, limits ${least.toFixed(2)} … ${most.toFixed(2)}`,
            )
        }
      }
      expect(wrong).toEqual([])
    },
  )
})

describe('the spectrum', () => {
  it.each(nativeAddon().isaNames)('reads the RMS of tones in the middle of a band within .01 dB, in %s', async (isa) => {
    for (const band of [13, 18, 24, 30, 31]) {
      const response = await responseTo(thirdOctaveHz(band), 48000, isa)
      expect([band, Math.abs(response[band - 1]!) < 0.01]).toEqual([band, true])
    }
  })

  it.each([44100, 192000])('does so within .3 dB at %i Hz', async (rate) => {
    for (const band of [1, 13, 24, 30, 31]) {
      const response = await responseTo(thirdOctaveHz(band), rate)
      expect([band, Math.abs(response[band - 1]!) < 0.3]).toEqual([band, true])
    }
  })

  it('of pink noise is flat within .5 dB', { timeout: 300_000 }, async () => {
    const sums = bands.map(() => 0)
    // One reading of a 5 Hz wide band of noise, averaged for 1 s, is good to a few dB only: the mean of many is measured.
    const readings = 40
    for (let seed = 1; seed <= readings; seed++) {
      const strips = [[pinkNoise(2 ** 17, -30, 2 * seed), pinkNoise(2 ** 17, -30, 2 * seed + 1)]]
      const rendered = await renderDesk({ strips, set: { 'analyser.on': true, 'analyser.speed': 'slow' } })
      for (const band of bands) sums[band - 1]! += 10 ** (rendered.meter(`analyser.meter.band.${band}.levelDb`) / 10)
    }
    const wantedDb = -30 + 10 * Math.log10(Math.log2(10 ** 0.1))
    const offDb = sums.map((sum) => 10 * Math.log10(sum / readings) - wantedDb)
    expect(offDb.filter((db) => !(Math.abs(db) < 0.5))).toEqual([])
  })

  it('falls by 17.4 dB in half a second of silence when fast, by 2.2 dB when slow', async () => {
    const x = made(5 * 48000, (n) => (n < 4.5 * 48000 ? 0.5 * Math.sin((2 * Math.PI * 1000 * n) / 48000) : 0))
    const read = async (speed: string, frames: number): Promise<number> =>
      (await renderDesk({ strips: [[x]], frames, set: { 'analyser.on': true, 'analyser.speed': speed } })).meter(
        'analyser.meter.band.18.levelDb',
      )
    // The band-pass rings for some ms.
    expect((await read('fast', 4.5 * 48000)) - (await read('fast', 5 * 48000))).toBeCloseTo(17.37, 0)
    expect((await read('slow', 4.5 * 48000)) - (await read('slow', 5 * 48000))).toBeCloseTo(2.17, 1)
  })

  it('is silent while off, and changes no bit of the master', async () => {
    const strips = [[noise(48000, -12, 1), noise(48000, -12, 2)]]
    const off = await renderDesk({ strips })
    const on = await renderDesk({
      strips,
      set: { ...spectrum, 'analyser.on': true, 'analyser.source': 'strip.1', 'analyser.tap': 'input' },
    })
    expect(
      spectrumOf(off, 'master.meter')
        .concat(spectrumOf(off, 'analyser.meter'))
        .every((db) => db === Number.NEGATIVE_INFINITY),
    ).toBe(true)
    expect(spectrumOf(on, 'master.meter').concat(spectrumOf(on, 'analyser.meter')).every(Number.isFinite)).toBe(true)
    expect([sameBits(on.left, off.left), sameBits(on.right, off.right)]).toEqual([true, true])
  })
})

describe('the analyser', () => {
  const second = 48000
  const set: Settings = {
    'analyser.on': true,
    'strip.1.hpf.on': true,
    'strip.1.hpf.frequencyHz': 20,
    'strip.1.eq.on': true,
    'strip.1.eq.band3.frequencyHz': 1000,
    'strip.1.eq.band3.gainDb': 12,
    'strip.1.gate.on': false,
    'strip.1.comp.on': true,
    'strip.1.comp.thresholdDb': 0,
    'strip.1.comp.makeupDb': 3,
    'strip.1.faderDb': -10,
    'strip.1.send.1.levelDb': 0,
    'strip.1.send.1.tap': 'preFader',
    'bus.1.faderDb': -5,
    'monitor.dim': true,
  }
  const tone = sine(2.1 * second, 1000, -40)
  const strips = [[tone, tone], [silence(2.1 * second)], [sine(2.1 * second, 4000, -20)]]
  const frames = 2 * second
  // A tone of −40 dBFS has an RMS of −43.01; 15 dB are added by EQ and make-up.
  it.each([
    ['strip.1', 'input', -43.01],
    ['strip.1', 'preEq', -43.01],
    ['strip.1', 'postEq', -31.01],
    ['strip.1', 'preFader', -28.01],
    ['strip.1', 'postFader', -38.01],
    ['bus.1', 'preFader', -28.01],
    ['bus.1', 'postFader', -33.01],
  ])('reads %s at %s: %f dBFS in the band of 1 kHz', async (source, tap, wantedDb) => {
    const rendered = await renderDesk({ strips, frames, set: { ...set, 'analyser.source': source, 'analyser.tap': tap } })
    expect(Math.abs(rendered.meter('analyser.meter.band.18.levelDb') - wantedDb)).toBeLessThan(0.1)
    if (source === 'strip.1') expect(rendered.meter('analyser.meter.band.24.levelDb')).toBeLessThan(-100)
  })

  it('reads the monitor 20 dB below the master while it is dimmed', async () => {
    const [master, monitor] = await Promise.all(
      ['master', 'monitor'].map((source) => renderDesk({ strips, frames, set: { ...set, 'analyser.source': source } })),
    )
    const band = 'analyser.meter.band.24.levelDb'
    expect(master!.meter(band)).toBeGreaterThan(-30)
    expect(master!.meter(band) - monitor!.meter(band)).toBeCloseTo(20, 2)
  })

  it('reads a mono strip as it is, and the mean power of both sides of a stereo one', async () => {
    const x = sine(1.1 * second, 1000, -20)
    const read = async (source: Float32Array[]): Promise<number> =>
      (await renderDesk({ strips: [source], frames: second, set: { 'analyser.on': true, 'analyser.source': 'strip.1' } })).meter(
        'analyser.meter.band.18.levelDb',
      )
    expect(await read([x])).toBeCloseTo(-23.01, 1)
    expect(await read([x, x])).toBeCloseTo(-23.01, 1)
    expect(await read([x, silence(1.1 * second)])).toBeCloseTo(-26.02, 1)
  })

  it('follows a change of source while it runs, and begins there from silence', async () => {
    const moves = [{ frame: second, set: { 'analyser.source': 'strip.3' } }]
    const early = await renderDesk({ strips, frames: second + 64, set: { ...set, 'analyser.source': 'strip.1' }, moves })
    const late = await renderDesk({ strips, frames, set: { ...set, 'analyser.source': 'strip.1' }, moves })
    expect(early.meter('analyser.meter.band.18.levelDb')).toBeLessThan(-60)
    expect(late.meter('analyser.meter.band.24.levelDb')).toBeCloseTo(-23.01, 1)
    expect(late.meter('analyser.meter.band.18.levelDb')).toBeLessThan(-90)
  })
})
