// What a fader or pot without a motor does where it does not stand where the value is.

export type TakeoverMode = 'jump' | 'pickup' | 'scaled'

/** Which way to move until the control has the value; undefined where it has it. */
export type Way = 'up' | 'down'

/**
 * Position that the value should take when a control comes to `position`, or undefined while it waits. `wanted` is where it would
 * stand for the value that is in force, `before` where it stood before, undefined when that is not known.
 */
export function takeover(
  mode: TakeoverMode,
  position: number,
  before: number | undefined,
  wanted: number,
  tolerance: number,
): number | undefined {
  if (mode === 'jump' || Math.abs(position - wanted) <= tolerance) return position
  if (before === undefined) return undefined
  if (Math.abs(before - wanted) <= tolerance || (before - wanted) * (position - wanted) <= 0) return position
  if (mode === 'pickup') return undefined
  // Scaled: control and value come to the end of the travel together.
  if (position > before) return wanted + ((position - before) * (1 - wanted)) / Math.max(1e-9, 1 - before)
  return wanted + ((position - before) * wanted) / Math.max(1e-9, before)
}

export const wayTo = (position: number, wanted: number, tolerance: number): Way | undefined =>
  Math.abs(position - wanted) <= tolerance ? undefined : wanted > position ? 'up' : 'down'
