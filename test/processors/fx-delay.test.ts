// The stereo delay: times to the sample, notes of a tempo, sides, feedback in dB, tape, ducking.
import { describe, expect, it } from 'vitest'
import { renderFx } from '../fixtures/fx-desk.js'
import { peakDb, rmsDb, sameBits, toneDb } from '../fixtures/measurements.js'
import type { Settings } from '../fixtures/offline-desk.js'
import { impulse, noise, silence, sine } from '../fixtures/signals.js'

interface Echo {
  readonly side: 'left' | 'right'
  readonly frame: number
  readonly gain: number
}

/** The echoes of an impulse on both sides, in order. */
async function echoes(settings: Settings, seconds = 2, sampleRateHz = 48000, set: Settings = {}): Promise<Echo[]> {
  const frames = Math.round(seconds * sampleRateHz)
  const source = [impulse(frames, 0, 0.5), impulse(frames, 0, 0.5)]
  const { left, right } = await renderFx({ source, fx: { type: 'delay', ...settings }, sampleRateHz, set })
  const found: Echo[] = []
  for (let frame = 0; frame < frames; frame++)
    for (const [side, x] of [
      ['left', left],
      ['right', right],
    ] as const)
      if (Math.abs(x[frame]!) > 1e-6) found.push({ side, frame, gain: x[frame]! / 0.5 })
  return found
}

describe.each([44100, 48000, 96000])('times at %i Hz', (rate) => {
  it.each([
    10, 33.3, 500, 2000,
  ])('%f ms is that from what goes in to what the master hears, to the sample, and again', async (ms) => {
    const found = await echoes({ 'delay.timeMs': ms, 'delay.feedbackPercent': 50 }, (2.2 * ms) / 1000 + 0.1, rate)
    const by = Math.round(Math.fround(ms) * 0.001 * rate)
    expect(found.slice(0, 4).map((echo) => [echo.side, echo.frame])).toEqual([
      ['left', by],
      ['right', by],
      ['left', 2 * by],
      ['right', 2 * by],
    ])
  })
})

it('with look-aheads on strips and buses the times are still those that are set', async () => {
  const set = { 'strip.1.comp.lookaheadMs': 5, 'bus.2.comp.lookaheadMs': 3 }
  for (const medium of ['plain', 'tape']) {
    const found = await echoes({ 'delay.timeMs': 50, 'delay.medium': medium }, 0.3, 48000, set)
    const left = found.filter((echo) => echo.side === 'left' && Math.abs(echo.gain) > 0.02)
    expect([0, 1, 2, 3].map((i) => left.some((echo) => echo.frame === 2400 * (i + 1)))).toEqual([true, true, true, true])
    expect(left[0]?.frame).toBe(2400)
  }
})

describe('notes at 100 BPM', () => {
  it.each([
    ['1/4', 28800],
    ['1/8', 14400],
    ['1/8.', 21600],
    ['1/8t', 9600],
    ['1/2', 57600],
    ['1/32t', 2400],
    ['1/1', 115200],
  ])('%s is %i frames', async (note, frames) => {
    const [first] = await echoes({ 'delay.sync': true, 'delay.note': note }, 3, 48000, { 'transport.tempoBpm': 100 })
    expect(first?.frame).toBe(frames)
  })
  it('a note longer than 4 s is halved until it fits: 1/1 at 20 BPM, 12 s, is 3 s', async () => {
    const [first] = await echoes({ 'delay.sync': true, 'delay.note': '1/1' }, 3.5, 48000, { 'transport.tempoBpm': 20 })
    expect(first?.frame).toBe(144000)
  })
})

describe('sides and feedback, 100 ms at 60 %', () => {
  const fb = 0.6
  const time: Settings = { 'delay.timeMs': 100, 'delay.feedbackPercent': 60 }
  const half = (side: Echo['side'], times: number, gain: number) => [side, 4800 * times, gain]
  it.each([
    ['stereo', [half('left', 1, 1), half('right', 1, 1), half('left', 2, fb), half('right', 2, fb), half('left', 3, fb ** 2)]],
    ['pingPong', [half('left', 1, 1), half('right', 2, fb), half('left', 3, fb ** 2), half('right', 4, fb ** 3)]],
    ['leftRight', [half('left', 1, 1), half('right', 2, 1), half('left', 3, fb), half('right', 4, fb)]],
    ['rightLeft', [half('right', 1, 1), half('left', 2, 1), half('right', 3, fb), half('left', 4, fb)]],
  ])('%s', async (mode, wanted) => {
    const found = await echoes({ ...time, 'delay.mode': mode })
    for (const [i, [side, frame, gain]] of wanted.entries()) {
      expect([found[i]?.side, found[i]?.frame]).toEqual([side, frame])
      expect(Math.abs(20 * Math.log10(found[i]!.gain / (gain as number)))).toBeLessThan(0.001)
    }
  })

  it('0 % gives one echo, 100 % the same one for ever, to the bit', async () => {
    expect(await echoes({ ...time, 'delay.feedbackPercent': 0 })).toHaveLength(2)
    const all = await echoes({ ...time, 'delay.feedbackPercent': 100 })
    expect(all.length).toBe(2 * 19)
    expect(all.every((echo) => echo.gain === 1)).toBe(true)
  })

  it.each([
    [1, 'left', 0],
    [-1, 'right', 0],
    [0, 'left', 0.5],
  ])('width %f: an echo of the left is on the %s', async (width, side, other) => {
    const source = [impulse(9600, 0, 0.5), silence(9600)]
    const run = await renderFx({ source, fx: { type: 'delay', ...time, 'delay.width': width } })
    const [here, there] = side === 'left' ? [run.left, run.right] : [run.right, run.left]
    expect(there[4800]! / 0.5).toBe(other)
    expect(here[4800]! / 0.5).toBe(other === 0 ? 1 : other)
  })
})

