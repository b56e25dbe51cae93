// The mastering chain: its stages, their order, and what every one of them has besides its own parameters.
import { type Block, bool, choice, meter, number, repeat } from '../../params/spec.js'

/** In the order that they stand in by default. */
export const chainStages = [
  'dc',
  'eq',
  'dynEq',
  'multiband',
  'glue',
  'crest',
  'saturation',
  'imager',
  'clipper',
  'target',
] as const

export const chain: Block = {
  bypass: bool('Bypass of the whole chain, as late as the chain is'),
  delta: bool('Listen to what the whole chain changes'),
  matchLevels: bool('What is bypassed sounds as loud as what it stands in for'),
  trimDb: number('Gain behind the stages', 'dB', -24, 24, 0),
  order: repeat(
    chainStages.length,
    choice('Stage at this place of the chain', chainStages, (_, place) => place - 1),
  ),
  meter: {
    loudnessDb: meter('Loudness out of it against into it, over 3 s; −inf while levels are not matched', 'dB', 'amplitude'),
  },
}

/** A stage of the chain: its own block, and what the frame does for it (native/graph/chain.h), whose meters come first. */
export const chainStage = (own: Block): Block => ({
  meter: {
    inputDb: meter('RMS before it, 300 ms; −inf while it is off', 'dBFS', 'power'),
    outputDb: meter('RMS behind it, 300 ms; −inf while it is off', 'dBFS', 'power'),
    gainDb: meter('Gain of its dynamics', 'dB', 'amplitude'),
  },
  ...own,
  bypass: bool('Bypass, as late as the stage is'),
  delta: bool('Listen to what it changes'),
})
