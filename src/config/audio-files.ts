// Which audio files are meant: folders are opened, names are put in the order a person would put them, headers are read.
import { readdirSync, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import type { AudioFileInfo } from '../engine/native.js'
import { DeskError } from '../errors.js'

const extensions = ['.wav', '.wave', '.rf64', '.aif', '.aiff', '.flac']

const isAudioName = (name: string): boolean => !name.startsWith('.') && extensions.includes(extname(name).toLowerCase())

/** A folder with audio files in it. */
export const hasAudio = (folder: string): boolean => readdirSync(folder).some(isAudioName)

const collator = new Intl.Collator('en', { numeric: true })

/** `2-bass` before `10-voice`. */
export const naturalOrder = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

/** Absolute paths of files and of the audio files in folders, by name. Throws one DeskError for all that are not there. */
export function audioFiles(paths: readonly string[]): string[] {
  const problems: string[] = []
  const found = paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [resolve(path)]
      const names = readdirSync(path).filter(isAudioName)
      if (names.length === 0) problems.push(`${path}: expected audio files (${extensions.join(' ')}), found none`)
      return names.map((name) => resolve(path, name))
    } catch (error) {
      problems.push(`${path}: expected a folder or an audio file, found ${reason(error)}`)
      return []
    }
  })
  if (problems.length > 0) throw new DeskError('audioFile', problems.join('\n'))
  return found.sort((a, b) => naturalOrder(basename(a), basename(b)) || naturalOrder(a, b))
}

const reason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nothing' : (error as Error).message

/** The files' headers, in order. Throws one DeskError that names every file which cannot be a track. */
export function readHeaders(files: readonly string[], read: (path: string) => AudioFileInfo): AudioFileInfo[] {
  const problems: string[] = []
  const infos = files.flatMap((file) => {
    try {
      const info = read(file)
      if (info.channels >= 1 && info.channels <= 2 && info.sampleRateHz >= 1000 && info.sampleRateHz <= 768000) return [info]
      problems.push(
        `${file}: expected one or two channels at 1000 to 768000 Hz, found ${info.channels} at ${info.sampleRateHz} Hz`,
      )
    } catch (error) {
      const { message } = error as Error
      problems.push(message.startsWith(file) ? message : `${file}: ${message}`)
    }
    return []
  })
  if (problems.length > 0) throw new DeskError('audioFile', problems.join('\n'))
  return infos
}

/** A strip's name from its track's file: `01 Kick.wav` and `1-kick.flac` give `Kick` and `kick`. */
export function nameOfTrack(path: string): string {
  const stem = basename(path, extname(path))
  return stem.replace(/^\d+[\s._-]+/, '').replaceAll('_', ' ') || stem
}
