// What is heard in the control room: source, solo, level, dim, mono. Never recorded.
import { bool, choice, faderLevel, type Topology } from '../../params/spec.js'

export const monitorSources = (topology: Topology): string[] => [
  'master',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
]

export const monitor = {
  source: choice('Monitor source', monitorSources),
  levelDb: faderLevel('Monitor level', 0),
  dim: bool('Monitor dim (−20 dB)'),
  mono: bool('Monitor mono'),
  soloMode: choice('Solo mode', ['pfl', 'afl']),
}
