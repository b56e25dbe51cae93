// The engine on 64-bit ARM, under qemu where this is no such machine: NEON sounds as SSE2 does, and any buffer gives the same bits.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { arm64, missingArm64 } from '../fixtures/arm64.js'
import { compiled } from '../fixtures/compiled.js'
import { engineParts, regionOf } from '../fixtures/engine-runner.js'
import { nullDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import { type DeskJob, renderDesk, type Settings, type Source } from '../fixtures/offline-desk.js'
import { constant, noise } from '../fixtures/signals.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const native = join(root, 'src/native')
const folder = mkdtempSync(join(tmpdir(), 'deskd-neon-'))
let program = ''
const flags = ['-std=c++20', '-ffp-contract=off', '-Wall', '-Wextra', '-Werror', '-Wno-psabi']

beforeAll(async () => {
  if (!arm64) return
  const graph = ['-Wno-uninitialized', '-Wno-maybe-uninitialized', join(native, 'graph-neon.cc')]
  const sources = [join(root, 'test/native/engine-run.cc'), ...engineParts.map((name) => join(native, `${name}.cc`)), ...graph]
  program = await compiled('engine-run-neon', arm64.compiler, ['-static', '-O2', ...flags, ...sources, '-lpthread'])
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface ArmRun {
  readonly isa: string
  readonly master: readonly [Float32Array, Float32Array]
}

/** The job on ARM, its sources at the card's inputs; the master without the graph's latency. */
async function runOnArm(job: DeskJob, bufferFrames = 256): Promise<ArmRun> {
  const { strips, sampleRateHz = 48000, moves = [] } = job
  const inputCount = strips.flat().length
  const stripStereo = strips.map((s) => s.length === 2)
  const registry = buildRegistry({ ...defaultTopology, stripStereo, busCount: 2, inputCount })
  const firstInput = strips.map((_, s) => 1 + strips.slice(0, s).flat().length)
  const inputs = Object.fromEntries(firstInput.map((first, s) => [`strip.${s + 1}.input`, `in${first}`]))
  const region = regionOf(registry, sampleRateHz, { ...job.set, ...inputs }, moves)

  const frames = job.frames ?? strips[0]![0]!.length
  const [regionPath, inPath, outPath] = ['region', 'in', 'out'].map((name) => join(folder, name)) as [string, string, string]
  writeFileSync(regionPath, region)
  writeFileSync(inPath, Buffer.concat(strips.flat().map((plane) => new Uint8Array(plane.buffer, plane.byteOffset, frames * 4))))
  const [command, ...before] = [...arm64!.emulator, program]
  const words = { region: regionPath, frames, buffer: bufferFrames, inputs: inPath, master: outPath }
  const { stdout } = await run(command!, [...before, ...Object.entries(words).map(([name, value]) => `${name}=${value}`)])
  const { isa, latencyFrames, masterFrames } = JSON.parse(stdout) as { isa: string; latencyFrames: number; masterFrames: number }
  const read = readFileSync(outPath)
  const samples = new Float32Array(read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength))
  const side = (c: number): Float32Array => samples.slice(c * masterFrames + latencyFrames, (c + 1) * masterFrames)
  return { isa, master: [side(0), side(1)] }
}

const frames = 24000
const programme: Source[] = [[noise(frames, -12, 1)], [noise(frames, -14, 2), noise(frames, -14, 3)], [noise(frames, -20, 4)]]

/** Every filter of a strip. */
const filters = (s: number): Settings => ({
  [`strip.${s}.hpf.on`]: true,
  [`strip.${s}.hpf.slope`]: '24',
  [`strip.${s}.hpf.frequencyHz`]: 20 * s,
  [`strip.${s}.eq.on`]: true,
  [`strip.${s}.eq.band1.frequencyHz`]: 30,
  [`strip.${s}.eq.band1.gainDb`]: 6,
  [`strip.${s}.eq.band2.type`]: 'lowShelf',
  [`strip.${s}.eq.band2.gainDb`]: -5,
  [`strip.${s}.eq.band3.gainDb`]: 8,
  [`strip.${s}.eq.band4.type`]: 'notch',
  [`strip.${s}.eq.band5.type`]: 'highShelf',
  [`strip.${s}.eq.band5.gainDb`]: 3,
  [`strip.${s}.eq.band6.type`]: 'highCut',
})

const everything: Settings = {
  ...filters(1),
  ...filters(2),
  ...filters(3),
  ...Object.assign(
    {},
    ...[1, 2, 3].map((s) => ({
      [`strip.${s}.delayMs`]: s,
      [`strip.${s}.gate.on`]: true,
      [`strip.${s}.gate.thresholdDb`]: -40,
      [`strip.${s}.comp.on`]: true,
      [`strip.${s}.comp.thresholdDb`]: -30,
      [`strip.${s}.comp.ratio`]: 4,
      [`strip.${s}.comp.detector`]: s === 2 ? 'rms' : 'peak',
      [`strip.${s}.pan`]: 30 * s - 60,
      [`strip.${s}.send.1.levelDb`]: -10,
    })),
  ),
  'strip.3.comp.key': 'strip.1',
  'bus.1.comp.on': true,
  'bus.1.comp.thresholdDb': -30,
  'bus.1.output': 'bus.2',
  'bus.2.eq.on': true,
  'bus.2.eq.band1.gainDb': 3,
  'master.eq.on': true,
  'master.eq.band2.gainDb': 4,
  'master.limiter.on': true,
  'master.limiter.ceilingDbtp': -6,
}

const moves = Array.from({ length: 20 }, (_, i) => ({
  frame: 1000 + 1000 * i,
  set: {
    'strip.1.faderDb': -2 * (i % 5),
    'strip.2.eq.band1.frequencyHz': 100 + 200 * i,
    'strip.3.pan': 10 * i - 100,
    'strip.1.send.1.levelDb': -i,
  },
}))

describe.skipIf(!arm64)(`NEON${arm64 ? '' : ` (skipped: ${missingArm64})`}`, () => {
  it('is the set in use, and a flat desk gives the bits of the sum', async () => {
    const { isa, master } = await runOnArm({ strips: programme })
    const wanted = await renderDesk({ strips: programme })
    expect(isa).toBe('neon')
    expect(sameBits(master[0], wanted.left.slice(0, master[0].length))).toBe(true)
    expect(sameBits(master[1], wanted.right.slice(0, master[1].length))).toBe(true)
  })

  const worstNullDb = async (job: DeskJob): Promise<number> => {
    const { master } = await runOnArm(job)
    const { left, right } = await renderDesk({ ...job, ...(process.arch === 'x64' ? { isa: 'sse2' } : {}) })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    return Math.max(nullDb(master[0], left.slice(0, master[0].length)), nullDb(master[1], right.slice(0, master[1].length)))
  }
  it('a strip with every filter and no dynamics nulls below −135 dBFS with SSE2', async () => {
    for (const [s, source] of programme.entries()) {
      const set = Object.fromEntries(Object.entries(filters(s + 1)).map(([id, v]) => [id.replace(/strip\.\d/, 'strip.1'), v]))
      expect(await worstNullDb({ strips: [source], set })).toBeLessThan(-135)
    }
  })
  it('a desk with everything on, still and moving, nulls below −140 dBFS with SSE2', async () => {
    expect(await worstNullDb({ strips: programme, set: everything })).toBeLessThan(-140)
    expect(await worstNullDb({ strips: programme, set: everything, moves })).toBeLessThan(-140)
  })
  it('any buffer gives the same bits: 1, 17, 32, 64, 1000 and 24000 frames', async () => {
    const job: DeskJob = { strips: programme, set: everything, moves }
    const { master } = await runOnArm(job, 32)
    for (const bufferFrames of [1, 17, 64, 1000, 24000]) {
      const other = await runOnArm(job, bufferFrames)
      for (const side of [0, 1] as const) {
        const length = Math.min(master[side].length, other.master[side].length)
        expect(length).toBeGreaterThan(frames - 256)
        expect(sameBits(master[side].slice(0, length), other.master[side].slice(0, length))).toBe(true)
      }
    }
  })
  it('takes denormals for nought: a signal at −770 dBFS gives digital silence, one at −750 does not', async () => {
    const at = async (db: number): Promise<Float32Array> => (await runOnArm({ strips: [[constant(640, db)]] })).master[0]
    expect(constant(1, -770)[0]).toBeGreaterThan(0)
    expect((await at(-770)).every((v) => v === 0)).toBe(true)
    expect((await at(-750)).every((v) => v > 0)).toBe(true)
  })
})
