// The tone of pieces: third-octave spectra without their level, how far they are spread, and what brings one towards others.

/** Bands that a tone is judged by: 31.5 Hz to 16 kHz. Outside there is more noise than music. */
const firstBand = 2
const lastBand = 29
/** A band so far below the strongest has nothing in it. */
const emptyDb = 70
/** Bands whose mean is a piece's level: 100 Hz to 8 kHz. */
const levelBands = { first: 7, last: 26 }

/** dB of each third octave over the mean of the middle ones; NaN where there is nothing. */
export type Tone = readonly number[]

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const known = (values: readonly number[]): number[] => values.filter((value) => !Number.isNaN(value))

/** `thirdOctavesDb`: 31 bands from 20 Hz on. */
export function toneOf(thirdOctavesDb: readonly number[]): Tone {
  const most = Math.max(...thirdOctavesDb)
  const heard = thirdOctavesDb.map((db, b) => (b < firstBand || b > lastBand || db < most - emptyDb ? Number.NaN : db))
  const middle = known(heard.slice(levelBands.first, levelBands.last + 1))
  const level = middle.length > 0 ? mean(middle) : 0
  return heard.map((db) => db - level)
}

/** Band by band, of those that have something there. */
export const meanTone = (tones: readonly Tone[]): Tone =>
  Array.from({ length: tones[0]?.length ?? 0 }, (_, b) => {
    const there = known(tones.map((tone) => tone[b]!))
    return there.length > 0 ? mean(there) : Number.NaN
  })

/** How far tones are from `target`, in dB RMS over bands and pieces. */
export function toneSpreadDb(tones: readonly Tone[], target: Tone = meanTone(tones)): number {
  const squares = known(tones.flatMap((tone) => tone.map((db, b) => (db - target[b]!) ** 2)))
  return squares.length > 0 ? Math.sqrt(mean(squares)) : 0
}

export interface ToneMatch {
  /** How far towards the target: 0…100. */
  readonly percent: number
  /** No band is changed by more. */
  readonly maxDb: number
}

/** dB that bring `tone` towards `target`: smoothed over about an octave, held within `maxDb`; 0 where either has nothing. */
export function toneCurve(tone: Tone, target: Tone, { percent, maxDb }: ToneMatch): number[] {
  const difference = tone.map((db, b) => target[b]! - db)
  const smoothed = difference.map((own, b) => {
    if (Number.isNaN(own)) return 0
    let sum = 0
    let weights = 0
    for (const [offset, weight] of [0.1, 0.2, 0.4, 0.2, 0.1].entries()) {
      const there = difference[b + offset - 2]
      if (there === undefined || Number.isNaN(there)) continue
      sum += weight * there
      weights += weight
    }
    return sum / weights
  })
  return smoothed.map((db) => Math.max(-maxDb, Math.min(maxDb, db * (percent / 100))))
}
