// What `deskd analyze --json` says of a file.

import { type Verdict, verdicts } from './delivery-rules.js'
import type { Measurement } from './measure.js'

/** A measurement without its curves, and the verdicts. */
export type Analysis = { readonly file: string } & Omit<Measurement, Curves> & { readonly verdicts: readonly Verdict[] }

type Curves = 'momentaryLufs' | 'shortTermLufs' | 'waveformColumns' | 'waveformLowest' | 'waveformHighest' | 'spectrumDb'

export function analysisOf(file: string, measurement: Measurement): Analysis {
  const {
    momentaryLufs: _momentary,
    shortTermLufs: _shortTerm,
    waveformColumns: _columns,
    waveformLowest: _lowest,
    waveformHighest: _highest,
    spectrumDb: _spectrum,
    ...figures
  } = measurement
  return { file, ...figures, verdicts: verdicts(measurement) }
}
