// Six-band parametric equaliser of strips, buses and master.
import { type Block, bool, choice, number, repeat } from '../../params/spec.js'

export const bandTypes = ['bell', 'lowShelf', 'highShelf', 'lowCut', 'highCut', 'notch'] as const

export const bandCount = 6

export const eq: Block = {
  on: bool('EQ on'),
  band: repeat(
    bandCount,
    {
      on: bool('Band on', true),
      type: choice('Band type', bandTypes),
      frequencyHz: number('Band frequency', 'Hz', 10, 22000, 1000, 'log'),
      gainDb: number('Band gain', 'dB', -18, 18, 0),
      q: number('Band Q', '', 0.1, 40, 0.71, 'log'),
    },
    true,
  ),
}
