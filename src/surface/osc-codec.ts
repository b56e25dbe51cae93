// A surface that speaks OSC: control events and looks as messages whose addresses are the controls' ids with slashes.
import { decode, isBundle, type OscArg, type OscMessage, type OscPacket } from '../osc/decode.js'
import { encodeMessage, encodeNumber } from '../osc/encode.js'
import type { ControlEvent, ControlId } from './control-event.js'
import type { Codec, ControlShape, Message, Urgency } from './driver.js'
import type { ColorName, Look } from './look.js'

/** The bottom of a meter that shows 0…1; 0 dBFS is 1. */
export const meterFloorDb = -60

/** `fader.3` under `/surface` is `/surface/fader/3`. */
export const addressOf = (prefix: string, control: ControlId): string => `${prefix}/${control.replaceAll('.', '/')}`

const rowNames = ['top', 'bottom', 'third', 'fourth'] as const

const rgb: Record<ColorName, string> = {
  off: '#000000',
  red: '#e5484d',
  green: '#30a46c',
  yellow: '#f5d90a',
  blue: '#3e63dd',
  magenta: '#d6409f',
  cyan: '#00a2c7',
  white: '#ededef',
}

type Reading = (args: readonly OscArg[]) => ControlEvent[]

/**
 * What hands do: `ADDRESS f` 0…1 for a fader or pot, `ADDRESS/touch` 1 and 0 for the finger on it, `ADDRESS i` ticks for an encoder or
 * wheel, 1 and 0 for a button, which without an argument is pressed and let go. What is shown: the same addresses the other way,
 * a text's rows under `/top` and `/bottom`, a meter as 0…1 of −60…0 dBFS with `/clip`, a colour as `#rrggbb`.
 */
export function oscCodec(prefix: string, controls: readonly ControlShape[]): Codec {
  const shapes = new Map(controls.map((shape) => [shape.id, shape]))
  const readings = new Map(controls.flatMap((shape) => readingsOf(prefix, shape)))
  const lit = new Map<ControlId, Message[]>()
  const read = (bytes: Uint8Array): ControlEvent[] => {
    const packet = decode(bytes)
    return typeof packet === 'string'
      ? []
      : messagesOf(packet).flatMap(({ address, args }) => readings.get(address)?.(args) ?? [])
  }
  return {
    decode: read,
    encode(control, look) {
      const shape = shapes.get(control)
      if (!shape) return []
      const shown = messages(prefix, shape, look)
      if (shape.kind === 'button') lit.set(control, shown)
      return shown
    },
    hello: () => [],
    // A layout that opens may say so, and is shown everything.
    startsAnew: (bytes) => {
      const packet = decode(bytes)
      return typeof packet !== 'string' && messagesOf(packet).some(({ address }) => address === `${prefix}/hello`)
    },
    // A button on a screen goes dark when it is let go, whatever it was told while it was held.
    answer: (bytes) =>
      read(bytes).flatMap((event) => (event.kind === 'press' && !event.isPressed ? (lit.get(event.control) ?? []) : [])),
  }
}

const messagesOf = (packet: OscPacket): OscMessage[] => (isBundle(packet) ? packet.elements.flatMap(messagesOf) : [packet])

/** A finite number; true and false are 1 and 0. */
function numberOf(arg: OscArg | undefined): number | undefined {
  if (typeof arg === 'boolean') return Number(arg)
  return typeof arg === 'number' && Number.isFinite(arg) ? arg : undefined
}

function readingsOf(prefix: string, { id, kind, steps = 1024 }: ControlShape): [string, Reading][] {
  const address = addressOf(prefix, id)
  const reading = (read: (value: number) => ControlEvent): Reading => {
    return ([arg]) => {
      const value = numberOf(arg)
      return value === undefined ? [] : [read(value)]
    }
  }
  switch (kind) {
    case 'fader':
    case 'pot':
      return [
        [address, reading((value) => ({ kind: 'position', control: id, position: Math.min(1, Math.max(0, value)), steps }))],
        [`${address}/touch`, reading((value) => ({ kind: 'touch', control: id, isTouched: value !== 0 }))],
      ]
    case 'encoder':
    case 'wheel':
      return [
        [address, reading((value) => ({ kind: 'turn', control: id, ticks: Math.trunc(Math.min(64, Math.max(-64, value))) }))],
      ]
    case 'button': {
      const pressed = (isPressed: boolean): ControlEvent => ({ kind: 'press', control: id, isPressed })
      const read = reading((value) => pressed(value !== 0))
      return [[address, (args) => (args.length === 0 ? [pressed(true), pressed(false)] : read(args))]]
    }
    default:
      return []
  }
}

function messages(prefix: string, { id, kind, rows = 2 }: ControlShape, look: Look | undefined): Message[] {
  const address = addressOf(prefix, id)
  const message = (urgency: Urgency, bytes: Uint8Array, part = ''): Message => ({ bytes, urgency, key: `${id}${part}` })
  const number = (urgency: Urgency, value: number, part = ''): Message =>
    message(urgency, encodeNumber(`${address}${part}`, 'f', value), part)
  const words = (urgency: Urgency, value: string, part = ''): Message =>
    message(urgency, encodeMessage(`${address}${part}`, [{ type: 's', value }]), part)
  switch (kind) {
    case 'fader':
    case 'pot':
    case 'encoder':
      return [number('motor', look?.kind === 'position' || look?.kind === 'ring' ? look.position : 0)]
    case 'button':
    case 'light':
      return [number('light', look?.kind === 'light' && look.light !== 'off' ? 1 : 0)]
    case 'text': {
      const shown = look?.kind === 'text' ? look.rows : []
      return rowNames.slice(0, rows).map((name, row) => words('text', shown[row] ?? '', `/${name}`))
    }
    case 'meter': {
      const levelDb = look?.kind === 'meter' ? look.levelDb : Number.NEGATIVE_INFINITY
      return [
        number('meter', Math.min(1, Math.max(0, 1 - levelDb / meterFloorDb))),
        number('meter', look?.kind === 'meter' && look.isClipped ? 1 : 0, '/clip'),
      ]
    }
    case 'color':
      return [words('light', rgb[look?.kind === 'color' ? look.color : 'off'])]
    default:
      return []
  }
}
