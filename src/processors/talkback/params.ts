// Talkback: a card input to the device outputs of buses and to the monitor, behind all that the master and the recorder take.
import { bool, choice, faderLevel, type Topology } from '../../params/spec.js'

export const talkbackInputs = (topology: Topology): string[] => [
  'off',
  ...Array.from({ length: topology.inputCount }, (_, i) => `in${i + 1}`),
]

export const talkback = {
  on: bool('Talkback on'),
  input: choice('Talkback input', talkbackInputs),
  levelDb: faderLevel('Talkback level', 0),
  dim: bool('Talkback dims the monitor by 20 dB', true),
  monitor: bool('Talkback into the monitor'),
}

export const talkbackFeed = bool('Takes the talkback at its output, never in the master')
