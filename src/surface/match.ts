// Which units of which surfaces are on which ports: pure, from the list of ports, the drivers, the configuration and what was before.
import type { Driver, UnitSpec } from './driver.js'
import type { PortName } from './link.js'

/** A unit as the host configuration names it. */
export interface UnitWanted {
  /** A role of the driver; its first where absent. */
  readonly role?: string
  /** Part of a port's name, or all of `unix:/path`; the driver's own patterns where absent. */
  readonly port?: string
  /** As `deskd surface list` tells it: tells twins apart. */
  readonly place?: string
}

/** A surface as the host configuration names it. */
export interface SurfaceWanted {
  readonly name: string
  readonly driver: string
  /** In the order of their columns. Empty: what the driver finds. */
  readonly units: readonly UnitWanted[]
}

export interface MatchedUnit {
  /** Stays over replugs: `main`, `extender`, `extender-2`. */
  readonly id: string
  readonly spec: UnitSpec
  /** Where it is now; undefined while it is away. */
  readonly port: PortName | undefined
  /** Where it was last. */
  readonly home: PortName | undefined
}

/** A surface that is, or was, there; its units keep their order and columns when one is away. */
export interface MatchedSurface {
  readonly name: string
  readonly driver: Driver
  readonly isConfigured: boolean
  readonly units: readonly MatchedUnit[]
}

interface Slot {
  readonly id: string
  readonly spec: UnitSpec
  readonly wanted: UnitWanted | undefined
  port: PortName | undefined
  home: PortName | undefined
}

interface Draft {
  readonly name: string
  readonly driver: Driver
  readonly isConfigured: boolean
  /** The configuration names its units, so no others join. */
  readonly isFixed: boolean
  readonly slots: Slot[]
}

/**
 * A device goes where it was before; one that is configured goes there; one that a driver knows becomes a surface, or joins one as
 * an extender. Ports that nothing knows are left alone. Surfaces once found stay.
 *
 * @param before what it gave last time
 */
export function matchSurfaces(
  ports: readonly PortName[],
  drivers: readonly Driver[],
  wanted: readonly SurfaceWanted[],
  before: readonly MatchedSurface[],
): MatchedSurface[] {
  const free = new Set(ports.toSorted(byPlace))
  const drafts = [...configured(drivers, wanted, before), ...found(before)]
  const slots = drafts.flatMap((draft) => draft.slots)
  const claim = (slot: Slot, port: PortName): void => {
    free.delete(port)
    slot.port = slot.home = port
  }
  const fill = (fits: (slot: Slot, port: PortName) => boolean): void => {
    for (const slot of slots) {
      if (slot.port !== undefined) continue
      const fitting = [...free].filter((candidate) => fits(slot, candidate))
      // A part of a name may be part of several.
      const port =
        fitting.find(({ name }) => name === slot.wanted?.port) ?? fitting.find((each) => isKnown(slot, each)) ?? fitting[0]
      if (port !== undefined) claim(slot, port)
    }
  }
  fill((slot, port) => samePlace(slot.home, port) && allows(slot, port))
  fill((slot, port) => slot.wanted !== undefined && allows(slot, port))
  fill((slot, port) => slot.wanted === undefined && slot.home?.name === port.name)

  const known = [...free].map((port) => ({ port, best: bestUnit(port, drivers) }))
  // What stands alone comes first, so that extenders find what they belong to.
  for (const isExtender of [false, true])
    for (const { port, best } of known) {
      if (best === undefined || (best.spec !== best.driver.units[0]) !== isExtender) continue
      claim(place(drafts, best.driver, best.spec, isExtender), port)
    }
  return drafts.map(({ name, driver, isConfigured, slots }) => ({
    name,
    driver,
    isConfigured,
    units: slots.map(({ id, spec, port, home }) => ({ id, spec, port, home })),
  }))
}

export const samePlace = (a: PortName | undefined, b: PortName | undefined): boolean =>
  a?.name === b?.name && a?.place === b?.place

