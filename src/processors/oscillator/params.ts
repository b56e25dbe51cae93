// The line-up oscillator: sine, pink and white noise into the master and any bus.
import { bool, choice, number } from '../../params/spec.js'

export const oscillatorTypes = ['sine', 'pink', 'white'] as const

export const oscillator = {
  on: bool('Oscillator on'),
  type: choice('Oscillator type', oscillatorTypes),
  frequencyHz: number('Oscillator frequency', 'Hz', 20, 20000, 1000, 'log'),
  levelDb: number('Oscillator level: peak of the sine, RMS of the noises', 'dBFS', -90, 0, -18),
}

export const oscillatorFeed = bool('Takes the oscillator, before the EQ')
