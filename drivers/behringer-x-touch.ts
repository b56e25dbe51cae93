// Behringer X-Touch and X-Touch Extender in MC mode: Mackie Control with coloured displays and the scale of Behringer's desks.
import { type Controls, color, perColumn, type Show } from '#surface/control-table.js'
import { variant } from '#surface/define-driver.js'
import { x32Law } from '#surface/fader-law.js'
import { message, rgbOf } from '#surface/shows.js'
import { mackieControl, mcuExtender, mcuMain, models, usbBytesASecond } from './mackie-control.js'

/** All eight displays in one message. Without a colour they are white: on black nothing can be read. */
const xTouchColor =
  (model: number, index: number): Show =>
  (look, control, shared) => {
    const isColored = look?.kind === 'color' && look.color !== 'off'
    const [red, green, blue] = rgbOf(isColored ? look.color : 'white')
    const key = (at: number) => `color at ${at}`
    shared.set(key(index), red | (green << 1) | (blue << 2))
    const colors = [0, 1, 2, 3, 4, 5, 6, 7].map((at) => Number(shared.get(key(at)) ?? 7))
    return [message(control.slice(0, control.indexOf('.')), 'text', 0xf0, 0x00, 0x00, 0x66, model, 0x72, ...colors, 0xf7)]
  }

export const xTouchColors = (model: number): Controls => ({ color: perColumn((i) => color({ show: xTouchColor(model, i) })) })

// The port that is the surface itself, not the DIN sockets at its back (X-TOUCH_EXT).
const port = (name: string): RegExp => new RegExp(`(^|:)${name}( X-TOUCH_INT| INT| MIDI 1)?$`, 'i')
const common = { chars: 7, bytesASecond: usbBytesASecond }
const main = { ...common, model: models.mackieControl, ports: [port('X-Touch')] }
const extender = { ...common, model: models.mackieControlXt, ports: [port('X-Touch[- ]Ext(ender)?')] }

export const xTouch = variant(mackieControl, {
  id: 'behringer-x-touch',
  name: 'Behringer X-Touch',
  faders: { top: 16380, law: x32Law },
  units: {
    main: { ...mcuMain(main), add: xTouchColors(main.model) },
    extender: { ...mcuExtender(extender), add: xTouchColors(extender.model) },
  },
})
