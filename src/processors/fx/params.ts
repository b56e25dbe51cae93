// An effect slot: what runs in it, which bus feeds it. What comes out is an input of the strips: `fx1` …
import { choice, meter, type Topology, text } from '../../params/spec.js'
import { chorus } from '../chorus/params.js'
import { delay } from '../delay/params.js'
import { reverb } from '../reverb/params.js'

export const fxTypes = ['off', 'reverb', 'delay', 'chorus'] as const

export const fxSources = (topology: Topology): string[] => [
  'off',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
]

/** The last buses feed the slots, one each, as far as they go. */
const lastBuses = ({ busCount, fxCount }: Topology, slot: number): number => Math.max(0, busCount - fxCount + slot)

export const fx = {
  name: text('Name', 'FX #'),
  type: choice('Effect', fxTypes),
  source: choice('Effect source', fxSources, lastBuses),
  reverb,
  delay,
  chorus,
  meter: {
    inputDb: meter('Peak in', 'dBFS', 'amplitude'),
    peakDb: meter('Peak out', 'dBFS', 'amplitude'),
  },
}
