// Sends and buses: where each tap lies, what mute does to it, buses into buses, and a loop that must not close.
import { describe, expect, it } from 'vitest'
import { difference, nullDb, peakDb, rmsDb, sameBits, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, noise, sine } from '../fixtures/signals.js'

const frames = 48000
const tone = sine(frames, 1000, -40)
const tail = (x: Float64Array): Float64Array => x.subarray(frames - 9600)

/** What comes over the sends alone: the master with them, less the master without. */
async function overBuses(strips: readonly Float32Array[][], set: Settings): Promise<readonly [Float64Array, Float64Array]> {
  const withSends = await renderDesk({ strips, set, busCount: 4 })
  const without = await renderDesk({ strips, set: { ...set, 'bus.1.mute': true }, busCount: 4 })
  return [difference(withSends.left, without.left), difference(withSends.right, without.right)]
}

const levels = async (strips: readonly Float32Array[][], set: Settings): Promise<number[]> =>
  (await overBuses(strips, set)).map((side) => toneDb(tail(side), 1000))

/** Trim +4, gate −10, EQ +6, compressor +3, fader −7 dB, pan 50 (−8.343 and −.688 dB): every stage moves the tone of −40 dBFS. */
const stages: Settings = {
  'strip.1.trimDb': 4,
  'strip.1.gate.on': true,
  'strip.1.gate.thresholdDb': 0,
  'strip.1.gate.rangeDb': 10,
  'strip.1.gate.releaseMs': 20,
  'strip.1.eq.on': true,
  'strip.1.eq.band2.gainDb': 6,
  'strip.1.comp.on': true,
  'strip.1.comp.ratio': 1,
  'strip.1.comp.makeupDb': 3,
  'strip.1.faderDb': -7,
  'strip.1.pan': 50,
  'strip.1.send.1.levelDb': -5,
}

const taps: [string, number, number, boolean][] = [
  ['input', -44.01, -44.01, false],
  ['preEq', -54.01, -54.01, false],
  ['postEq', -48.01, -48.01, false],
  ['preFader', -45.01, -45.01, false],
  ['postFader', -52.01, -52.01, true],
  ['postPan', -57.343, -49.688, true],
]

