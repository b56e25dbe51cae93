// Devices that mapping files describe: those the configuration names, and whatever lies in one's own folder of mappings.
import { mkdirSync, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { debounceTime, map, Observable, startWith } from 'rxjs'
import { log } from '../log.js'
import { readDevice } from '../mapping/device-file.js'
import type { Driver } from '../surface/driver.js'

export interface OwnDevice {
  readonly driver: Driver
  /** The mapping that describes it. */
  readonly file: string
}

const mostFiles = 256
/** A file is written in several steps. */
const settleMs = 200

/** The devices now, and whenever a file in the folder has changed. What cannot be used is told in the log and left out. */
export function ownDevices(folder: string, named: readonly string[]): Observable<readonly OwnDevice[]> {
  // A file that has not changed keeps its driver, and so its surface.
  const known = new Map<string, { readonly version: string; readonly devices: readonly OwnDevice[] }>()
  const read = (): OwnDevice[] =>
    [...named, ...filesIn(folder)].flatMap((file) => {
      const version = versionOf(file)
      const before = known.get(file)
      if (before?.version === version) return before.devices
      const devices = devicesIn(file)
      known.set(file, { version, devices })
      return devices
    })
  return saves(folder).pipe(debounceTime(settleMs), map(read), startWith(read()))
}

function devicesIn(file: string): OwnDevice[] {
  try {
    const driver = readDevice(file)
    return driver ? [{ driver, file }] : []
  } catch (error) {
    log.error((error as Error).message)
    return []
  }
}

function versionOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : ''
}

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^[^.].*\.ya?ml$/.test(name))
    return names
      .sort()
      .slice(0, mostFiles)
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

const saves = (folder: string): Observable<unknown> =>
  new Observable((subscriber) => {
    try {
      mkdirSync(folder, { recursive: true })
      const watcher = watch(folder, { persistent: false }, () => subscriber.next(undefined))
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch {
      return undefined
    }
  })
