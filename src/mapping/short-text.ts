// Names and values in as few characters as a display has.
import type { Entry, Param } from '../params/registry.js'

const unitEnds = /(Dbtp|Db|Hz|Ms|S|Percent|Deg|Bpm|Lufs|Lu)$/

/** Words of ids as desks write them short. */
const shortWords: Readonly<Record<string, string>> = {
  threshold: 'Thr',
  hysteresis: 'Hyst',
  frequency: 'Freq',
  attack: 'Atk',
  release: 'Rel',
  autoRelease: 'AutoRel',
  makeup: 'Makeup',
  autoMakeup: 'AutoMk',
  polarity: 'Phase',
  lookahead: 'Look',
  detector: 'Detect',
  feedback: 'Fdbk',
  preDelay: 'PreDly',
  modulation: 'Mod',
  ceiling: 'Ceil',
}

/** `gainDb` → `Gain`. */
function wordOf(part: string): string {
  const bare = part.replace(unitEnds, '') || part
  return shortWords[bare] ?? bare.charAt(0).toUpperCase() + bare.slice(1)
}

/** What a display calls a parameter: its own word, with the band or send it belongs to. */
export function shortName(id: string, chars: number): string {
  const parts = id.split('.')
  const word = wordOf(parts.at(-1) ?? id)
  const owner = parts.at(-2) ?? ''
  const [, band] = /^band(\d+)$/.exec(owner) ?? []
  const send = parts.at(-3) === 'send' ? owner : undefined
  if (band) return `${band} ${word}`.slice(0, chars)
  if (send) return `S${send} ${word}`.slice(0, chars)
  return /^\d+$/.test(word) ? `${wordOf(owner)} ${word}`.slice(0, chars) : word.slice(0, chars)
}

/** A value with its unit where there is room, with fewer decimals where there is not. */
export function shortValue(param: Param, value: number, chars: number): string {
  const { spec } = param
  if (spec.kind === 'bool') return value ? 'on' : 'off'
  if (spec.kind === 'enum') return (param.names[value] ?? '').slice(0, chars)
  if (param.id.endsWith('.pan') && spec.unit === '%') {
    const side = Math.round(value)
    return side === 0 ? 'C' : `${side < 0 ? 'L' : 'R'}${Math.abs(side)}`
  }
  return shortNumber(value, spec.unit, chars)
}

export function shortNumber(value: number, unit: string, chars: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '' : value < 0 ? '-inf' : 'inf'
  const kilo = unit === 'Hz' && Math.abs(value) >= 1000
  const seconds = unit === 'ms' && Math.abs(value) >= 1000
  const shown = kilo || seconds ? value / 1000 : value
  const name = kilo ? 'kHz' : seconds ? 's' : unit
  const most = Math.abs(shown) >= 100 ? 0 : Math.abs(shown) >= 10 || unit.startsWith('dB') ? 1 : 2
  for (const suffix of [name, kilo ? 'k' : ''])
    for (let decimals = most; decimals >= 0; decimals--) {
      const written = plainZero(shown.toFixed(decimals)) + suffix
      // A unit is worth a decimal, but no more than one, and none of what is below 1.
      const needed = Math.abs(shown) < 1 ? most : Math.min(most, 1)
      if (written.length <= chars && (decimals >= needed || suffix === '')) return written
    }
  return plainZero(shown.toFixed(0)).slice(0, chars)
}

const plainZero = (written: string): string => (/^-0(\.0*)?$/.test(written) ? written.slice(1) : written)

/** `1.02.03.25`: hours, minutes, seconds and hundredths, right-aligned. */
export function timecode(seconds: number, chars: number): string {
  const hundredths = Math.max(0, Math.floor(seconds * 100))
  const two = (value: number): string => String(value).padStart(2, '0')
  const s = Math.floor(hundredths / 100)
  return `${Math.floor(s / 3600)}.${two(Math.floor(s / 60) % 60)}.${two(s % 60)}.${two(hundredths % 100)}`.padStart(chars)
}

/** Any entry's name that a display shows when its control rests. */
export const restName = (entry: Entry, chars: number): string => shortName(entry.id, chars)
