// Endless encoders: how far a tick goes, and how much further a fast turn.
import type { Param } from '../params/registry.js'
import { normOfValue, settle, valueOfNorm } from '../params/value.js'

/** Up to `from` ticks a second a tick counts once, at `to` and above `times`, in between along a straight line. */
export interface Acceleration {
  readonly from: number
  readonly to: number
  readonly times: number
}

export const plainAcceleration: Acceleration = { from: 20, to: 120, times: 6 }

/** Turns further apart than this are turns of their own. */
const pauseMs = 250
/** A driver reads events in batches: two of one batch are not taken for an endless speed. */
const shortestMs = 5

/** How many steps `ticks` stand for, `sinceMs` after the turn before. A whole number, of the same sign. */
export function accelerated(ticks: number, sinceMs: number, { from, to, times }: Acceleration): number {
  if (!(sinceMs < pauseMs)) return ticks
  const ticksASecond = (Math.abs(ticks) * 1000) / Math.max(shortestMs, sinceMs)
  const share = Math.min(1, Math.max(0, (ticksASecond - from) / Math.max(1e-9, to - from)))
  return Math.round(ticks * (1 + share * (times - 1)))
}

/** Steps of 1, 2 or 5 that make a range of about a hundred. */
export function stepOf(range: number): number {
  const decade = 10 ** Math.floor(Math.log10(range / 100))
  const share = range / 100 / decade
  return decade * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10)
}

export const isStepped = (param: Param): boolean => param.spec.kind !== 'number' || param.spec.whole === true

const faderStep = 1 / 80

/**
 * The settled value `steps` steps on from `value`: in `step` of the parameter's unit where it is given, else half a dB on a fader (more
 * further down), a semitone on what is logarithmic, about a hundredth of the range on what is linear, one on what is whole or an enum.
 */
export function stepped(param: Param, value: number, steps: number, step?: number, range?: readonly [number, number]): number {
  const low = Math.max(param.min, range ? Math.min(...range) : param.min)
  const high = Math.min(param.max, range ? Math.max(...range) : param.max)
  const kept = (to: number): number => settleIndex(param, Math.min(high, Math.max(low, to)))
  const { spec } = param
  if (step !== undefined) return kept((Number.isFinite(value) ? value : -90) + steps * step)
  if (spec.kind !== 'number' || spec.whole) return kept(Math.round(value) + Math.round(steps))
  if (spec.taper === 'fader') {
    const norm = normOfValue(param, value) + steps * faderStep
    return kept(valueOfNorm(param, Math.round(norm * 1e6) / 1e6))
  }
  if (spec.taper === 'log') return kept(value * 2 ** (steps / 12))
  const by = stepOf(param.max - param.min)
  return kept(Math.round((value + steps * by) * 1e6) / 1e6)
}

/** An index of an enum stays one, though a name be a number. */
const settleIndex = (param: Param, value: number): number =>
  param.spec.kind === 'enum' ? Math.round(value) : (settle(param, value) ?? param.default)
