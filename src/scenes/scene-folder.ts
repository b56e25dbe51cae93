// The folder of scenes: NAME.yaml each, and NAME.yaml.1, what it was before it was stored again.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../config/make-folder.js'
import { syncFolder, writeGeneration } from '../config/state-write.js'
import { nearestNames } from '../config/yaml-file.js'
import { DeskError } from '../errors.js'
import { isSceneName, mostScenes } from '../params/actions.js'
import { readHead, type SceneHead } from './scene-file.js'

const extension = '.yaml'
const largestBytes = 8 * 2 ** 20
/** Notes and all fit in here, so that listing reads no more. */
const headBytes = 16 * 2 ** 10

export interface SceneEntry {
  readonly name: string
  readonly number: number | undefined
  readonly notes: string
  readonly fadeS: number
  /** Words of its scope, '' for the usual one. */
  readonly scope: string
  /** Why it cannot be recalled, as far as its first lines tell; '' where they are well. */
  readonly problem: string
}

export class SceneFolder {
  private readonly known = new Map<string, { readonly version: string; readonly entry: SceneEntry }>()

  constructor(readonly folder: string) {}

  /** All scenes by number, those without one behind them by name. */
  list(): SceneEntry[] {
    const names = this.names()
    for (const name of this.known.keys()) if (!names.includes(name)) this.known.delete(name)
    return names
      .flatMap((name) => this.entry(name) ?? [])
      .sort((a, b) => (a.number ?? mostScenes + 1) - (b.number ?? mostScenes + 1) || (a.name < b.name ? -1 : 1))
  }

  /** The scene of a name or number. Throws a DeskError that names the nearest. */
  find(wanted: string | number): SceneEntry {
    const list = this.list()
    const entry = sceneOf(list, wanted)
    if (entry) return entry
    const isNumber = typeof wanted === 'number' || /^\d+$/.test(wanted)
    const near = isNumber
      ? []
      : nearestNames(
          String(wanted).normalize('NFC'),
          list.map(({ name }) => name),
        )
    throw new DeskError(
      'scene',
      `there is no scene ${isNumber ? 'of number ' : ''}${JSON.stringify(wanted)} among ${list.length}${near.length ? `; nearest: ${near.join(', ')}` : ''}`,
    )
  }

  path(name: string): string {
    if (!isSceneName(name)) throw new DeskError('scene', `${JSON.stringify(name)} is no name of a scene`)
    return join(this.folder, `${name.normalize('NFC')}${extension}`)
  }

  /** A scene's text. Throws a DeskError. */
  read(name: string): string {
    const file = this.path(name)
    try {
      const { size } = statSync(file)
      if (size > largestBytes) throw new Error(`${size} bytes, more than the ${largestBytes} a scene may have`)
      return readFileSync(file, 'utf8')
    } catch (cause) {
      throw new DeskError('scene', `${file}: expected a readable scene, found ${(cause as Error).message}`, { cause })
    }
  }

  /** Writes a scene; a whole one is there at every moment. Throws a DeskError: a full disk, a folder that cannot be written. */
  async write(name: string, text: string): Promise<void> {
    const file = this.path(name)
    await this.attempt(file, 'stored', async () => {
      makeFolder(this.folder)
      await writeGeneration(this.folder, file.slice(this.folder.length + 1), text)
    })
  }

  async rename(from: string, to: string): Promise<void> {
    const [before, after] = [this.path(from), this.path(to)]
    await this.attempt(before, 'renamed', async () => {
      await rename(before, after)
      await rename(`${before}.1`, `${after}.1`).catch(() => {})
      await syncFolder(this.folder)
    })
  }

  async delete(name: string): Promise<void> {
    const file = this.path(name)
    await this.attempt(file, 'deleted', async () => {
      await unlink(file)
      await unlink(`${file}.1`).catch(() => {})
      await syncFolder(this.folder)
    })
  }

  private async attempt(file: string, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      throw new DeskError('scene', `${file} cannot be ${what}: ${(cause as Error).message}`, { cause })
    }
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((file) => file.endsWith(extension))
        .map((file) => file.slice(0, -extension.length))
        .filter(isSceneName)
        .slice(0, mostScenes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new DeskError('scene', `${this.folder}: ${(error as Error).message}`, { cause: error })
    }
  }

  private entry(name: string): SceneEntry | undefined {
    const file = join(this.folder, `${name}${extension}`)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (!stat?.isFile()) return undefined
    const version = `${stat.ino} ${stat.mtimeMs} ${stat.size}`
    const known = this.known.get(name)
    if (known?.version === version) return known.entry
    const entry = headEntry(name, file)
    this.known.set(name, { version, entry })
    return entry
  }
}

/** By number where it is one, else by name. */
function sceneOf(list: readonly SceneEntry[], wanted: string | number): SceneEntry | undefined {
  if (typeof wanted === 'number' || /^\d+$/.test(wanted)) return list.find(({ number }) => number === Number(wanted))
  return list.find(({ name }) => name === wanted.normalize('NFC'))
}

function headEntry(name: string, file: string): SceneEntry {
  const none = { name, number: undefined, notes: '', fadeS: 0, scope: '' }
  try {
    const { scope, ...head }: SceneHead = readHead(file, firstText(file))
    return { name, ...head, scope: scope.text, problem: '' }
  } catch (error) {
    return { ...none, problem: (error as Error).message }
  }
}

/** What stands before the parameters, or the beginning of it. */
function firstText(file: string): string {
  const fd = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(headBytes)
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, headBytes, 0))
    return text.length < headBytes || /^params:/m.test(text) ? text : readFileSync(file, 'utf8').slice(0, largestBytes)
  } finally {
    closeSync(fd)
  }
}
