// What an album is made by: loudness together, targets, tones, curves, passes, ends.
import { describe, expect, it } from 'vitest'
import { albumLufs, targetsOf } from '../../src/mastering/album/album-loudness.js'
import { cueSheetText } from '../../src/mastering/album/cue-sheet.js'
import { matchedCeiling, matchedWidth, sideDbOf } from '../../src/mastering/album/match.js'
import { passUntil } from '../../src/mastering/album/passes.js'
import { cutOf } from '../../src/mastering/album/source.js'
import { meanTone, toneCurve, toneOf, toneSpreadDb } from '../../src/mastering/album/tone.js'
import { bandResponseDb, fitToneBands } from '../../src/mastering/album/tone-eq.js'
import { type Measurement, measureSamples } from '../../src/mastering/measure.js'
import { thirdOctaveHz } from '../../src/processors/analyser/params.js'

const sine = (db: number, seconds: number): Float32Array => {
  const gain = 10 ** (db / 20)
  return Float32Array.from({ length: seconds * 48000 }, (_, n) => gain * Math.sin((2 * Math.PI * 1000 * n) / 48000))
}
const measured = async (...tones: (readonly [number, number])[]): Promise<Measurement> => {
  const plane = new Float32Array(tones.reduce((sum, [, seconds]) => sum + seconds * 48000, 0))
  let at = 0
  for (const [db, seconds] of tones) {
    plane.set(sine(db, seconds), at)
    at += seconds * 48000
  }
  return measureSamples([plane, plane], 48000, { brief: true })
}

describe('the loudness of an album', () => {
  // libebur128's ebur128_loudness_global_multiple on EBU Tech 3341-1, 3341-2.
  it('is that of all gated blocks together: −22.99 and −32.99 LUFS give −25.59', async () => {
    const pieces = [await measured([-23, 10]), await measured([-33, 10])]
    expect(albumLufs(pieces)).toBeCloseTo(-25.59, 1)
    // The same on EBU Tech 3342-1, 3341-5, 3342-2: I −22.590, −22.979, −16.810 → −20.142.
    const three = [
      await measured([-20, 20], [-30, 20]),
      await measured([-26, 20], [-20, 20.1], [-26, 20]),
      await measured([-20, 20], [-15, 20]),
    ]
    expect(three.map((one) => Number(one.integratedLufs.toFixed(1)))).toEqual([-22.6, -23, -16.8])
    expect(Math.abs(albumLufs(three) + 20.142)).toBeLessThan(0.02)
    expect(targetsOf(pieces, 'track', -14)).toEqual([-14, -14])
    const [loud, quiet] = targetsOf(pieces, 'loudest', -14) as [number, number]
    expect(loud).toBeCloseTo(-14, 9)
    expect(loud - quiet).toBeCloseTo(10, 2)
    expect(targetsOf(pieces, 'album', -16)[0]).toBeCloseTo(-16 + 2.6, 1)
  })
})

describe('tones', () => {
  const flat = toneOf(Array(31).fill(-20))
  const tilted = toneOf(Array.from({ length: 31 }, (_, b) => -20 - 0.3 * b))
  it('know no level, and are spread by how they differ', () => {
    expect(toneOf(Array(31).fill(-40))).toEqual(flat)
    expect(toneSpreadDb([flat, flat])).toBe(0)
    expect(toneSpreadDb([flat, tilted])).toBeGreaterThan(1)
  })
  it('go half the way at 50 %, never further than asked, and leave empty bands alone', () => {
    const target = meanTone([flat, flat])
    const [half, whole] = [50, 100].map((percent) => toneCurve(tilted, target, { percent, maxDb: 12 })) as [number[], number[]]
    expect(whole[28]).toBeGreaterThan(2)
    expect(half[28]).toBeCloseTo(whole[28]! / 2, 9)
    expect(Math.max(...toneCurve(tilted, target, { percent: 100, maxDb: 1 }))).toBe(1)
    const noBass = toneOf(Array.from({ length: 31 }, (_, b) => (b < 10 ? -120 : -20)))
    expect(toneCurve(noBass, target, { percent: 100, maxDb: 12 }).slice(0, 10)).toEqual(Array(10).fill(0))
  })
  it.each([
    [6, 0.8],
    [12, 0.5],
  ])('are followed by %d bands: a tilt of 6 dB within %d dB', (count, within) => {
    const curve = Array.from({ length: 31 }, (_, b) => (b - 15) * 0.2)
    const bands = fitToneBands(curve, count)
    expect(bands.length).toBe(count)
    const sum = (b: number): number => bands.reduce((db, band) => db + bandResponseDb(band, thirdOctaveHz(b + 1)), 0)
    for (let b = 2; b < 30; b++) expect(Math.abs(sum(b) - curve[b]!), `band ${b}`).toBeLessThan(within)
  })
})

