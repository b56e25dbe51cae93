// Dynamics of the mastering chain on the desk: flat bands, static curves, what is left alone, and a meter for each gain.
import { describe, expect, it } from 'vitest'
import { amplitudeOfDb } from '../../src/units.js'
import { frequencies, responseDb, rmsDb, sameBits, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, made, noise, sine } from '../fixtures/signals.js'

const second = 48000
const stage = (name: string, settings: Settings): Settings => ({
  [`master.${name}.on`]: true,
  ...Object.fromEntries(Object.entries(settings).map(([id, value]) => [`master.${name}.${id}`, value])),
})
const ofBands = (count: number, settings: Settings): Settings =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => Object.entries(settings).map(([id, value]) => [`band${i + 1}.${id}`, value])).flat(),
  )
const end = (x: Float32Array): Float32Array => x.subarray(-4800)
/** What plays goes on behind the end, or the meters would see the silence in which a render lets its latency run out. */
const frames = 0.9 * second

describe('the multiband compressor', () => {
  it.each([
    [44100, 3, [120, 800, 5000, 9000, 14000]],
    [48000, 4, [1200, 500, 1500, 9000, 14000]],
    [48000, 5, [9000, 5000, 800, 120, 14000]],
    [96000, 6, [800, 800, 20, 20000, 1200]],
  ])('at %i Hz in %i bands of %j Hz is flat within .001 dB while they are at unity', async (sampleRateHz, bands, hz) => {
    const probe = impulse(sampleRateHz)
    const crossovers = Object.fromEntries(hz.map((frequency, i) => [`crossover${i + 1}Hz`, frequency]))
    const set = stage('multiband', { bands, ...crossovers, ...ofBands(6, { ratio: 1 }) })
    const { left, right } = await renderDesk({ sampleRateHz, strips: [[probe, new Float32Array(probe.length)]], set })
    expect(sameBits(left, probe)).toBe(false)
    for (const at of frequencies(20, 20000, 60)) expect(Math.abs(responseDb(left, at, sampleRateHz))).toBeLessThan(0.001)
    expect(rmsDb(right)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('compresses the band that a tone is in by its curve, shows that on its meter, and leaves the others', async () => {
    const curve = { thresholdDb: -20, ratio: 4, kneeDb: 0, attackMs: 1, releaseMs: 150 }
    const set = stage('multiband', { bands: 3, crossover1Hz: 150, crossover2Hz: 6000, ...ofBands(3, curve) })
    const loud = sine(second, 1000, -4)
    const { left, meter } = await renderDesk({ strips: [[loud, loud]], frames, set })
    expect(Math.abs(toneDb(end(left), 1000) + 16)).toBeLessThan(0.1)
    expect(meter('master.multiband.band2.gainDb')).toBeCloseTo(-12, 0)
    expect(meter('master.multiband.meter.gainDb')).toBeCloseTo(-12, 0)
    expect([1, 3, 4, 5, 6].map((band) => meter(`master.multiband.band${band}.gainDb`))).toEqual([0, 0, 0, 0, 0])
  })
})

describe('the glue compressor', () => {
  it.each([
    ['4:1', 6, [-23, -20, -17, 0], [-23, -20.5625, -19.25, -15]],
    ['2:1', 12, [-26, -20, -14, 0], [-26, -20.75, -17, -10]],
  ])('over −20 dB at %s with a knee of %i dB makes %j dB %j dB ± .1', async (ratio, kneeDb, inDb, outDb) => {
    const set = stage('glue', { thresholdDb: -20, ratio, kneeDb, attackMs: '1ms', releaseMs: '300ms' })
    for (const [i, db] of inDb.entries()) {
      const tone = sine(second, 1000, db)
      const { left, meter } = await renderDesk({ strips: [[tone, tone]], frames, set })
      expect(Math.abs(toneDb(end(left), 1000) - outDb[i]!)).toBeLessThan(0.1)
      expect(Math.abs(meter('master.glue.meter.gainDb') - (outDb[i]! - db))).toBeLessThan(0.1)
    }
  })

  it.each([
    ['below its knee', { thresholdDb: -15, ratio: '10:1' }],
    ['at a mix of 0 %', { thresholdDb: -60, ratio: '10:1', mixPercent: 0 }],
  ])('is bit-exact %s', async (_, settings) => {
    const x = [noise(second, -24, 1), noise(second, -24, 2)]
    const { left, right } = await renderDesk({ strips: [x], set: stage('glue', settings) })
    expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
  })
})

describe('the dynamic EQ', () => {
  it('as a de-esser takes 8 dB from a sibilant, nothing from the vowel under it, and says so', async () => {
    const x = made(second, (n) => {
      const at = (hz: number) => Math.sin((2 * Math.PI * hz * n) / second)
      return amplitudeOfDb(-12) * (at(300) + (n > second / 2 ? at(7000) : 0))
    })
    const node = { 'node3.frequencyHz': 7000, 'node3.q': 2, 'node3.thresholdDb': -30, 'node3.rangeDb': -8, 'node3.ratio': 4 }
    const { left, meter } = await renderDesk({ strips: [[x, x]], frames, set: stage('dynEq', node) })
    const before = 18000
    expect(sameBits(left.subarray(0, before), x.subarray(0, before))).toBe(true)
    expect(Math.abs(toneDb(end(left), 7000) + 20)).toBeLessThan(0.1)
    expect(Math.abs(toneDb(end(left), 300) + 12)).toBeLessThan(0.05)
    expect(meter('master.dynEq.node3.gainDb')).toBeCloseTo(-8, 0)
    expect(meter('master.dynEq.node1.gainDb')).toBe(0)
  })
})

describe('the crest control', () => {
  it('brings beats down to about 10 LU over the loudness, and shows the crest before and behind it', async () => {
    const bed = noise(6 * second, -18, 3)
    const x = bed.map((v, n) => {
      const t = (n % 24000) / second
      return v + (n < 24000 ? 0 : 0.8 * Math.exp(-t / 0.01) * Math.sin(2 * Math.PI * 900 * t))
    })
    const { meter } = await renderDesk({ strips: [[x, x]], set: stage('crest', { measure: 'psr', targetLu: 10 }) })
    expect(meter('master.crest.beforeLu')).toBeGreaterThan(14)
    expect(meter('master.crest.afterLu')).toBeGreaterThan(9.5)
    expect(meter('master.crest.afterLu')).toBeLessThan(12)
  })
})

describe('the loudness target', () => {
  const x = noise(14 * second, -28, 3)
  const set = { measure: 'shortTerm', targetLufs: -20, mostBoostDb: 12, mostDbPerS: 2 }

  it('brings the master to it, and shows what it lifts and what it hears', async () => {
    const { meter } = await renderDesk({ strips: [[x, x]], set: stage('target', set) })
    expect(meter('master.meter.shortTermLufs')).toBeCloseTo(-20, 0)
    const heard = meter('master.target.loudnessLufs')
    expect(meter('master.target.meter.gainDb')).toBeCloseTo(-20 - heard, 0)
    expect(heard).toBeLessThan(-24)
  })

  it('off is what was there, to the bit', async () => {
    const off = await renderDesk({ strips: [[x, x]], set: { ...stage('target', set), 'master.target.on': false } })
    const plain = await renderDesk({ strips: [[x, x]] })
    expect([sameBits(off.left, plain.left), sameBits(off.right, plain.right)]).toEqual([true, true])
  })
})
