// Nulls and numbers: what must be exact is compared bit by bit, the rest against f64 (conformance §16).
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { type MatchedBand, referenceStrip } from '../fixtures/f64-strip.js'
import { frequencies, nullDb, responseDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import { type DeskJob, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, made, noise, silence } from '../fixtures/signals.js'
import { readWav } from '../fixtures/wav.js'

const second = 48000

/** Noise of −16 dBFS RMS that falls by 3 dB/oct or so, like programme (P. Kellett's economy filter). */
function programme(frames: number, seed: number): Float32Array {
  const white = noise(frames, 0, seed)
  let [a, b, c] = [0, 0, 0]
  const pink = made(frames, (n) => {
    a = 0.99765 * a + white[n]! * 0.099046
    b = 0.963 * b + white[n]! * 0.2965164
    c = 0.57 * c + white[n]! * 1.0526913
    return a + b + c + white[n]! * 0.1848
  })
  const gain = 10 ** ((-16 - rmsDb(pink)) / 20)
  return pink.map((v) => v * gain)
}

const everything: Settings = {
  'strip.1.hpf.on': true,
  'strip.1.gate.on': true,
  'strip.1.gate.thresholdDb': -30,
  'strip.1.eq.on': true,
  'strip.1.eq.band1.gainDb': 5,
  'strip.1.eq.band2.type': 'highShelf',
  'strip.1.eq.band2.gainDb': -7,
  'strip.1.comp.on': true,
  'strip.1.comp.thresholdDb': -24,
  'strip.1.comp.key': 'strip.3',
  'strip.1.delayMs': 3,
  'strip.1.stereoMode': 'ms',
  'strip.1.widthPercent': 140,
  'strip.1.automix.on': true,
  'strip.2.automix.on': true,
  'strip.1.dca.1': true,
  'dca.1.faderDb': -2,
  'strip.2.panMode': 'lcr',
  'desk.centreBus': 'bus.2',
  'strip.1.send.1.levelDb': -3,
  'strip.2.pan': 37,
  'strip.2.send.2.levelDb': -6,
  'strip.2.send.2.tap': 'preEq',
  'strip.3.comp.on': true,
  'strip.3.comp.detector': 'rms',
  'strip.3.comp.keyHpf.on': true,
  'strip.2.comp.lookaheadMs': 3,
  'strip.2.comp.autoRelease': true,
  'strip.3.gate.on': true,
  'strip.3.gate.mode': 'expand',
  'strip.3.gate.key': 'bus.2',
  'bus.2.comp.lookaheadMs': 2,
  'bus.1.eq.on': true,
  'bus.1.eq.band3.gainDb': 4,
  'bus.1.comp.on': true,
  'bus.1.output': 'bus.2',
  'master.eq.on': true,
  'master.eq.band1.gainDb': 2,
  'master.limiter.on': true,
  'master.limiter.ceilingDbtp': -6,
}

describe('exact to the bit', () => {
  const x = [noise(second, -1, 1), noise(second, -1, 2)]

  it.each([
    44100, 48000, 96000, 192000,
  ])('a stereo strip with everything off and 0 dB passes its source, %i Hz', async (sampleRateHz) => {
    const { left, right } = await renderDesk({ sampleRateHz, strips: [x] })
    expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
  })

  it('a strip and its inverted twin are digital black together, through EQ and compressor', async () => {
    const twin = (s: number): Settings => ({
      [`strip.${s}.eq.on`]: true,
      [`strip.${s}.eq.band1.gainDb`]: 9,
      [`strip.${s}.comp.on`]: true,
      [`strip.${s}.pan`]: 20,
    })
    const { left, right } = await renderDesk({ strips: [x, x], set: { ...twin(1), ...twin(2), 'strip.2.polarity': true } })
    expect(left.every((v) => v === 0) && right.every((v) => v === 0)).toBe(true)
  })

  it('any block size gives the same samples: 1, 17, 32, 64, 100, 256, 4096 frames, everything on and moving', async () => {
    const frames = 24000
    const moves = Array.from({ length: 60 }, (_, i) => ({
      frame: i * 391,
      set: {
        'strip.1.faderDb': -(i % 13),
        'strip.2.pan': i - 30,
        'strip.1.eq.band1.frequencyHz': 200 + 90 * i,
        'strip.2.mute': i % 9 === 4,
      },
    }))
    const job: DeskJob = { frames, strips: [x, [x[1]!], [programme(frames, 5)]], set: everything, moves }
    const first = await renderDesk({ ...job, bufferFrames: 32 })
    expect(rmsDb(first.left)).toBeGreaterThan(-40)
    for (const bufferFrames of [1, 17, 64, 100, 256, 4096]) {
      const other = await renderDesk({ ...job, bufferFrames })
      expect([bufferFrames, sameBits(first.left, other.left), sameBits(first.right, other.right)]).toEqual([
        bufferFrames,
        true,
        true,
      ])
    }
  })

  it('silence in is digital black out, everything on', async () => {
    const quiet = [silence(second), silence(second)]
    const { left, right } = await renderDesk({ strips: [quiet, [silence(second)], [silence(second)]], set: everything })
    expect(left.every((v) => v === 0) && right.every((v) => v === 0)).toBe(true)
  })

  it('a burst rings out to digital black within 2 s, everything on', async () => {
    const burst = made(3 * second, (n) => (n < 4800 ? Math.sin(n) : 0))
    const { left, right } = await renderDesk({
      strips: [[burst], [burst], [burst]],
      set: { ...everything, 'strip.1.hpf.frequencyHz': 20 },
    })
    expect(left.subarray(-second).every((v) => v === 0) && right.subarray(-second).every((v) => v === 0)).toBe(true)
  })

  it('crosstalk is 0: a strip hard right leaves the left black, and what strip 2 plays changes no bit of strip 1', async () => {
    const set: Settings = {
      'strip.1.pan': -100,
      'strip.2.pan': 100,
      'strip.1.eq.on': true,
      'strip.1.eq.band1.gainDb': 6,
      'strip.2.comp.on': true,
    }
    const alone = await renderDesk({ strips: [[x[0]!], [silence(second)]], set })
    const both = await renderDesk({ strips: [[x[0]!], [x[1]!]], set })
    const right = await renderDesk({ strips: [[silence(second)], [x[1]!]], set })
    expect(sameBits(alone.left, both.left)).toBe(true)
    expect(right.left.every((v) => v === 0)).toBe(true)
  })

  it('solo changes no bit of the master', async () => {
    const job = { strips: [x, [x[0]!]], set: { 'strip.2.faderDb': -5 } }
    const plain = await renderDesk(job)
    const soloed = await renderDesk({ ...job, set: { ...job.set, 'strip.2.solo': true, 'bus.1.solo': true } })
    expect([sameBits(plain.left, soloed.left), sameBits(plain.right, soloed.right)]).toEqual([true, true])
  })
})

it('a flat strip’s response is 0 dB ± .001 from 20 Hz to 20 kHz, stages on but neutral', async () => {
  const set = {
    'strip.1.pan': -100,
    'strip.1.eq.on': true,
    'strip.1.comp.on': true,
    'strip.1.comp.ratio': 1,
    'strip.1.gate.on': true,
    'strip.1.gate.rangeDb': 0,
    'master.eq.on': true,
    'master.limiter.on': true,
    'master.limiter.ceilingDbtp': 0,
  }
  const { left } = await renderDesk({ strips: [[impulse(16384, 8192, 0.5)]], set })
  for (const hz of frequencies(20, 20000, 30)) expect(Math.abs(responseDb(left, hz) + 6.0206)).toBeLessThan(0.001)
})

describe('against f64', () => {
  const bands: MatchedBand[] = [
    { frequencyHz: 30, gainDb: 6, q: 1 },
    { frequencyHz: 120, gainDb: -4, q: 2 },
    { frequencyHz: 1000, gainDb: 3, q: 0.7 },
    { frequencyHz: 8000, gainDb: 5, q: 1 },
  ]
  const set: Record<string, number | boolean | string> = {
    'strip.1.pan': -100,
    'strip.1.hpf.on': true,
    'strip.1.hpf.frequencyHz': 20,
    'strip.1.hpf.slope': '24',
    'strip.1.eq.on': true,
  }
  for (const [b, band] of bands.entries())
    for (const [name, value] of Object.entries(band)) set[`strip.1.eq.band${b + 1}.${name}`] = value

  it.each([
    48000, 96000,
  ])('a strip (high-pass 24 dB/oct at 20 Hz, bells at 30 Hz … 8 kHz) at %i Hz nulls below −135 dBFS RMS on programme of −16', async (rate) => {
    const x = programme(rate * 4, 3)
    const { left } = await renderDesk({ sampleRateHz: rate, strips: [[x]], set })
    const wanted = referenceStrip(x, rate, 20, bands)
    expect(nullDb(left, wanted)).toBeLessThan(-135)
  })

  it('the sum of 512 tracks of −60 dBFS noise errs by less than −185 dBFS', async () => {
    const tracks = Array.from({ length: 512 }, (_, i) => [noise(4800, -60, i + 1)])
    const { left } = await renderDesk({ strips: tracks })
    const wanted = new Float64Array(4800)
    for (const [track] of tracks) for (let n = 0; n < wanted.length; n++) wanted[n]! += track![n]! * Math.cos(Math.PI / 4)
    expect(nullDb(left, wanted)).toBeLessThan(-185)
  })
})

describe('between instruction sets', () => {
  const [best, ...others] = nativeAddon().isaNames
  const x = programme(4 * second, 7)
  const filters: Settings = {
    'strip.1.hpf.on': true,
    'strip.1.hpf.slope': '24',
    'strip.1.hpf.frequencyHz': 20,
    'strip.1.eq.on': true,
    'strip.1.eq.band1.frequencyHz': 30,
    'strip.1.eq.band1.gainDb': 6,
    'strip.1.eq.band2.type': 'lowShelf',
    'strip.1.eq.band2.frequencyHz': 200,
    'strip.1.eq.band2.gainDb': -5,
    'strip.1.eq.band3.gainDb': 8,
    'strip.1.eq.band4.type': 'notch',
    'strip.1.eq.band4.frequencyHz': 3000,
    'strip.1.eq.band5.type': 'highShelf',
    'strip.1.eq.band5.frequencyHz': 9000,
    'strip.1.eq.band5.gainDb': 3,
    'strip.1.pan': -100,
    'strip.1.faderDb': -1,
  }
  it.each(others)(`%s and ${best}: a strip with its dynamics off nulls below −135 dBFS`, async (isa) => {
    const a = await renderDesk({ strips: [[x]], set: filters, isa: best! })
    const b = await renderDesk({ strips: [[x]], set: filters, isa })
    expect(nullDb(a.left, b.left)).toBeLessThan(-135)
  })
  it.each(others)(`%s and ${best}: a flat strip is the same to the bit, everything on nulls below −140 dBFS`, async (isa) => {
    const job: DeskJob = { strips: [[x, x], [x], [x]] }
    const [a, b] = [await renderDesk({ ...job, isa: best! }), await renderDesk({ ...job, isa })]
    expect(sameBits(a.left, b.left)).toBe(true)
    const [c, d] = [await renderDesk({ ...job, set: everything, isa: best! }), await renderDesk({ ...job, set: everything, isa })]
    expect(nullDb(c.left, d.left)).toBeLessThan(-140)
  })
})

const session = fileURLToPath(new URL('../../../shared/audio/session/', import.meta.url))

describe.skipIf(!existsSync(session))('the real session (../shared/audio/session)', () => {
  it('rendered flat equals the arithmetic sum of its 12 tracks to −140 dB RMS', async () => {
    const addon = nativeAddon()
    const folder = mkdtempSync(join(tmpdir(), 'deskd-session-'))
    try {
      const strips: Float32Array[][] = []
      for (const name of readdirSync(session).sort()) {
        await addon.conformTrack(join(session, name), join(folder, 'track.wav'), second)
        // 10 s from where all play.
        strips.push(readWav(join(folder, 'track.wav')).channels.map((plane) => plane.slice(15 * second, 25 * second)))
      }
      expect(strips).toHaveLength(12)
      const { left, right } = await renderDesk({ strips })
      const sums = [0, 1].map((side) => {
        const sum = new Float64Array(left.length)
        for (const planes of strips)
          for (let n = 0; n < sum.length; n++)
            sum[n]! += planes.length === 2 ? planes[side]![n]! : planes[0]![n]! * Math.cos(Math.PI / 4)
        return sum
      })
      expect(rmsDb(left)).toBeGreaterThan(-40)
      expect(nullDb(left, sums[0]!)).toBeLessThan(-140)
      expect(nullDb(right, sums[1]!)).toBeLessThan(-140)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
