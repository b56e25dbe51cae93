// Any MIDI box that speaks like a mixer: volume, pan and the like on one channel a column, as controller numbers are meant by the MIDI standard.
import { deviceDriver } from '#surface/device-data.js'

export const genericMidi = deviceDriver({
  id: 'generic-midi',
  name: 'Generic MIDI mixer',
  ports: [],
  isByName: true,
  echo: 'always',
  columns: 16,
  column: {
    fader: { kind: 'fader', wire: 'cc 7 ch 1-16', value: true },
    pot: { kind: 'pot', wire: 'cc 10 ch 1-16', value: true },
    // Effects 1 and 3 depth: reverb and chorus send.
    knob1: { kind: 'pot', wire: 'cc 91 ch 1-16', value: true },
    knob2: { kind: 'pot', wire: 'cc 93 ch 1-16', value: true },
    mute: { kind: 'button', wire: 'cc 94 ch 1-16', light: true },
    solo: { kind: 'button', wire: 'cc 95 ch 1-16', light: true },
  },
  controls: {
    stop: { kind: 'button', wire: 'sysex F0 7F 7F 06 01 F7' },
    play: { kind: 'button', wire: 'sysex F0 7F 7F 06 02 F7' },
    forward: { kind: 'button', wire: 'sysex F0 7F 7F 06 04 F7' },
    rewind: { kind: 'button', wire: 'sysex F0 7F 7F 06 05 F7' },
    record: { kind: 'button', wire: 'sysex F0 7F 7F 06 06 F7' },
    cycle: { kind: 'button', wire: 'sysex F0 7F 7F 06 08 F7' },
  },
})
