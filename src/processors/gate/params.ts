// The strip's gate, expander or ducker.
import { bool, choice, number } from '../../params/spec.js'
import { keyOf } from '../key/params.js'

export const gateModes = ['gate', 'expand', 'duck'] as const

export const gate = {
  on: bool('Gate on'),
  mode: choice('Gate mode', gateModes),
  thresholdDb: number('Gate threshold', 'dBFS', -80, 0, -60),
  hysteresisDb: number('Gate and ducker: hysteresis', 'dB', 0, 12, 3),
  ratio: number('Expander ratio', ':1', 1, 20, 2, 'log'),
  rangeDb: number('Gate range', 'dB', 0, 90, 40),
  attackMs: number('Gate attack', 'ms', 0.01, 120, 1, 'log'),
  holdMs: number('Gate hold', 'ms', 0, 2000, 50),
  releaseMs: number('Gate release', 'ms', 5, 4000, 200, 'log'),
  ...keyOf('Gate'),
}
