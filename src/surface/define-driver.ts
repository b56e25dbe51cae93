// Makes a driver of tables: its units, and variants of a driver that exists.

import { type ControlSpec, type Controls, type PlacedControl, placeControls } from './control-table.js'
import type { ControlShape, Driver, FaderLaw, UnitSpec } from './driver.js'
import { travelOf } from './shows.js'
import { sharedWires, showOf, type Talk, tableCodec } from './table-codec.js'

export interface UnitTable {
  readonly ports: readonly RegExp[]
  readonly columns: number
  readonly controls: Controls
  /** 3125 (a DIN port) where absent. */
  readonly bytesASecond?: number
  /** What is said beside the controls; made anew for each codec. */
  readonly talk?: () => Talk
}

export interface DriverTable {
  readonly id: string
  readonly name: string
  readonly isTestedOnHardware: boolean
  readonly echo: Driver['echo']
  readonly isByName?: boolean
  /** By role, the one that stands alone first. */
  readonly units: Readonly<Record<string, UnitTable>>
}

/** A driver that still knows the tables it was made of. */
export interface TableDriver extends Driver {
  readonly table: DriverTable
}

export const defineDriver = (table: DriverTable): TableDriver => ({
  id: table.id,
  name: table.name,
  protocol: 'midi',
  isTestedOnHardware: table.isTestedOnHardware,
  echo: table.echo,
  ...(table.isByName && { isByName: true }),
  units: Object.entries(table.units).map(([role, unit]) => unitOf(`${table.id} ${role}`, role, unit)),
  table,
})

const unitOf = (name: string, role: string, unit: UnitTable): UnitSpec => {
  const controls = placeControls(unit.columns, unit.controls)
  const shared = sharedWires(controls)
  if (shared.length > 0)
    throw new Error(shared.map(({ first, second, wire }) => `driver ${name}: ${first} and ${second} share ${wire}`).join('\n'))
  return {
    role,
    ports: unit.ports,
    columns: unit.columns,
    controls: controls.map(shapeOf),
    bytesASecond: unit.bytesASecond ?? 3125,
    createCodec: () => tableCodec(controls, unit.talk?.() ?? {}),
  }
}

const shapeOf = (placed: PlacedControl): ControlShape => {
  const { id, spec, column } = placed
  const common = {
    id,
    kind: spec.kind,
    ...(column !== undefined && { column }),
    ...(showOf(placed) && { hasFeedback: true }),
    ...('touch' in spec && spec.touch && { hasTouch: true }),
  }
  switch (spec.kind) {
    case 'fader':
    case 'pot':
      return {
        ...common,
        steps: travelOf(spec).steps,
        ...(spec.hasMotor && { hasMotor: true }),
        ...(spec.law && { law: spec.law }),
      }
    case 'encoder':
    case 'wheel':
      return { ...common, ...(spec.ticksATurn !== undefined && { ticksATurn: spec.ticksATurn }) }
    case 'button':
      return common
    default:
      return {
        ...common,
        ...(spec.rows !== undefined && { rows: spec.rows }),
        ...(spec.chars !== undefined && { chars: spec.chars }),
        ...(spec.refreshMs !== undefined && { refreshMs: spec.refreshMs }),
      }
  }
}

export interface Variation {
  readonly id: string
  readonly name: string
  readonly echo?: Driver['echo']
  readonly isByName?: boolean
  /** What differs of each unit; a unit that is not named here is left out. */
  readonly units: Readonly<Record<string, Partial<UnitTable> & { readonly add?: Controls; readonly without?: readonly string[] }>>
  /** What differs of every fader: the value at its top, its scale, that it does not feel a finger. */
  readonly faders?: { readonly top?: number; readonly steps?: number; readonly law?: FaderLaw; readonly hasTouch?: false }
}

/** A device that is like another but for what is told. Names it adds take the place of the base's. */
export const variant = (base: TableDriver, variation: Variation): TableDriver =>
  defineDriver({
    id: variation.id,
    name: variation.name,
    isTestedOnHardware: false,
    echo: variation.echo ?? base.echo,
    ...(variation.isByName && { isByName: true }),
    units: Object.fromEntries(
      Object.entries(variation.units).map(([role, { add = {}, without = [], ...changes }]) => {
        const unit = { ...(base.table.units[role] ?? base.table.units.main!), ...changes }
        const kept = Object.entries({ ...unit.controls, ...add }).filter(([name]) => !without.includes(name) || name in add)
        return [role, { ...unit, controls: withFaders(Object.fromEntries(kept), variation.faders) }]
      }),
    ),
  })

const withFaders = (controls: Controls, changes: Variation['faders']): Controls => {
  if (!changes) return controls
  const { hasTouch, ...facts } = changes
  const change = (spec: ControlSpec): ControlSpec => {
    if (spec.kind !== 'fader') return spec
    const { touch, ...rest } = spec
    return { ...rest, ...facts, ...(touch && hasTouch !== false && { touch }) }
  }
  return Object.fromEntries(
    Object.entries(controls).map(([name, entry]) => [
      name,
      'perColumn' in entry ? { perColumn: (index: number) => change(entry.perColumn(index)) } : change(entry),
    ]),
  )
}
