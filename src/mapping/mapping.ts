// A mapping as it is after reading: layers of bindings by control, with holes for the column's channel and for states.
import type { ActionName } from '../params/actions.js'
import type { Registry } from '../params/registry.js'
import type { ControlId } from '../surface/control-event.js'
import type { SurfaceShape } from '../surface/driver.js'
import type { ColorName, RingStyle } from '../surface/look.js'
import type { textFormats } from './grammar.js'
import type { Template } from './path.js'
import type { StateSpec, StateValue } from './state.js'
import type { TakeoverMode } from './takeover.js'
import type { TravelSpec } from './travel.js'
import type { Acceleration } from './turn.js'

export interface Mapping {
  readonly file: string
  /** Id of the driver. */
  readonly surface: string
  readonly shape: SurfaceShape
  readonly registry: Registry
  readonly bank: Bank | undefined
  readonly takeover: { readonly other: TakeoverMode; readonly hint: Hint }
  /** While `held` is down, ticks go by this fraction. */
  readonly fine: { readonly held: ControlId; readonly by: number } | undefined
  readonly states: ReadonlyMap<string, StateSpec>
  readonly layers: readonly Layer[]
  /** Controls that some condition asks whether they are held. */
  readonly modifiers: ReadonlySet<ControlId>
}

export interface Bank {
  /** Lists of kinds of channels and ids, by view; the only one is called ''. */
  readonly views: ReadonlyMap<string, readonly string[]>
  readonly width: number
  readonly group: string | undefined
  readonly offset: number
  /** DCAs are among its channels: their members can stand on the columns. */
  readonly canSpill: boolean
}

export type Hint = 'display' | 'none' | { readonly up: string; readonly down: string }

export interface Layer {
  readonly when: readonly Condition[]
  /** Undefined leaves a control dark. */
  readonly bindings: ReadonlyMap<ControlId, Bound>
  readonly swap: readonly [string, string] | undefined
}

export interface Bound {
  readonly binding: Binding | undefined
  readonly column: number | undefined
}

export type Condition =
  | { readonly kind: 'state'; readonly state: string; readonly values: readonly StateValue[] }
  /** The channel that a state holds is of one of these kinds. */
  | { readonly kind: 'channel'; readonly state: string; readonly kinds: readonly string[] }
  | { readonly kind: 'held'; readonly control: ControlId }
  | { readonly kind: 'param'; readonly path: Template; readonly values: readonly (string | number | boolean)[] }

export interface Binding {
  readonly targets: readonly Target[]
  readonly long: readonly Target[]
  readonly double: readonly Target[]
  readonly left: readonly Target[]
  readonly right: readonly Target[]
  readonly rows: readonly TextSource[]
  readonly meter: Template | undefined
  readonly light: LightSource | undefined
  readonly color: ColorName | Template | undefined
  readonly blink: boolean
  readonly ring: RingStyle | undefined
  readonly name: string | undefined
}

export type Target =
  | ParamTarget
  | { readonly kind: 'set'; readonly state: string; readonly to: StateValue | Template; readonly again: readonly Target[] }
  | { readonly kind: 'cycle'; readonly state: string }
  | { readonly kind: 'bankMove'; readonly by: number }
  | { readonly kind: 'bankTo'; readonly to: Template }
  | { readonly kind: 'spill'; readonly to: Template | number }
  /** To the default; without a path, of what the control it hangs behind moves. */
  | { readonly kind: 'reset'; readonly path: Template | undefined }
  | { readonly kind: 'action'; readonly name: ActionName; readonly args: readonly (number | Template)[] }

export interface ParamTarget {
  readonly kind: 'param'
  readonly path: Template
  readonly travel: TravelSpec
  readonly step: number | undefined
  /** Undefined: a fast turn goes no further than a slow one. */
  readonly acceleration: Acceleration | undefined
  readonly press: PressOn
}

/** What a press does to a parameter. */
export type PressOn =
  | { readonly kind: 'next' }
  | { readonly kind: 'momentary' }
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'step' }

export type LightSource =
  | { readonly kind: 'always'; readonly light: 'off' | 'on' | 'blink' }
  | { readonly kind: 'path'; readonly path: Template }
  | { readonly kind: 'anySolo' }

export type TextFormat = (typeof textFormats)[number]

export type TextSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Template; readonly as: TextFormat | undefined }
  | { readonly kind: 'state'; readonly state: string; readonly names: ReadonlyMap<string, string> }
  /** Controls by role in a column, by id outside. */
  | {
      readonly kind: 'control'
      readonly of: string | undefined
      readonly touched: string | undefined
      readonly holdMs: number
      readonly rest: 'name' | 'value'
    }

/** `vpot.push` of `vpot.3.push`. */
export const roleOf = (id: ControlId, column: number | undefined): string =>
  column === undefined ? id : id.replace(`.${column}`, '')

/** The control of a role in a column: `vpot.3.push`. Outside a column a role is an id. */
export function controlIn(role: string, column: number | undefined): ControlId {
  if (column === undefined) return role
  const dot = role.indexOf('.')
  return dot < 0 ? `${role}.${column}` : `${role.slice(0, dot)}.${column}${role.slice(dot)}`
}
