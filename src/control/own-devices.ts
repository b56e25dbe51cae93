// Devices that mapping files describe: those the configuration names, and whatever lies in one's own folder of mappings.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { distinctUntilChanged, map, type Observable, scan, startWith, timer } from 'rxjs'
import { log } from '../log.js'
import { type Device, readDevice } from '../mapping/device-file.js'
import type { Driver } from '../surface/driver.js'

export interface OwnDevice {
  readonly driver: Driver
  /** The mapping that describes it. */
  readonly file: string
}

interface Entry {
  readonly version: string
  readonly device: Device | undefined
}

const mostFiles = 256
/** Sooner than a mapping is read after a save, so that what is new on the device is known to it. A look takes some .1 ms. */
const lookEveryMs = 100

/**
 * The devices now, and again whenever a file has come, changed or gone, the folder too. A save that leaves a device as it is keeps its
 * driver, and so its surface; one that cannot be used is told in the log and keeps the device that worked.
 */
export const ownDevices = (folder: string, named: readonly string[], everyMs = lookEveryMs): Observable<readonly OwnDevice[]> =>
  timer(everyMs, everyMs).pipe(
    startWith(0),
    map(() => versionsOf([...new Set([...named, ...filesIn(folder)])])),
    distinctUntilChanged((a, b) => JSON.stringify([...a]) === JSON.stringify([...b])),
    scan((before: ReadonlyMap<string, Entry>, versions) => readAll(versions, before), new Map()),
    map((entries) => [...entries].flatMap(([file, { device }]) => (device ? [{ driver: device.driver, file }] : []))),
  )

function readAll(versions: ReadonlyMap<string, string>, before: ReadonlyMap<string, Entry>): Map<string, Entry> {
  const now = new Map<string, Entry>()
  for (const [file, version] of versions) {
    const known = before.get(file)
    now.set(file, known?.version === version ? known : { version, device: deviceIn(file, known?.device) })
  }
  return now
}

function deviceIn(file: string, before: Device | undefined): Device | undefined {
  try {
    const device = readDevice(file)
    return device && before && JSON.stringify(device.data) === JSON.stringify(before.data) ? before : device
  } catch (error) {
    log.error((error as Error).message)
    return before
  }
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

function versionsOf(files: readonly string[]): Map<string, string> {
  const versions = new Map<string, string>()
  for (const file of files) {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat?.isFile()) versions.set(file, `${stat.mtimeMs} ${stat.size} ${stat.ino}`)
  }
  return versions
}
