// DC filter of the mastering chain: a second-order Butterworth high-pass below all that is heard.
import { type Block, bool, number } from '../../params/spec.js'

export const dcFilter: Block = {
  on: bool('DC filter on'),
  frequencyHz: number('DC filter, −3 dB', 'Hz', 2, 10, 5, 'log'),
}
