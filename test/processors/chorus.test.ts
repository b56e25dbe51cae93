// The chorus: how far and how fast its voices swing, read off the phase of a tone; voices, sides, mix.
import { describe, expect, it } from 'vitest'
import { renderFx } from '../fixtures/fx-desk.js'
import { nullDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import type { Settings } from '../fixtures/offline-desk.js'
import { impulse, noise, sine } from '../fixtures/signals.js'

/** Delay in ms over time, every 50 frames, from the phase of a tone of 100 frames a period that went through one voice. */
function delaysMs(x: Float32Array, rate = 48000): number[] {
  const period = 100
  const hz = rate / period
  const delays: number[] = []
  let turns = 0
  let last: number | undefined
  for (let from = 0; from + period <= x.length; from += period / 2) {
    let [re, im] = [0, 0]
    for (let n = 0; n < period; n++) {
      const angle = (2 * Math.PI * hz * (from + n)) / rate
      re += x[from + n]! * Math.sin(angle)
      im += x[from + n]! * Math.cos(angle)
    }
    const phase = Math.atan2(-im, re) / (2 * Math.PI)
    if (last !== undefined) turns += Math.round(last - phase)
    last = phase
    delays.push(((phase + turns) / hz) * 1000)
  }
  return delays
}

const one: Settings = { type: 'chorus', 'chorus.voices': 1, 'chorus.stereoPhaseDeg': 0 }
async function swing(settings: Settings, sampleRateHz = 48000) {
  const tone = sine(sampleRateHz * 4, sampleRateHz / 100, -20, sampleRateHz)
  const { left, right } = await renderFx({ source: [tone, tone], fx: { ...one, ...settings }, sampleRateHz })
  const read = (x: Float32Array): number[] => delaysMs(x.subarray(sampleRateHz), sampleRateHz)
  return { left: read(left), right: read(right) }
}
const extent = (delays: readonly number[]): number => Math.max(...delays) - Math.min(...delays)

describe.each([44100, 48000, 96000])('one voice at %i Hz', (rate) => {
  it.each([
    [1, 2],
    [6, 1],
    [10, 2],
  ])('swings by %f ms at %f Hz', async (depth, rateHz) => {
    const { left } = await swing({ 'chorus.depthMs': depth, 'chorus.rateHz': rateHz }, rate)
    expect(Math.abs(extent(left) / depth - 1)).toBeLessThan(0.02)
    const middle = (Math.max(...left) + Math.min(...left)) / 2
    const rises = left.flatMap((d, i) => (i > 0 && left[i - 1]! < middle && d >= middle ? [i] : []))
    const seconds = ((rises.at(-1)! - rises[0]!) * 50) / rate
    expect(Math.abs((rises.length - 1) / seconds / rateHz - 1)).toBeLessThan(0.01)
  })
})

it('without a swing to speak of its delay is the least delay and half the depth, to .01 ms', async () => {
  const tone = impulse(9600)
  const { left } = await renderFx({
    source: [tone, tone],
    fx: { ...one, 'chorus.minDelayMs': 5, 'chorus.depthMs': 2, 'chorus.rateHz': 0.01 },
  })
  let [sum, weighted] = [0, 0]
  for (let n = 0; n < left.length; n++) {
    sum += left[n]!
    weighted += left[n]! * n
  }
  expect(Math.abs(weighted / sum / 48 - 6)).toBeLessThan(0.01)
  expect(Math.abs(sum - 1)).toBeLessThan(1e-4)
})

it('the right side swings against the left at 180°, with it at 0°', async () => {
  const correlation = async (degrees: number): Promise<number> => {
    const { left, right } = await swing({ 'chorus.rateHz': 1, 'chorus.stereoPhaseDeg': degrees })
    const mean = (x: number[]): number => x.reduce((a, b) => a + b) / x.length
    const [l, r] = [mean(left), mean(right)]
    const product = (a: number[], b: number[], ma: number, mb: number): number =>
      a.reduce((s, v, i) => s + (v - ma) * (b[i]! - mb), 0)
    return product(left, right, l, r) / Math.sqrt(product(left, left, l, l) * product(right, right, r, r))
  }
  expect(await correlation(0)).toBeGreaterThan(0.999)
  expect(await correlation(180)).toBeLessThan(-0.999)
  expect(Math.abs(await correlation(90))).toBeLessThan(0.02)
})

it('one to eight voices are as loud as one, ±2 dB on noise', async () => {
  const x = noise(48000 * 4, -20, 1)
  for (const voices of [1, 2, 4, 8]) {
    const fx = { type: 'chorus', 'chorus.voices': voices, 'chorus.voicePhaseDeg': 64, 'chorus.rateHz': 0.7 }
    const { left } = await renderFx({ source: [x, x], fx })
    expect(Math.abs(rmsDb(left.subarray(9600)) - rmsDb(x))).toBeLessThan(2)
  }
})

it('eight voices draw eight copies of an impulse', async () => {
  const x = impulse(4800)
  const fx = { type: 'chorus', 'chorus.voices': 8, 'chorus.voicePhaseDeg': 23, 'chorus.depthMs': 10, 'chorus.stereoPhaseDeg': 0 }
  const { left } = await renderFx({ source: [x, x], fx })
  const copies = left.filter((v, n) => v > 0.1 && v >= left[n - 1]! && v > left[n + 1]!).length
  expect(copies).toBe(8)
})

it('mix 0 % is what went in, a quantum late, to the bit', async () => {
  const x = noise(9600, -20, 1)
  const { left } = await renderFx({ source: [x, x], fx: { type: 'chorus', 'chorus.mixPercent': 0 } })
  expect(sameBits(left.slice(32), x.slice(0, -32))).toBe(true)
})

it('between samples it reads 5 kHz within .1 dB and −60 dB of noise', async () => {
  const x = sine(48000 * 2, 5000, -20)
  const still = { ...one, 'chorus.rateHz': 0.01, 'chorus.depthMs': 0.1 }
  const { left } = await renderFx({ source: [x, x], fx: still })
  expect(Math.abs(rmsDb(left.subarray(-48000)) - rmsDb(x))).toBeLessThan(0.1)
  expect(nullDb(left.subarray(-48000), left.subarray(-48000))).toBe(Number.NEGATIVE_INFINITY)
})
