// The oscillator: what it makes, how loud, and where it goes.
import { describe, expect, it } from 'vitest'
import { difference, frequencies, peakDb, powerSpectrum, rmsDb, sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { silence } from '../fixtures/signals.js'

const on = { 'oscillator.on': true, 'master.oscillator': true }
const play = async (set: Settings, frames = 48000, sampleRateHz = 48000) =>
  renderDesk({ strips: [[silence(frames)]], set: { ...on, ...set }, sampleRateHz })

describe.each([44100, 48000, 96000, 192000])('the oscillator at %i Hz', (sampleRateHz) => {
  const size = 2 ** 19
  const make = async (set: Settings): Promise<Float32Array> => (await play(set, size + 65536, sampleRateHz)).left.subarray(65536)

  it('is a sine of the level in dBFS of its peak, all else below −140 dBFS RMS', async () => {
    // A whole number of periods in a second at every rate.
    for (const hz of [20, 440, 1000, 19000]) {
      const x = (await make({ 'oscillator.frequencyHz': hz, 'oscillator.levelDb': -6 })).subarray(0, sampleRateHz)
      expect(Math.abs(toneDb(x, hz, sampleRateHz) + 6)).toBeLessThan(0.001)
      let [re, im] = [0, 0]
      for (let n = 0; n < x.length; n++) {
        re += (2 / x.length) * x[n]! * Math.cos((2 * Math.PI * hz * n) / sampleRateHz)
        im += (2 / x.length) * x[n]! * Math.sin((2 * Math.PI * hz * n) / sampleRateHz)
      }
      const fit = x.map((_, n) => {
        const angle = (2 * Math.PI * hz * n) / sampleRateHz
        return re * Math.cos(angle) + im * Math.sin(angle)
      })
      expect(rmsDb(difference(x, fit))).toBeLessThan(-140)
    }
  })

  it('falls by 3 dB an octave in pink from 20 Hz to 20 kHz, within .3 dB', async () => {
    const pink = powerSpectrum((await make({ 'oscillator.type': 'pink' })).subarray(0, size))
    // The white noise of the same frames is what the pink one is made of: their ratio is the filter, without the chance in both.
    const white = powerSpectrum((await make({ 'oscillator.type': 'white' })).subarray(0, size))
    const dbs = frequencies(20, 20000, 31).map((hz) => {
      const [from, to] = [hz * 2 ** (-1 / 6), hz * 2 ** (1 / 6)].map((f) => Math.round((f * size) / sampleRateHz))
      let [coloured, flat] = [0, 0]
      for (let k = from!; k <= Math.min(to!, Math.floor((20000 * size) / sampleRateHz)); k++) {
        coloured += pink[k]! * k
        flat += white[k]!
      }
      return 10 * Math.log10(coloured / flat)
    })
    const middle = (Math.max(...dbs) + Math.min(...dbs)) / 2
    expect(Math.max(...dbs) - middle).toBeLessThan(0.3)
  })

  it('is white noise of its level in RMS ± .05 dB, pink ± .3 dB', async () => {
    expect(Math.abs(rmsDb(await make({ 'oscillator.type': 'white', 'oscillator.levelDb': -20 })) + 20)).toBeLessThan(0.05)
    expect(Math.abs(rmsDb(await make({ 'oscillator.type': 'pink', 'oscillator.levelDb': -20 })) + 20)).toBeLessThan(0.3)
  })
})

describe('the oscillator', () => {
  it('is white: third-octaves from 1 to 17 kHz within 1 dB of each other per Hz', async () => {
    const size = 2 ** 18
    const power = powerSpectrum((await play({ 'oscillator.type': 'white' }, size)).left.subarray(0, size))
    const dbs = frequencies(1000, 17000, 12).map((hz) => {
      const band = power.subarray((hz * 2 ** (-1 / 6) * size) / 48000, (hz * 2 ** (1 / 6) * size) / 48000)
      return 10 * Math.log10(band.reduce((a, b) => a + b, 0) / band.length)
    })
    expect(Math.max(...dbs) - Math.min(...dbs)).toBeLessThan(1)
  })

  it('goes to the master, or over a bus with its EQ and fader, on both sides alike; elsewhere is silence', async () => {
    const level = { 'oscillator.levelDb': -20 }
    const { left, right } = await play(level)
    expect(sameBits(left, right)).toBe(true)
    const bus = { ...level, 'master.oscillator': false, 'bus.2.oscillator': true }
    const over = await play({ ...bus, 'bus.2.faderDb': -6, 'bus.2.eq.on': true, 'bus.2.eq.band1.gainDb': 4 })
    expect(Math.abs(toneDb(over.left.subarray(24000), 1000) + 22)).toBeLessThan(0.01)
    for (const set of [{ ...bus, 'bus.2.mute': true }, { 'oscillator.on': false }, { 'master.oscillator': false }])
      expect((await play({ ...level, ...set })).left.every((v) => v === 0)).toBe(true)
  })

  it('makes the same bits again, whatever the buffer', async () => {
    const set = { ...on, 'oscillator.type': 'pink', 'bus.1.oscillator': true }
    const moves = [
      { frame: 3200, set: { 'oscillator.type': 'sine' } },
      { frame: 9600, set: { 'oscillator.frequencyHz': 5000 } },
    ]
    const renders = await Promise.all(
      [32, 100, 4096].map((bufferFrames) => renderDesk({ strips: [[silence(24000)]], set, moves, bufferFrames })),
    )
    for (const other of renders.slice(1)) expect(sameBits(renders[0]!.left, other.left)).toBe(true)
  })

  it('leaves digital black when it is off again', async () => {
    const moves = [{ frame: 4800, set: { 'oscillator.on': false } }]
    const { left } = await renderDesk({ strips: [[silence(48000)]], set: on, moves })
    expect(peakDb(left)).toBeCloseTo(-18, 1)
    expect(left.subarray(24000).every((v) => v === 0)).toBe(true)
  })
})

describe('its sine of 997 Hz spills at most −85 dB above 3 kHz on', () => {
  const sine = { ...on, 'oscillator.frequencyHz': 997 }
  const moves: Record<string, [Settings, Settings]> = {
    on: [{ ...sine, 'oscillator.on': false }, { 'oscillator.on': true }],
    off: [sine, { 'oscillator.on': false }],
    'level −40 → 0 dB': [{ ...sine, 'oscillator.levelDb': -40 }, { 'oscillator.levelDb': 0 }],
    'frequency 997 → 200 Hz': [sine, { 'oscillator.frequencyHz': 200 }],
    'feed off': [sine, { 'master.oscillator': false }],
    'feed of a bus on': [{ ...sine, 'bus.1.faderDb': -6 }, { 'bus.1.oscillator': true }],
  }
  it.each(Object.keys(moves))('%s', async (name) => {
    const [set, move] = moves[name]!
    const { left } = await renderDesk({ strips: [[silence(65536)]], set, moves: [{ frame: 32768, set: move }] })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })

  it('a change to silence and back between types has no step: pink fades out before the sine comes', async () => {
    const moves = [{ frame: 4800, set: { 'oscillator.type': 'sine' } }]
    const { left } = await renderDesk({ strips: [[silence(24000)]], set: { ...sine, 'oscillator.type': 'pink' }, moves })
    const quiet = left
      .subarray(4800 + 87, 9600)
      .findIndex((_v, n, all) => all.subarray(n, n + 32).every((w) => Math.abs(w) < 1e-5))
    expect(quiet).toBeGreaterThan(0)
    expect(spillDb(left.subarray(24000 - 8192))).toBeLessThan(-85)
  })
})
