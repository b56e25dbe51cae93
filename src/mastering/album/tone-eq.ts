// Bands of an equaliser that follow a curve of third octaves.
import { thirdOctaveHz } from '../../processors/analyser/params.js'

export interface ToneBand {
  readonly type: 'bell' | 'lowShelf' | 'highShelf'
  readonly frequencyHz: number
  readonly q: number
  readonly gainDb: number
}

/** Shelves at the ends, bells at equal distances between them. */
const lowHz = 60
const highHz = 11000
const gainLimitDb = 12
/** Keeps neighbours from working against each other. */
const damping = 0.05

/** |H| in dB of the analogue prototypes of the Audio EQ Cookbook, which the desk's filters follow. */
export function bandResponseDb({ type, frequencyHz, q, gainDb }: ToneBand, hz: number): number {
  const a = 10 ** (gainDb / 40)
  const x = hz / frequencyHz
  const power = (real: number, imaginary: number): number => real * real + imaginary * imaginary
  if (type === 'bell') return 10 * Math.log10(power(1 - x * x, (a * x) / q) / power(1 - x * x, x / (a * q)))
  const low = power(a - x * x, (Math.sqrt(a) * x) / q)
  const high = power(1 - a * x * x, (Math.sqrt(a) * x) / q)
  return 10 * Math.log10(type === 'lowShelf' ? (a * a * low) / high : (a * a * high) / low)
}

/** The bands' gains by least squares over the third octaves (Gauss and Newton). `curveDb`: 31 bands from 20 Hz on. */
export function fitToneBands(curveDb: readonly number[], count: number): ToneBand[] {
  const hz = curveDb.map((_, b) => thirdOctaveHz(b + 1))
  let bands = flatBands(count)
  for (let round = 0; round < 6; round++) {
    const rest = hz.map((f, b) => curveDb[b]! - bands.reduce((sum, band) => sum + bandResponseDb(band, f), 0))
    const slopes = bands.map((band) =>
      hz.map((f) => (bandResponseDb({ ...band, gainDb: band.gainDb + 0.1 }, f) - bandResponseDb(band, f)) / 0.1),
    )
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    const matrix = slopes.map((row, i) => slopes.map((column, j) => dot(row, column) + (i === j ? damping : 0)))
    const steps = solve(
      matrix,
      slopes.map((row) => dot(row, rest)),
    )
    bands = bands.map((band, i) => ({
      ...band,
      gainDb: Math.max(-gainLimitDb, Math.min(gainLimitDb, band.gainDb + steps[i]!)),
    }))
  }
  return bands
}

function flatBands(count: number): ToneBand[] {
  const octaves = Math.log2(highHz / lowHz) / (count - 1)
  // A bell reaches half way (in dB) to the middle between it and its neighbours.
  const q = 1 / (2 * Math.sinh((Math.LN2 / 2) * octaves * 1.2))
  return Array.from({ length: count }, (_, i) => {
    const frequencyHz = lowHz * 2 ** (i * octaves)
    if (i === 0) return { type: 'lowShelf', frequencyHz, q: 0.71, gainDb: 0 }
    if (i === count - 1) return { type: 'highShelf', frequencyHz, q: 0.71, gainDb: 0 }
    return { type: 'bell', frequencyHz, q, gainDb: 0 }
  })
}

/** Gauss's elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  const n = rows.length
  for (let i = 0; i < n; i++) {
    let pivot = i
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r]![i]!) > Math.abs(rows[pivot]![i]!)) pivot = r
    const swapped = rows[i]!
    rows[i] = rows[pivot]!
    rows[pivot] = swapped
    for (let r = i + 1; r < n; r++) {
      const factor = rows[r]![i]! / rows[i]![i]!
      for (let c = i; c <= n; c++) rows[r]![c]! -= factor * rows[i]![c]!
    }
  }
  const found = Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    let rest = rows[i]![n]!
    for (let c = i + 1; c < n; c++) rest -= rows[i]![c]! * found[c]!
    found[i] = rest / rows[i]![i]!
  }
  return found
}
