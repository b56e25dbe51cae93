// The master's true-peak limiter.
import { bool, type EnumSpec, number } from '../../params/spec.js'

const oversampling: EnumSpec = {
  kind: 'enum',
  label: 'Points a frame at which the limiter looks for peaks',
  names: ['4x', '8x'],
  default: 0,
  fixed: true,
}

export const limiter = {
  on: bool('Limiter on'),
  gainDb: number('Limiter input gain', 'dB', 0, 24, 0),
  ceilingDbtp: number('Limiter ceiling', 'dBTP', -12, 0, -1),
  lookaheadMs: number('Limiter look-ahead', 'ms', 0.1, 10, 1.5, 'log', true),
  releaseMs: number('Limiter release', 'ms', 1, 1000, 50, 'log'),
  autoRelease: bool('Limiter release by the programme: 20 ms after short peaks, 200 ms after long ones'),
  transientLinkPercent: number('Limiter link of short peaks', '%', 0, 100, 100),
  releaseLinkPercent: number('Limiter link of lasting reduction', '%', 0, 100, 100),
  oversampling,
}
