// The reverb, measured as a room is: decay in octaves, echo density, modes; and what freeze, width and pre-delay do.
import { describe, expect, it } from 'vitest'
import { renderFx } from '../fixtures/fx-desk.js'
import { peakDb, rmsDb, sameBits, toneDb } from '../fixtures/measurements.js'
import type { Settings } from '../fixtures/offline-desk.js'
import { decaySeconds, echoDensity, strongestModeDb } from '../fixtures/rooms.js'
import { impulse, noise, silence, sine } from '../fixtures/signals.js'

const octaves = [250, 500, 1000, 2000, 4000]
const rates = [44100, 48000, 96000]
const neutral: Settings = {
  'reverb.highDecayRatio': 1,
  'reverb.preDelayMs': 0,
  'reverb.highPassHz': 20,
  'reverb.lowPassHz': 20000,
}

/** Responses to an impulse on the left, then on the right: left and right of each. */
async function responses(settings: Settings, seconds: number, sampleRateHz = 48000): Promise<Float32Array[]> {
  const frames = Math.round(seconds * sampleRateHz)
  const at = [impulse(frames), silence(frames)] as const
  const all: Float32Array[] = []
  for (const source of [at, [at[1], at[0]]]) {
    const { left, right } = await renderFx({ source, fx: { type: 'reverb', ...settings }, sampleRateHz })
    all.push(left, right)
  }
  return all
}

const settings: [string, number, Settings][] = [
  ['1.8 s', 1.8, {}],
  ['1.8 s without modulation', 1.8, { 'reverb.modDepthPercent': 0 }],
  ['.4 s, size .5', 0.4, { 'reverb.roomSize': 0.5 }],
  ['.8 s', 0.8, {}],
  ['4 s, size 2, modulation at its most', 4, { 'reverb.roomSize': 2, 'reverb.modDepthPercent': 100, 'reverb.modRateHz': 5 }],
  ['3 s, half the diffusion', 3, { 'reverb.diffusionPercent': 50 }],
]

describe.each(rates)('the decay at %i Hz', (rate) => {
  it.each(settings)('set to %s is that in the octaves from 250 Hz to 4 kHz, ±10 %', async (_, seconds, more) => {
    const heard = await responses({ ...neutral, 'reverb.decayS': seconds, ...more }, seconds * 1.3, rate)
    for (const hz of octaves) {
      const off = decaySeconds(heard, hz, rate) / seconds - 1
      expect([hz, Math.abs(off) < 0.1, off]).toEqual([hz, true, off])
    }
  })
})

it('as it stands by default the decay is 1.8 s ±10 % from 250 Hz to 4 kHz', async () => {
  const heard = await responses({}, 2.5)
  for (const hz of octaves) expect(Math.abs(decaySeconds(heard, hz) / 1.8 - 1)).toBeLessThan(0.1)
})

it('a decay of 12 s is 12 s ±10 %: nothing in the loop loses treble', async () => {
  const heard = await responses({ ...neutral, 'reverb.decayS': 12 }, 13)
  for (const hz of octaves) expect(Math.abs(decaySeconds(heard, hz) / 12 - 1)).toBeLessThan(0.1)
})

it('lows decay by their ratio below their crossover, highs above theirs', async () => {
  const ratios = {
    'reverb.lowDecayRatio': 2,
    'reverb.lowCrossoverHz': 1000,
    'reverb.highDecayRatio': 0.5,
    'reverb.highCrossoverHz': 2000,
  }
  const heard = await responses({ ...neutral, 'reverb.decayS': 1.5, ...ratios }, 4)
  expect(Math.abs(decaySeconds(heard, 125) / 3 - 1)).toBeLessThan(0.12)
  expect(Math.abs(decaySeconds(heard, 12000) / 0.75 - 1)).toBeLessThan(0.12)
})

it('ratios at their ends with crossovers that meet stay finite and die away', async () => {
  for (const ratio of [0.2, 4]) {
    const fx = {
      type: 'reverb',
      'reverb.decayS': 2,
      'reverb.lowDecayRatio': ratio,
      'reverb.highDecayRatio': Math.min(2, ratio),
      'reverb.lowCrossoverHz': 1000,
      'reverb.highCrossoverHz': 1000,
    }
    const { left } = await renderFx({ source: [impulse(96000 * 2), silence(96000 * 2)], fx })
    expect(rmsDb(left.subarray(96000))).toBeLessThan(rmsDb(left.subarray(0, 48000)) - 5)
  }
})

describe.each([...rates, 192000])('the echo density at %i Hz', (rate) => {
  it('is .9 of a diffuse field by 80 ms, and stays there', async () => {
    const heard = await responses(neutral, 0.4, rate)
    const first = Math.min(...heard.map((x) => x.findIndex((v) => v !== 0)))
    for (const ms of [80, 100, 120, 160, 200, 300]) {
      const mean = heard.reduce((sum, x) => sum + echoDensity(x, first + Math.round((ms * rate) / 1000), rate), 0) / heard.length
      expect([ms, mean > 0.9, mean]).toEqual([ms, true, mean])
    }
  })
})

