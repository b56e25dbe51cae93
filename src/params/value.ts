// From what a person or a packet says to the number in the value table, and back.
import { dbOfAmplitude, dbOfPower, shortestFloat, soundMetresPerSecond } from '../units.js'
import type { Meter, Param } from './registry.js'
import type { MeterSpec } from './spec.js'

/** Four-segment fader law, 0…1 → dB: 0 is −inf, .75 is 0 dB, 1 is +10 dB (the X32's law). */
export function faderDbOfNorm(norm: number): number {
  if (norm <= 0) return Number.NEGATIVE_INFINITY
  if (norm >= 0.5) return 40 * norm - 30
  if (norm >= 0.25) return 80 * norm - 50
  if (norm >= 0.0625) return 160 * norm - 70
  return 480 * norm - 90
}

/** Inverse of {@link faderDbOfNorm}; −90 dB and below give 0. */
export function normOfFaderDb(db: number): number {
  if (db >= -10) return Math.min(1, (db + 30) / 40)
  if (db >= -30) return (db + 50) / 80
  if (db >= -60) return (db + 70) / 160
  return Math.max(0, (db + 90) / 480)
}

/** 0…1 → value in the parameter's unit, through its taper; enums and booleans take equal shares. */
export function valueOfNorm(param: Param, norm: number): number {
  const x = Math.min(1, Math.max(0, norm))
  const { min, max, spec } = param
  if (spec.kind !== 'number') return Math.round(x * max)
  if (spec.taper === 'fader') return faderDbOfNorm(x)
  if (spec.taper === 'log') return min * (max / min) ** x
  const value = min + x * (max - min)
  return spec.whole ? Math.round(value) : value
}

/** Value in the parameter's unit → 0…1, the inverse of {@link valueOfNorm}. */
export function normOfValue(param: Param, value: number): number {
  const { min, max, spec } = param
  if (max === min) return 0
  if (spec.kind === 'number' && spec.taper === 'fader') return normOfFaderDb(value)
  if (spec.kind === 'number' && spec.taper === 'log') return Math.log(value / min) / Math.log(max / min)
  return (value - min) / (max - min)
}

/**
 * The value a parameter takes when asked for `value`: clamped to the range, whole for enums and booleans, a 32-bit float.
 * An enum whose names are numbers (a slope of 12) takes the name before the index; no name is also an index of its enum.
 * A fader at or below −90 dB is −inf. NaN gives undefined.
 */
export function settle(param: Param, value: number): number | undefined {
  if (Number.isNaN(value)) return undefined
  const clamped = Math.min(param.max, Math.max(param.min, value))
  if (param.spec.kind === 'bool') return value !== 0 ? 1 : 0
  if (param.spec.kind === 'enum') {
    const named = param.names.indexOf(String(value))
    return named >= 0 ? named : Math.round(clamped)
  }
  if (param.spec.taper === 'fader' && clamped <= -90) return Number.NEGATIVE_INFINITY
  return param.spec.whole ? Math.round(clamped) : Math.fround(clamped)
}

/**
 * Reads what a person wrote: a number, `-inf`, an enum's name or index, on/off/true/false.
 * A delay may carry a unit: `3.4 ms`, `.01 s`, `1.2 m` (of air at 20 °C), `48 smp` (which takes the sample rate to be known).
 * Gives undefined for what is no value of this parameter or lies outside its range.
 */
export function parseValue(param: Param, written: string | number | boolean, sampleRateHz?: number): number | undefined {
  if (typeof written === 'boolean') return param.spec.kind === 'bool' ? Number(written) : undefined
  if (typeof written === 'string') {
    const word = written.trim()
    if (param.spec.kind === 'number' && param.spec.delay && /[a-z]$/i.test(word)) {
      const ms = delayMsOf(word, sampleRateHz)
      return ms === undefined ? undefined : parseValue(param, ms)
    }
    if (param.spec.kind === 'bool') {
      if (/^(on|true|1)$/i.test(word)) return 1
      return /^(off|false|0)$/i.test(word) ? 0 : undefined
    }
    const named = param.names.indexOf(word)
    if (named >= 0) return named
    if (/^[-−]inf(inity)?$/i.test(word)) return param.min === Number.NEGATIVE_INFINITY ? param.min : undefined
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) return undefined
    return parseValue(param, Number(word))
  }
  if (param.spec.kind === 'enum' && param.names.includes(String(written))) return param.names.indexOf(String(written))
  if (param.spec.kind === 'enum' && !Number.isInteger(written)) return undefined
  if (param.spec.kind === 'bool' && written !== 0 && written !== 1) return undefined
  if (param.spec.kind === 'number' && param.spec.whole && !Number.isInteger(written)) return undefined
  if (!(written >= param.min && written <= param.max)) return undefined
  return settle(param, written)
}

/** A delay with its unit, in ms. */
function delayMsOf(word: string, sampleRateHz: number | undefined): number | undefined {
  const [, amount, unit] = /^(\d+\.?\d*|\.\d+)\s*(ms|s|m|smp|samples)$/.exec(word) ?? []
  if (amount === undefined) return undefined
  if (unit === 'ms') return Number(amount)
  if (unit === 's') return Number(amount) * 1000
  if (unit === 'm') return (Number(amount) / soundMetresPerSecond) * 1000
  return sampleRateHz === undefined ? undefined : (Number(amount) / sampleRateHz) * 1000
}

/** A value as it is written in files and shown to people. */
export function formatValue(param: Param, value: number): number | boolean | string {
  if (param.spec.kind === 'bool') return value !== 0
  if (param.spec.kind === 'enum') return param.names[value] ?? String(value)
  return value === Number.NEGATIVE_INFINITY ? '-inf' : shortestFloat(value)
}

/** What a parameter accepts, in words. */
export function rangeText(param: Param): string {
  if (param.spec.kind === 'bool') return 'on or off'
  if (param.spec.kind === 'enum')
    return param.names.length > 12
      ? `${param.names.slice(0, 6).join(', ')} … ${param.names.at(-1)}`
      : `one of ${param.names.join(', ')}`
  const unit = param.spec.delay ? ' ms (or with a unit: ms, s, m, smp)' : param.spec.unit ? ` ${param.spec.unit}` : ''
  const whole = param.spec.whole ? 'a whole number from ' : ''
  return `${whole}${param.min === Number.NEGATIVE_INFINITY ? '-inf' : param.min} to ${param.max}${unit}`
}

/** What a meter of 0…1 shows of each unit, from its bottom to its top; others are read in words. */
const meterRanges: Partial<Record<MeterSpec['unit'], readonly [number, number]>> = {
  dBFS: [-60, 0],
  dBTP: [-60, 0],
  LUFS: [-60, 0],
  dB: [-24, 0],
  LU: [0, 30],
}

/** Where a meter's value stands on a meter of 0…1: −60…0 for levels, −24…0 dB for reductions, −1…1 for correlation and balance. */
export function normOfMeter({ id, spec: { unit } }: Meter, value: number): number | undefined {
  const range = meterRanges[unit] ?? (/\.(correlation|balance)$/.test(id) ? [-1, 1] : undefined)
  if (!range) return undefined
  const [bottom, top] = range as [number, number]
  return value > bottom ? Math.min(1, (value - bottom) / (top - bottom)) : 0
}

/** A raw slot of the meter table in the meter's unit. */
export function meterValue(meter: Meter, raw: number): number {
  if (meter.spec.encoding === 'amplitude') return dbOfAmplitude(raw)
  if (meter.spec.encoding === 'power') return dbOfPower(raw)
  return raw
}
