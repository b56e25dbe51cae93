// Stereo imager of the mastering chain: width on four bands, mono below a frequency, a guard of the correlation.
import { type Block, bool, number, repeat } from '../../params/spec.js'

export const imager: Block = {
  on: bool('Imager on'),
  lowHz: number('Crossover of bands 1 and 2', 'Hz', 20, 20000, 120, 'log'),
  midHz: number('Crossover of bands 2 and 3', 'Hz', 20, 20000, 800, 'log'),
  highHz: number('Crossover of bands 3 and 4', 'Hz', 20, 20000, 5000, 'log'),
  band: repeat(4, { widthPercent: number('Width', '%', 0, 200, 100) }, true),
  monoBelowHz: number('Mono below; 0 is off', 'Hz', 0, 500, 0),
  guard: bool('Correlation guard: narrows what would fall below the least correlation'),
  leastCorrelation: number('Least correlation', '', -0.9, 0.9, 0),
}
