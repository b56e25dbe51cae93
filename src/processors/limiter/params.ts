// The master's true-peak limiter.
import { bool, number } from '../../params/spec.js'

export const limiter = {
  on: bool('Limiter on'),
  ceilingDbtp: number('Limiter ceiling', 'dBTP', -12, 0, -1),
  lookaheadMs: number('Limiter look-ahead', 'ms', 0.1, 10, 1.5, 'log', true),
  releaseMs: number('Limiter release', 'ms', 1, 1000, 50, 'log'),
}
