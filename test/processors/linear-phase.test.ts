// The master's equaliser of linear phase: the magnitudes of the one of least phase, one delay for all frequencies, no more.
import { describe, expect, it } from 'vitest'
import { EngineRunner } from '../fixtures/engine-runner.js'
import { frequencies, nullDb, responseDb, rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, noise, sine } from '../fixtures/signals.js'
import { registry } from '../fixtures/sweep-desk.js'

const bands: Settings = {
  'master.eq.on': true,
  'master.eq.band1.type': 'lowShelf',
  'master.eq.band1.frequencyHz': 150,
  'master.eq.band1.gainDb': 4,
  'master.eq.band2.frequencyHz': 400,
  'master.eq.band2.gainDb': -7,
  'master.eq.band2.q': 1.4,
  'master.eq.band3.frequencyHz': 3000,
  'master.eq.band3.gainDb': 12,
  'master.eq.band4.type': 'highShelf',
  'master.eq.band4.frequencyHz': 9000,
  'master.eq.band4.gainDb': -5,
  'master.eq.band12.frequencyHz': 14000,
  'master.eq.band12.gainDb': 6,
}
const taps = { '4k': 4096, '8k': 8192, '16k': 16384 } as const
const linear = (count: keyof typeof taps): Settings => ({ 'master.eq.phase': 'linear', 'master.eq.taps': count })

/** Phase of a response at a frequency, less that of a delay. */
function phaseOf(x: Float32Array, hz: number, sampleRateHz: number, late: number): number {
  let [re, im] = [0, 0]
  const w = (2 * Math.PI * hz) / sampleRateHz
  for (const [n, v] of x.entries()) {
    re += v * Math.cos(w * (n - late))
    im -= v * Math.sin(w * (n - late))
  }
  return Math.atan2(im, re)
}

describe.each([
  [44100, '4k'],
  [48000, '8k'],
  [48000, '16k'],
  [96000, '16k'],
] as const)('at %i Hz with %s taps', (sampleRateHz, count) => {
  it('has the magnitudes of the one of least phase within .05 dB, one delay within a frame, and says how late it is', async () => {
    const probe = impulse(32768)
    const strips = [[probe, probe]]
    const least = await renderDesk({ sampleRateHz, strips, set: bands })
    const set = { ...bands, ...linear(count) }
    const { left, right } = await renderDesk({ sampleRateHz, strips, set, trimLatency: false })
    expect(nullDb(left, right)).toBeLessThan(-150)
    const without = await renderDesk({ sampleRateHz, strips, trimLatency: false })
    const late = taps[count] / 2 + without.left.findIndex((v) => v !== 0)
    for (const hz of frequencies(40, 20000, 60)) {
      expect(Math.abs(responseDb(left, hz, sampleRateHz) - responseDb(least.left, hz, sampleRateHz)), `${hz} Hz`).toBeLessThan(
        0.05,
      )
      // A frame late is 2π·hz/rate; a response without phase has none beside its delay.
      expect(Math.abs(phaseOf(left, hz, sampleRateHz, late)), `${hz} Hz`).toBeLessThan(
        (0.01 * 2 * Math.PI * hz) / sampleRateHz + 1e-3,
      )
    }
    // What a render leaves out is just that.
    const trimmed = await renderDesk({ sampleRateHz, strips: [[impulse(32768, 12000), impulse(32768, 12000)]], set })
    const highest = trimmed.left.reduce((best, v, n) => (Math.abs(v) > Math.abs(trimmed.left[best]!) ? n : best), 0)
    expect(highest).toBe(12000)
  })
})

