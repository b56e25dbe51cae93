// One control with what its hand does: held, touched, moved, turned, pressed.
import type { ControlShape } from '../surface/driver.js'
import type { Show } from './look-of.js'
import { newPress, type PressState } from './press.js'
import type { Resolved } from './resolve.js'
import type { Shown } from './sight.js'
import type { Way } from './takeover.js'

export interface Hand extends Shown {
  readonly shape: ControlShape
  readonly press: PressState
  isTouched: boolean
  /** What it does as long as it is held. */
  held: Resolved | undefined
  isHeld: boolean
  position: number | undefined
  movedAtMs: number
  waits: Way | undefined
  turnedAtMs: number
  lastTicks: number
  /** Part of a step that ticks have made so far. */
  carry: number
  current: Resolved | undefined
  generation: number
  show: Show | undefined
  showOf: Resolved | undefined
  readonly resolved: Resolved | undefined
}

/** `now` tells what the control does at the moment. */
export const newHand = (shape: ControlShape, now: (hand: Hand) => Resolved | undefined): Hand => ({
  shape,
  press: newPress(),
  isTouched: false,
  held: undefined,
  isHeld: false,
  position: undefined,
  movedAtMs: Number.NEGATIVE_INFINITY,
  waits: undefined,
  turnedAtMs: Number.NEGATIVE_INFINITY,
  lastTicks: 0,
  carry: 0,
  current: undefined,
  generation: -1,
  show: undefined,
  showOf: undefined,
  get resolved() {
    return now(this)
  },
})

export const hasLong = (hand: Hand): boolean => (hand.held?.long.length ?? 0) > 0

/** Standing this near to the value, a fader or pot has it. */
export const toleranceOf = ({ steps = 128 }: ControlShape): number => 1.5 / Math.max(2, steps)
