// Feed-forward compressor of strips and buses.
import { bool, choice, number, type Topology } from '../../params/spec.js'

export const keyNames = (topology: Topology): string[] => ['self', ...topology.stripStereo.map((_, i) => `strip.${i + 1}`)]

export const compressor = {
  on: bool('Compressor on'),
  thresholdDb: number('Compressor threshold', 'dBFS', -60, 0, -18),
  ratio: number('Compressor ratio', ':1', 1, 100, 3, 'log'),
  kneeDb: number('Compressor knee', 'dB', 0, 24, 6),
  attackMs: number('Compressor attack', 'ms', 0.05, 250, 10, 'log'),
  releaseMs: number('Compressor release', 'ms', 5, 4000, 150, 'log'),
  makeupDb: number('Compressor make-up', 'dB', -12, 24, 0),
  mixPercent: number('Compressor mix', '%', 0, 100, 100),
  detector: choice('Compressor detector', ['peak', 'rms']),
  key: choice('Compressor key', keyNames),
  keyHpf: {
    on: bool('Compressor key high-pass on'),
    frequencyHz: number('Compressor key high-pass', 'Hz', 20, 500, 100, 'log'),
  },
}
