// Values in words, short enough for a label: `-6.0 dB`, `L30`, `1.20 kHz`.
import { isMeter, type Meter, type Param } from './registry.js'
import type { Unit } from './spec.js'

/** A value in its unit; an enum's name, on or off for a boolean, a side for a pan. */
export function valueText(entry: Param | Meter, value: number): string {
  if (isMeter(entry)) return numberText(value, entry.spec.unit)
  const { spec, names } = entry
  if (spec.kind === 'bool') return value === 0 ? 'off' : 'on'
  if (spec.kind === 'enum') return names[value] ?? ''
  if (spec.unit === '%' && entry.min === -entry.max) {
    const side = Math.round(value)
    return side === 0 ? 'C' : `${side < 0 ? 'L' : 'R'}${Math.abs(side)}`
  }
  return numberText(value, spec.unit, spec.whole)
}

function numberText(value: number, unit: Unit, whole = false): string {
  if (Number.isNaN(value)) return ''
  const kilo = unit === 'Hz' && value >= 1000
  const seconds = unit === 'ms' && value >= 1000
  const shown = kilo || seconds ? value / 1000 : value
  const written = Number.isFinite(shown) ? shown.toFixed(whole ? 0 : decimalsOf(shown, unit)) : shown < 0 ? '-inf' : 'inf'
  const name = kilo ? 'kHz' : seconds ? 's' : unit
  const apart = name === '' || name.startsWith(':') || name === '%' || name === '°' ? '' : ' '
  return `${written.replace(/^-(0(\.0*)?)$/, '$1')}${apart}${name}`
}

/** Levels in tenths, everything else in three digits. */
function decimalsOf(value: number, unit: Unit): number {
  if (/^(dB|LU)/.test(unit)) return 1
  const size = Math.abs(value)
  return size >= 100 ? 0 : size >= 10 ? 1 : 2
}
