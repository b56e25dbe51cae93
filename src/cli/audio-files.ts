// Which audio files are meant: folders are opened, names are put in the order a person would put them.
import { readdirSync, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { DeskError } from '../errors.js'

const extensions = ['.wav', '.wave', '.rf64', '.aif', '.aiff', '.flac']

const isAudioName = (name: string): boolean => !name.startsWith('.') && extensions.includes(extname(name).toLowerCase())

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
