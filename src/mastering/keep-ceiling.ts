// A ceiling that holds in the file: dither, rounding and another sample rate all raise peaks behind the limiter.
import { DeskError } from '../errors.js'

export interface PeaksOfFile {
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
}

export interface KeptCeiling<Written> {
  readonly written: Written
  /** What the limiter stood at the last time: the ceiling less the margin that was found. */
  readonly limiterCeilingDbtp: number
  /** How often it was written. */
  readonly rounds: number
}

/** Below the ceiling by this much is aimed at, so that one round more is enough. */
const spareDb = 0.01

/** The lowest ceiling of the limiter. */
const lowestCeilingDbtp = -12

/**
 * Calls `write` with a ceiling for the limiter, in dBTP, until what it measured in the file is not above `ceilingDbtp` (−12…0).
 * Throws a DeskError when five rounds do not bring it there.
 */
export async function keepCeiling<Written extends PeaksOfFile>(
  ceilingDbtp: number,
  write: (limiterCeilingDbtp: number) => Promise<Written>,
): Promise<KeptCeiling<Written>> {
  const most = 5
  let limiterCeilingDbtp = ceilingDbtp
  for (let rounds = 1; ; rounds++) {
    const written = await write(limiterCeilingDbtp)
    const overDb = Math.max(written.truePeakDbtp, written.samplePeakDbfs) - ceilingDbtp
    if (overDb <= 0) return { written, limiterCeilingDbtp, rounds }
    const next = limiterCeilingDbtp - overDb - spareDb
    if (rounds === most || next < lowestCeilingDbtp)
      throw new DeskError(
        'outOfRange',
        `expected peaks of at most ${ceilingDbtp} dBTP in the file, found ${overDb.toFixed(2)} dB more with the limiter at ${limiterCeilingDbtp.toFixed(2)} dBTP`,
      )
    limiterCeilingDbtp = next
  }
}
