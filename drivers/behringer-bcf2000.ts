// Behringer BCF2000 in its Mackie Control emulation (held keys at switch-on), and on factory preset 2 in plain MIDI.
import { variant } from '#surface/define-driver.js'
import { deviceDriver, portPattern } from '#surface/device-data.js'
import { buttonsBut, mackieControl, mcuMain, models } from './mackie-control.js'

export const bcf2000 = variant(mackieControl, {
  id: 'behringer-bcf2000',
  name: 'Behringer BCF2000, Mackie Control',
  faders: { hasTouch: false },
  units: {
    main: {
      ...mcuMain({ model: models.mackieControl, ports: [portPattern('BCF2000')] }),
      without: [
        ...['lcd', 'meter', 'main.fader', 'jog', 'timecode', 'assignment', 'smpteLight', 'beatsLight', 'soloLight'],
        ...buttonsBut(
          'bankLeft',
          'bankRight',
          'channelLeft',
          'channelRight',
          'flip',
          'shift',
          'option',
          'control',
          'alt',
          'rewind',
          'forward',
          'stop',
          'play',
          'record',
        ),
      ],
    },
  },
})

export const bcf2000Midi = deviceDriver({
  id: 'behringer-bcf2000-midi',
  name: 'Behringer BCF2000, preset 2',
  ports: ['BCF2000'],
  isByName: true,
  echo: 'onRelease',
  columns: 8,
  column: {
    fader: { kind: 'fader', wire: 'cc 7 ch 1-8', motor: true },
    // The encoders in their four groups.
    pot: { kind: 'pot', wire: 'cc 10 ch 1-8', motor: true, push: 'program 17-24 ch 11' },
    pot2: { kind: 'pot', wire: 'cc 8 ch 1-8', motor: true, push: 'program 25-32 ch 11' },
    pot3: { kind: 'pot', wire: 'cc 12 ch 1-8', motor: true, push: 'program 33-40 ch 11' },
    pot4: { kind: 'pot', wire: 'cc 13 ch 1-8', motor: true, push: 'program 41-48 ch 11' },
    solo: { kind: 'button', wire: 'program 9-16 ch 11' },
    mute: { kind: 'button', wire: 'program 1-8 ch 11' },
  },
  controls: {
    pedal: { kind: 'pot', wire: 'cc 7 ch 11' },
    // Machine control: the foot switch and the four keys at the lower right.
    footSwitch: { kind: 'button', wire: 'sysex F0 7F 7F 06 06 F7' },
    stop: { kind: 'button', wire: 'sysex F0 7F 7F 06 01 F7' },
    play: { kind: 'button', wire: 'sysex F0 7F 7F 06 02 F7' },
    bankLeft: { kind: 'button', wire: 'sysex F0 7F 7F 06 44 06 01 20 00 00 00 00 F7' },
    bankRight: { kind: 'button', wire: 'sysex F0 7F 7F 06 04 F7' },
  },
})
