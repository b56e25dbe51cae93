// What references ask of the pieces of an album, each thing by its own amount.
import type { Measurement } from '../measure.js'
import { albumLufs } from './album-loudness.js'
import { meanTone, type Tone, toneOf } from './tone.js'

/** How far towards the references, in percent: 0 leaves it alone. */
export interface MatchAmounts {
  readonly level: number
  readonly width: number
  readonly limiter: number
}

export interface Reference {
  readonly lufs: number
  readonly tone: Tone
  readonly sideDb: number
  readonly plrLu: number
}

const widthLimits = [50, 200] as const

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** RMS of the side over that of the middle, in dB; −inf for mono. */
export function sideDbOf({ perChannel, correlation }: Pick<Measurement, 'perChannel' | 'correlation'>): number {
  const [left, right] = perChannel.map(({ rmsDbfs }) => 10 ** (rmsDbfs / 20))
  if (left === undefined || right === undefined) return Number.NEGATIVE_INFINITY
  const both = 2 * correlation * left * right
  const sides = left * left + right * right
  return 10 * Math.log10(Math.max(0, sides - both) / (sides + both))
}

/** What the references are like, all of them together. */
export const referenceOf = (measured: readonly Measurement[]): Reference => ({
  lufs: albumLufs(measured),
  tone: meanTone(measured.map((one) => toneOf(one.thirdOctavesDb))),
  sideDb: mean(measured.map(sideDbOf)),
  plrLu: mean(measured.map((one) => one.plrLu)),
})

export const matchedTarget = (targetLufs: number, reference: Reference, amount: number): number =>
  targetLufs + (reference.lufs - targetLufs) * (amount / 100)

/** Width in percent; mono, and what has no middle, stays as it is. */
export function matchedWidth(own: Measurement, reference: Reference, amount: number): number {
  const difference = (reference.sideDb - sideDbOf(own)) * (amount / 100)
  if (!Number.isFinite(difference)) return 100
  return Math.min(widthLimits[1], Math.max(widthLimits[0], 100 * 10 ** (difference / 20)))
}

/** The limiter's ceiling that leaves as little between loudness and peaks as the references have. */
export const matchedCeiling = (ceilingDbtp: number, targetLufs: number, reference: Reference, amount: number): number =>
  Math.max(-12, ceilingDbtp + Math.min(0, targetLufs + reference.plrLu - ceilingDbtp) * (amount / 100))
