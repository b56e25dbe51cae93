// Mackie Control, Logic Control and their extenders: the protocol that most motor surfaces speak, as tables for variants to build on.
import {
  type ButtonSpec,
  button,
  buttons,
  type Controls,
  encoder,
  fader,
  light,
  meter,
  perColumn,
  type Show,
  text,
  wheel,
} from '#surface/control-table.js'
import { defineDriver, type UnitTable } from '#surface/define-driver.js'
import { dm2000Law } from '#surface/fader-law.js'
import type { Look, RingStyle } from '#surface/look.js'
import { asciiOf, lightOn, message, onOffBlink, partOf, positionOf, rowOf } from '#surface/shows.js'
import type { Talk } from '#surface/table-codec.js'
import { cc, note, pitchBend } from '#surface/wire.js'

/** Ids of devices in system exclusive messages. */
export const models = { logicControl: 0x10, logicControlXt: 0x11, mackieControl: 0x14, mackieControlXt: 0x15 } as const

const header = (model: number): number[] => [0xf0, 0x00, 0x00, 0x66, model]

/** Lit as Mackie does: 0 off, 1 blinking, 127 on. */
export const led = lightOn(onOffBlink)
export const ledButton = (number: number): ButtonSpec => button({ wire: note(number), show: led(note(number)) })

const ringModes: Record<RingStyle, number> = { dot: 0, boostCut: 1, wrap: 2, spread: 3 }

/** Eleven LEDs round a V-pot, and one below it for the centre. Spread lights them in pairs from the middle: six steps. */
export const mcuRing =
  (index: number): Show =>
  (look, control) => {
    const value = (() => {
      if (look?.kind !== 'ring') return 0
      const steps = look.style === 'spread' ? 5 : 10
      return (look.isCentred ? 0x40 : 0) | (ringModes[look.style] << 4) | (1 + Math.round(positionOf(look) * steps))
    })()
    return [message(control, 'light', 0xb0, 0x30 + index, value)]
  }

/** One strip's part of the display, seven cells wide: a short message a row, so that a row that stays is not sent again. */
export const mcuLcd =
  (model: number, index: number, chars: number): Show =>
  (look, control) =>
    [0, 1].map((row) => {
      const shown = codesOf(rowOf(look, row, chars))
      return message(partOf(control, row), 'text', ...header(model), 0x12, row * 56 + index * 7, ...shown, 0xf7)
    })

const codesOf = (ascii: string): number[] => [...ascii].map((char) => char.charCodeAt(0))

/** Lowest level of each division, 1 to 12. */
const meterDbs = [-60, -50, -40, -30, -20, -14, -10, -8, -6, -4, -2, 0]

/** Division of a level, 0 below the scale. */
export const meterStep = (look: Look | undefined): number =>
  look?.kind === 'meter' ? meterDbs.filter((db) => look.levelDb >= db).length : 0

/** Level and overload of one strip. The overload stays until it is cleared. */
export const mcuMeter =
  (index: number, hasOverload = true): Show =>
  (look, control) => {
    const isClipped = look?.kind === 'meter' && look.isClipped
    const say = (key: string, value: number) => message(key, 'meter', 0xd0, (index << 4) | value)
    const level = say(control, meterStep(look))
    return hasOverload ? [level, say(partOf(control, 'overload'), isClipped ? 0xe : 0xf)] : [level]
  }

/**
 * Seven-segment digits from `first` (the rightmost) leftwards, text set flush right. A point or colon lights the dot of the digit
 * before it.
 */
export const mcuDigits =
  (first: number, digits: number): Show =>
  (look, control) => {
    const codes: number[] = []
    for (const char of asciiOf(look?.kind === 'text' ? (look.rows[0] ?? '') : '').toUpperCase()) {
      const isDot = char === '.' || char === ':'
      if (isDot && codes.length > 0) codes[codes.length - 1]! |= 0x40
      else if (!isDot) codes.push(char.charCodeAt(0) & 0x3f)
    }
    const blank = 0x20
    const shown = [...Array.from({ length: Math.max(0, digits - codes.length) }, () => blank), ...codes.slice(-digits)]
    return shown.map((code, at) => message(partOf(control, at), 'text', 0xb0, first + digits - 1 - at, code))
  }

