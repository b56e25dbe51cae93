// Random desks with everything in them moving: any buffer gives the same bits, and so does an engine that begins with a saved state.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineJob, EngineRunner } from '../../fixtures/engine-runner.js'
import { rmsDb, sameBits } from '../../fixtures/measurements.js'
import type { Move } from '../../fixtures/offline-desk.js'
import { random } from '../../fixtures/signals.js'
import { anyDesk, anyValue, audible, programme, registry, settingsOf, sweptParams } from '../../fixtures/sweep-desk.js'

const runner = new EngineRunner()
beforeAll(() => runner.start(), 120_000)
afterAll(() => runner.stop())

const moveEveryFrames = 160

/** A desk at random, made so that something is heard, in which one parameter after the other moves. */
function anyJob(seed: number, sampleRateHz: number, frames: number): EngineJob & { readonly moves: readonly Move[] } {
  const next = random(1000 + seed)
  const moved = sweptParams.filter((param) => !/^master\.(faderDb|mute)$|^monitor\.soloMode$/.test(param.id))
  const moves = Array.from({ length: Math.floor(frames / moveEveryFrames) }, (_, i) => {
    const param = moved[Math.floor(((next() + 1) / 2) * moved.length)]!
    return { frame: i * moveEveryFrames, set: settingsOf([[param, anyValue(param, next)]]) }
  })
  // Strip 4 is heard whatever the others do.
  const heard = { 'strip.4.input': 'in7', 'master.mute': false, 'master.faderDb': 0, 'monitor.soloMode': 'pfl' }
  const set = { ...audible, ...anyDesk(seed), ...patched, ...heard }
  return { registry, sampleRateHz, inputs: programme(frames), set, moves }
}
const patched = Object.fromEntries(Object.entries(audible).filter(([id]) => /\.(input|source)$/.test(id)))

describe.each([44100, 48000, 96000])('at %i Hz', (sampleRateHz) => {
  it.each([1, 2, 3, 4])('buffers of 1, 17, 32, 64, 100, 1024 and 4096 frames give the same bits, desk %i', async (seed) => {
    const frames = 24576
    const job = anyJob(seed, sampleRateHz, frames)
    const first = await runner.run({ ...job, bufferFrames: 32 })
    expect(rmsDb(first.master[0])).toBeGreaterThan(-80)
    for (const bufferFrames of [1, 17, 64, 100, 1024, 4096]) {
      const other = await runner.run({ ...job, bufferFrames })
      const whole = Math.min(first.master[0].length, other.master[0].length)
      expect(whole).toBeGreaterThan(frames - 4096)
      for (const side of [0, 1] as const)
        expect([bufferFrames, side, sameBits(first.master[side].slice(0, whole), other.master[side].slice(0, whole))]).toEqual([
          bufferFrames,
          side,
          true,
        ])
      // The device's output fades in by its first buffer; where buffers are no multiple of 32 it is a quantum late.
      const late = bufferFrames % 32 === 0 ? 0 : 32
      const from = 4096 + Math.ceil(0.06 * sampleRateHz)
      for (const [o, output] of other.outputs.entries())
        expect([bufferFrames, o, sameBits(output.slice(from + late), first.outputs[o]!.slice(from, frames - late))]).toEqual([
          bufferFrames,
          o,
          true,
        ])
    }
  })

  it.each([5, 6, 7, 8])('an engine that begins with the state of another goes on with its bits, desk %i', async (seed) => {
    const job = anyJob(seed, sampleRateHz, 16384 + 32 * Math.round(sampleRateHz / 32))
    const path = join(runner.folder, 'state')
    const frame = 8192
    const whole = await runner.run({ ...job, save: { frame, path } })
    expect(rmsDb(whole.master[0].subarray(frame))).toBeGreaterThan(-80)
    const rest = await runner.run({
      ...job,
      inputs: job.inputs.map((plane) => plane.subarray(frame)),
      moves: job.moves.filter((move) => move.frame >= frame),
      load: { frame, path },
    })
    for (const side of [0, 1] as const)
      expect([side, sameBits(rest.master[side], whole.master[side].slice(frame))]).toEqual([side, true])
    const from = Math.ceil(0.06 * sampleRateHz)
    for (const [o, output] of rest.outputs.entries())
      expect([o, sameBits(output.slice(from), whole.outputs[o]!.slice(frame + from))]).toEqual([o, true])
  })
})
