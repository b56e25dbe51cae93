// What a hand did, as the hardware said it: no parameter, no mixing yet.

/**
 * A control of a surface: `fader.3` in column 3, `main.fader`, `play`. Columns count from 1, over all units of a surface.
 * What is part of a control hangs behind it: `vpot.3.push`.
 */
export type ControlId = string

export type ControlEvent =
  /** A fader or pot stands at `position`, 0…1 of its travel, which it knows in `steps` steps (128, 1024, 16384 …). */
  | { readonly kind: 'position'; readonly control: ControlId; readonly position: number; readonly steps: number }
  /** An endless encoder or wheel was turned: clockwise above 0. */
  | { readonly kind: 'turn'; readonly control: ControlId; readonly ticks: number }
  | { readonly kind: 'press'; readonly control: ControlId; readonly isPressed: boolean }
  /** A finger came onto a fader or knob, or left it. */
  | { readonly kind: 'touch'; readonly control: ControlId; readonly isTouched: boolean }
