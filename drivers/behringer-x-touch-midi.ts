// Behringer X-Touch and X-Touch Extender in plain MIDI mode (CTRL REL), where displays are addressed one by one.
import { button, type Controls, color, encoder, fader, meter, perColumn, type Show, text, wheel } from '#surface/control-table.js'
import { defineDriver, type UnitTable } from '#surface/define-driver.js'
import { x32Law } from '#surface/fader-law.js'
import { lightOn, message, positionOn, rgbOf, rowOf } from '#surface/shows.js'
import { cc, note } from '#surface/wire.js'
import { xTouch } from './behringer-x-touch.js'
import { usbBytesASecond } from './mackie-control.js'

const led = lightOn({ off: 0, blink: 64, on: 127 })
const ledButton = (number: number) => button({ wire: note(number), show: led(note(number)) })

/** Text and colour of a display go out in one message, so each keeps what the other shows. */
const display = (device: number, index: number): { readonly text: Show; readonly color: Show } => {
  const key = (part: string) => `display ${index} ${part}`
  const send = (shared: Map<string, number | string>) => {
    const letters = String(shared.get(key('text')) ?? ' '.repeat(14))
    const codes = [...letters].map((char) => char.charCodeAt(0))
    const colored = Number(shared.get(key('color')) ?? 7)
    return [message(`display.${index}`, 'text', 0xf0, 0x00, 0x20, 0x32, device, 0x4c, index, colored, ...codes, 0xf7)]
  }
  return {
    text: (look, _, shared) => send(shared.set(key('text'), rowOf(look, 0, 7) + rowOf(look, 1, 7))),
    color: (look, _, shared) => {
      const [red, green, blue] = rgbOf(look?.kind === 'color' && look.color !== 'off' ? look.color : 'white')
      return send(shared.set(key('color'), red | (green << 1) | (blue << 2)))
    },
  }
}

/** One light of seven, from −60 dBFS at the bottom to the one for clipping. */
const meterShow =
  (index: number): Show =>
  (look, control) => {
    const isClipped = look?.kind === 'meter' && look.isClipped
    const level = look?.kind === 'meter' ? Math.max(0, Math.min(126, Math.round((1 + look.levelDb / 60) * 126))) : 0
    return [message(control, 'meter', 0xb0, 90 + index, isClipped ? 127 : level)]
  }

const columns = (device: number): Controls => ({
  fader: perColumn((i) => fader({ wire: cc(70 + i), touch: note(110 + i), hasMotor: true, law: x32Law })),
  vpot: perColumn((i) =>
    encoder({ wire: cc(80 + i), encoding: 'signBit2', push: button({ wire: note(i) }), show: positionOn(cc(80 + i), 'light') }),
  ),
  rec: perColumn((i) => ledButton(8 + i)),
  solo: perColumn((i) => ledButton(16 + i)),
  mute: perColumn((i) => ledButton(24 + i)),
  select: perColumn((i) => ledButton(32 + i)),
  lcd: perColumn((i) => text({ rows: 2, chars: 7, show: display(device, i).text })),
  color: perColumn((i) => color({ show: display(device, i).color })),
  meter: perColumn((i) => meter({ show: meterShow(i) })),
})

const globals: Controls = {
  'main.fader': fader({ wire: cc(78), touch: note(118), hasMotor: true, law: x32Law }),
  jog: wheel({ wire: cc(88), encoding: 'signBit2' }),
}

const unit = (role: string, device: number, more: Controls): UnitTable => ({
  ports: xTouch.units.find((spec) => spec.role === role)!.ports,
  columns: 8,
  bytesASecond: usbBytesASecond,
  controls: { ...columns(device), ...more },
})

export const xTouchMidi = defineDriver({
  id: 'behringer-x-touch-midi',
  name: 'Behringer X-Touch, plain MIDI',
  isTestedOnHardware: false,
  isByName: true,
  echo: 'onRelease',
  units: { main: unit('main', 0x14, globals), extender: unit('extender', 0x15, {}) },
})
