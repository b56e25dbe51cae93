// From what was guessed of a control to its line in a device's description.
import type { ControlData } from './device-data.js'
import type { Guess } from './guess-encoding.js'
import { topOf } from './wire.js'
import { wordsOf } from './wire-words.js'

/** What a control is called before its number: faders by their touch or bender, else as the target suggests. */
export type ControlName = 'fader' | 'knob' | 'encoder' | 'button'

export function nameFor({ wire, use, touch }: Guess, isLevel = false): ControlName {
  if (use.kind === 'relative') return 'encoder'
  if (use.kind === 'button') return 'button'
  return touch || wire.kind === 'pitchBend' || isLevel ? 'fader' : 'knob'
}

/** `isLevel`: it moves a level, so that a position is taken for a fader. */
export function controlDataOf(guess: Guess, isLevel = false): ControlData {
  const { wire, use, touch } = guess
  const words = { wire: wordsOf(wire), ...(touch ? { touch: wordsOf(touch) } : {}) }
  if (use.kind === 'relative')
    return { kind: 'encoder', ...words, encoding: use.encoding, ...(use.isReversed ? { reversed: true } : {}) }
  if (use.kind === 'button')
    return { kind: 'button', ...words, ...(use.behaviour === 'momentary' ? {} : { behaviour: use.behaviour }) }
  const top = topOf(wire)
  return {
    kind: nameFor(guess, isLevel) === 'fader' ? 'fader' : 'pot',
    ...words,
    ...endsOf(use.low, use.high, top),
    ...(use.steps < top + 1 ? { steps: use.steps } : {}),
    ...(use.isReversed ? { reversed: true } : {}),
  }
}

/** Ends that a sweep only just missed are ends; a sweep that stopped on the way says nothing of them. */
function endsOf(low: number, high: number, top: number): { low?: number; high?: number } {
  const nearly = top * 0.03
  return { ...(low > 0 && low <= nearly ? { low } : {}), ...(high < top && high >= top - nearly ? { high } : {}) }
}