function configured(drivers: readonly Driver[], wanted: readonly SurfaceWanted[], before: readonly MatchedSurface[]): Draft[] {
  return wanted.flatMap(({ name, driver: id, units }) => {
    const driver = drivers.find((each) => each.id === id)
    if (driver === undefined) return []
    const last = before.find((surface) => surface.isConfigured && surface.name === name && surface.driver.id === id)
    const draft: Draft = { name, driver, isConfigured: true, isFixed: units.length > 0, slots: [] }
    for (const unit of units.length > 0 ? units : [{}]) {
      const spec = driver.units.find(({ role }) => role === (unit.role ?? driver.units[0]!.role)) ?? driver.units[0]!
      draft.slots.push({ id: newId(draft, spec), spec, wanted: unit, port: undefined, home: undefined })
    }
    for (const { id, spec, home } of last?.units ?? []) {
      const slot = draft.slots.find((each) => each.id === id)
      if (slot) slot.home = home
      else if (!draft.isFixed) draft.slots.push({ id, spec, wanted: undefined, port: undefined, home })
    }
    return [draft]
  })
}

const found = (before: readonly MatchedSurface[]): Draft[] =>
  before
    .filter(({ isConfigured }) => !isConfigured)
    .map(({ name, driver, units }) => ({
      name,
      driver,
      isConfigured: false,
      isFixed: false,
      slots: units.map(({ id, spec, home }) => ({ id, spec, wanted: undefined, port: undefined, home })),
    }))

/** A slot for a unit that nothing waited for. */
function place(drafts: Draft[], driver: Driver, spec: UnitSpec, isExtender: boolean): Slot {
  const lacks = ({ slots }: Draft): boolean => slots.every((slot) => slot.spec.role !== driver.units[0]!.role)
  const home = drafts.find((draft) => draft.driver.id === driver.id && !draft.isFixed && (isExtender || lacks(draft)))
  const draft = home ?? { name: newName(drafts, driver.id), driver, isConfigured: false, isFixed: false, slots: [] }
  if (home === undefined) drafts.push(draft)
  const slot: Slot = { id: newId(draft, spec), spec, wanted: undefined, port: undefined, home: undefined }
  if (isExtender) draft.slots.push(slot)
  else draft.slots.unshift(slot)
  return slot
}

function allows({ wanted, spec }: Slot, port: PortName): boolean {
  if (wanted?.place !== undefined && wanted.place !== port.place) return false
  if (wanted?.port === undefined) return isKnown({ spec }, port)
  if (isSocket(wanted.port) || isSocket(port.name)) return wanted.port === port.name
  return port.name.toLowerCase().includes(wanted.port.toLowerCase())
}

const isKnown = ({ spec }: Pick<Slot, 'spec'>, { name }: PortName): boolean =>
  !isSocket(name) && spec.ports.some((pattern) => pattern.test(name))

/** A path says nothing of the device behind it. */
const isSocket = (name: string): boolean => name.startsWith('unix:')

/** The unit whose pattern says the most of the port's name. */
function bestUnit(port: PortName, drivers: readonly Driver[]): { driver: Driver; spec: UnitSpec } | undefined {
  if (isSocket(port.name)) return undefined
  let best: { driver: Driver; spec: UnitSpec; length: number } | undefined
  for (const driver of drivers.filter(({ isByName }) => !isByName))
    for (const spec of driver.units)
      for (const pattern of spec.ports) {
        const length = pattern.exec(port.name)?.[0].length ?? 0
        if (length > (best?.length ?? 0)) best = { driver, spec, length }
      }
  return best
}

function newId({ slots }: Draft, { role }: UnitSpec): string {
  const nth = slots.filter(({ spec }) => spec.role === role).length + 1
  return nth === 1 ? role : `${role}-${nth}`
}

function newName(drafts: readonly Draft[], id: string): string {
  const taken = (name: string): boolean => drafts.some((draft) => draft.name === name)
  let nth = 1
  const name = (): string => (nth === 1 ? id : `${id}-${nth}`)
  while (taken(name())) nth++
  return name()
}

const byPlace = (a: PortName, b: PortName): number => natural.compare(a.place, b.place) || natural.compare(a.name, b.name)
const natural = new Intl.Collator('en', { numeric: true })
