// The host configuration's `surfaces:` and `midi:`: which control surfaces there are, beside those that drivers find by themselves.
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { tabletPort } from '../surface/link.js'
import type { SurfaceWanted, UnitWanted } from '../surface/match.js'
import { type Entry, type Field, wholeNumber, words, type YamlFile, yesNo } from './yaml-file.js'

export interface MidiConfig {
  readonly on: boolean
  /** How often the list of ports is looked at. */
  readonly pollMs: number
}

export interface SurfaceConfig extends Omit<SurfaceWanted, 'driver'> {
  /** Id of a driver; a mapping that describes its device needs none. */
  readonly driver?: string
  /** Absolute path; the driver's own where absent. */
  readonly mapping?: string
  /** What its ports take; as the driver says where absent. */
  readonly bytesASecond?: number
  /** Surfaces of one group bank together. */
  readonly group?: string
  /** Of a tablet that speaks OSC: its IP address. */
  readonly address?: string
  /** Port that it sends from; left out, all that comes from its address is its. */
  readonly fromPort?: number
  /** Port where it listens, if that is not the one it sends from. */
  readonly replyPort?: number
}

export const defaultMidi: MidiConfig = { on: true, pollMs: 250 }

const pollMs = wholeNumber(50, 10_000, 'ms')
const bytesASecond = wholeNumber(100, 1_000_000, 'bytes a second')
const mostSurfaces = 32

/** Names stand in ids of parameters and in OSC addresses. */
const surfaceName: Field<string> = {
  expected: 'a name of letters, digits and - (at most 40)',
  read: (value) => (typeof value === 'string' && /^[a-z][a-z0-9-]{0,39}$/i.test(value) ? value : undefined),
}

/** The `midi:` block; problems go to `yaml`. */
export function readMidi(yaml: YamlFile, midi: Entry): MidiConfig {
  const values: { -readonly [K in keyof MidiConfig]: MidiConfig[K] } = { ...defaultMidi }
  for (const entry of yaml.entries(midi.value, midi.path)) {
    if (entry.key === 'on') values.on = yaml.field(entry, yesNo) ?? values.on
    else if (entry.key === 'pollMs') values.pollMs = yaml.field(entry, pollMs) ?? values.pollMs
    else yaml.unknownKey(entry, ['on', 'pollMs'])
  }
  return values
}

/** The `surfaces:` list; problems go to `yaml`. */
export function readSurfaces(yaml: YamlFile, surfaces: Entry): SurfaceConfig[] {
  const items = yaml.items(surfaces.value, surfaces.path)
  if (items === undefined || items.length > mostSurfaces) {
    const found = items === undefined ? yaml.describe(surfaces.value) : `${items.length}`
    yaml.problem(surfaces.line, surfaces.path, `a list of at most ${mostSurfaces} surfaces`, found)
    return []
  }
  const read = items.map((item) => readSurface(yaml, item))
  for (const [i, { name }] of read.entries())
    if (name !== '' && read.findIndex((other) => other.name === name) < i)
      yaml.problem(items[i]!.line, `${items[i]!.path}.name`, 'a name of its own', JSON.stringify(name))
  return read
}

const ipAddress: Field<string> = {
  expected: 'an IP address like 192.168.1.20',
  read: (value) => (typeof value === 'string' && isIP(value) ? value : undefined),
}
const udpPort = wholeNumber(1, 65535)

const surfaceFields = {
  name: surfaceName,
  driver: words,
  mapping: words,
  bytesASecond,
  group: surfaceName,
  address: ipAddress,
  fromPort: udpPort,
  replyPort: udpPort,
}

function readSurface(yaml: YamlFile, surface: Entry): SurfaceConfig {
  const values: Record<string, unknown> = {}
  let units: UnitWanted[] = []
  const entries = yaml.entries(surface.value, surface.path, 'a map with name and driver')
  for (const entry of entries) {
    if (entry.key === 'units') units = readUnits(yaml, entry)
    else if (!Object.hasOwn(surfaceFields, entry.key)) yaml.unknownKey(entry, [...Object.keys(surfaceFields), 'units'])
    else values[entry.key] = yaml.field<unknown>(entry, surfaceFields[entry.key as keyof typeof surfaceFields])
  }
  const has = (key: string): boolean => entries.some((entry) => entry.key === key)
  if (!has('driver') && !has('mapping')) yaml.problem(surface.line, surface.path, 'a driver or a mapping', 'neither')
  else if (!has('driver') && !has('name')) yaml.problem(surface.line, surface.path, 'a name, where there is no driver', 'none')
  const isTablet = has('address')
  if (isTablet && !has('name')) yaml.problem(surface.line, surface.path, 'a name, where there is an address', 'none')
  if (isTablet && has('units')) yaml.problem(surface.line, surface.path, 'an address or units', 'both')
  for (const key of ['fromPort', 'replyPort'])
    if (has(key) && !isTablet) yaml.problem(surface.line, `${surface.path}.${key}`, 'an address too', 'none')
  // Its port is called so by those who take its packets, and its place is its name.
  if (isTablet) units = [{ port: tabletPort, place: String(values.name) }]
  const mapping = values.mapping === undefined ? undefined : resolve(dirname(resolve(yaml.file)), String(values.mapping))
  const given = Object.entries({ ...values, mapping }).filter(([, value]) => value !== undefined)
  return { name: String(values.driver ?? ''), ...Object.fromEntries(given), units }
}

const unitFields = { role: words, port: words, place: words }

function readUnits(yaml: YamlFile, units: Entry): UnitWanted[] {
  const items = yaml.items(units.value, units.path)
  if (items === undefined) yaml.problem(units.line, units.path, 'a list of units', yaml.describe(units.value))
  return (items ?? []).map((item) => {
    const values: { -readonly [K in keyof UnitWanted]: UnitWanted[K] } = {}
    for (const entry of yaml.entries(item.value, item.path, 'a map with role, port or place')) {
      if (!Object.hasOwn(unitFields, entry.key)) {
        yaml.unknownKey(entry, Object.keys(unitFields))
        continue
      }
      const key = entry.key as keyof typeof unitFields
      const value = yaml.field(entry, unitFields[key])
      if (value !== undefined) values[key] = value
    }
    return values
  })
}

/** The surfaces that are tablets, as those know them who take their packets. */
export const configuredTablets = (surfaces: readonly SurfaceConfig[]) =>
  surfaces.flatMap(({ name, address, fromPort, replyPort }) =>
    address === undefined
      ? []
      : [{ name, address, ...(fromPort === undefined ? {} : { fromPort }), ...(replyPort === undefined ? {} : { replyPort }) }],
  )