describe('a mono strip’s send at −5 dB, with trim +4, gate −10, EQ +6, compressor +3, fader −7 dB and pan 50', () => {
  it.each(taps)('tapped at %s gives the bus %f and %f dB (± .01)', async (tap, leftDb, rightDb) => {
    const [left, right] = await levels([[tone]], { ...stages, 'strip.1.send.1.tap': tap })
    expect(Math.abs(left! - leftDb)).toBeLessThan(0.01)
    expect(Math.abs(right! - rightDb)).toBeLessThan(0.01)
  })

  it.each(
    taps,
  )('tapped at %s is there while the strip is muted only where it lies before the fader', async (tap, leftDb, _, behindFader) => {
    const [left] = await overBuses([[tone]], { ...stages, 'strip.1.send.1.tap': tap, 'strip.1.mute': true })
    if (behindFader) expect(left.every((v) => v === 0)).toBe(true)
    else expect(Math.abs(toneDb(tail(left), 1000) - leftDb)).toBeLessThan(0.01)
  })

  it('is silent with send.on off, and at −inf, where it stands by default', async () => {
    for (const set of [{ ...stages, 'strip.1.send.1.on': false }, { ...stages, 'strip.1.send.1.levelDb': '-inf' }, {}]) {
      const [left, right] = await overBuses([[tone]], set)
      expect(left.every((v) => v === 0) && right.every((v) => v === 0)).toBe(true)
    }
  })

  it('has a pan of its own: −100 gives 0 dB left and nothing right; behind the pan it is a balance', async () => {
    const pre = { 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader', 'strip.1.send.1.pan': -100 }
    const [left, right] = await overBuses([[tone]], pre)
    expect(Math.abs(toneDb(tail(left), 1000) + 40)).toBeLessThan(0.001)
    expect(right.every((v) => v === 0)).toBe(true)
    const post = { 'strip.1.pan': 50, 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'postPan', 'strip.1.send.1.pan': 100 }
    const [, alone] = await overBuses([[tone]], post)
    expect(Math.abs(toneDb(tail(alone), 1000) + 40.688)).toBeLessThan(0.01)
  })
})

it('a stereo strip’s send keeps left left and right right, to the bit', async () => {
  const x = [noise(frames, -12, 1), noise(frames, -12, 2)]
  const set = { 'strip.1.faderDb': '-inf', 'strip.1.send.3.levelDb': 0, 'strip.1.send.3.tap': 'preFader' }
  const { left, right } = await renderDesk({ strips: [x], set, busCount: 4 })
  expect([sameBits(left, x[0]!), sameBits(right, x[1]!)]).toEqual([true, true])
})

it('a tap moved while playing arrives: from preEq to preFader 6 dB more', async () => {
  const set = {
    'strip.1.eq.on': true,
    'strip.1.eq.band1.gainDb': 6,
    'strip.1.send.1.levelDb': 0,
    'strip.1.send.1.tap': 'preEq',
    'strip.1.faderDb': '-inf',
  }
  const moves = [{ frame: 20000, set: { 'strip.1.send.1.tap': 'preFader' } }]
  const { left } = await renderDesk({ strips: [[tone, tone]], set, moves })
  expect(Math.abs(toneDb(left.subarray(9600, 19200), 1000) + 40)).toBeLessThan(0.001)
  expect(Math.abs(toneDb(left.subarray(frames - 9600), 1000) + 34)).toBeLessThan(0.001)
})

describe('buses into buses', () => {
  const x = [noise(frames, -12, 1), noise(frames, -12, 2)]
  const into = (first: number): Settings => ({
    'strip.1.faderDb': '-inf',
    [`strip.1.send.${first}.levelDb`]: 0,
    [`strip.1.send.${first}.tap`]: 'preFader',
  })

  it.each([
    [[1, 2, 3]],
    [[3, 2, 1]],
    [[2, 4, 1]],
  ])('three deep, in the order %j, nulls with the strip itself: 0 samples late, to the bit', async (order) => {
    const set = {
      ...into(order[0]!),
      [`bus.${order[0]}.output`]: `bus.${order[1]}`,
      [`bus.${order[1]}.output`]: `bus.${order[2]}`,
    }
    const chain = await renderDesk({ strips: [x], set, busCount: 4 })
    expect([sameBits(chain.left, x[0]!), sameBits(chain.right, x[1]!)]).toEqual([true, true])
    const inverted = await renderDesk({ strips: [x, x], set: { ...set, 'strip.2.polarity': true }, busCount: 4 })
    expect(inverted.left.every((v) => v === 0) && inverted.right.every((v) => v === 0)).toBe(true)
  })

  it('three deep, each with a bell of its own, null below −140 dBFS with a strip that has the three bells', async () => {
    const bells: Record<string, number | boolean | string> = { 'bus.1.output': 'bus.2', 'bus.2.output': 'bus.3' }
    const strip: Record<string, number | boolean> = { 'strip.1.eq.on': true }
    for (const [i, hz] of [80, 700, 6000].entries()) {
      bells[`bus.${i + 1}.eq.on`] = true
      bells[`bus.${i + 1}.eq.band1.frequencyHz`] = strip[`strip.1.eq.band${i + 1}.frequencyHz`] = hz
      bells[`bus.${i + 1}.eq.band1.gainDb`] = strip[`strip.1.eq.band${i + 1}.gainDb`] = 5 - 4 * i
    }
    const chain = await renderDesk({ strips: [x], set: { ...into(1), ...bells }, busCount: 4 })
    const direct = await renderDesk({ strips: [x], set: strip, busCount: 4 })
    expect(nullDb(chain.left, direct.left)).toBeLessThan(-140)
  })

  it('all 64 in a row still pass the signal to the bit', async () => {
    const chain = Object.fromEntries(Array.from({ length: 63 }, (_, b) => [`bus.${b + 1}.output`, `bus.${b + 2}`]))
    const { left } = await renderDesk({ strips: [x], set: { ...into(1), ...chain }, busCount: 64, frames: 4800 })
    expect(sameBits(left, x[0]!.slice(0, 4800))).toBe(true)
  })

  it('fader −6, mute and balance work on the way to another bus', async () => {
    const level = async (set: Settings): Promise<number[]> => {
      const dc = constant(9600, -20)
      const { left, right } = await renderDesk({
        strips: [[dc, dc]],
        set: { ...into(1), 'bus.1.output': 'bus.2', ...set },
        busCount: 4,
      })
      return [peakDb(left.subarray(4800)), peakDb(right.subarray(4800))]
    }
    const [faded] = await level({ 'bus.1.faderDb': -6 })
    expect(Math.abs(faded! + 26)).toBeLessThan(0.001)
    expect(await level({ 'bus.1.mute': true })).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect((await level({ 'bus.1.pan': 100 }))[0]).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('a loop of buses that reaches the engine', () => {
  const set = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
  const loops: [string, Settings][] = [
    ['bus 1 into itself', { 'bus.1.output': 'bus.1' }],
    ['bus 1 → 2 → 1', { 'bus.1.output': 'bus.2', 'bus.2.output': 'bus.1' }],
    ['bus 1 → 2 → 3 → 1', { 'bus.1.output': 'bus.2', 'bus.2.output': 'bus.3', 'bus.3.output': 'bus.1' }],
  ]
  it.each(
    loops,
  )('%s: is refused from the start and on the way, and the desk plays on at 0 dB when it is undone', async (_, loop) => {
    const undone = Object.fromEntries(Object.keys(loop).map((id) => [id, 'master']))
    const moves = [
      { frame: 16000, set: undone },
      { frame: 24000, set: loop },
      { frame: 32000, set: undone },
    ]
    const { left, region } = await renderDesk({ strips: [[tone, tone]], set: { ...set, ...loop }, moves, busCount: 4 })
    expect(region.counter('nonFinite')).toBe(0)
    expect(peakDb(left)).toBeLessThan(-39.9)
    expect(rmsDb(left.subarray(12000, 16000))).toBe(Number.NEGATIVE_INFINITY)
    expect(Math.abs(toneDb(left.subarray(frames - 9600), 1000) + 40)).toBeLessThan(0.001)
  })
})
