// Which parameters differ between two takes, when, and by how much.
import { formatValue } from '../params/value.js'
import { type Moves, movesOf, valueAt } from './moves.js'
import type { Take } from './read-take.js'

export interface ParamDifference {
  readonly id: string
  /** What it stands at where they first differ, in the first take and in the second. */
  readonly first: readonly [unknown, unknown]
  /** The second less the first, where it is a number of constant difference throughout; else the least and the most. */
  readonly offset?: number
  readonly least?: number
  readonly most?: number
  /** Where they differ, in seconds of the takes' files; the end of the last is the take's. */
  readonly spans: readonly { readonly fromS: number; readonly toS: number }[]
  /** Moves in each of them. */
  readonly moves: readonly [number, number]
}

export interface TakeDifference {
  readonly params: readonly ParamDifference[]
  /** Ids that only one of them has, by beginnings (`strip.9`). */
  readonly onlyFirst: readonly string[]
  readonly onlySecond: readonly string[]
}

type DiffedTake = Pick<Take, 'registry' | 'values' | 'events' | 'file'>

/** `frames`: the length of the files. */
export function diffTakes(a: DiffedTake, b: DiffedTake, frames: number): TakeDifference {
  const [ours, theirs] = [movesOf(a.registry, a.values, a.events), movesOf(b.registry, b.values, b.events)]
  const skipped = a.file.skipFrames ?? 0
  const secondsOf = (frame: number): number => Math.max(0, frame - skipped) / a.file.sampleRateHz
  const params: ParamDifference[] = []
  for (const [id, one] of ours) {
    const other = theirs.get(id)
    const found = other && difference(id, one, other, skipped + frames, secondsOf)
    if (found) params.push(found)
  }
  return { params, onlyFirst: beginnings(ours, theirs), onlySecond: beginnings(theirs, ours) }
}

function difference(
  id: string,
  a: Moves,
  b: Moves,
  end: number,
  secondsOf: (frame: number) => number,
): ParamDifference | undefined {
  const frames = [...new Set([0, ...a.moves, ...b.moves].map((at) => (typeof at === 'number' ? at : at.frame)))]
    .filter((frame) => frame < end)
    .sort((x, y) => x - y)
  const spans: { fromS: number; toS: number }[] = []
  let first: readonly [unknown, unknown] | undefined
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const [i, frame] of frames.entries()) {
    const [ours, theirs] = [valueAt(a, frame), valueAt(b, frame)]
    if (Object.is(ours, theirs)) continue
    first ??= [formatValue(a.param, ours), formatValue(b.param, theirs)]
    const by = theirs - ours
    if (!Number.isNaN(by)) {
      least = Math.min(least, by)
      most = Math.max(most, by)
    }
    const [fromS, toS] = [secondsOf(frame), secondsOf(frames[i + 1] ?? end)]
    const last = spans.at(-1)
    if (last && last.toS === fromS) last.toS = toS
    else spans.push({ fromS, toS })
  }
  if (!first) return undefined
  const isNumber = a.param.spec.kind === 'number'
  // What is stored as 32-bit floats differs in their last places.
  const isConstant = most - least < 1e-4 * Math.max(1, Math.abs(most))
  const rounded = (value: number): number => Number(value.toPrecision(5))
  return {
    id,
    first,
    ...(isNumber && isConstant ? { offset: rounded((least + most) / 2) } : {}),
    ...(isNumber && !isConstant ? { least: rounded(least), most: rounded(most) } : {}),
    spans,
    moves: [a.moves.length, b.moves.length],
  }
}

const beginnings = (ours: ReadonlyMap<string, Moves>, theirs: ReadonlyMap<string, Moves>): string[] => [
  ...new Set([...ours.keys()].filter((id) => !theirs.has(id)).map((id) => /^[a-z]+\.\d+/i.exec(id)?.[0] ?? id)),
]
