// The strip's high-pass filter: Butterworth, 6 to 24 dB/oct.
import { bool, choice, number } from '../../params/spec.js'

export const hpf = {
  on: bool('High-pass on'),
  frequencyHz: number('High-pass frequency', 'Hz', 10, 1000, 80, 'log'),
  slope: choice('High-pass slope', ['6', '12', '18', '24'], 2),
}
