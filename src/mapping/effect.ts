// What a mapping sees of a desk, and what comes of a touch: changes of parameters and actions, told as data.
import type { ActionName } from '../params/actions.js'
import type { Meter, Param, Registry, TextParam } from '../params/registry.js'

export interface DeskView {
  readonly registry: Registry
  /** In the parameter's unit; 0 or 1 for a boolean, the index for an enum. */
  value(param: Param): number
  text(text: TextParam): string
  /** In the meter's unit. */
  meter(meter: Meter): number
}

export type Effect =
  | { readonly kind: 'set'; readonly param: Param; readonly value: number }
  | { readonly kind: 'do'; readonly action: ActionName; readonly args: readonly (number | string)[] }
