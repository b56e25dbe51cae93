// Behringer X-Touch Compact in MC mode: nine motor faders, sixteen encoders, no displays.
import { variant } from '#surface/define-driver.js'
import { portPattern } from '#surface/device-data.js'
import { x32Law } from '#surface/fader-law.js'
import { buttonsBut, mackieControl, mcuMain, models, usbBytesASecond } from './mackie-control.js'

export const xTouchCompact = variant(mackieControl, {
  id: 'behringer-x-touch-compact',
  name: 'Behringer X-Touch Compact',
  faders: { law: x32Law },
  units: {
    main: {
      ...mcuMain({ model: models.mackieControl, ports: [portPattern('X-TOUCH COMPACT')], bytesASecond: usbBytesASecond }),
      without: [
        ...['lcd', 'meter', 'jog', 'timecode', 'assignment', 'smpteLight', 'beatsLight', 'soloLight'],
        // At the right: six encoders that push, two that say bank and channel as they turn, and the keys below them.
        ...buttonsBut(
          ...(['assignTrack', 'assignSend', 'assignPan', 'assignPlugin', 'assignEq', 'assignInstrument'] as const),
          ...(['bankLeft', 'bankRight', 'channelLeft', 'channelRight', 'flip', 'marker', 'nudge', 'cycle'] as const),
          ...(['rewind', 'forward', 'stop', 'play', 'record'] as const),
        ),
      ],
    },
  },
})
