// Strips lie side by side in vector lanes: none of that may be heard, whoever the neighbours are.
import { describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { amplitudeOfDb } from '../../src/units.js'
import { nullDb, rmsDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings, type Source } from '../fixtures/offline-desk.js'
import { noise, random } from '../fixtures/signals.js'

const frames = 9600
/** Mono, stereo, mono, mono, stereo …: stereo pairs begin on odd and even strips, and lanes stay empty between. */
const crowd: Source[] = Array.from({ length: 45 }, (_, s) =>
  s % 3 === 1 ? [noise(frames, -30, s + 1), noise(frames, -30, s + 100)] : [noise(frames, -30, s + 1)],
)

/** A strip with filters and dynamics of its own. */
function busy(s: number, as = s): Settings {
  const own = `strip.${as + 1}`
  return {
    [`${own}.hpf.on`]: s % 2 === 0,
    [`${own}.hpf.slope`]: ['6', '12', '18', '24'][s % 4]!,
    [`${own}.hpf.frequencyHz`]: 40 + 10 * s,
    [`${own}.gate.on`]: s % 4 === 1,
    [`${own}.gate.thresholdDb`]: -32,
    [`${own}.eq.on`]: s % 5 !== 0,
    [`${own}.eq.band1.gainDb`]: (s % 7) - 3,
    [`${own}.eq.band2.type`]: ['bell', 'lowShelf', 'highShelf', 'lowCut', 'highCut', 'notch'][s % 6]!,
    [`${own}.eq.band2.frequencyHz`]: 200 + 90 * s,
    [`${own}.eq.band2.gainDb`]: 4,
    [`${own}.comp.on`]: s % 3 !== 0,
    [`${own}.comp.thresholdDb`]: -45 + s / 2,
    [`${own}.comp.detector`]: s % 2 === 0 ? 'peak' : 'rms',
    [`${own}.pan`]: 2 * s - 44,
  }
}

describe.each(nativeAddon().isaNames)('45 strips, mono and stereo, in %s', (isa) => {
  it('with faders, pans and polarities of their own sum like f64 within −160 dBFS', async () => {
    const next = random(11)
    const desk = crowd.map(() => ({ faderDb: Math.fround(6 * next() - 3), pan: Math.round(100 * next()), polarity: next() > 0 }))
    const set: Settings = Object.assign(
      {},
      ...desk.map((strip, s) =>
        Object.fromEntries(Object.entries(strip).map(([name, value]) => [`strip.${s + 1}.${name}`, value])),
      ),
    )
    const { left, right } = await renderDesk({ strips: crowd, set, isa })
    const sums = [new Float64Array(frames), new Float64Array(frames)]
    for (const [s, planes] of crowd.entries()) {
      const { faderDb, pan, polarity } = desk[s]!
      const gain = amplitudeOfDb(faderDb) * (polarity ? -1 : 1)
      const place = [Math.cos(((pan + 100) * Math.PI) / 400), Math.sin(((pan + 100) * Math.PI) / 400)]
      for (const [side, sum] of sums.entries()) {
        const balance = planes.length === 2 ? Math.min(1, place[side]! * Math.SQRT2) : place[side]!
        const plane = planes[planes.length - 1 === 0 ? 0 : side]!
        for (let n = 0; n < frames; n++) sum[n]! += gain * balance * plane[n]!
      }
    }
    expect(nullDb(left, sums[0]!)).toBeLessThan(-160)
    expect(nullDb(right, sums[1]!)).toBeLessThan(-160)
  })

  it('each with filters and dynamics of its own: any of them, all others muted, nulls below −145 dBFS with itself alone', async () => {
    const all: Settings = Object.assign({}, ...crowd.map((_, s) => busy(s)))
    for (const s of [0, 1, 7, 16, 22, 31, 43, 44]) {
      const mutes = Object.fromEntries(crowd.map((_, i) => [`strip.${i + 1}.mute`, i !== s]))
      const among = await renderDesk({ strips: crowd, set: { ...all, ...mutes }, isa })
      const alone = await renderDesk({ strips: [crowd[s]!], set: busy(s, 0), isa })
      expect(rmsDb(alone.left)).toBeGreaterThan(-80)
      expect(nullDb(among.left, alone.left)).toBeLessThan(-145)
      expect(nullDb(among.right, alone.right)).toBeLessThan(-145)
    }
  })

  it('a neighbour whose filters and compressor move and switch leaves a strip alone: null below −145 dBFS', async () => {
    const strips = [crowd[0]!, crowd[2]!]
    const set = { ...busy(22, 0), ...busy(31, 1), 'strip.2.mute': true }
    const moves = Array.from({ length: 40 }, (_, i) => ({
      frame: 800 + 200 * i,
      set: {
        'strip.2.hpf.frequencyHz': 50 + 20 * i,
        'strip.2.hpf.on': i % 8 !== 3,
        'strip.2.eq.band1.frequencyHz': 100 * (i + 1),
        'strip.2.eq.band2.type': i % 6,
        'strip.2.comp.thresholdDb': -60 + i,
        'strip.2.gate.on': i % 5 === 0,
        'strip.2.trimDb': i - 20,
      },
    }))
    const still = await renderDesk({ strips, set, isa })
    const moving = await renderDesk({ strips, set, moves, isa })
    expect(rmsDb(still.left)).toBeGreaterThan(-60)
    expect(nullDb(still.left, moving.left)).toBeLessThan(-145)
  })
})
