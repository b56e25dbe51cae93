// Changes the moves of a take's parameters: replaced by one value, or each of them offset, in a stretch of time or throughout.
import type { LoggedEvent } from '../engine/native.js'
import { DeskError } from '../errors.js'
import type { Param } from '../params/registry.js'
import { settle } from '../params/value.js'
import { type Move, valueAt } from './moves.js'

/** With `add`, `value` is the difference to what it stands at and to each move. */
export interface TakeChange {
  readonly param: Param
  readonly value: number
  readonly add: boolean
}

/** Frames from the take's saved state; `to` is behind the last. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export const wholeTake: Stretch = { from: 0, to: Number.POSITIVE_INFINITY }

export interface ChangedTake {
  readonly values: Float32Array
  readonly events: readonly LoggedEvent[]
  /** How often a sum was held at the end of its parameter's range. */
  readonly held: number
}

/**
 * The desk at the first frame and the log, changed. The engine's saved state stands behind its desk: what is changed from the
 * start on has an event at frame 0 too. Throws a DeskError for what an engine cannot change while it runs.
 */
export function changeTake(
  take: { readonly values: Float32Array; readonly events: readonly LoggedEvent[] },
  changes: readonly TakeChange[],
  stretch: Stretch = wholeTake,
): ChangedTake {
  const values = take.values.slice()
  let events = take.events
  let held = 0
  for (const { param, value, add } of changes) {
    if ('fixed' in param.spec && param.spec.fixed)
      throw new DeskError('take', `${param.id} is fixed while an engine runs: a take keeps what it was recorded with`)
    const changed = (before: number): number => {
      if (!add) return value
      const sum = before + value
      if (sum > param.max || sum < param.min) held++
      return settle(param, sum) ?? before
    }
    const moves: Move[] = events.filter(({ target }) => target === param.index)
    const others = events.filter(({ target }) => target !== param.index)
    const before = { start: values[param.index]!, moves }
    const isInside = ({ frame }: Move): boolean => frame >= stretch.from && frame < stretch.to
    const kept = moves.filter((move) => !isInside(move))
    const inside = add ? moves.filter(isInside).map((move) => ({ frame: move.frame, value: changed(move.value) })) : []
    const entry = { frame: stretch.from, value: changed(valueAt(before, stretch.from)) }
    const exit = { frame: stretch.to, value: valueAt(before, stretch.to) }
    const hasExit = Number.isFinite(stretch.to) && !kept.some(({ frame }) => frame === stretch.to)
    const first = inside.some(({ frame }) => frame === stretch.from) ? [] : [entry]
    if (stretch.from === 0) values[param.index] = changed(before.start)
    const now = [...kept, ...first, ...inside, ...(hasExit ? [exit] : [])].map((move) => ({ ...move, target: param.index }))
    events = [...now, ...others].sort((a, b) => a.frame - b.frame)
  }
  return { values, events, held }
}
