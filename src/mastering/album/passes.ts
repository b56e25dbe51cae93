// Passes through the chain until what was written has its loudness and keeps below its ceiling.
import { DeskError } from '../../errors.js'

/** What a pass is made with. */
export interface PassGains {
  readonly driveDb: number
  readonly limiterCeilingDbtp: number
}

/** What was read from what it wrote. */
export interface PassReading {
  readonly integratedLufs: number
  readonly truePeakDbtp: number
}

export interface Goal {
  readonly mostDriveDb: number
  readonly targetLufs: number
  readonly toleranceLu: number
  readonly ceilingDbtp: number
  /** Where the limiter begins; no higher than the ceiling. */
  readonly limiterCeilingDbtp: number
}

/** Of the limiter's ceiling. */
const leastCeilingDbtp = -12
/** Meters differ by as much: libebur128, which interpolates four times, reads up to .04 dB more at 44.1 kHz. */
const peakMarginDb = 0.1
/** By how much the limiter may be over its own ceiling, so that a pass more is seldom needed for that alone. */
const limiterMarginDb = 0.02
const mostPasses = 12
/**
 * What a limiter takes from the loudness grows by the square of how far it is driven in, in a mix that was measured by .044 dB/dB²:
 * how much a dB of drive still gives where so much is missing. Where the music is another, the secant makes up for it.
 */
const slopeWhereMissing = (missingLu: number): number =>
  missingLu > 0 ? Math.max(0.4, 1 - 0.42 * Math.sqrt(missingLu) - 0.05 * missingLu) : 1

/**
 * Calls `pass` until its reading complies: the drive by the secant through the last two readings, the limiter's ceiling down
 * by what was over. Gives the last pass's gains, reading and number. Throws a DeskError with how near it came.
 */
export async function passUntil<R extends PassReading>(
  goal: Goal,
  startDriveDb: number,
  pass: (gains: PassGains, number: number) => Promise<R>,
): Promise<{ gains: PassGains; reading: R; passes: number }> {
  const limit = goal.ceilingDbtp - peakMarginDb
  let gains: PassGains = {
    driveDb: startDriveDb,
    limiterCeilingDbtp: Math.max(leastCeilingDbtp, Math.min(goal.limiterCeilingDbtp, limit) - limiterMarginDb),
  }
  let before: { driveDb: number; integratedLufs: number } | undefined
  let slope = 1
  let nearest = ''
  for (let number = 1; number <= mostPasses; number++) {
    const reading = await pass(gains, number)
    const missing = goal.targetLufs - reading.integratedLufs
    const over = reading.truePeakDbtp - limit
    if (Math.abs(missing) <= goal.toleranceLu && over <= 0) return { gains, reading, passes: number }
    nearest = `${reading.integratedLufs.toFixed(2)} LUFS at ${reading.truePeakDbtp.toFixed(2)} dBTP`
    const { driveDb } = gains
    if (!before) slope = slopeWhereMissing(missing)
    else if (Math.abs(driveDb - before.driveDb) > 1e-4)
      slope = Math.min(1.2, Math.max(0.1, (reading.integratedLufs - before.integratedLufs) / (driveDb - before.driveDb)))
    before = { driveDb, integratedLufs: reading.integratedLufs }
    const next = Math.min(goal.mostDriveDb, driveDb + (Number.isFinite(missing) ? missing / slope : 0))
    const limiterCeilingDbtp = over > 0 ? gains.limiterCeilingDbtp - over - 0.01 : gains.limiterCeilingDbtp
    if ((next === driveDb && over <= 0) || limiterCeilingDbtp < leastCeilingDbtp) break
    gains = { driveDb: next, limiterCeilingDbtp }
  }
  throw new DeskError(
    'outOfRange',
    `expected ${goal.targetLufs.toFixed(2)} LUFS below ${goal.ceilingDbtp} dBTP, reached ${nearest}: lower the target, or raise the ceiling`,
  )
}
