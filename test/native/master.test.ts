// Builds the master's kernels once for each instruction set of this machine, and reads off what the harness measured.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildFor, type InstructionSet, runFor, instructionSets as sets } from '../fixtures/instruction-sets.js'

const run = promisify(execFile)
const source = fileURLToPath(new URL('./master-test.cc', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'deskd-master-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Of the machine's best set alone: what is the same arithmetic in all of them, which the last test holds to each other. */
const ofOneSet = ['loudness', 'range', 'gating', 'libebur128', 'ceiling', 'links']

/** Not under an emulator, where they take seconds to minutes. */
const long = [...ofOneSet, 'weighting', 'true-peaks', 'switching', 'automatic', 'oversampling', 'aliasing', 'saturation']

const sections: Record<string, string> = {
  weighting: 'K-weights as BS.1770 prints it at 48 kHz, and within .01 dB at 44.1 … 192 kHz',
  loudness: 'reads EBU 3341 1–5 and 9–14 within .1 LU at 44.1, 48 and 96 kHz',
  range: 'reads EBU 3342 1–4 within 1 LU at 44.1, 48 and 96 kHz',
  'true-peaks': 'reads EBU 3341 15–23 within +.2/−.4 dB at 44.1, 48 and 96 kHz',
  gating: 'gates ten hours within .005 LU of the list of all blocks',
  behaviour: 'reads −inf of silence, begins anew at a reset, and survives NaN',
  libebur128: 'reads music within .05 LU and .1 dB of libebur128',
  ceiling: 'keeps sample peaks at the ceiling and true peaks of 20 kHz within .1 dB of it',
  null: 'changes no bit when off or below the ceiling, delayed by just its latency',
  switching: 'leaves less than −85 dB above 3 kHz when switched on, off or to another ceiling',
  release: 'gives 63 % of the reduction back in the release time, and leaves the image alone',
  links: 'links its sides as far as it is told, each below the ceiling, and finds back to one curve',
  automatic: 'lets go in 20 ms after a short peak and in 200 ms after a long one, and never rises faster than its release',
  'input-gain': 'drives what comes in without a click',
  oversampling: 'is flat to 20 kHz within .001 dB at four and eight times 44.1 … 192 kHz, symmetrical about a whole frame',
  aliasing: 'folds back less than −100 dB of soft curves and −70 dB of hard ones, 12 dB over',
  saturation: 'keeps a sine of −6 dBFS as loud as it was, by each curve; the tube adds even harmonics and no DC',
  clipping: 'leaves what is below the knee alone and holds at the ceiling what is above it',
  'look-ahead': 'has the gain down in time for a peak on any frame, at look-aheads from .02 to 10 ms',
  crossover: 'splits into 2 to 6 bands that sum flat within .001 dB, whatever the order of their frequencies',
  state: 'goes on with the same bits from a copy of its memory',
}

const programs = new Map<InstructionSet, string>()
const runSet = (set: InstructionSet, ...words: string[]) => runFor(set, programs.get(set)!, ...words)
let libebur128 = false

beforeAll(async () => {
  libebur128 = await run('g++', ['-E', '-include', 'ebur128.h', '-x', 'c++', '/dev/null']).then(
    () => true,
    () => false,
  )
  for (const set of sets)
    programs.set(set, await buildFor(set, source, ...(libebur128 && !set.emulator?.length ? ['-lebur128'] : [])))
}, 300_000)

describe.each(sets)('the master in $isa', (set) => {
  for (const [section, claim] of Object.entries(sections)) {
    if (set !== sets[0] && (set.emulator?.length ? long : ofOneSet).includes(section)) continue
    it(claim, { timeout: 60_000 }, async ({ skip }) => {
      if (section === 'libebur128' && !libebur128) skip('libebur128-dev is not installed')
      const failed = await runSet(set, section).then(
        () => '',
        (error: { stdout?: string; message: string }) => error.stdout?.match(/^FAILED.*$/gm)?.join('\n') ?? error.message,
      )
      expect(failed).toBe('')
    })
  }
})

describe('between instruction sets', () => {
  const dump = async (set: InstructionSet) => {
    const file = join(folder, `${set.isa}.dump`)
    await runSet(set, 'dump', file)
    const bytes = readFileSync(file)
    const at = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    return { readings: [...new Float64Array(at, 0, 4)], samples: new Float32Array(at, 32) }
  }
  it.skipIf(sets.length < 2)('the limited signals null below −135 dB, the readings to .001', async () => {
    const [first, ...others] = await Promise.all(sets.map(dump))
    for (const other of others) {
      expect(other.samples.length).toBe(first!.samples.length)
      const squares = other.samples.reduce((sum, x, n) => sum + (x - first!.samples[n]!) ** 2, 0)
      const differenceDb = 10 * Math.log10(squares / other.samples.length)
      expect(differenceDb).toBeLessThan(-135)
      for (const [i, reading] of other.readings.entries()) expect(reading).toBeCloseTo(first!.readings[i]!, 3)
    }
  })
})
