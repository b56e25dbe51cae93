// Several units as one surface: columns run on from unit to unit in the order chosen, and names are translated both ways.
import type { ControlEvent, ControlId } from './control-event.js'
import type { ControlShape, Driver, SurfaceShape, UnitSpec } from './driver.js'

export interface PlacedUnit {
  readonly role: string
  readonly spec: UnitSpec
  /** Columns that stand left of this unit's first. */
  readonly offset: number
  /** A unit's event with the surface's names. */
  toSurface(event: ControlEvent): ControlEvent
  /** The unit's own name of a control of the surface; undefined where it has none. */
  toUnit(control: ControlId): ControlId | undefined
}

export interface Assembly {
  readonly shape: SurfaceShape
  readonly units: readonly PlacedUnit[]
}

/**
 * A surface of a driver's units, left to right. A role may come again (two extenders); controls outside the columns that two units
 * have are one control, heard from both and shown on both. A role that the driver has not throws.
 */
export const assemble = (driver: Driver, roles: readonly string[] = [driver.units[0]!.role]): Assembly => {
  const controls = new Map<ControlId, ControlShape>()
  let columns = 0
  const units = roles.map((role) => {
    const spec = driver.units.find((unit) => unit.role === role)
    if (!spec)
      throw new RangeError(`${driver.id} has no unit ${role}: it has ${driver.units.map((unit) => unit.role).join(', ')}`)
    const unit = placeUnit(spec, columns)
    for (const shape of unit.shapes) if (!controls.has(shape.id)) controls.set(shape.id, shape)
    columns += spec.columns
    return unit.placed
  })
  return { shape: { driver: driver.id, columns, controls }, units }
}

const placeUnit = (spec: UnitSpec, offset: number): { placed: PlacedUnit; shapes: ControlShape[] } => {
  const shapes = spec.controls.map((shape) => shifted(shape, offset))
  const surfaceId = new Map(spec.controls.map((shape, at) => [shape.id, shapes[at]!.id]))
  const unitId = new Map(spec.controls.map((shape, at) => [shapes[at]!.id, shape.id]))
  return {
    shapes,
    placed: {
      role: spec.role,
      spec,
      offset,
      toSurface: (event) => (offset === 0 ? event : { ...event, control: surfaceId.get(event.control) ?? event.control }),
      toUnit: (control) => unitId.get(control),
    },
  }
}

/** `vpot.3.push` eight columns on is `vpot.11.push`. */
const shifted = (shape: ControlShape, offset: number): ControlShape => {
  if (shape.column === undefined || offset === 0) return shape
  const column = shape.column + offset
  return { ...shape, column, id: shape.id.replace(`.${shape.column}`, `.${column}`) }
}
