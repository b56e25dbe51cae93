// The common ways to show something: lights by value, positions and rings on a wire, text cut to a display.
import type { ControlId } from './control-event.js'
import type { PositionSpec, Show } from './control-table.js'
import type { Message, Urgency } from './driver.js'
import type { ColorName, Light, Look } from './look.js'
import { bytesOf, topOf, type Wire } from './wire.js'

export const message = (key: string, urgency: Urgency, ...bytes: number[]): Message => ({
  key,
  urgency,
  bytes: Uint8Array.from(bytes),
})

/** A value on a wire, in one message: pairs must not be torn apart by what takes their place. */
export const valueMessage = (wire: Wire, value: number, key: string, urgency: Urgency): Message => {
  const parts = bytesOf(wire, value)
  if (parts.length === 1) return { key, urgency, bytes: parts[0]! }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { key, urgency, bytes }
}

/** Values of a light by what it does; of a light with colours, by colour first. */
export type LightValues = Readonly<Record<Light, number>> & {
  readonly colors?: Readonly<Partial<Record<Exclude<ColorName, 'off'>, { readonly on: number; readonly blink: number }>>>
}

export const onOffBlink: LightValues = { off: 0, blink: 1, on: 127 }
export const onOff: LightValues = { off: 0, blink: 127, on: 127 }

const lightValue = (values: LightValues, look: Look | undefined): number => {
  if (look?.kind !== 'light' || look.light === 'off' || look.color === 'off') return values.off
  const near = look.color && values.colors && nearestColor(look.color, values.colors)
  const colored = near && values.colors?.[near]
  return (colored ?? values)[look.light]
}

/** Lights a wire: the note or controller of a button itself, or one beside it. */
export const lightOn =
  (values: LightValues = onOff) =>
  (wire: Wire): Show =>
  (look, control) => [valueMessage(wire, lightValue(values, look), control, 'light')]

const rgb: Record<Exclude<ColorName, 'off'>, readonly [red: number, green: number, blue: number]> = {
  red: [1, 0, 0],
  green: [0, 1, 0],
  yellow: [1, 1, 0],
  blue: [0, 0, 1],
  magenta: [1, 0, 1],
  cyan: [0, 1, 1],
  white: [1, 1, 1],
}

/** Red, green and blue of a colour, each 0 or 1. */
export const rgbOf = (name: ColorName): readonly [red: number, green: number, blue: number] =>
  name === 'off' ? [0, 0, 0] : rgb[name]

type Colors = Readonly<Partial<Record<Exclude<ColorName, 'off'>, unknown>>>

/** The colour that the hardware has and that differs in no more than one of red, green and blue; the first of equals. */
const nearestColor = (wanted: Exclude<ColorName, 'off'>, has: Colors): Exclude<ColorName, 'off'> | undefined => {
  const distance = (name: Exclude<ColorName, 'off'>): number =>
    rgb[name].reduce((sum, part, at) => sum + Math.abs(part - rgb[wanted][at]!), 0)
  const names = Object.keys(has) as Exclude<ColorName, 'off'>[]
  return names.find((name) => distance(name) === 0) ?? names.find((name) => distance(name) === 1)
}

/** Position 0…1 of a look that has one; 0 for others. */
export const positionOf = (look: Look | undefined): number =>
  look?.kind === 'position' || look?.kind === 'ring' ? Math.max(0, Math.min(1, look.position)) : 0

export type Travel = Pick<PositionSpec, 'bottom' | 'top' | 'steps' | 'isReversed'>

/** The ends of a control's travel as values on its wire, and the distinct positions between them. */
export const travelOf = ({ wire, ...spec }: Travel & { readonly wire: Wire }) => ({
  bottom: spec.bottom ?? 0,
  top: spec.top ?? topOf(wire),
  steps: spec.steps ?? (spec.top ?? topOf(wire)) - (spec.bottom ?? 0) + 1,
})

/** Sends a position on a wire: a motor, or value feedback. */
export const positionOn = (wire: Wire, urgency: Urgency, travel: Travel = {}): Show => {
  const { bottom, top } = travelOf({ ...travel, wire })
  return (look, control) => {
    const position = travel.isReversed ? 1 - positionOf(look) : positionOf(look)
    return [valueMessage(wire, Math.round(bottom + position * (top - bottom)), control, urgency)]
  }
}

/** What a display can't show, in letters that it can. */
const replacements: Readonly<Record<string, string>> = { ß: 'ss', '∞': 'oo', '−': '-', '–': '-', '—': '-', '’': "'", '‘': "'", '“': '"', '”': '"', '…': '...', æ: 'ae', Æ: 'AE', ø: 'o', Ø: 'O', œ: 'oe', Œ: 'OE', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', '°': 'o', µ: 'u', μ: 'u', '×': 'x', '♭': 'b', '♯': '#' } // biome-ignore format: a table

/** Printable ASCII. Accents go, what has no likeness becomes a question mark. */
export const asciiOf = (text: string): string =>
  /^[ -~]*$/.test(text)
    ? text
    : [...text.normalize('NFD')]
        .map((char) => (/[\u0300-\u036f]/.test(char) ? '' : /[ -~]/.test(char) ? char : (replacements[char] ?? '?')))
        .join('')

/** A row of a text look in exactly `chars` characters of ASCII. */
export const rowOf = (look: Look | undefined, row: number, chars: number): string =>
  asciiOf(look?.kind === 'text' ? (look.rows[row] ?? '') : '')
    .slice(0, chars)
    .padEnd(chars)

/** Key of a part of a control: what takes its place must cover the same. */
export const partOf = (control: ControlId, part: string | number): string => `${control}.${part}`
