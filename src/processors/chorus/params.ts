// Chorus: up to eight voices a side, each a delay that swings.
import { count, number } from '../../params/spec.js'

export const chorus = {
  minDelayMs: number('Chorus least delay', 'ms', 0.1, 10, 5, 'log'),
  depthMs: number('Chorus depth', 'ms', 0.1, 10, 6, 'log'),
  rateHz: number('Chorus rate', 'Hz', 0.01, 20, 0.1, 'log'),
  voices: count('Chorus voices', 1, 8, 4),
  stereoPhaseDeg: number('Chorus phase of right to left', '°', 0, 360, 180),
  voicePhaseDeg: number('Chorus phase between voices', '°', 0, 360, 64),
  mixPercent: number('Chorus mix', '%', 0, 100, 100),
}
