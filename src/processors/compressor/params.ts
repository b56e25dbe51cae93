// Feed-forward compressor of strips and buses.
import { bool, choice, number } from '../../params/spec.js'
import { keyOf } from '../key/params.js'

export const compressor = {
  on: bool('Compressor on'),
  thresholdDb: number('Compressor threshold', 'dBFS', -60, 0, -18),
  ratio: number('Compressor ratio', ':1', 1, 100, 3, 'log'),
  kneeDb: number('Compressor knee', 'dB', 0, 24, 6),
  rangeDb: number('Compressor range: most reduction, 60 for no limit', 'dB', 0, 60, 60),
  lookaheadMs: number('Compressor look-ahead', 'ms', 0, 10, 0, 'lin', true),
  attackMs: number('Compressor attack', 'ms', 0.05, 250, 10, 'log'),
  releaseMs: number('Compressor release', 'ms', 5, 4000, 150, 'log'),
  autoRelease: bool('Compressor release by the programme'),
  makeupDb: number('Compressor make-up', 'dB', -12, 24, 0),
  autoMakeup: bool('Compressor make-up from its curve, besides its own'),
  mixPercent: number('Compressor mix', '%', 0, 100, 100),
  detector: choice('Compressor detector', ['peak', 'rms']),
  ...keyOf('Compressor'),
}
