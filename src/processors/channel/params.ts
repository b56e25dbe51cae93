// What strips and buses share behind their processing: pan, fader, mute, solo, and a strip's sends.
import { bool, choice, faderLevel, number } from '../../params/spec.js'

export const colors = ['off', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

export const sendTaps = ['input', 'preEq', 'postEq', 'preFader', 'postFader', 'postPan'] as const

export const channel = {
  pan: number('Pan', '%', -100, 100, 0),
  faderDb: faderLevel('Fader', 0),
  mute: bool('Mute'),
  solo: bool('Solo'),
}

export const send = {
  on: bool('Send on', true),
  levelDb: faderLevel('Send level', Number.NEGATIVE_INFINITY),
  tap: choice('Send tap', sendTaps, 4),
  pan: number('Send pan', '%', -100, 100, 0),
}
