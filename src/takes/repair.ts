// Mends recordings that were cut off by a kill: every file to the data that is there, the take to what all of them hold.
import { existsSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import type { NativeAddon, WavRepair } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { readTakeFile, writeTakeFile } from './take-file.js'
import { audioOf, takeFiles } from './take-folder.js'

export interface MendedFile extends WavRepair {
  readonly path: string
}

/**
 * Mends a WAV file or a take folder; what is whole is not touched. A take that was cut off gets the length that all its
 * files have. Throws a DeskError with code `take`.
 */
export async function repairRecording(
  addon: Pick<NativeAddon, 'repairWav' | 'writeCuePoints'>,
  target: string,
): Promise<MendedFile[]> {
  if (!existsSync(target)) throw new DeskError('take', `${target}: expected a WAV file or a take's folder, found nothing`)
  const paths = audioOf(target).filter((path) => extname(path) !== '.flac')
  if (paths.length === 0) throw new DeskError('take', `${target}: expected a take's folder, found no recording in it`)
  const files: MendedFile[] = []
  for (const path of paths) {
    try {
      files.push({ path, ...(await addon.repairWav(path)) })
    } catch (cause) {
      throw new DeskError('take', (cause as Error).message, { cause })
    }
  }
  const { take, lead, master } = takeFiles(target)
  if (!statSync(target).isDirectory() || !existsSync(take)) return files
  const description = await readTakeFile(take)
  if (description.frames !== undefined) return files
  const frames = Math.min(...files.filter(({ path }) => path !== lead).map((file) => file.frames))
  if (description.markers?.length) await addon.writeCuePoints(master, description.markers)
  await writeTakeFile(take, { ...description, frames, error: description.error ?? 'the recording was cut off' })
  return files
}
