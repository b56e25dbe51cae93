// What `--play` means: a folder of tracks, a folder of such folders, or a playlist in YAML that names them in order.
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { DeskError } from '../errors.js'
import { audioFiles, hasAudio, naturalOrder } from './audio-files.js'
import { readYaml, words } from './yaml-file.js'

export interface Song {
  readonly name: string
  /** Absolute paths; the first is strip 1's track. */
  readonly files: readonly string[]
}

/** Throws a DeskError for what is not there or not understood. */
export function songsIn(path: string): Song[] {
  if (/^\.(ya?ml|json)$/i.test(extname(path))) return readPlaylist(path)
  if (!isFolder(path) || hasAudio(path)) return [songOf(path)]
  const folders = readdirSync(path)
    .map((name) => resolve(path, name))
    .filter((inside) => isFolder(inside) && hasAudio(inside))
    .sort((a, b) => naturalOrder(basename(a), basename(b)))
  // Without any it is a folder without audio files, which is told in those words.
  return folders.length > 0 ? folders.map((folder) => songOf(folder)) : [songOf(path)]
}

const songOf = (path: string, name = basename(path, extname(path))): Song => ({ name, files: audioFiles([path]) })

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** `songs:` with a list of folders or files, each by its path or as `{ name, play }`. */
function readPlaylist(file: string): Song[] {
  const yaml = readYaml(file, 'config')
  const songs: Song[] = []
  const here = dirname(resolve(file))
  const expected = 'a list of folders or audio files'
  for (const entry of yaml.entries(yaml.root, '', 'a map with songs')) {
    const items = entry.key === 'songs' ? yaml.items(entry.value, entry.path) : undefined
    if (entry.key !== 'songs') yaml.unknownKey(entry, ['songs'])
    else if (!items || items.length === 0) yaml.problem(entry.line, entry.path, expected, yaml.describe(entry.value))
    for (const item of items ?? []) {
      const parts = yaml.isMap(item.value) ? yaml.entries(item.value, item.path) : [{ ...item, key: 'play' }]
      for (const part of parts) if (part.key !== 'play' && part.key !== 'name') yaml.unknownKey(part, ['name', 'play'])
      const text = (key: string): string | undefined => {
        const part = parts.find((other) => other.key === key)
        return part && yaml.field(part, words)
      }
      const [play, name] = [text('play'), text('name')]
      if (play === undefined) {
        if (!parts.some((part) => part.key === 'play')) yaml.problem(item.line, item.path, 'play, a folder or file', 'none')
        continue
      }
      try {
        songs.push(songOf(resolve(here, play), name))
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        yaml.problem(item.line, item.path, 'a song', error.message)
      }
    }
  }
  yaml.check('config')
  if (songs.length === 0) throw new DeskError('config', `${file}: expected songs, ${expected}, found none`)
  return songs
}