describe('linear phase', () => {
  const strips = [[noise(48000, -20, 1), noise(48000, -20, 2)]]
  const part = (x: Float32Array, y: Float32Array, sign: number): Float32Array => x.map((v, n) => 0.5 * (v + sign * y[n]!))

  it('passes to the bit while the EQ is off, or bypassed', async () => {
    for (const set of [{}, { ...bands, 'master.eq.bypass': true }]) {
      const { left } = await renderDesk({ strips, set: { ...set, ...linear('8k') } })
      expect(sameBits(left.slice(0, 40000), strips[0]![0]!.slice(0, 40000))).toBe(true)
    }
  })

  it('on the middle leaves the side alone to −140 dB, and on the left the right', async () => {
    const one = (mode: string): Settings => ({
      ...linear('8k'),
      'master.eq.on': true,
      'master.eq.band7.gainDb': 12,
      'master.eq.band7.mode': mode,
    })
    const [a, b] = strips[0]!
    const middle = await renderDesk({ strips, set: one('mid') })
    expect(nullDb(part(middle.left, middle.right, -1).subarray(0, 40000), part(a!, b!, -1).subarray(0, 40000))).toBeLessThan(-140)
    const left = await renderDesk({ strips, set: one('left') })
    expect(nullDb(left.right.subarray(0, 40000), b!.subarray(0, 40000))).toBeLessThan(-140)
    // Both at once, against the filters of least phase, by their levels.
    const both = { ...one('left'), 'master.eq.band8.gainDb': -9, 'master.eq.band8.mode': 'side' }
    const wanted = await renderDesk({ strips, set: { ...both, 'master.eq.phase': 'minimum' } })
    const found = await renderDesk({ strips, set: both })
    for (const side of ['left', 'right'] as const)
      expect(Math.abs(rmsDb(found[side].subarray(4096, 40000)) - rmsDb(wanted[side].subarray(4096, 40000)))).toBeLessThan(0.1)
  })

  it('takes a new setting within .3 s, softly, and stands where one stands that began with it', async () => {
    const tone = sine(2 * 48000, 997, -12)
    const later = { 'master.eq.band3.gainDb': -12, 'master.eq.band3.frequencyHz': 1000 }
    const set = { ...bands, ...linear('8k') }
    const moved = await renderDesk({ strips: [[tone, tone]], set, moves: [{ frame: 48000, set: later }] })
    const began = await renderDesk({ strips: [[tone, tone]], set: { ...set, ...later } })
    expect(nullDb(moved.left.subarray(62400, 90000), began.left.subarray(62400, 90000))).toBeLessThan(-130)
    expect(spillDb(moved.left.subarray(48000 - 4096, 48000 + 28672))).toBeLessThan(-85)
  })

  it('switched on and off again it leaves no trace', async () => {
    const { left } = await renderDesk({
      strips,
      set: { ...bands, ...linear('4k'), 'master.eq.on': false },
      moves: [
        { frame: 4800, set: { 'master.eq.on': true } },
        { frame: 24000, set: { 'master.eq.on': false } },
      ],
    })
    expect(nullDb(left.subarray(16000, 20000), strips[0]![0]!.subarray(16000, 20000))).toBeGreaterThan(-60)
    expect(sameBits(left.slice(36000, 44000), strips[0]![0]!.slice(36000, 44000))).toBe(true)
  })

  it('keeps a bus and the monitor in time with the master at the outputs', async () => {
    const runner = new EngineRunner()
    await runner.start()
    try {
      const [left, right] = strips[0]!
      const { outputs } = await runner.run({
        registry,
        inputs: Array.from({ length: registry.topology.inputCount }, (_, c) => (c % 2 ? right! : left!)),
        set: {
          ...linear('8k'),
          'strip.1.input': 'in1',
          'strip.1.faderDb': '-inf',
          'strip.1.send.1.levelDb': 0,
          'strip.1.send.1.tap': 'preFader',
          'monitor.source': 'bus.1',
          'output.1.source': 'master.left',
          'output.2.source': 'bus.1.left',
          'output.3.source': 'monitor.left',
        },
      })
      expect(rmsDb(outputs[0]!.subarray(-4800))).toBeGreaterThan(-40)
      expect(sameBits(outputs[1]!.slice(-4800), outputs[0]!.slice(-4800))).toBe(true)
      expect(sameBits(outputs[2]!.slice(-4800), outputs[0]!.slice(-4800))).toBe(true)
    } finally {
      await runner.stop()
    }
  })
})
