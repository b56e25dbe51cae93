// Brings tracks to the desk's rate before they play, once for each file and rate.
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { sha256OfFile } from './checksum.js'
import type { TrackFile } from './commands.js'
import type { NativeAddon, TrackSpec } from './native.js'

type Files = Pick<NativeAddon, 'audioFileInfo' | 'conformTrack'>

/**
 * Tracks that can be loaded at `sampleRateHz`. A file of another rate is converted into `cacheFolder`, named by its checksum.
 * Throws a DeskError with code `audioFile` for what cannot be read.
 */
export async function conformTracks(
  addon: Files,
  tracks: readonly TrackFile[],
  sampleRateHz: number,
  cacheFolder: string,
): Promise<TrackSpec[]> {
  const conformed: TrackSpec[] = []
  for (const { path, ...place } of tracks) {
    try {
      const same = addon.audioFileInfo(path).sampleRateHz === sampleRateHz
      conformed.push({ ...place, path: same ? path : await conformed1(addon, path, sampleRateHz, cacheFolder) })
    } catch (cause) {
      if (cause instanceof DeskError) throw cause
      throw new DeskError('audioFile', `${path}: ${(cause as Error).message}`, { cause })
    }
  }
  return conformed
}

async function conformed1(addon: Files, path: string, sampleRateHz: number, cacheFolder: string): Promise<string> {
  const out = join(cacheFolder, `${await sha256OfFile(path)}-${sampleRateHz}.wav`)
  if (existsSync(out)) return out
  log.info({ path, sampleRateHz }, 'converting a track to the desk rate')
  await mkdir(cacheFolder, { recursive: true })
  const part = `${out}.${process.pid}`
  await addon.conformTrack(path, part, sampleRateHz)
  await rename(part, out)
  return out
}
