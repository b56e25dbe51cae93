// What strips and buses share behind their processing: pan, fader, mute, solo, groups, and a strip's sends.
import { bool, choice, faderLevel, number, repeat } from '../../params/spec.js'

export const colors = ['off', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

export const insertOrders = ['gate-eq-comp', 'gate-comp-eq', 'eq-gate-comp'] as const

export const sendTaps = ['input', 'preEq', 'postEq', 'preFader', 'postFader', 'postPan'] as const

/** dB in the centre; `balance` is 0 dB: both sides stay up until the pan is beyond it. */
export const panLaws = ['-3', '-4.5', '-6', 'balance'] as const

/** `lcr`: a mono strip pans from left over the centre bus to right. */
export const panModes = ['lr', 'lcr'] as const

export const muteGroupCount = 8

export const channel = {
  pan: number('Pan', '%', -100, 100, 0),
  faderDb: faderLevel('Fader', 0),
  mute: bool('Mute'),
  solo: bool('Solo'),
  soloSafe: bool('Solo safe: stays open in solo in place'),
  muteGroup: repeat(muteGroupCount, bool('Member of the mute group')),
}

export const send = {
  on: bool('Send on', true),
  levelDb: faderLevel('Send level', Number.NEGATIVE_INFINITY),
  tap: choice('Send tap', sendTaps, 4),
  pan: number('Send pan', '%', -100, 100, 0),
}

/** A DCA holds no sound: its fader, mute and solo are its members'. */
export const dca = {
  faderDb: faderLevel('DCA fader: added to its members in dB', 0),
  mute: bool('DCA mute'),
  solo: bool('DCA solo'),
}

export const dcaMember = repeat('dcas', bool('Member of the DCA'))

export const muteGroup = { on: bool('Mute group on: its members are muted') }
