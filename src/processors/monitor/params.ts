// What is heard in the control room: source, solo, level, dim, mono. Never recorded, but for solo in place, which mutes the master.
import { bool, choice, faderLevel, type Topology } from '../../params/spec.js'

export const monitorSources = (topology: Topology): string[] => [
  'master',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
  'reference',
]

export const referenceStrips = (topology: Topology): string[] => ['off', ...topology.stripStereo.map((_, i) => `strip.${i + 1}`)]

/** Heard in the monitor before or after the fader, or in place: in the master, where all else is muted. */
export const soloModes = ['pfl', 'afl', 'sip'] as const

export const monitor = {
  source: choice('Monitor source', monitorSources),
  reference: choice('Strip that plays the reference track, heard before its fader', referenceStrips),
  matchReference: bool('The reference is heard as loud as the master', true),
  levelDb: faderLevel('Monitor level', 0),
  dim: bool('Monitor dim (−20 dB)'),
  mono: bool('Monitor mono'),
  soloMode: choice('Solo mode; sip is solo in place and heard in the master', soloModes),
  exclusiveSolo: bool('A solo takes the place of the one before'),
}
