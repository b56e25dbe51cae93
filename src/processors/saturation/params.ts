// The master's saturation.
import { bool, choice, type EnumSpec, number } from '../../params/spec.js'

const oversampling: EnumSpec = {
  kind: 'enum',
  label: 'Saturation oversampling; without it there is no saturation, and none of its latency',
  names: ['none', '4x'],
  default: 1,
  fixed: true,
}

export const saturation = {
  on: bool('Saturation on'),
  type: choice('Saturation curve', ['tape', 'tube', 'soft', 'hard']),
  driveDb: number('Saturation drive', 'dB', 0, 18, 0),
  mixPercent: number('Saturation mix', '%', 0, 100, 100),
  autoGain: bool('A sine of -6 dBFS leaves the saturation as loud as it came', true),
  oversampling,
}