export interface McuUnit {
  readonly model: number
  readonly ports: readonly RegExp[]
  /** Cells of a strip that are written: 6 keep neighbours apart on one long display, 7 fill a display of its own. */
  readonly chars?: number
  readonly bytesASecond?: number
  /** Asks for the device when it is opened, and answers its challenge: Logic Control shows nothing before. */
  readonly hasHandshake?: boolean
  /** Its meters are columns of the display, which must be told so. */
  readonly hasLcdMeters?: boolean
}

/** Ten bits in the upper ones of fourteen. */
const mcuFader = { hasMotor: true, top: 0x3ff0, steps: 1024, law: dm2000Law } as const

/** What stands in each of eight columns. */
export const mcuColumns = ({ model, chars = 6 }: McuUnit): Controls => ({
  fader: perColumn((i) => fader({ ...mcuFader, wire: pitchBend(i), touch: note(0x68 + i) })),
  vpot: perColumn((i) =>
    encoder({
      wire: cc(0x10 + i),
      encoding: 'signBit',
      ticksATurn: 24,
      push: button({ wire: note(0x20 + i) }),
      show: mcuRing(i),
    }),
  ),
  rec: perColumn((i) => ledButton(0x00 + i)),
  solo: perColumn((i) => ledButton(0x08 + i)),
  mute: perColumn((i) => ledButton(0x10 + i)),
  select: perColumn((i) => ledButton(0x18 + i)),
  lcd: perColumn((i) => text({ rows: 2, chars, show: mcuLcd(model, i, chars) })),
  meter: perColumn((i) => meter({ show: mcuMeter(i), refreshMs: 250 })),
})

/** Notes of the buttons outside the columns. */
export const mcuButtons = {
  ...{ assignTrack: 0x28, assignSend: 0x29, assignPan: 0x2a, assignPlugin: 0x2b, assignEq: 0x2c, assignInstrument: 0x2d },
  ...{ bankLeft: 0x2e, bankRight: 0x2f, channelLeft: 0x30, channelRight: 0x31 },
  ...{ flip: 0x32, globalView: 0x33, nameValue: 0x34, smpteBeats: 0x35 },
  ...{ f1: 0x36, f2: 0x37, f3: 0x38, f4: 0x39, f5: 0x3a, f6: 0x3b, f7: 0x3c, f8: 0x3d },
  ...{ viewMidi: 0x3e, viewInputs: 0x3f, viewAudio: 0x40, viewInstruments: 0x41 },
  ...{ viewAux: 0x42, viewBuses: 0x43, viewOutputs: 0x44, viewUser: 0x45 },
  ...{ shift: 0x46, option: 0x47, control: 0x48, alt: 0x49 },
  ...{ read: 0x4a, write: 0x4b, trim: 0x4c, touch: 0x4d, latch: 0x4e, group: 0x4f },
  ...{ save: 0x50, undo: 0x51, cancel: 0x52, enter: 0x53 },
  ...{ marker: 0x54, nudge: 0x55, cycle: 0x56, drop: 0x57, replace: 0x58, click: 0x59, soloGlobal: 0x5a },
  ...{ rewind: 0x5b, forward: 0x5c, stop: 0x5d, play: 0x5e, record: 0x5f },
  ...{ up: 0x60, down: 0x61, left: 0x62, right: 0x63, zoom: 0x64, scrub: 0x65, userA: 0x66, userB: 0x67 },
} as const

type McuButton = keyof typeof mcuButtons

/** Some of the buttons. */
export const ledButtons = (...names: McuButton[]): Controls =>
  buttons(Object.fromEntries(names.map((name) => [name, mcuButtons[name]])), led)

/** All buttons but these: for devices that have few. */
export const buttonsBut = (...names: McuButton[]): string[] =>
  Object.keys(mcuButtons).filter((name) => !names.includes(name as McuButton))

/** What the main unit has beside its columns. */
export const mcuGlobals: Controls = {
  'main.fader': fader({ ...mcuFader, wire: pitchBend(8), touch: note(0x70) }),
  ...buttons(mcuButtons, led),
  jog: wheel({ wire: cc(0x3c), encoding: 'signBit' }),
  timecode: text({ rows: 1, chars: 10, show: mcuDigits(0x40, 10) }),
  assignment: text({ rows: 1, chars: 2, show: mcuDigits(0x4a, 2) }),
  smpteLight: light({ show: led(note(0x71)) }),
  beatsLight: light({ show: led(note(0x72)) }),
  soloLight: light({ show: led(note(0x73)) }),
}

