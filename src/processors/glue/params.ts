// Glue compressor of the mastering chain: few, stepped settings, as on the bus compressors of large consoles.
import { type Block, bool, choice, number } from '../../params/spec.js'

export const glueRatios = ['2:1', '4:1', '10:1'] as const
export const glueAttacks = ['0.1ms', '0.3ms', '1ms', '3ms', '10ms', '30ms'] as const
export const glueReleases = ['100ms', '300ms', '600ms', '1200ms', 'auto'] as const

export const glue: Block = {
  on: bool('Glue compressor on'),
  thresholdDb: number('Glue threshold', 'dBFS', -60, 0, -18),
  ratio: choice('Glue ratio', glueRatios),
  kneeDb: number('Glue knee', 'dB', 0, 24, 6),
  attackMs: choice('Glue attack', glueAttacks, 4),
  releaseMs: choice('Glue release; auto: by the programme', glueReleases, 4),
  makeupDb: number('Glue make-up', 'dB', -5, 15, 0),
  mixPercent: number('Glue mix', '%', 0, 100, 100),
  keyHpf: {
    on: bool('Glue key high-pass on'),
    frequencyHz: number('Glue key high-pass, 24 dB/oct', 'Hz', 20, 500, 100, 'log'),
  },
}
