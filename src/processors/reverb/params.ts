// Reverb: a feedback delay network behind diffusers. Decay times are those to −60 dB.
import { bool, number } from '../../params/spec.js'

export const reverb = {
  decayS: number('Reverb decay', 's', 0.1, 20, 1.8, 'log'),
  lowDecayRatio: number('Reverb decay of the lows, of the middle’s', '', 0.2, 4, 1, 'log'),
  lowCrossoverHz: number('Reverb low crossover', 'Hz', 50, 1000, 200, 'log'),
  highDecayRatio: number('Reverb decay of the highs, of the middle’s', '', 0.1, 2, 0.5, 'log'),
  highCrossoverHz: number('Reverb high crossover', 'Hz', 1000, 20000, 12000, 'log'),
  preDelayMs: number('Reverb pre-delay', 'ms', 0, 250, 20),
  roomSize: number('Reverb room size', '', 0.5, 2, 1, 'log'),
  diffusionPercent: number('Reverb diffusion', '%', 0, 100, 100),
  modDepthPercent: number('Reverb modulation depth', '%', 0, 100, 30),
  modRateHz: number('Reverb modulation rate', 'Hz', 0.05, 5, 0.8, 'log'),
  widthPercent: number('Reverb width', '%', 0, 100, 100),
  highPassHz: number('Reverb high-pass (20: off)', 'Hz', 20, 1000, 80, 'log'),
  lowPassHz: number('Reverb low-pass (20000: off)', 'Hz', 1000, 20000, 12000, 'log'),
  freeze: bool('Reverb freeze'),
}
