// The loudness of pieces together, and what each is brought to.
import { dbOfPower } from '../../units.js'
import type { LoudnessMode } from './presets.js'

/** What is needed of a measurement. `momentaryLufs`: every 100 ms, which are the blocks that BS.1770 gates. */
export interface PieceLoudness {
  readonly integratedLufs: number
  readonly momentaryLufs: Float32Array
}

const powerOf = (lufs: number): number => 10 ** (lufs / 10)

/** Gated over the blocks of all pieces together (ITU-R BS.1770-5), as one file of all of them would be. */
export function albumLufs(pieces: readonly PieceLoudness[]): number {
  const gatedMean = (gateLufs: number): number => {
    let sum = 0
    let count = 0
    for (const { momentaryLufs } of pieces)
      for (const block of momentaryLufs)
        if (block > gateLufs) {
          sum += powerOf(block)
          count++
        }
    return count === 0 ? Number.NEGATIVE_INFINITY : dbOfPower(sum / count)
  }
  const absolute = gatedMean(-70)
  return absolute === Number.NEGATIVE_INFINITY ? absolute : gatedMean(Math.max(-70, absolute - 10))
}

/** The integrated loudness that each piece is to have, in LUFS. */
export function targetsOf(pieces: readonly PieceLoudness[], mode: LoudnessMode, targetLufs: number): number[] {
  if (mode === 'track') return pieces.map(() => targetLufs)
  const now = mode === 'album' ? albumLufs(pieces) : Math.max(...pieces.map((piece) => piece.integratedLufs))
  return pieces.map((piece) => piece.integratedLufs + targetLufs - now)
}
