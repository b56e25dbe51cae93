// Finds every driver that there is: each file of the drivers folder is read, and what it exports as a driver counts.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
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
  const modules: unknown[] = await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)))
  const drivers = modules.flatMap((module) => Object.values(module as object)).filter(isDriver)
  const twice = drivers.find((driver, at) => drivers.findIndex(({ id }) => id === driver.id) !== at)
  if (twice) throw new Error(`two drivers have the id ${twice.id}`)
  return drivers
}
