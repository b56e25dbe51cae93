// What is learnt, and where it is written: a box that no driver knows, one that was learnt before, or controls of a known surface.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeskError } from '../errors.js'
import type { NewMapping } from '../mapping/learnt-file.js'
import type { PortName } from '../surface/link.js'
import type { SurfaceStatus } from '../surface/surface-tools.js'

export interface LearnPlace {
  readonly file: string
  readonly start: NewMapping
  /** Its driver knows its controls. */
  readonly hasDriver: boolean
  /** The desk finds the file by itself. */
  readonly isFound: boolean
}

/** Letters, digits and - as ids of surfaces have them: `nanoKONTROL2 MIDI 1` is `nanokontrol2`. */
export function nameOfPort(port: string): string {
  const plain = port.replace(/^unix:.*\//, '').replace(/\.\w+$|([: ]*\b(midi|port)( \d+)?)+$/gi, '')
  const name = plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return /^[a-z]/.test(name) ? name : `box${name && `-${name}`}`
}

const nameRule = /^[a-z][a-z0-9-]{0,39}$/

/** Throws a DeskError when the name is none. */
export function checkName(name: string | undefined): void {
  if (name !== undefined && !nameRule.test(name))
    throw new DeskError('usage', `expected a name of small letters, digits and - that begins with a letter, found "${name}"`)
}

/** What the command line says of it. */
export interface Where {
  readonly name: string | undefined
  readonly out: string | undefined
  /** Where the desk finds mappings of one's own. */
  readonly folder: string
}

/** For a port that no surface of a desk has; `driver` knows it, or none does. */
export function placeOfPort(port: PortName, driver: string | undefined, { name, out, folder }: Where): LearnPlace {
  if (driver !== undefined)
    return {
      file: out ?? join(folder, `${driver}.yaml`),
      start: { surface: driver, extends: driver },
      hasDriver: true,
      isFound: out === undefined,
    }
  const surface = name ?? nameOfPort(port.name)
  return {
    file: out ?? join(folder, `${surface}.yaml`),
    start: { surface, device: { name: port.name, ports: [port.name] } },
    hasDriver: false,
    isFound: out === undefined,
  }
}

/** For a surface of a running desk. */
export function placeOfSurface({ driver, device, mapping, units }: SurfaceStatus, { out, folder }: Where): LearnPlace {
  const own = out ?? join(folder, `${driver}.yaml`)
  // One that was learnt has its device in its mapping.
  if (existsSync(mapping) && /^device:/m.test(readFileSync(mapping, 'utf8'))) {
    const ports = units.map(({ port }) => port).filter((port) => port !== '')
    return {
      file: out ?? mapping,
      start: { surface: driver, device: { name: device, ports } },
      hasDriver: false,
      isFound: out === undefined,
    }
  }
  return { file: own, start: { surface: driver, extends: driver }, hasDriver: true, isFound: out === undefined }
}
