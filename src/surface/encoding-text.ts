// Encodings in words.
import type { Guess, Use } from './guess-encoding.js'
import { nameOf } from './wire.js'

const relativeTexts = {
  twosComplement: "relative, two's complement (1 up, 127 down)",
  signBit: 'relative, sign bit (1 up, 65 down)',
  signBit2: 'relative, sign bit (65 up, 1 down)',
  binaryOffset: 'relative, binary offset (65 up, 63 down)',
} as const

const behaviourTexts = {
  momentary: 'momentary button',
  toggle: 'button that toggles by itself',
  trigger: 'button without a release',
} as const

/** `absolute, 1024 steps` */
export function useText(use: Use): string {
  if (use.kind === 'relative') return `${relativeTexts[use.encoding]}${use.isReversed ? ', reversed' : ''}`
  if (use.kind === 'button') return behaviourTexts[use.behaviour]
  return `absolute, ${use.steps} steps${use.isReversed ? ', reversed' : ''}`
}

/** `cc 20 ch 1: absolute, 128 steps` */
export const guessText = ({ wire, use, touch }: Guess): string =>
  `${nameOf(wire)}: ${useText(use)}${touch ? `, touch on ${nameOf(touch)}` : ''}`
