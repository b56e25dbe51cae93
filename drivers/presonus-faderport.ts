// PreSonus FaderPort 8 and 16 in their own mode (Studio One at switch-on), as Ardour's and other free implementations speak it.
import {
  type ButtonSpec,
  button,
  type Controls,
  encoder,
  fader,
  meter,
  perColumn,
  type Show,
  text,
  wheel,
} from '#surface/control-table.js'
import { defineDriver, type TableDriver } from '#surface/define-driver.js'
import { portPattern } from '#surface/device-data.js'
import type { ColorName } from '#surface/look.js'
import { lightOn, message, onOff, partOf, rgbOf, rowOf } from '#surface/shows.js'
import { cc, note, pitchBend } from '#surface/wire.js'

interface Model {
  readonly id: string
  readonly name: string
  readonly port: string
  /** In system exclusive messages. */
  readonly model: number
  readonly columns: 8 | 16
}

/** Notes and controllers of strip 9 to 16 stand where strips 1 to 8 left room. */
const soloNote = (i: number): number => (i < 8 ? 0x08 + i : i === 11 ? 0x58 : i === 14 ? 0x59 : 0x50 + i - 8)
const muteNote = (i: number): number => (i < 8 ? 0x10 + i : 0x78 + i - 8)
const selectNote = (i: number): number => (i < 8 ? 0x18 + i : i === 8 ? 0x07 : 0x20 + i - 8)
const meterStatus = (i: number): number => (i < 8 ? 0xd0 + i : 0xc0 + i - 8)
const barMode = (i: number): number => (i < 8 ? 0x38 + i : 0x48 + i - 8)

const lit = lightOn({ ...onOff, blink: 127 })
const plain = (number: number): ButtonSpec => button({ wire: note(number), show: lit(note(number)) })

/** A button's red, green and blue go out on channels 2, 3 and 4 before its light. */
const colored = (number: number, dark: ColorName): ButtonSpec => {
  const light = lit(note(number))
  return button({
    wire: note(number),
    show: (look, control, shared) => {
      const name = look?.kind === 'light' ? (look.color ?? dark) : dark
      const parts = rgbOf(name).map((on, at) => message(partOf(control, at), 'light', 0x91 + at, number, on * 127))
      return [...parts, ...light(look, control, shared)]
    },
  })
}

/** What fits beside the meter. */
const lcdChars = 6

/** Three lines; each is sent by itself, centred. */
const lcd =
  (model: number, index: number): Show =>
  (look, control) =>
    [0, 1, 2].map((row) => {
      const codes = [...rowOf(look, row, lcdChars).trimEnd()].map((char) => char.charCodeAt(0))
      return message(partOf(control, row), 'text', 0xf0, 0x00, 0x01, 0x06, model, 0x12, index, row, 0x00, ...codes, 0xf7)
    })

/** 127 is 0 dBFS, half a decibel a step. */
const level =
  (index: number): Show =>
  (look, control) => {
    const value = look?.kind === 'meter' ? Math.max(0, Math.min(127, Math.round(127 + 2 * look.levelDb))) : 0
    return [message(control, 'meter', meterStatus(index), value)]
  }

const columnsOf = ({ model }: Model): Controls => ({
  fader: perColumn((i) => fader({ wire: pitchBend(i), touch: note(0x68 + i), hasMotor: true, top: 16368, steps: 1024 })),
  solo: perColumn((i) => plain(soloNote(i))),
  mute: perColumn((i) => plain(muteNote(i))),
  select: perColumn((i) => colored(selectNote(i), 'white')),
  lcd: perColumn((i) => text({ rows: 3, chars: lcdChars, show: lcd(model, i) })),
  meter: perColumn((i) => meter({ show: level(i), refreshMs: 250 })),
})

const plainNotes = {
  ...{ recMode: 0x00, soloClear: 0x01, muteClear: 0x02, shift: 0x06, shiftRight: 0x46 },
  ...{ assignTrack: 0x28, assignSend: 0x29, assignPan: 0x2a, assignPlugin: 0x2b },
  ...{ bankLeft: 0x2e, bankRight: 0x2f },
  ...{ f1: 0x36, f2: 0x37, f3: 0x38, f4: 0x39, f5: 0x3a, f6: 0x3b, f7: 0x3c, f8: 0x3d },
  ...{ cycle: 0x56, rewind: 0x5b, forward: 0x5c, stop: 0x5d, play: 0x5e, record: 0x5f },
}
const coloredNotes = {
  ...{ bypass: 0x03, macro: 0x04, link: 0x05 },
  ...{ viewAudio: 0x3e, viewInstruments: 0x3f, viewBuses: 0x40, viewVca: 0x41, viewAll: 0x42 },
  ...{ read: 0x4a, write: 0x4b, trim: 0x4c, touch: 0x4d, latch: 0x4e, off: 0x4f },
}

const globals: Controls = {
  ...Object.fromEntries(Object.entries(plainNotes).map(([name, number]) => [name, plain(number)])),
  ...Object.fromEntries(Object.entries(coloredNotes).map(([name, number]) => [name, colored(number, 'white')])),
  jog: wheel({ wire: cc(0x3c), encoding: 'signBit', push: button({ wire: note(0x53) }) }),
  encoder: encoder({ wire: cc(0x10), encoding: 'signBit', push: button({ wire: note(0x20) }) }),
  footSwitch: button({ wire: note(0x66) }),
}

const faderPort = (model: Model): TableDriver =>
  defineDriver({
    id: model.id,
    name: model.name,
    isTestedOnHardware: false,
    echo: 'onRelease',
    units: {
      main: {
        ports: [portPattern(model.port)],
        columns: model.columns,
        controls: { ...columnsOf(model), ...globals },
        talk: () => ({
          keepAlive: { everyMs: 1000, messages: [message('alive', 'motor', 0xa0, 0x00, 0x00)] },
          hello: () => modes(model),
        }),
      },
    },
  })

/** Every display: a narrow meter beside three lines, and no bar below them. */
const modes = ({ model, columns }: Model) =>
  Array.from({ length: columns }, (_, i) => [
    message(`mode.${i}`, 'light', 0xf0, 0x00, 0x01, 0x06, model, 0x13, i, 0x15, 0xf7),
    message(`bar.${i}`, 'light', 0xb0, barMode(i), 0x04),
  ]).flat()

export const faderPort8 = faderPort({
  id: 'presonus-faderport-8',
  name: 'PreSonus FaderPort 8',
  port: 'PreSonus FP8',
  model: 0x02,
  columns: 8,
})
export const faderPort16 = faderPort({
  id: 'presonus-faderport-16',
  name: 'PreSonus FaderPort 16',
  port: 'PreSonus FP16',
  model: 0x16,
  columns: 16,
})
