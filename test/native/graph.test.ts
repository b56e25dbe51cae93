// What only the device outputs carry (monitor, solo, output patch, direct outs), and what no file may hide (NaN).
import { describe, expect, it } from 'vitest'
import { type GraphRun, runGraph as run } from '../fixtures/bare-graph.js'
import { difference, isFiniteEverywhere, nullDb, peakDb, rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import type { Move, Settings } from '../fixtures/offline-desk.js'
import { noise, silence, sine } from '../fixtures/signals.js'

const frames = 24000
const x = [noise(frames, -12, 1), noise(frames, -12, 2)]
const mono = [noise(frames, -20, 3)]
const isBlack = (y: Float32Array): boolean => y.every((v) => v === 0)
/** Frames that the master and all else at the outputs are late: kept by the limiter, on or off. */
const late = (y: Float32Array, by: number, from = 0): Float32Array => y.slice(from, y.length - by)
const toBus = { 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }

describe('the output patch on auto', () => {
  it('is the monitor on 1–2 of a device of two, and nothing on the rest of the patch', async () => {
    const { outputs, master } = await run({ strips: [x], set: { 'monitor.dim': true }, deviceOutputs: 2 })
    expect(Math.abs(rmsDb(outputs[0]!) - rmsDb(master[0]) + 20)).toBeLessThan(0.001)
    expect(Math.abs(rmsDb(outputs[1]!) - rmsDb(master[1]) + 20)).toBeLessThan(0.001)
    expect(outputs.slice(2).every(isBlack)).toBe(true)
  })
  it('is the master itself there while nothing is soloed, to the bit', async () => {
    const { outputs, master } = await run({ strips: [x, mono], deviceOutputs: 2 })
    expect([sameBits(outputs[0]!, master[0]), sameBits(outputs[1]!, master[1])]).toEqual([true, true])
  })
  it.each([4, 8])('of a device of %i is the master on 1–2, the monitor on 3–4', async (deviceOutputs) => {
    const { outputs, master } = await run({ strips: [x], set: { 'monitor.levelDb': -6 }, deviceOutputs })
    expect([sameBits(outputs[0]!, master[0]), sameBits(outputs[1]!, master[1])]).toEqual([true, true])
    expect(Math.abs(rmsDb(outputs[2]!) - rmsDb(master[0]) + 6)).toBeLessThan(0.001)
    expect(Math.abs(rmsDb(outputs[3]!) - rmsDb(master[1]) + 6)).toBeLessThan(0.001)
    expect(outputs.slice(4).every(isBlack)).toBe(true)
  })
})

describe('the output patch by name', () => {
  it('sends master, bus and direct outs to any output, all equally late, with the limiter on below its ceiling', async () => {
    const set: Settings = {
      ...toBus,
      'master.limiter.on': true,
      'master.limiter.ceilingDbtp': 0,
      'output.1.source': 'bus.1.right',
      'output.2.source': 'bus.1.left',
      'output.3.source': 'master.right',
      'output.4.source': 'strip.1.right',
      'output.5.source': 'strip.2',
      'output.6.source': 'off',
      'strip.2.faderDb': -6,
      'strip.2.pan': 100,
      'strip.1.faderDb': 0,
    }
    const { outputs, latencyFrames: by } = await run({ strips: [x, mono], set })
    expect(by).toBeGreaterThan(0)
    const [busRight, busLeft, master, direct, faded, off] = outputs
    expect(sameBits(late(busRight!, 0, by), late(x[1]!, by))).toBe(true)
    expect(sameBits(late(busLeft!, 0, by), late(x[0]!, by))).toBe(true)
    expect(sameBits(late(direct!, 0, by), late(x[1]!, by))).toBe(true)
    const wanted = late(x[1]!, by).map((v, n) => 2 * v + mono[0]![n]! * 10 ** (-6 / 20))
    expect(nullDb(late(master!, 0, by), wanted)).toBeLessThan(-140)
    expect(
      nullDb(
        late(faded!, 0, by),
        late(mono[0]!, by).map((v) => v * 10 ** (-6 / 20)),
      ),
    ).toBeLessThan(-140)
    expect(isBlack(off!)).toBe(true)
    expect(isBlack(busRight!.subarray(0, by))).toBe(true)
  })

  it('the master and a bus beside it null: what the limiter delays, the bus’s direct output is delayed by as well', async () => {
    const set = {
      ...toBus,
      'strip.1.faderDb': '-inf',
      'master.limiter.on': true,
      'output.1.source': 'bus.1.left',
      'output.2.source': 'master.left',
    }
    const { outputs } = await run({ strips: [x], set })
    expect(sameBits(outputs[0]!, outputs[1]!)).toBe(true)
    expect(rmsDb(outputs[0]!)).toBeGreaterThan(-30)
  })

  it('changes its source with a fade: less than −85 dB above 3 kHz, both ways', async () => {
    const tone = sine(65536, 997, -20)
    for (const [from, to] of [
      ['master.left', 'bus.1.left'],
      ['auto', 'strip.1.left'],
      ['strip.1.left', 'off'],
    ] as const) {
      const moves = [{ frame: 32768, set: { 'output.1.source': to } }]
      const { outputs } = await run({ strips: [[tone, tone]], set: { ...toBus, 'output.1.source': from }, moves })
      expect(spillDb(outputs[0]!)).toBeLessThan(-85)
      expect(peakDb(outputs[0]!.subarray(-4800))).toBeCloseTo(to === 'off' ? Number.NEGATIVE_INFINITY : -20, 2)
    }
  })
})

describe('talkback', () => {
  // Strip 2's source is the card's third input too; the strip itself is muted.
  const talk = { 'talkback.on': true, 'talkback.input': 'in3', 'strip.2.mute': true }
  const patch = { 'output.1.source': 'bus.1.left', 'output.2.source': 'bus.1.right', 'output.3.source': 'bus.2.left' }
  const outputsOf = async (set: Settings, moves?: Move[]) =>
    run({ strips: [x, mono], set: { ...toBus, ...patch, ...set }, ...(moves ? { moves } : {}) })

  it('is added to the outputs of the buses that take it, on both sides, and never reaches the master', async () => {
    const quiet = await outputsOf({ ...talk, 'talkback.on': false })
    const { outputs, master } = await outputsOf({ ...talk, 'bus.1.talkback': true, 'talkback.levelDb': -6 })
    expect([sameBits(master[0], quiet.master[0]), sameBits(master[1], quiet.master[1])]).toEqual([true, true])
    const end = frames - 9600
    for (const side of [0, 1]) {
      const added = difference(outputs[side]!.subarray(end), quiet.outputs[side]!.subarray(end))
      const wanted = mono[0]!.subarray(end, frames).map((v) => v * 10 ** (-6 / 20))
      expect(nullDb(added, wanted)).toBeLessThan(-130)
    }
    expect(isBlack(outputs[2]!)).toBe(true)
  })

  it('reaches the monitor when it is told to, and dims it by 20 dB while it is on, unless told not to', async () => {
    const monitor = { 'output.1.source': 'monitor.left', 'master.mute': true }
    const only = await outputsOf({ ...talk, ...monitor, 'talkback.monitor': true })
    expect(nullDb(only.outputs[0]!.subarray(frames - 9600), mono[0]!.subarray(frames - 9600))).toBeLessThan(-130)
    const levelOf = async (set: Settings) =>
      rmsDb((await outputsOf({ ...talk, 'output.1.source': 'monitor.left', ...set })).outputs[0]!.subarray(9600))
    const plain = await levelOf({ 'talkback.on': false })
    expect((await levelOf({})) - plain).toBeCloseTo(-20, 3)
    expect(await levelOf({ 'talkback.dim': false })).toBe(plain)
    expect((await levelOf({ 'monitor.dim': true })) - plain).toBeCloseTo(-20, 3)
  })

  it('leaves the outputs black as before when it is off, its input is off, or there is no such input', async () => {
    for (const off of [{ 'talkback.on': false }, { 'talkback.input': 'off' }, { 'talkback.levelDb': '-inf' }]) {
      const { outputs } = await run({
        strips: [[silence(frames)], mono],
        set: { ...talk, ...patch, 'bus.1.talkback': true, ...off },
      })
      expect(isBlack(outputs[0]!)).toBe(true)
    }
  })

  it('spills at most −85 dB above 3 kHz when it goes on, off, into a bus, or to another input', async () => {
    const long = 65536
    const tones = [[sine(long, 997, -20), sine(long, 450, -20)], [silence(long)]]
    const set = { ...patch, 'talkback.on': true, 'talkback.input': 'in1', 'bus.1.talkback': true, 'talkback.dim': false }
    const moves: [Settings, Settings][] = [
      [{ 'talkback.on': false }, { 'talkback.on': true }],
      [{}, { 'talkback.on': false }],
      [{ 'bus.1.talkback': false }, { 'bus.1.talkback': true }],
      [{ 'talkback.levelDb': -20 }, { 'talkback.levelDb': 0 }],
      [{}, { 'talkback.input': 'in2' }],
    ]
    for (const [before, after] of moves) {
      const { outputs } = await run({ strips: tones, set: { ...set, ...before }, moves: [{ frame: long / 2, set: after }] })
      expect(rmsDb(outputs[0]!)).toBeGreaterThan(-50)
      expect(spillDb(outputs[0]!)).toBeLessThan(-85)
    }
  })
})

describe('the monitor', () => {
  const heard = async (set: Settings, strips = [x, mono]): Promise<readonly [Float32Array, Float32Array, GraphRun]> => {
    const result = await run({ strips, set, deviceOutputs: 4 })
    return [result.outputs[2]!, result.outputs[3]!, result]
  }

  it.each([
    ['level −12 dB', { 'monitor.levelDb': -12 }, -12],
    ['dim', { 'monitor.dim': true }, -20],
    ['level +4 dB and dim', { 'monitor.levelDb': 4, 'monitor.dim': true }, -16],
  ])('%s (%j): %f dB ± .001 and leaves the master alone', async (_, set, db) => {
    const [left, , { master }] = await heard(set as Settings)
    const [, , plain] = await heard({})
    expect(Math.abs(rmsDb(left) - rmsDb(master[0]) - db)).toBeLessThan(0.001)
    expect(sameBits(master[0], plain.master[0])).toBe(true)
  })

  it('level −inf is digital black', async () => expect(isBlack((await heard({ 'monitor.levelDb': '-inf' }))[0])).toBe(true))

  it('mono is (left + right)/2 on both sides', async () => {
    const [left, right, { master }] = await heard({ 'monitor.mono': true })
    expect(sameBits(left, right)).toBe(true)
    expect(
      nullDb(
        left,
        master[0].map((v, n) => (v + master[1][n]!) / 2),
      ),
    ).toBeLessThan(-145)
  })

  it('listens to a bus, behind its fader', async () => {
    const [left, , { latencyFrames: by }] = await heard({ ...toBus, 'monitor.source': 'bus.1', 'bus.1.faderDb': -3 })
    expect(
      nullDb(
        late(left, 0, by),
        late(x[0]!, by).map((v) => v * 10 ** (-3 / 20)),
      ),
    ).toBeLessThan(-145)
  })

  it.each([
    ['level −20 → 0 dB', { 'monitor.levelDb': -20 }, { 'monitor.levelDb': 0 }],
    ['dim', {}, { 'monitor.dim': true }],
    ['mono', {}, { 'monitor.mono': true }],
    ['source master → bus 1', { ...toBus, 'bus.1.faderDb': -20 }, { 'monitor.source': 'bus.1' }],
    ['solo of strip 1 at −20 dB', { 'strip.1.faderDb': -20 }, { 'strip.1.solo': true }],
    ['solo mode', { 'strip.1.faderDb': -20, 'strip.1.solo': true }, { 'monitor.soloMode': 'afl' }],
  ] as [string, Settings, Settings][])('spills at most −85 dB above 3 kHz on %s', async (_, set, move) => {
    const tone = sine(65536, 997, -20)
    const { outputs } = await run({ strips: [[tone, tone.map((v) => v / 4)]], set, moves: [{ frame: 32768, set: move }] })
    expect(spillDb(outputs[2]!)).toBeLessThan(-85)
  })
})

describe('solo', () => {
  const set: Settings = { 'strip.1.faderDb': -9, 'strip.2.faderDb': -6, 'strip.2.pan': 50, 'strip.2.solo': true, ...toBus }
  const solo = (more: Settings) => run({ strips: [x, mono], set: { ...set, ...more }, deviceOutputs: 4 })
  const gainDb = (y: Float32Array, by: number): number => rmsDb(late(y, 0, by)) - rmsDb(late(mono[0]!, by))

  it('PFL: the monitor hears strip 2 alone, before its fader and pan, at −3.01 dB on both sides; the master is untouched', async () => {
    const { outputs, master, latencyFrames: by } = await solo({})
    const plain = await solo({ 'strip.2.solo': false })
    expect([sameBits(master[0], plain.master[0]), sameBits(master[1], plain.master[1])]).toEqual([true, true])
    expect(
      nullDb(
        late(outputs[2]!, 0, by),
        late(mono[0]!, by).map((v) => v * Math.SQRT1_2),
      ),
    ).toBeLessThan(-140)
    expect(sameBits(outputs[2]!, outputs[3]!)).toBe(true)
  })

  it('PFL hears a muted strip, AFL does not', async () => {
    const muted = { 'strip.2.mute': true }
    const pfl = await solo(muted)
    expect(Math.abs(gainDb(pfl.outputs[2]!, pfl.latencyFrames) + 3.01)).toBeLessThan(0.001)
    const afl = await solo({ ...muted, 'monitor.soloMode': 'afl' })
    expect(isBlack(afl.outputs[2]!) && isBlack(afl.outputs[3]!)).toBe(true)
    expect(isBlack(afl.master[0])).toBe(false)
  })

  it('AFL: behind fader −6 dB and pan 50 it is −14.343 and −6.688 dB ± .002', async () => {
    const { outputs, master, latencyFrames: by } = await solo({ 'monitor.soloMode': 'afl' })
    const plain = await solo({ 'strip.2.solo': false, 'monitor.soloMode': 'afl' })
    expect(sameBits(master[0], plain.master[0])).toBe(true)
    expect(Math.abs(gainDb(outputs[2]!, by) + 14.343)).toBeLessThan(0.002)
    expect(Math.abs(gainDb(outputs[3]!, by) + 6.688)).toBeLessThan(0.002)
  })

  it('of a bus is heard before its fader (PFL) and behind it (AFL), also at the dimmed level', async () => {
    const bus = { 'strip.2.solo': false, 'bus.1.solo': true, 'bus.1.faderDb': -10, 'monitor.dim': true }
    for (const [soloMode, db] of [
      ['pfl', -20],
      ['afl', -30],
    ] as const) {
      const { outputs, latencyFrames: by } = await solo({ ...bus, 'monitor.soloMode': soloMode })
      expect(Math.abs(rmsDb(late(outputs[2]!, 0, by)) - rmsDb(late(x[0]!, by)) - db)).toBeLessThan(0.001)
    }
  })

  it('of two adds them; when the last is off, the monitor is the master again to the bit', async () => {
    const both = await solo({ 'strip.1.solo': true })
    const by = both.latencyFrames
    const wanted = late(x[0]!, by).map((v, n) => v + mono[0]![n]! * Math.SQRT1_2)
    expect(nullDb(late(both.outputs[2]!, 0, by), wanted)).toBeLessThan(-140)
    const moves = [{ frame: 6400, set: { 'strip.2.solo': false } }]
    const over = await run({ strips: [x, mono], set, moves, deviceOutputs: 4 })
    expect(sameBits(over.outputs[2]!.slice(16000), over.master[0].slice(16000))).toBe(true)
    expect(difference(over.outputs[2]!.slice(0, 6400), over.master[0]).some((d) => d !== 0)).toBe(true)
  })
})

describe.each([
  ['NaN', Number.NaN, true],
  ['+Inf', Number.POSITIVE_INFINITY, true],
  ['−Inf', Number.NEGATIVE_INFINITY, true],
  ['1e30', 1e30, false],
  ['−3e38', -3e38, false],
])('1000 samples of %s at an input', (_, value, counts) => {
  const spoiled = mono[0]!.map((v, n) => (n >= 6400 && n < 13400 && n % 7 === 0 ? value : v))
  const set: Settings = {
    'strip.2.trimDb': 24,
    'strip.2.hpf.on': true,
    'strip.2.gate.on': true,
    'strip.2.eq.on': true,
    'strip.2.eq.band1.gainDb': 18,
    'strip.2.eq.band2.gainDb': 18,
    'strip.2.eq.band2.q': 40,
    'strip.2.comp.on': true,
    'strip.2.comp.makeupDb': 24,
    'strip.2.delayMs': 2,
    'strip.2.send.1.levelDb': 10,
    'bus.1.eq.on': true,
    'bus.1.eq.band1.gainDb': 18,
    'bus.1.comp.on': true,
    'master.eq.on': true,
    'master.eq.band1.gainDb': 18,
    'strip.2.solo': true,
    'monitor.levelDb': 10,
    'output.5.source': 'strip.1.left',
    'output.6.source': 'strip.2',
    'output.7.source': 'bus.1.left',
  }
  it.each([
    true,
    false,
  ])(`never reach the master or an output, everything up, limiter on: %s; ${counts ? '1000 are counted' : 'none is counted'}`, async (limiter) => {
    const dirty = await run({ strips: [x, [spoiled]], set: { ...set, 'master.limiter.on': limiter } })
    expect([...dirty.master, ...dirty.outputs].every(isFiniteEverywhere)).toBe(true)
    expect(dirty.nonFinite).toBe(counts ? 1000 : 0)
    const quiet = await run({ strips: [x, [silence(frames)]], set: { ...set, 'master.limiter.on': limiter } })
    expect(sameBits(dirty.outputs[4]!, quiet.outputs[4]!)).toBe(true)
  })

  it('are gone from a plain strip as soon as they end, to the bit', async () => {
    const plain = { 'output.1.source': 'strip.1' }
    const dirty = await run({ strips: [[spoiled]], set: plain })
    const clean = await run({ strips: [mono], set: plain })
    expect(sameBits(dirty.outputs[0]!.slice(14000), clean.outputs[0]!.slice(14000))).toBe(true)
    expect(peakDb(dirty.outputs[0]!)).toBeLessThan(counts ? -19.9 : 120.42)
  })
})