/** The host's answer to a challenge, as Logic Control's own documents have it; other sources differ. */
const answerTo = ([a, b, c, d]: readonly [number, number, number, number]): number[] =>
  [a + (b ^ 0x0a) - d, (c >> 4) ^ (a + d), (d - (c << 2)) ^ (a | b), b - c + (0xf0 ^ (d << 4))].map((byte) => byte & 0x7f)

/** Handshake and modes of one unit. A unit that starts anew says so by itself (01) or by accepting an answer (03). */
const mcuTalk = ({ model, hasHandshake, hasLcdMeters }: McuUnit): Talk => {
  let isAccepted = false
  let isAsked = false
  const sysex = (key: string, ...bytes: number[]) => message(key, 'light', ...header(model), ...bytes, 0xf7)
  const isSysex = (bytes: Uint8Array): boolean => header(model).every((byte, at) => bytes[at] === byte)
  const strips = [0, 1, 2, 3, 4, 5, 6, 7]
  return {
    hello: () => {
      isAsked = (hasHandshake ?? false) && !isAccepted
      isAccepted = false
      return [
        ...(isAsked ? [sysex('query', 0x00)] : []),
        ...(hasLcdMeters
          ? [
              ...strips.map((strip) => sysex(`cells.${strip}`, 0x12, strip * 7, ...codesOf(' '.repeat(7)))),
              ...strips.map((strip) => sysex(`cells.${strip + 8}`, 0x12, 56 + strip * 7, ...codesOf(' '.repeat(7)))),
              sysex('meterMode', 0x21, 0x01),
              ...strips.map((strip) => sysex(`meterMode.${strip}`, 0x20, strip, 0b101)),
            ]
          : []),
      ]
    },
    answer: (bytes) => {
      if (!hasHandshake || !isSysex(bytes) || bytes[5] !== 0x01 || bytes.length !== 18) return []
      const [a, b, c, d] = bytes.subarray(13, 17)
      return [sysex('answer', 0x02, ...bytes.subarray(6, 13), ...answerTo([a!, b!, c!, d!]))]
    },
    startsAnew: (bytes) => {
      if (!isSysex(bytes)) return false
      if (bytes[5] === 0x03) {
        isAccepted = true
        return true
      }
      // A challenge that is answered is followed by 03; what answers a question has not started just now.
      if (bytes[5] !== 0x01 || (hasHandshake && bytes.length === 18)) return false
      const isNew = !isAsked
      isAsked = false
      return isNew
    },
  }
}

const unit = (options: McuUnit, controls: Controls): UnitTable => ({
  ports: options.ports,
  columns: 8,
  controls,
  ...(options.bytesASecond !== undefined && { bytesASecond: options.bytesASecond }),
  talk: () => mcuTalk(options),
})

export const mcuMain = (options: McuUnit): UnitTable => unit(options, { ...mcuColumns(options), ...mcuGlobals })
export const mcuExtender = (options: McuUnit): UnitTable => unit(options, mcuColumns(options))

/** What a USB device of this kind is sent in a second: four times a DIN port, far below what was found to choke one. */
export const usbBytesASecond = 12500

export const mackieControl = defineDriver({
  id: 'mackie-control',
  name: 'Mackie Control',
  isTestedOnHardware: false,
  echo: 'onRelease',
  units: {
    main: mcuMain({ model: models.mackieControl, ports: [/Mackie Control(?!.*XT)/i, /^MCU Pro(?!.*XT)/i], hasLcdMeters: true }),
    extender: mcuExtender({ model: models.mackieControlXt, ports: [/Mackie Control.*XT/i, /^MCU.*XT/i], hasLcdMeters: true }),
  },
})

export const logicControl = defineDriver({
  id: 'logic-control',
  name: 'Logic Control',
  isTestedOnHardware: false,
  echo: 'onRelease',
  units: {
    main: mcuMain({ model: models.logicControl, ports: [/Logic Control(?!.*XT)/i], hasLcdMeters: true, hasHandshake: true }),
    extender: mcuExtender({
      model: models.logicControlXt,
      ports: [/Logic Control.*XT/i],
      hasLcdMeters: true,
      hasHandshake: true,
    }),
  },
})
