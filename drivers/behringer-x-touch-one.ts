// Behringer X-Touch One in MC mode: one strip of an X-Touch, its transport and its displays.
import { variant } from '#surface/define-driver.js'
import { portPattern } from '#surface/device-data.js'
import { x32Law } from '#surface/fader-law.js'
import { xTouchColors } from './behringer-x-touch.js'
import { mackieControl, mcuMain, models, usbBytesASecond } from './mackie-control.js'

const model = models.mackieControl

export const xTouchOne = variant(mackieControl, {
  id: 'behringer-x-touch-one',
  name: 'Behringer X-Touch One',
  faders: { law: x32Law },
  units: {
    main: {
      ...mcuMain({ model, chars: 7, ports: [portPattern('X-Touch One')], bytesASecond: usbBytesASecond }),
      columns: 1,
      add: xTouchColors(model),
      without: ['main.fader'],
    },
  },
})