describe.each(rates)('the modes at %i Hz', (rate) => {
  it.each([
    ['as it stands', {}],
    ['without modulation', { 'reverb.modDepthPercent': 0 }],
    ['size 2', { 'reverb.roomSize': 2 }],
  ] as [string, Settings][])('%s: in the decay’s last half none stands more than 10 dB over the others', async (_, more) => {
    const heard = await responses({ ...neutral, 'reverb.decayS': 4, ...more }, 3.5, rate)
    const size = rate > 50000 ? 131072 : 65536
    const late = heard.map((x) => x.slice(Math.round(2 * rate), Math.round(2 * rate) + size))
    expect(strongestModeDb(late, rate)).toBeLessThan(10)
  })
})

describe('freeze', () => {
  const burst = noise(48000 * 14, -20, 3).map((v, n) => (n < 48000 ? v : 0))
  it('holds its level within .1 dB over 10 s, whatever is set, and takes nothing in', async () => {
    const moves = [{ frame: 48000, set: { 'fx.1.reverb.freeze': true } }]
    const frozen = await renderFx({ source: [burst, burst], fx: { type: 'reverb', 'reverb.modDepthPercent': 60 }, moves })
    const level = (second: number): number => rmsDb(frozen.left.subarray(second * 48000, (second + 1) * 48000))
    expect(level(3)).toBeGreaterThan(-50)
    for (const second of [5, 8, 12]) expect(Math.abs(level(second) - level(3))).toBeLessThan(0.1)
    const later = burst.map((v, n) => (n < 48000 ? v : n > 144000 ? burst[n % 48000]! : 0))
    const disturbed = await renderFx({ source: [later, later], fx: { type: 'reverb', 'reverb.modDepthPercent': 60 }, moves })
    expect(sameBits(disturbed.left, frozen.left)).toBe(true)
  })
})

it('width 0 is mono to the bit, width 100 % is two rooms: correlation below .1', async () => {
  const x = noise(96000, -20, 1)
  const mono = await renderFx({ source: [x, x], fx: { type: 'reverb', 'reverb.widthPercent': 0 } })
  expect(sameBits(mono.left, mono.right)).toBe(true)
  expect(rmsDb(mono.left)).toBeGreaterThan(-60)
  const wide = await renderFx({ source: [x, x], fx: { type: 'reverb' } })
  let [sum, power] = [0, 0]
  for (let n = 0; n < x.length; n++) {
    sum += wide.left[n]! * wide.right[n]!
    power += (wide.left[n]! ** 2 + wide.right[n]! ** 2) / 2
  }
  expect(Math.abs(sum / power)).toBeLessThan(0.1)
})

it.each(rates)('the pre-delay moves what comes by its frames: 250 ms against 1 ms at %i Hz', async (rate) => {
  const first = async (ms: number): Promise<number> => {
    const source = [impulse(rate), silence(rate)]
    const fx = { type: 'reverb', ...neutral, 'reverb.preDelayMs': ms }
    return (await renderFx({ source, fx, sampleRateHz: rate })).left.findIndex((v) => v !== 0)
  }
  expect((await first(250)) - (await first(1))).toBe(Math.round(0.25 * rate) - Math.round(0.001 * rate))
})

it('stereo noise comes back at −8 to 0 dB as it stands', async () => {
  const source = [noise(48000 * 4, -20, 1), noise(48000 * 4, -20, 2)]
  const { left } = await renderFx({ source, fx: { type: 'reverb' } })
  const gain = rmsDb(left.subarray(-96000)) - rmsDb(source[0]!)
  expect(gain).toBeGreaterThan(-8)
  expect(gain).toBeLessThan(0)
})

it('high-pass 1 kHz takes 12 dB an octave off the lows of the wet sound', async () => {
  const level = async (hz: number, cut: number): Promise<number> => {
    const tone = sine(96000, hz, -20)
    const { left } = await renderFx({
      source: [tone, tone],
      fx: { type: 'reverb', ...neutral, 'reverb.modDepthPercent': 0, 'reverb.highPassHz': cut },
    })
    return toneDb(left.subarray(-48000), hz)
  }
  expect(Math.abs((await level(250, 1000)) - (await level(250, 20)) + 24.1)).toBeLessThan(0.5)
})

it('an effect that is off is digital black, and its desk is that of no effect', async () => {
  const x = noise(9600, -20, 1)
  const { left, right } = await renderFx({ source: [x, x], fx: {} })
  expect(peakDb(left)).toBe(Number.NEGATIVE_INFINITY)
  expect(peakDb(right)).toBe(Number.NEGATIVE_INFINITY)
})
