// Parametric equaliser: six bands of strips and buses, twelve of the master.
import { type Block, bool, choice, number, repeat } from '../../params/spec.js'

export const bandTypes = ['bell', 'lowShelf', 'highShelf', 'lowCut', 'highCut', 'notch'] as const

export const bandCount = 6
export const masterBandCount = 12

const band: Block = {
  on: bool('Band on', true),
  type: choice('Band type', bandTypes),
  frequencyHz: number('Band frequency', 'Hz', 10, 22000, 1000, 'log'),
  gainDb: number('Band gain', 'dB', -18, 18, 0),
  q: number('Band Q', '', 0.1, 40, 0.71, 'log'),
}

export const eq: Block = {
  on: bool('EQ on'),
  band: repeat(bandCount, band, true),
}

/** What of the signal a band of the master filters. */
export const bandModes = ['stereo', 'mid', 'side', 'left', 'right'] as const

export const eqPhases = ['minimum', 'linear'] as const

export const masterEq: Block = {
  on: bool('EQ on'),
  phase: { ...choice('Phase; linear is late by half its taps', eqPhases), fixed: true },
  taps: { ...choice('Taps of the linear phase', ['4k', '8k', '16k'], 1), fixed: true },
  band: repeat(masterBandCount, { ...band, mode: choice('What the band filters', bandModes) }, true),
}
