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

/** Checks each peer against `reference`. Gives what the compressors take, in dB, by engine; throws for another job. */
export function compressionDb(reference, peers, folder) {
  const tracks = writeTracks(join(folder, 'short'), seconds)
  const wanted = levels(reference, folder, tracks)
  const found = new Map([[reference, wanted.compressionDb]])
  for (const peer of peers) {
    const { uncompressedLufs, compressionDb } = levels(peer, folder, tracks)
    const offDb = uncompressedLufs - wanted.uncompressedLufs
    if (!(Math.abs(offDb) <= mayDifferDb)) throw new Error(`${peer.name}: ${offDb.toFixed(1)} dB off without compressors`)
    if (!(compressionDb >= leastCompressionDb)) throw new Error(`${peer.name}: compresses by ${compressionDb.toFixed(1)} dB`)
    found.set(peer, compressionDb)
  }
  return found
}

/** Gives how much louder a result is than deskd's. Throws when its length or the level of any second is another job's. */
export function louderDb(name, result, wanted, seconds) {
  const longer = result.frames - seconds * job.sampleRateHz
  if (longer < 0 || longer > mayBeLongerFrames) throw new Error(`${name}: ${longer} frames longer than the tracks`)
  const worst = Math.max(...wanted.secondsLufs.map((lufs, second) => Math.abs(result.secondsLufs[second] - lufs)))
  if (!(worst <= mayBeOffDb)) throw new Error(`${name}: a second that is ${worst.toFixed(1)} dB off deskd's`)
  return result.lufs - wanted.lufs
}