it('filters are in the loop: the first echo is untouched, each further loses 3 dB at a corner', async () => {
  for (const [id, hz] of [
    ['delay.highPassHz', 500],
    ['delay.lowPassHz', 2000],
  ] as const) {
    const burst = sine(96000, hz, -20).map((v, n) => (n < 24000 ? v : 0))
    const fx = { type: 'delay', 'delay.timeMs': 500, 'delay.feedbackPercent': 100, [id]: hz }
    const { left } = await renderFx({ source: [burst, burst], fx })
    const level = (echo: number): number => toneDb(left.subarray(24000 * echo + 9600, 24000 * echo + 19200), hz)
    expect(Math.abs(level(1) + 20)).toBeLessThan(0.01)
    expect(Math.abs(level(2) + 23.01)).toBeLessThan(0.1)
    expect(Math.abs(level(3) + 26.02)).toBeLessThan(0.2)
  }
})

describe('tape', () => {
  const tape = { type: 'delay', 'delay.medium': 'tape', 'delay.timeMs': 100, 'delay.feedbackPercent': 0 }
  const level = async (db: number, hz: number): Promise<number> => {
    const x = sine(48000, hz, db)
    return toneDb((await renderFx({ source: [x, x], fx: tape })).left.subarray(24000), hz) - db
  }
  it('loses little of 500 Hz at −30 dBFS, 4 dB of 10 kHz, and holds 0 dBFS down by 1 to 3 dB', async () => {
    expect(Math.abs(await level(-30, 500))).toBeLessThan(0.05)
    expect(await level(-30, 10000)).toBeLessThan(-3)
    expect(await level(0, 500)).toBeLessThan(-1)
    expect(await level(0, 500)).toBeGreaterThan(-3)
  })

  it('glides to a new time: the tone bends by at most half its pitch, and arrives to the sample', async () => {
    const x = noise(48000 * 4, -20, 1)
    const moves = [{ frame: 9600, set: { 'fx.1.delay.timeMs': 300 } }]
    const { left } = await renderFx({ source: [x, x], fx: tape, moves })
    const there = await renderFx({ source: [x, x], fx: { ...tape, 'delay.timeMs': 300 } })
    expect(sameBits(left.slice(-48000), there.left.slice(-48000))).toBe(true)
    const tone = sine(48000 * 2, 1000, -30)
    const bent = (await renderFx({ source: [tone, tone], fx: tape, moves })).left.subarray(16000, 20800)
    let crossings = 0
    for (let n = 1; n < bent.length; n++) if (bent[n - 1]! < 0 && bent[n]! >= 0) crossings++
    expect(crossings * 10).toBeGreaterThanOrEqual(490)
    expect(crossings * 10).toBeLessThan(950)
  })
})

it('plain, a new time fades from one to the other within 20 ms', async () => {
  const x = noise(48000, -20, 1)
  const fx = { type: 'delay', 'delay.timeMs': 100, 'delay.feedbackPercent': 0 }
  const moves = [{ frame: 19200, set: { 'fx.1.delay.timeMs': 30 } }]
  const { left } = await renderFx({ source: [x, x], fx, moves })
  expect(sameBits(left.slice(9600, 19200), x.slice(4800, 14400))).toBe(true)
  expect(sameBits(left.slice(19200 + 1100), x.slice(19200 + 1100 - 1440, 48000 - 1440))).toBe(true)
})

it.each([6, 24])('ducks by %i dB while there is −10 dBFS, and lets go', async (by) => {
  const x = sine(48000 * 3, 1000, -10).map((v, n) => (n < 48000 ? v : 0))
  const fx = { type: 'delay', 'delay.timeMs': 500, 'delay.feedbackPercent': 100 }
  const level = async (ducking: number, from: number): Promise<number> => {
    const run = await renderFx({ source: [x, x], fx: { ...fx, 'delay.duckingDb': ducking } })
    return rmsDb(run.left.subarray(from, from + 4800))
  }
  expect(Math.abs((await level(by, 36000)) - (await level(0, 36000)) + by)).toBeLessThan(0.1)
  expect(Math.abs((await level(by, 134400)) - (await level(0, 134400)))).toBeLessThan(0.1)
})

it('silence in is digital black out, tape and all', async () => {
  const { left } = await renderFx({
    source: [silence(48000), silence(48000)],
    fx: { type: 'delay', 'delay.medium': 'tape', 'delay.duckingDb': 12, 'delay.lowPassHz': 3000 },
  })
  expect(peakDb(left)).toBe(Number.NEGATIVE_INFINITY)
})
