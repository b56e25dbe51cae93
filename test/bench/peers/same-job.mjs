// Does a peer do the job? Levels without the limiter, with and without the compressors, and the length and level of a result.
import { join } from 'node:path'
import { timeOf } from './cpu-time.mjs'
import { job, softJob, uncompressedJob } from './jobs.mjs'
import { loudnessOf } from './loudness.mjs'
import { writeTracks } from './tracks.mjs'

/** Filters, pans and faders are the same everywhere. */
const mayDifferDb = 0.5
/** Detectors that average see less than those that read peaks. */
export const leastCompressionDb = 3
/** With all of it a limiter evens out much. */
const mayBeOffDb = 4.5
/** Some end with a whole buffer. */
const mayBeLongerFrames = 4096

const seconds = 10

function levels(engine, folder, tracks) {
  const [compressed, not] = [softJob, uncompressedJob].map((variant) => {
    const out = join(folder, 'level.wav')
    timeOf(engine.command({ job: variant, tracks, seconds, folder, out }))
    return loudnessOf(out).lufs
  })
  return { uncompressedLufs: not, compressionDb: not - compressed }
}

/** Gives a check of a peer against `reference`: what each one's compressors take, in dB. It throws for another job. */
export function jobCheck(reference, folder) {
  const tracks = writeTracks(join(folder, 'short'), seconds)
  const wanted = levels(reference, folder, tracks)
  const check = (peer) => {
    const { uncompressedLufs, compressionDb } = levels(peer, folder, tracks)
    const offDb = uncompressedLufs - wanted.uncompressedLufs
    if (!(Math.abs(offDb) <= mayDifferDb)) throw new Error(`${offDb.toFixed(1)} dB off deskd's level without compressors`)
    if (!(compressionDb >= leastCompressionDb)) throw new Error(`compresses by ${compressionDb.toFixed(1)} dB`)
    return compressionDb
  }
  return { check, referenceDb: wanted.compressionDb }
}

/** Gives how much louder a result is than deskd's. Throws when its length or the level of any second is another job's. */
export function louderDb(result, wanted, seconds) {
  const longer = result.frames - seconds * job.sampleRateHz
  if (longer < 0 || longer > mayBeLongerFrames) throw new Error(`${longer} frames longer than the tracks`)
  const worst = Math.max(...wanted.secondsLufs.map((lufs, second) => Math.abs(result.secondsLufs[second] - lufs)))
  if (!(worst <= mayBeOffDb)) throw new Error(`a second that is ${worst.toFixed(1)} dB off deskd's`)
  return result.lufs - wanted.lufs
}
