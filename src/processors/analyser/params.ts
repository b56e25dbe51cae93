// Third-octave spectra: one of the master, and an analyser that looks at whatever it is pointed to.
import { bool, choice, meter, repeat, type Topology } from '../../params/spec.js'

/** IEC 61260-1, base ten: band n has its centre at 1000·10^((n − 18)/10) Hz, from 19.95 Hz (1) to 19.95 kHz (31). */
export const thirdOctaveCount = 31
export const thirdOctaveHz = (band: number): number => 1000 * 10 ** ((band - 18) / 10)

const bands = repeat(thirdOctaveCount, {
  levelDb: meter('RMS of a third octave around 1000·10^((n−18)/10) Hz', 'dBFS', 'power'),
})

export const spectrumMeters = { band: bands }

export const masterSpectrum = { on: bool('Third-octave spectrum of the master') }

export const analyserSources = (topology: Topology): string[] => [
  'master',
  'monitor',
  ...Array.from({ length: topology.busCount }, (_, i) => `bus.${i + 1}`),
  ...topology.stripStereo.map((_, i) => `strip.${i + 1}`),
]

/** Where a strip is tapped, in the order of a send's taps; buses have the last two of them. */
export const analyserTaps = ['input', 'preEq', 'postEq', 'preFader', 'postFader'] as const

export const analyserSpeeds = ['fast', 'slow'] as const

export const analyser = {
  on: bool('Third-octave analyser'),
  source: choice('Analysed', analyserSources),
  tap: choice('Where a strip or bus is analysed', analyserTaps, 3),
  speed: choice('Averaging: 125 ms or 1 s', analyserSpeeds),
  meter: spectrumMeters,
}
