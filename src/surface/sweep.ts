// Looks that show all a surface can show: everything moving, then what a test still waits for.
import type { Check } from './checklist.js'
import type { ControlShape, SurfaceShape } from './driver.js'
import type { ColorName, Look, RingStyle } from './look.js'

export const sweepS = 8

const colors: readonly ColorName[] = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'off']
const styles: readonly RingStyle[] = ['dot', 'boostCut', 'wrap', 'spread']
const ramp = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-./:'

/**
 * What everything shows `atS` seconds into a sweep of {@link sweepS}: motors in a wave over the columns, every ring style from end to end,
 * lights off, on and blinking, all colours, running letters under each control's name, meters from silence into overload.
 */
export const sweepLooks = (shape: SurfaceShape, atS: number): Map<string, Look> =>
  looksOf(shape, (control) => sweepLook(control, atS))

function sweepLook(
  { id, kind, column = 0, hasMotor, hasFeedback, rows = 1, chars = 7 }: ControlShape,
  atS: number,
): Look | undefined {
  const share = (atS / sweepS) % 1
  switch (kind) {
    case 'fader':
    case 'pot':
      if (!hasMotor && !hasFeedback) return undefined
      return { kind: 'position', position: 0.5 - 0.5 * Math.cos(2 * Math.PI * (2 * share - column / 16)) }
    case 'encoder':
    case 'wheel': {
      const turn = share * styles.length
      return hasFeedback
        ? { kind: 'ring', style: styles[Math.floor(turn)]!, position: turn % 1, isCentred: turn % 1 > 0.5 }
        : undefined
    }
    case 'button':
    case 'light': {
      const light = (['off', 'on', 'blink', 'on'] as const)[Math.floor(share * 16 + column) % 4]!
      return hasFeedback || kind === 'light' ? { kind: 'light', light, color: colorAt(atS, column) } : undefined
    }
    case 'color':
      return { kind: 'color', color: colorAt(atS, column) }
    case 'meter':
      return { kind: 'meter', levelDb: -66 + ((share * 4 + column / 8) % 1) * 69, isClipped: share > 0.75 }
    case 'text': {
      const from = Math.floor(atS * 8) % ramp.length
      const running = (ramp + ramp).slice(from, from + chars)
      return { kind: 'text', rows: Array.from({ length: rows }, (_, row) => (row === 0 ? id : running)) }
    }
  }
}

const colorAt = (atS: number, column: number): ColorName => colors[(Math.floor(atS * 2) + column) % colors.length]!

/** What is asked for blinks, what is still to come is lit, what came is dark; displays name it; motors stay where they were left. */
export function askingLooks(
  shape: SurfaceShape,
  checks: readonly Check[],
  next: Check | undefined,
  positions: ReadonlyMap<string, number>,
): Map<string, Look> {
  const open = new Set(checks.filter((check) => check.open.length > 0 && !check.isSkipped).map(({ control }) => control))
  const nextColumn = next && shape.controls.get(next.control)?.column
  return looksOf(shape, ({ id, kind, column, hasMotor, hasFeedback, rows = 1 }) => {
    const isNext = id === next?.control
    switch (kind) {
      case 'fader':
      case 'pot':
        return hasMotor || hasFeedback ? { kind: 'position', position: positions.get(id) ?? 0.5 } : undefined
      case 'encoder':
      case 'wheel':
        return hasFeedback && open.has(id)
          ? { kind: 'ring', style: isNext ? 'dot' : 'wrap', position: isNext ? 0.5 : 1 }
          : undefined
      case 'button':
        return hasFeedback && open.has(id) ? { kind: 'light', light: isNext ? 'blink' : 'on' } : undefined
      case 'text':
        // A display of a column says what there is to do in its column.
        if (!next || (column !== undefined && nextColumn !== undefined && column !== nextColumn)) return undefined
        return { kind: 'text', rows: [next.control.replace(`.${nextColumn}`, ''), next.open[0] ?? ''].slice(0, rows) }
      case 'color':
        return { kind: 'color', color: next ? 'yellow' : 'green' }
      default:
        return undefined
    }
  })
}

function looksOf(shape: SurfaceShape, lookOf: (control: ControlShape) => Look | undefined): Map<string, Look> {
  const looks = new Map<string, Look>()
  for (const control of shape.controls.values()) {
    const look = lookOf(control)
    if (look) looks.set(control.id, look)
  }
  return looks
}
