// Which build of the graph runs: the machine's best, or the one that was asked for.
import { closest } from 'fastest-levenshtein'
import { DeskError } from '../errors.js'

/** Every set that the graph is written for, on any processor. */
export const instructionSets = ['avx512', 'avx2', 'sse2', 'neon'] as const

/**
 * Gives the set to create an engine with, '' for the best. `available`: what this machine can run, best first.
 * `why`: where the wish comes from. Throws a DeskError that names what there is.
 */
export function wantedInstructionSet(available: readonly string[], wanted: string | undefined, why = ''): string {
  if (wanted === undefined || wanted === '' || available.includes(wanted)) return wanted ?? ''
  const known = instructionSets.some((name) => name === wanted)
  throw new DeskError(
    'usage',
    `--isa: expected one of ${available.join(', ')}, which this machine can run, found ${wanted}${why}; ${
      known ? 'this processor does not have that set' : `nearest: ${closest(wanted, [...available])}`
    }`,
  )
}
