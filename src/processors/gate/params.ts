// The strip's gate.
import { bool, number } from '../../params/spec.js'

export const gate = {
  on: bool('Gate on'),
  thresholdDb: number('Gate threshold', 'dBFS', -80, 0, -60),
  rangeDb: number('Gate range', 'dB', 0, 90, 40),
  attackMs: number('Gate attack', 'ms', 0.01, 120, 1, 'log'),
  holdMs: number('Gate hold', 'ms', 0, 2000, 50),
  releaseMs: number('Gate release', 'ms', 5, 4000, 200, 'log'),
}
