// Crest control of the mastering chain: takes peaks down to so far above the loudness, and follows it slowly.
import { type Block, bool, choice, meter, number } from '../../params/spec.js'

/** True peak over short-term loudness, both of the last 3 s; over integrated loudness, both since it was switched on. */
export const crestMeasures = ['psr', 'plr'] as const

export const crest: Block = {
  on: bool('Crest control on'),
  measure: choice('Which crest', crestMeasures),
  targetLu: number('Crest that is left', 'LU', 4, 24, 12),
  amountPercent: number('How much of what is above it is taken', '%', 0, 100, 100),
  attackMs: number('Crest attack; 0: at once, which bends the first edge of a peak', 'ms', 0, 10, 0),
  releaseMs: number('Crest release', 'ms', 10, 1000, 60, 'log'),
  beforeLu: meter('Crest before it; 0 while it is not known', 'LU'),
  afterLu: meter('Crest behind it; 0 while it is not known', 'LU'),
}
