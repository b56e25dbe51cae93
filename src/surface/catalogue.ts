// Finds every driver that there is: each file of the drivers folder is read, and what it exports as a driver counts.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { log } from '../log.js'
import type { Driver } from './driver.js'

const here = fileURLToPath(import.meta.url)
/** Beside `surface/` when built; from sources (tests) two folders up. */
const folder = here.endsWith('.ts') ? join(here, '../../../drivers') : join(here, '../../drivers')
const extension = here.endsWith('.ts') ? '.ts' : '.js'

const isDriver = (value: unknown): value is Driver => {
  const driver = value as Partial<Driver> | null
  return typeof driver === 'object' && typeof driver?.id === 'string' && Array.isArray(driver.units)
}

/** All drivers in the order of their files' names. Rejects when two have one id. */
export const loadDrivers = async (): Promise<readonly Driver[]> => {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(extension) && !file.endsWith('.d.ts'))
    .sort()
  const modules = await Promise.all(files.map(driversIn))
  const drivers = modules.flat()
  const twice = drivers.find((driver, at) => drivers.findIndex(({ id }) => id === driver.id) !== at)
  if (twice) throw new Error(`two drivers have the id ${twice.id}`)
  return drivers
}

/** One file that cannot be used takes no other down. */
const driversIn = async (file: string): Promise<Driver[]> => {
  try {
    const module: object = await import(pathToFileURL(join(folder, file)).href)
    return Object.values(module).filter(isDriver)
  } catch (error) {
    log.error({ file: join(folder, file) }, `a driver is left out: ${(error as Error).message}`)
    return []
  }
}
