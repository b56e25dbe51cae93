// Korg nanoKONTROL2 as it leaves the factory. Its lights follow the host when LED MODE is set to External in Korg's editor.
import { deviceDriver } from '#surface/device-data.js'

export const nanoKontrol2 = deviceDriver({
  id: 'korg-nanokontrol2',
  name: 'Korg nanoKONTROL2',
  ports: ['nanoKONTROL2'],
  columns: 8,
  column: {
    fader: { kind: 'fader', wire: 'cc 0-7' },
    pot: { kind: 'pot', wire: 'cc 16-23' },
    solo: { kind: 'button', wire: 'cc 32-39', light: true },
    mute: { kind: 'button', wire: 'cc 48-55', light: true },
    rec: { kind: 'button', wire: 'cc 64-71', light: true },
  },
  controls: {
    play: { kind: 'button', wire: 'cc 41', light: true },
    stop: { kind: 'button', wire: 'cc 42', light: true },
    rewind: { kind: 'button', wire: 'cc 43', light: true },
    forward: { kind: 'button', wire: 'cc 44', light: true },
    record: { kind: 'button', wire: 'cc 45', light: true },
    cycle: { kind: 'button', wire: 'cc 46', light: true },
    bankLeft: { kind: 'button', wire: 'cc 58' },
    bankRight: { kind: 'button', wire: 'cc 59' },
    marker: { kind: 'button', wire: 'cc 60' },
    markerLeft: { kind: 'button', wire: 'cc 61' },
    markerRight: { kind: 'button', wire: 'cc 62' },
  },
})
