// Stereo strips: what the two sides of the input become, and how wide they stand behind the compressor. Mono strips take no notice.
import { bool, choice, number } from '../../params/spec.js'

/** `mono`: half the sum on both sides; `left`, `right`: that side on both; `ms`: the left is M, the right S, decoded to M + S, M − S. */
export const stereoModes = ['stereo', 'swapped', 'mono', 'left', 'right', 'ms'] as const

export const stereoInput = {
  polarityLeft: bool('Polarity of the left side inverted'),
  polarityRight: bool('Polarity of the right side inverted'),
  stereoMode: choice('Stereo mode', stereoModes),
}

export const stereoWidth = { widthPercent: number('Stereo width', '%', 0, 200, 100) }
