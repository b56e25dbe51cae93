// Stereo delay: by time or by tempo, with a feedback loop that can be filtered and sound of tape.
import { bool, choice, number } from '../../params/spec.js'

export const delayModes = ['stereo', 'pingPong', 'leftRight', 'rightLeft'] as const
export const delayMedia = ['plain', 'tape'] as const

/** Fractions of a whole note, dotted (.) and triplet (t). */
export const delayNotes = ['1/1', '1/2', '1/4', '1/8', '1/16', '1/32'].flatMap((note) => [note, `${note}.`, `${note}t`])

export const delay = {
  mode: choice('Delay mode', delayModes),
  sync: bool('Delay time from the tempo'),
  timeMs: number('Delay time', 'ms', 10, 2000, 500, 'log'),
  note: choice('Delay note', delayNotes, delayNotes.indexOf('1/4')),
  feedbackPercent: number('Delay feedback', '%', 0, 100, 50),
  highPassHz: number('Delay feedback high-pass (20: off)', 'Hz', 20, 1000, 20, 'log'),
  lowPassHz: number('Delay feedback low-pass (20000: off)', 'Hz', 1000, 20000, 20000, 'log'),
  medium: choice('Delay medium', delayMedia),
  width: number('Delay width (−1: sides swapped)', '', -1, 1, 1),
  duckingDb: number('Delay ducking', 'dB', 0, 24, 0),
}
