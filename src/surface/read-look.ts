// Reads looks that came as JSON from another process.
import type { ColorName, Light, Look, RingStyle } from './look.js'

const lights: readonly string[] = ['off', 'on', 'blink'] satisfies Light[]
const styles: readonly string[] = ['dot', 'boostCut', 'wrap', 'spread'] satisfies RingStyle[]
const colors: readonly string[] = ['off', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] satisfies ColorName[]

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

/** Undefined for what is no look. */
export function readLook(value: unknown): Look | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kind, position, light, color, style, isCentred, rows, levelDb, isClipped } = value as Record<string, unknown>
  const colored = typeof color === 'string' && colors.includes(color) ? { color: color as ColorName } : {}
  switch (kind) {
    case 'position':
      return isShare(position) ? { kind, position } : undefined
    case 'light':
      return lights.includes(String(light)) ? { kind, light: light as Light, ...colored } : undefined
    case 'ring':
      return isShare(position) && styles.includes(String(style))
        ? { kind, style: style as RingStyle, position, ...(isCentred === true ? { isCentred } : {}) }
        : undefined
    case 'text':
      return Array.isArray(rows) && rows.length <= 8 && rows.every((row) => typeof row === 'string' && row.length <= 256)
        ? { kind, rows: rows as string[] }
        : undefined
    case 'meter': {
      // JSON has no −inf: silence is null.
      const level = levelDb === null ? Number.NEGATIVE_INFINITY : levelDb
      return typeof level === 'number' && !Number.isNaN(level)
        ? { kind, levelDb: level, isClipped: isClipped === true }
        : undefined
    }
    case 'color':
      return 'color' in colored ? { kind, color: colored.color } : undefined
    default:
      return undefined
  }
}
