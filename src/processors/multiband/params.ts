// Multiband compressor of the mastering chain: three to six bands that sum flat.
import { type Block, bool, count, meter, number, repeat } from '../../params/spec.js'

export const multiband: Block = {
  on: bool('Multiband compressor on'),
  bands: count('Bands', 3, 6, 4),
  crossover1Hz: number('Crossover of bands 1 and 2', 'Hz', 20, 20000, 120, 'log'),
  crossover2Hz: number('Crossover of bands 2 and 3', 'Hz', 20, 20000, 800, 'log'),
  crossover3Hz: number('Crossover of bands 3 and 4', 'Hz', 20, 20000, 5000, 'log'),
  crossover4Hz: number('Crossover of bands 4 and 5', 'Hz', 20, 20000, 9000, 'log'),
  crossover5Hz: number('Crossover of bands 5 and 6', 'Hz', 20, 20000, 14000, 'log'),
  band: repeat(
    6,
    {
      on: bool('Compressor of the band on', true),
      thresholdDb: number('Threshold of the band', 'dBFS', -60, 0, -18),
      ratio: number('Ratio of the band', ':1', 1, 100, 2, 'log'),
      kneeDb: number('Knee of the band', 'dB', 0, 24, 6),
      attackMs: number('Attack of the band', 'ms', 0.05, 250, 10, 'log'),
      releaseMs: number('Release of the band', 'ms', 5, 4000, 150, 'log'),
      makeupDb: number('Make-up of the band', 'dB', -12, 24, 0),
      mute: bool('Mute of the band'),
      solo: bool('Solo of the band, compressed'),
      listen: bool('Listen to the band before its compressor'),
      gainDb: meter('Gain of the band, without its make-up', 'dB', 'amplitude'),
    },
    true,
  ),
  mixPercent: number('Multiband mix', '%', 0, 100, 100),
}
