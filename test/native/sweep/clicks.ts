// Every parameter of the desk moved while a 997 Hz tone plays: what it spills above 3 kHz. A file a sample rate, so that they run side by side.
// Mono strips run in the same lanes as stereo ones: theirs are moved at 48 kHz alone.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Param } from '../../../src/params/registry.js'
import { EngineRunner } from '../../fixtures/engine-runner.js'
import { isFiniteEverywhere, sameBits, spillPower } from '../../fixtures/measurements.js'
import { made, random } from '../../fixtures/signals.js'
import {
  anyValue,
  isHeard,
  isWhole,
  registry,
  settingsOf,
  surroundings,
  sweptParams,
  walkedRange,
} from '../../fixtures/sweep-desk.js'

const heard = sweptParams.filter(isHeard)

/**
 * Where a parameter stands one after the other: an enum at no more than nine of its names. At rates other than 48 kHz, where the
 * same ways have other coefficients, only from end to end and somewhere: an enum at no more than four names.
 */
function walk(param: Param, isFull: boolean): number[] {
  const [min, max] = walkedRange(param)
  const anywhere = anyValue({ ...param, min, max }, random(param.index + 1))
  if (!isWhole(param)) return isFull ? [min, max, min, param.default, anywhere] : [min, max, anywhere]
  const count = Math.min(isFull ? 9 : 4, max - min + 1)
  return [...Array.from({ length: count }, (_, i) => Math.round((i * max) / Math.max(1, count - 1))), 0]
}

// As in zipper.test.ts: over the energy of 1.4 s of what sounds around the move. It is looked for in the .34 s around it.
const wholeWindows = 4
const boundDb = -85
const mostOutputs = 4

export function describeClicks(sampleRateHz: number): void {
  const runner = new EngineRunner()
  beforeAll(() => runner.start(), 120_000)
  afterAll(() => runner.stop())

  const isFull = sampleRateHz === 48000
  const windowFrames = sampleRateHz > 64000 ? 32768 : 16384
  const apartFrames = Math.round((0.6 * sampleRateHz) / 32) * 32
  const mostFrames = (1 + Math.max(...heard.map((param) => walk(param, isFull).length))) * apartFrames
  const phase = (2 * Math.PI * 997) / sampleRateHz
  // −12 dBFS and below; the third input, which keys, goes up and down six times a second.
  const level = (c: number, n: number): number =>
    c === 2 ? 10 ** ((-18 + 6 * Math.sin((2 * Math.PI * 6 * n) / sampleRateHz)) / 20) : 0.25 / (1 + (c % 2))
  // It begins softly: echoes would bring its first moment back while something else moves.
  const fadedIn = (n: number): number => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, n / (0.1 * sampleRateHz)))
  const inputs = Array.from({ length: registry.topology.inputCount }, (_, c) =>
    made(mostFrames, (n) => fadedIn(n) * level(c, n) * Math.sin(phase * n + c)),
  )

  // What a processor spills while all stands still, before and behind the move, is its own: harmonics, noise.
  const here = isFull ? heard : heard.filter(({ id }) => !id.startsWith('strip.2.'))
  it.each(here.map((param) => [param.id, param] as const))('%s', async (_, param) => {
    const values = walk(param, isFull)
    const frames = (values.length + 1) * apartFrames
    const set = { ...surroundings(param), ...settingsOf([[param, values[0]!]]) }
    const moves = values.slice(1).map((value, i) => ({ frame: (i + 2) * apartFrames, set: settingsOf([[param, value]]) }))
    const job = { registry, sampleRateHz, inputs, set }
    const { outputs } = await runner.run({ ...job, frames, moves })
    expect(outputs.every(isFiniteEverywhere)).toBe(true)
    const movedWithin = async (within: number): Promise<Float32Array[]> => {
      const { outputs: still } = await runner.run({ ...job, frames: within })
      const isOther = (output: Float32Array, o: number): boolean =>
        !sameBits(output.subarray(0, within), still[o]!) && !outputs.slice(0, o).some((before) => sameBits(output, before))
      return outputs.filter(isOther).slice(0, mostOutputs)
    }
    // Most numbers are heard at their first move, which goes from end to end.
    const soon = isWhole(param) ? [] : await movedWithin(3 * apartFrames)
    const moved = soon.length > 0 ? soon : await movedWithin(frames)
    expect(moved.length, 'outputs that the moves change: a parameter needs surroundings in which it is heard').toBeGreaterThan(0)
    const spilled: string[] = []
    for (const output of moved)
      for (const [i, { frame }] of moves.entries()) {
        const at = (from: number) => spillPower(output.subarray(from, from + windowFrames), 3050, sampleRateHz)
        const move = at(frame - windowFrames / 2 + Math.round(0.01 * sampleRateHz))
        const dbOf = (power: number): number => 10 * Math.log10(power / (wholeWindows * move.total))
        if (move.total < 1e-9 || dbOf(move.above) < boundDb) continue
        const db = dbOf(Math.max(0, move.above - at(frame - windowFrames).above - at(frame + apartFrames - windowFrames).above))
        if (db > boundDb)
          spilled.push(`${values[i]} → ${values[i + 1]}: ${db.toFixed(1)} dB at output ${outputs.indexOf(output) + 1}`)
      }
    expect(spilled).toEqual([])
  })
}
