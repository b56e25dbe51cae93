// The master's clipper, before its limiter.
import { bool, type EnumSpec, number } from '../../params/spec.js'

const oversampling: EnumSpec = { kind: 'enum', label: 'Clipper oversampling', names: ['4x', '8x'], default: 0, fixed: true }

export const clipper = {
  on: bool('Clipper on'),
  ceilingDb: number('Clipper ceiling', 'dBFS', -12, 0, 0),
  softnessPercent: number('Clipper softness', '%', 0, 100, 0),
  oversampling,
}
