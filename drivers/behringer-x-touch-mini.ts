// Behringer X-Touch Mini in standard mode, layer A, as it leaves the factory; and in MC mode, where it is a small Mackie Control.
import { fader } from '#surface/control-table.js'
import { defineDriver } from '#surface/define-driver.js'
import { deviceDriver, portPattern } from '#surface/device-data.js'
import { message } from '#surface/shows.js'
import { pitchBend } from '#surface/wire.js'
import { ledButtons, mcuColumns, models, usbBytesASecond } from './mackie-control.js'

const name = 'X-TOUCH MINI'

export const xTouchMini = deviceDriver({
  id: 'behringer-x-touch-mini',
  name: 'Behringer X-Touch Mini',
  ports: [name],
  columns: 8,
  channel: 11,
  // Standard mode, layer A.
  hello: ['B0 7F 00', 'C0 00'],
  column: {
    // Endless, but it keeps a position inside, which goes where it is told; the ring shows it in the mode set on the first channel.
    knob1: {
      kind: 'pot',
      wire: 'cc 1-8',
      motor: true,
      push: 'note 0-7',
      ring: { mode: 'cc 1-8 ch 1', modes: { dot: 0, boostCut: 1, wrap: 2, spread: 3 } },
    },
    button1: { kind: 'button', wire: 'note 8-15', light: { wire: 'note 0-7 ch 1', on: 1, blink: 2 } },
    button2: { kind: 'button', wire: 'note 16-23', light: { wire: 'note 8-15 ch 1', on: 1, blink: 2 } },
  },
  controls: { 'main.fader': { kind: 'fader', wire: 'cc 9' } },
})

export const xTouchMiniMc = defineDriver({
  id: 'behringer-x-touch-mini-mc',
  name: 'Behringer X-Touch Mini, MC mode',
  isTestedOnHardware: false,
  isByName: true,
  echo: 'never',
  units: {
    main: {
      ports: [portPattern(name)],
      columns: 8,
      bytesASecond: usbBytesASecond,
      controls: {
        vpot: mcuColumns({ model: models.mackieControl, ports: [] }).vpot!,
        'main.fader': fader({ wire: pitchBend(8), steps: 128 }),
        ...ledButtons('assignTrack', 'assignSend', 'assignPan', 'assignPlugin', 'assignEq', 'assignInstrument'),
        ...ledButtons(
          'marker',
          'nudge',
          'cycle',
          'drop',
          'replace',
          'click',
          'soloGlobal',
          'rewind',
          'forward',
          'stop',
          'play',
          'record',
        ),
      },
      talk: () => ({ hello: () => [message('mode', 'light', 0xb0, 0x7f, 0x01)] }),
    },
  },
})
