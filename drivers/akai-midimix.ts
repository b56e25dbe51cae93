// Akai MIDImix with its factory preset. The mute row sends other notes while SOLO is held: those are `solo`.
import { deviceDriver } from '#surface/device-data.js'

export const midimix = deviceDriver({
  id: 'akai-midimix',
  name: 'Akai MIDImix',
  ports: ['MIDI Mix', 'MIDImix'],
  columns: 8,
  column: {
    knob1: { kind: 'pot', wire: 'cc 16,20,24,28,46,50,54,58' },
    knob2: { kind: 'pot', wire: 'cc 17,21,25,29,47,51,55,59' },
    knob3: { kind: 'pot', wire: 'cc 18,22,26,30,48,52,56,60' },
    fader: { kind: 'fader', wire: 'cc 19,23,27,31,49,53,57,61' },
    mute: { kind: 'button', wire: 'note 1,4,7,10,13,16,19,22', light: true },
    solo: { kind: 'button', wire: 'note 2,5,8,11,14,17,20,23', light: true },
    rec: { kind: 'button', wire: 'note 3,6,9,12,15,18,21,24', light: true },
  },
  controls: {
    'main.fader': { kind: 'fader', wire: 'cc 62' },
    bankLeft: { kind: 'button', wire: 'note 25', light: true },
    bankRight: { kind: 'button', wire: 'note 26', light: true },
    soloMode: { kind: 'button', wire: 'note 27' },
  },
})
