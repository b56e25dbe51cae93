// What a gate or compressor listens to: its own strip, another strip behind its high-pass, or a bus.
import { bool, choice, number, type Topology } from '../../params/spec.js'

export const keyNames = (topology: Topology): string[] => [
  'self',
  ...topology.stripStereo.map((_, i) => `strip.${i + 1}`),
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
]

/** The engine takes these as one run of parameters: src/native/graph/parameters.h, setKey(). */
export const keyOf = (what: 'Gate' | 'Compressor') => ({
  key: choice(`${what} key`, keyNames),
  keyHpf: {
    on: bool(`${what} key high-pass on`),
    frequencyHz: number(`${what} key high-pass, 12 dB/oct`, 'Hz', 20, 20000, 100, 'log'),
  },
  keyLpf: {
    on: bool(`${what} key low-pass on`),
    frequencyHz: number(`${what} key low-pass, 12 dB/oct`, 'Hz', 20, 20000, 5000, 'log'),
  },
  keyListen: bool(`${what} key in the monitor`),
})
