// Scales printed beside faders: where a level stands on the travel.
import type { FaderLaw } from './driver.js'

/** Straight lines between points [position, dB], from the bottom up; below the first one nothing but −inf. */
export const lawOfPoints = (points: readonly (readonly [position: number, db: number])[]): FaderLaw => {
  const between = (value: number, from: 0 | 1, to: 0 | 1): number => {
    const next = Math.max(
      1,
      points.findIndex((point) => point[from] >= value),
    )
    const low = points[next - 1]!
    const high = points[next]!
    return low[to] + ((value - low[from]) / (high[from] - low[from])) * (high[to] - low[to])
  }
  const [bottom, top] = [points[0]!, points[points.length - 1]!]
  return {
    dbOfPosition: (position) =>
      position >= top[0] ? top[1] : position <= bottom[0] ? Number.NEGATIVE_INFINITY : between(position, 0, 1),
    positionOfDb: (db) => (db >= top[1] ? top[0] : db > bottom[1] ? between(db, 1, 0) : bottom[0]),
  }
}

/** Behringer and Midas: 10 dB an eighth of the travel above −30 dB; −90 dB just above the stop. */
export const x32Law = lawOfPoints([
  [0, -90],
  [0.0625, -60],
  [0.25, -30],
  [0.5, -10],
  [1, 10],
])

/** Yamaha DM2000: +10 dB at the top, unity at four fifths. Mackie's faders are taken to be alike; nobody here held a ruler to one. */
export const dm2000Law = lawOfPoints([
  [0, -90],
  [368 / 16383, -60],
  [3568 / 16383, -40],
  [6768 / 16383, -20],
  [9968 / 16383, -10],
  [13168 / 16383, 0],
  [1, 10],
])

/** Ardour's curve, for a panel that was drawn for it: +6 dB at the top, unity at 78 %. */
export const ardourLaw = lawOfPoints([
  [0, -90],
  [647 / 16383, -60],
  [1990 / 16383, -40],
  [3307 / 16383, -30],
  [5329 / 16383, -20],
  [8362 / 16383, -10],
  [10378 / 16383, -5],
  [12808 / 16383, 0],
  [1, 6.02],
])

export const faderLaws = { x32: x32Law, dm2000: dm2000Law, ardour: ardourLaw } as const
export type FaderLawName = keyof typeof faderLaws
