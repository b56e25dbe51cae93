// Where things go: a bus's destination and the device output patch.
import { choice, type Topology } from '../../params/spec.js'

export const busOutputNames = (topology: Topology): string[] => [
  'master',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
  'off',
]

export const centreBusNames = (topology: Topology): string[] => [
  'off',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
]

export const outputSources = (topology: Topology): string[] => [
  'auto',
  'off',
  'master.left',
  'master.right',
  'monitor.left',
  'monitor.right',
  ...Array.from({ length: topology.busCount }, (_, i) => [`bus.${i + 1}.left`, `bus.${i + 1}.right`]).flat(),
  ...topology.stripStereo.flatMap((stereo, i) => (stereo ? [`strip.${i + 1}.left`, `strip.${i + 1}.right`] : [`strip.${i + 1}`])),
]

export const busOutput = choice('Bus output', busOutputNames)

export const outputPatch = { source: choice('Output source', outputSources) }
