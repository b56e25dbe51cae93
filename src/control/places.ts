// Places on the timeline, markers and songs alike: the next, the one before, one by number or name.

export interface Place {
  readonly name: string
  readonly positionFrames: number
}

/** One on, one back, or the one of this name or number (from 1). */
export type Step = { readonly by: 1 | -1 } | { readonly to: number | string }

/** The index of the last place at or before a position, −1 before the first. Places are in order. */
export const placeAt = (places: readonly Place[], positionFrames: number): number =>
  places.findLastIndex((place) => place.positionFrames <= positionFrames)

/**
 * The place that a step leads to. Back goes to the beginning of where one is, unless that was reached less than
 * `graceFrames` ago. Undefined where there is none.
 */
export function placeOf(places: readonly Place[], positionFrames: number, step: Step, graceFrames: number): Place | undefined {
  if ('to' in step)
    return typeof step.to === 'number' ? places[step.to - 1] : places.find((place) => place.name === String(step.to))
  if (step.by === 1) return places[placeAt(places, positionFrames) + 1]
  return places[Math.max(0, placeAt(places, positionFrames - graceFrames))]
}
