// Where a control stands against the value of a parameter: through taper or curve, range and the scale printed beside it.
import type { Param } from '../params/registry.js'
import { normOfValue, settle, valueOfNorm } from '../params/value.js'
import type { FaderLaw } from '../surface/driver.js'
import type { curveNames } from './grammar.js'

export type Curve = (typeof curveNames)[number]

export interface TravelSpec {
  readonly curve?: Curve
  /** Bottom and top in the parameter's unit; the bottom may be the higher one. */
  readonly range?: readonly [number, number]
  readonly invert?: boolean
}

/** Both ways between a control's travel, 0…1, and a settled value. */
export interface Travel {
  valueOf(position: number): number
  positionOf(value: number): number
}

interface Bend {
  bend(x: number): number
  straighten(y: number): number
}

const straight: Bend = { bend: (x) => x, straighten: (y) => y }

const bends: Record<Curve, Bend> = {
  taper: straight,
  linear: straight,
  /** Slow at the bottom. */
  slow: { bend: (x) => x * x, straighten: Math.sqrt },
  /** Fast at the bottom, slow at the top. */
  fast: { bend: (x) => 1 - (1 - x) ** 2, straighten: (y) => 1 - Math.sqrt(1 - y) },
  /** Slow about the middle: half a straight line, half a cube. */
  centre: {
    bend: (x) => 0.5 + (2 * x - 1) * 0.25 + (2 * x - 1) ** 3 * 0.25,
    straighten: (y) => (1 + rootOfHalfCube(4 * y - 2)) / 2,
  },
}

/** The x of x + x³ = y. */
function rootOfHalfCube(y: number): number {
  const root = Math.sqrt((y * y) / 4 + 1 / 27)
  return Math.cbrt(y / 2 + root) + Math.cbrt(y / 2 - root)
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x))

/** A law holds for whole fader levels alone: a range or curve of one's own has no place on the printed scale. */
export function travelOf(param: Param, { curve = 'taper', range, invert = false }: TravelSpec, law?: FaderLaw): Travel {
  const turned = invert ? (x: number): number => 1 - x : (x: number): number => x
  const settled = (value: number): number => settle(param, value) ?? param.default
  const isLevel = param.spec.kind === 'number' && param.spec.taper === 'fader'
  if (law && isLevel && !range && curve === 'taper')
    return {
      valueOf: (position) => settled(law.dbOfPosition(turned(clamp(position)))),
      positionOf: (value) => turned(clamp(law.positionOfDb(value))),
    }
  const { bend, straighten } = bends[curve]
  const [low, high] = range ?? [param.min, param.max]
  if (curve === 'linear')
    return {
      valueOf: (position) => settled(low + turned(clamp(position)) * (high - low)),
      positionOf: (value) => turned(high === low ? 0 : clamp((value - low) / (high - low))),
    }
  const [from, to] = [normOfValue(param, low), normOfValue(param, high)]
  return {
    valueOf: (position) => settled(valueOfNorm(param, from + bend(turned(clamp(position))) * (to - from))),
    positionOf: (value) => turned(to === from ? 0 : straighten(clamp((normOfValue(param, value) - from) / (to - from)))),
  }
}
