// The master as classic meters show it, and how its peaks stand to its level over the last 3 s; computed while it is on.
import { bool, meter } from '../../params/spec.js'

export const masterBallistics = { on: bool('PPM, VU, K, PSR, crest factor and DC of the master') }

const bothSides = (name: string, label: string) => ({
  [`${name}LeftDb`]: meter(`${label}, left`, 'dB', 'amplitude'),
  [`${name}RightDb`]: meter(`${label}, right`, 'dB', 'amplitude'),
})

export const ballisticMeters = {
  ...bothSides('ppm1', 'PPM type I (DIN), 0 at a sine of −9 dBFS'),
  ppm2aLeft: meter('PPM type IIa (BBC), mark 4 at a sine of −18 dBFS, left', ''),
  ppm2aRight: meter('PPM type IIa (BBC), mark 4 at a sine of −18 dBFS, right', ''),
  ...bothSides('ppm2b', 'PPM type IIb (EBU), 0 at a sine of −18 dBFS'),
  ...bothSides('vu', 'VU, 0 at a sine of −18 dBFS'),
  ...bothSides('k20', 'K-20, 0 at a sine of −20 dBFS'),
  ...bothSides('k14', 'K-14, 0 at a sine of −14 dBFS'),
  ...bothSides('k12', 'K-12, 0 at a sine of −12 dBFS'),
  psrLu: meter('True peak over short-term loudness, 3 s', 'LU'),
  crestDb: meter('Sample peak over RMS, 3 s', 'dB'),
  dcLeft: meter('Mean of the samples, 3 s, left', ''),
  dcRight: meter('Mean of the samples, 3 s, right', ''),
}
