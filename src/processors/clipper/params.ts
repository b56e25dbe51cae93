// The master's clipper, before its limiter.
import { bool, type EnumSpec, number } from '../../params/spec.js'

const oversampling: EnumSpec = {
  kind: 'enum',
  label: 'Clipper oversampling; without it there is no clipper, and none of its latency',
  names: ['none', '4x', '8x'],
  default: 1,
  fixed: true,
}

export const clipper = {
  on: bool('Clipper on'),
  ceilingDb: number('Clipper ceiling', 'dBFS', -12, 0, 0),
  softnessPercent: number('Clipper softness', '%', 0, 100, 0),
  oversampling,
}
