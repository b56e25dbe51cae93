// The device that a mapping file describes in its `device:` block, as a driver.
import { DeskError } from '../errors.js'
import { type DeviceData, deviceDriver, deviceProblems } from '../surface/device-data.js'
import type { Driver } from '../surface/driver.js'
import { surfaceOf } from './load.js'

export interface Device {
  readonly driver: Driver
  /** As the file has it. */
  readonly data: DeviceData
}

/** Undefined where a file describes none. Throws a DeskError with every mistake of the block. */
export function readDevice(file: string): Device | undefined {
  const { driver: id, device } = surfaceOf(file)
  if (!device) return undefined
  const { yaml, value } = device
  if (id === undefined) throw new DeskError('mapping', `${file}: expected surface: with the name of the device, found none`)
  const data = { id, ...(yaml.data(value) as object) }
  for (const { path, expected, found } of deviceProblems(data))
    yaml.problem(yaml.lineBelow(value, path.split(/[.[\]]+/)), `device.${path}`, expected, found)
  yaml.check('mapping')
  return { driver: deviceDriver(data as DeviceData), data: data as DeviceData }
}
