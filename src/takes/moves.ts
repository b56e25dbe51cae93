// A parameter through a take: what it begins at, and every value it was given.
import type { LoggedEvent } from '../engine/native.js'
import type { Param, Registry } from '../params/registry.js'

/** Frames count from the take's saved state, as its event log does. */
export interface Move {
  readonly frame: number
  readonly value: number
}

export interface Moves {
  readonly param: Param
  readonly start: number
  /** In time; those that change nothing too. */
  readonly moves: readonly Move[]
}

/** Of every parameter of the desk, by id. */
export function movesOf(registry: Registry, values: Float32Array, events: readonly LoggedEvent[]): Map<string, Moves> {
  const byTarget = new Map<number, Move[]>()
  for (const { frame, target, value } of events) {
    const moves = byTarget.get(target) ?? []
    byTarget.set(target, moves)
    moves.push({ frame, value })
  }
  return new Map(
    registry.params.map((param) => [
      param.id,
      { param, start: values[param.index]!, moves: byTarget.get(param.index)?.sort((a, b) => a.frame - b.frame) ?? [] },
    ]),
  )
}

/** What it stands at in this frame. */
export function valueAt({ start, moves }: Pick<Moves, 'start' | 'moves'>, frame: number): number {
  let value = start
  for (const move of moves) {
    if (move.frame > frame) break
    value = move.value
  }
  return value
}
