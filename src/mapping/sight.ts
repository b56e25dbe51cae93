// What looks are made from: the desk, the states, and the hands on the other controls.
import type { DeskView } from './effect.js'
import type { Resolved, Resolver } from './resolve.js'
import type { States } from './states.js'
import type { Way } from './takeover.js'

/** A control as a display sees it. */
export interface Shown {
  readonly resolved: Resolved | undefined
  readonly isTouched: boolean
  readonly movedAtMs: number
  /** Which way to move it until it has the value. */
  readonly waits: Way | undefined
}

export interface Sight {
  readonly desk: DeskView
  readonly states: States
  readonly resolver: Resolver
  /** A control by role in a column, or by id. */
  control(name: string, column: number | undefined): Shown | undefined
  /** What lights an action's button. */
  isPressed(id: string): boolean
  readonly hintsOnDisplay: boolean
}
