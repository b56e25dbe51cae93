// Builds the kernels of the master's dynamics once for each instruction set of this machine, and reads off what was measured.
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFor, type InstructionSet, instructionSets, runFor } from '../fixtures/instruction-sets.js'

const source = fileURLToPath(new URL('./dynamics-test.cc', import.meta.url))
const programs = new Map<InstructionSet, string>()

/** They take minutes under an emulator. */
const long = ['crossover', 'multiband', 'dyn-eq', 'crest', 'target', 'times']

const sections: Record<string, string> = {
  crossover: '2 … 6 bands sum flat within .001 dB, whatever the order of their frequencies, at 44.1, 48 and 96 kHz',
  multiband: '3 … 6 bands at unity are flat within .001 dB; a band keeps to the static curve within .1 dB',
  paths: 'mix, mute, solo and listening add up; bands come and go without a click',
  glue: 'keeps to the static curve within .1 dB; bit-exact below its knee and at a mix of 0 %; one gain for both sides',
  times: 'attack and release reduce and give back 63 % in their times; by the programme a peak is given back before a passage',
  key: 'a bass of 50 Hz behind its high-pass reduces by less than 1 dB; 100 Hz is distorted by less than .03 %',
  'dyn-eq': 'a wire below its thresholds; gain by the curve up to its range; the band of the equaliser at its range',
  'de-esser': 'takes sibilants down and leaves the vowel',
  target:
    'brings programme to its target within .5 LU, no faster than it may, and stands still in silence; a wire within its tolerance',
  crest: 'brings PSR and PLR to their target, and leaves alone what has less',
  state: 'goes on with the same bits from a copy of its memory, and is silent behind a reset',
}

beforeAll(async () => {
  for (const set of instructionSets) programs.set(set, await buildFor(set, source))
}, 300_000)

describe.each(instructionSets)('dynamics of the master in $isa', (set) => {
  for (const [section, claim] of Object.entries(sections)) {
    if (set.emulator?.length && long.includes(section)) continue
    it(claim, { timeout: 60_000 }, async () => {
      const failed = await runFor(set, programs.get(set)!, section).then(
        () => '',
        (error: { stdout?: string; message: string }) => error.stdout?.match(/^FAILED.*$/gm)?.join('\n') ?? error.message,
      )
      expect(failed).toBe('')
    })
  }
})