describe('passes', () => {
  const goal = { mostDriveDb: 10, targetLufs: -14, toleranceLu: 0.02, ceilingDbtp: -1, limiterCeilingDbtp: -1 }
  it('find the drive behind a limiter that takes .4 of every dB, and lower a ceiling that was passed by .2 dB', async () => {
    const seen: number[] = []
    const { gains, reading, passes } = await passUntil(goal, 0, async ({ driveDb, limiterCeilingDbtp }) => {
      seen.push(driveDb)
      return { integratedLufs: -17 + 0.6 * driveDb + (limiterCeilingDbtp + 1) * 0.1, truePeakDbtp: limiterCeilingDbtp + 0.2 }
    })
    expect(Math.abs(reading.integratedLufs + 14)).toBeLessThan(0.02)
    expect(gains.limiterCeilingDbtp).toBeCloseTo(-1.3, 1)
    expect(passes).toBeLessThanOrEqual(4)
  })
  it('end where the drive ends', async () => {
    const pass = async ({ driveDb }: { driveDb: number }) => ({ integratedLufs: -40 + driveDb, truePeakDbtp: -20 })
    await expect(passUntil(goal, 0, pass)).rejects.toThrow(/reached -30\.00 LUFS/)
  })
})

describe('the ends of a piece', () => {
  it('keep .05 s before the sound and .5 s behind it, faded; what is not cut is not faded', () => {
    expect(cutOf({ first: 48000, end: 96000 }, 192000, 48000)).toEqual({
      first: 45600,
      frames: 74400,
      fadeInFrames: 960,
      fadeOutFrames: 19200,
    })
    expect(cutOf({ first: 0, end: 96000 }, 192000, 48000)).toMatchObject({ first: 0, fadeInFrames: 0, fadeOutFrames: 19200 })
    expect(cutOf({ first: 100, end: 96000 }, 96100, 48000)).toBeUndefined()
  })
})

describe('references', () => {
  it('ask for width by the side over the middle, and for limiting by peak over loudness', async () => {
    const [a, b] = [sine(-20, 1), sine(-20, 1).map((_, n) => 0.1 * Math.sin((2 * Math.PI * 1700 * n) / 48000))]
    const wide = await measureSamples([a, b], 48000)
    expect(sideDbOf(wide)).toBeCloseTo(0, 1)
    const reference = { lufs: -14, tone: [], sideDb: -6, plrLu: 9 }
    expect(matchedWidth(wide, reference, 100)).toBeCloseTo(50, 0)
    expect(matchedWidth(wide, reference, 0)).toBe(100)
    expect(matchedWidth(await measureSamples([a], 48000), reference, 100)).toBe(100)
    expect(matchedCeiling(-1, -14, reference, 100)).toBe(-5)
    expect(matchedCeiling(-1, -14, reference, 50)).toBe(-3)
    expect(matchedCeiling(-1, -8, reference, 100)).toBe(-1)
  })
})

describe('a cue sheet', () => {
  it('names a file a track, without quotation marks that would end a name', () => {
    expect(cueSheetText({ tracks: [{ file: '1 "x".wav', title: 'a\nb' }] })).toBe(
      'FILE "1 ’x’.wav" WAVE\r\n  TRACK 01 AUDIO\r\n    TITLE "a b"\r\n    INDEX 01 00:00:00\r\n',
    )
  })
})
