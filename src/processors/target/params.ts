// Loudness target of the mastering chain: a gain that is slowly brought to where a hand on the fader would have it.
import { type Block, bool, choice, meter, number } from '../../params/spec.js'

/** Of what comes in: of the last 3 s; since it was switched on, gated. */
export const targetMeasures = ['shortTerm', 'integrated'] as const

export const target: Block = {
  on: bool('Loudness target on'),
  measure: choice('Which loudness is brought there', targetMeasures, 1),
  targetLufs: number('Loudness that is aimed at', 'LUFS', -36, -5, -14),
  toleranceLu: number('How far off it may be before the gain moves', 'LU', 0, 3, 0.2),
  mostBoostDb: number('Most that it lifts', 'dB', 0, 24, 6),
  mostCutDb: number('Most that it lowers', 'dB', 0, 24, 12),
  mostDbPerS: number('Most dB that the gain moves in a second', '', 0.1, 12, 0.5, 'log'),
  freezeBelowLufs: number('Below this the gain stands still', 'LUFS', -70, -20, -45),
  loudnessLufs: meter('Loudness of what comes in, without what is below; −inf while it is off or not known', 'LUFS'),
}
