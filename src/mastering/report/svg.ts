// Pieces of charts as SVG text: numbers, paths, axes, and text that cannot break out of its place.

/** Text for HTML and SVG. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** With a minus sign, and infinities. */
export const decimals = (value: number, digits = 1): string =>
  Number.isFinite(value)
    ? `${value < 0 && Number(value.toFixed(digits)) !== 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`
    : value < 0
      ? '−∞'
      : '∞'
export const signed = (value: number, digits = 1): string =>
  `${Number(value.toFixed(digits)) > 0 ? '+' : ''}${decimals(value, digits)}`

/** A coordinate, to a tenth. */
export const at = (value: number): string => `${Math.round(value * 10) / 10}`

export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** From a range of values to a range of coordinates. */
export const linear =
  (from: number, to: number, first: number, last: number) =>
  (value: number): number =>
    first + ((value - from) / (to - from)) * (last - first)

export const logarithmic = (from: number, to: number, first: number, last: number): ((value: number) => number) => {
  const place = linear(Math.log(from), Math.log(to), first, last)
  return (value) => place(Math.log(value))
}

/** A line through points; where y is not finite it is broken. */
export function line(points: readonly (readonly [number, number])[]): string {
  let path = ''
  let isDrawing = false
  for (const [x, y] of points) {
    if (Number.isFinite(y)) path += `${isDrawing ? 'L' : 'M'}${at(x)} ${at(y)}`
    isDrawing = Number.isFinite(y)
  }
  return path
}

/** The area between an upper line and one that is given backwards. */
export const area = (upper: readonly (readonly [number, number])[], lower: readonly (readonly [number, number])[]): string => {
  const all = [...upper, ...[...lower].reverse()]
  return all.length === 0 ? '' : `${line(all)}Z`
}

export const svg = (frame: Frame, label: string, content: string, attributes = ''): string =>
  `<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${escaped(label)}" ${attributes}>${content}</svg>`

export const horizontal = (frame: Frame, y: number, className: string): string =>
  `<line class="${className}" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${at(y)}" y2="${at(y)}"/>`

export const vertical = (frame: Frame, x: number, className: string): string =>
  `<line class="${className}" x1="${at(x)}" x2="${at(x)}" y1="${frame.top}" y2="${frame.height - frame.bottom}"/>`

export const label = (x: number, y: number, text: string, className = 'tick', anchor = 'middle'): string =>
  `<text class="${className}" x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escaped(text)}</text>`

/** Round steps of which about `most` fit into the span. */
export function roundStep(span: number, most: number, steps: readonly number[]): number {
  return steps.find((step) => span / step <= most) ?? steps[steps.length - 1]!
}

/** Multiples of a step within a range. */
export function ticks(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9)
  return Array.from({ length: Math.max(0, Math.floor(to / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step)
}

/** `3:05`, or `3:05.2` where seconds are parted. */
export function clock(seconds: number, decimals = 0): string {
  const unit = 10 ** decimals
  const whole = Math.round(seconds * unit)
  const rest = ((whole % (60 * unit)) / unit).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, '0')
  return `${Math.floor(whole / (60 * unit))}:${rest}`
}

const timeSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200]

/** The axis of time below a chart. */
export function timeAxis(frame: Frame, seconds: number, x: (seconds: number) => number): string {
  const step = roundStep(seconds, 10, timeSteps)
  return ticks(0, seconds, step)
    .map((t) => vertical(frame, x(t), 'grid') + label(x(t), frame.height - frame.bottom + 18, clock(t, step < 1 ? 1 : 0)))
    .join('')
}
