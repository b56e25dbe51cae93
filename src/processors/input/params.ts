// The way into a strip: source, trim, polarity, delay.
import { bool, choice, delay, number, type Topology } from '../../params/spec.js'

export const inputNames = (topology: Topology): string[] => [
  'off',
  'track',
  ...Array.from({ length: topology.inputCount }, (_, i) => `in${i + 1}`),
  ...Array.from({ length: topology.fxCount }, (_, i) => `fx${i + 1}`),
]

export const input = {
  input: choice('Input', inputNames, 1),
  arm: bool('Record arm'),
  trimDb: number('Trim', 'dB', -24, 24, 0),
  polarity: bool('Polarity inverted'),
  delayMs: delay('Delay', 1000),
}
