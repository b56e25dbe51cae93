// The table of drivers/README.md tells every driver, and of each whether anybody had the device.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadDrivers } from '../../src/surface/catalogue.js'
import type { Driver } from '../../src/surface/driver.js'

const row = (driver: Driver): string => {
  const units = driver.units.map(({ role, columns }) => `${role} (${columns})`).join(', ')
  const taken = driver.isByName ? 'by its id' : driver.protocol === 'midi' ? 'as it is plugged in' : 'as it is paired'
  const tested = driver.isTestedOnHardware
    ? 'tested on hardware'
    : driver.protocol === 'midi'
      ? 'untested on hardware'
      : 'untested'
  return `| ${driver.name} | \`${driver.id}\` | ${units} | ${taken} | ${tested} |`
}

it('drivers/README.md has the table of all drivers', async () => {
  const drivers = (await loadDrivers()).toSorted((a, b) => a.id.localeCompare(b.id))
  const table = ['| device | id | units (columns) | taken | |', '| --- | --- | --- | --- | --- |', ...drivers.map(row)].join('\n')
  const readme = readFileSync(new URL('../../drivers/README.md', import.meta.url), 'utf8')
  expect(/<!-- table: .* -->\n(.*?)\n<!-- end/s.exec(readme)?.[1]).toBe(table)
})
