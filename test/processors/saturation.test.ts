// Saturation, clipper and the limiter's parameters on the whole desk: nothing of them changes no bit, and all paths stay in time.
import { describe, expect, it } from 'vitest'
import { nullDb, sameBits } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise } from '../fixtures/signals.js'

const second = 48000
const strips = [[noise(2 * second, -12, 1), noise(2 * second, -12, 2)]]
const frames = 2 * second - 9600
const render = (set: Settings, moves: { frame: number; set: Settings }[] = []) => renderDesk({ strips, set, moves, frames })
const input = strips[0]!.map((side) => side.slice(0, frames))

const peakOf = (x: Float32Array): number => x.reduce((most, v) => Math.max(most, Math.abs(v)), 0)

describe('saturation and clipper in the chain', () => {
  it.each<[string, Settings]>([
    ['off', {}],
    ['a mix of 0 %', { 'master.saturation.on': true, 'master.saturation.driveDb': 18, 'master.saturation.mixPercent': 0 }],
    ['saturation bypassed', { 'master.saturation.on': true, 'master.saturation.driveDb': 18, 'master.saturation.bypass': true }],
    ['the clipper bypassed', { 'master.clipper.on': true, 'master.clipper.ceilingDb': -12, 'master.clipper.bypass': true }],
    ['an engine without them', { 'master.saturation.oversampling': 'none', 'master.clipper.oversampling': 'none' }],
    [
      'switched on in an engine without them',
      {
        'master.saturation.oversampling': 'none',
        'master.saturation.on': true,
        'master.saturation.driveDb': 18,
        'master.clipper.oversampling': 'none',
        'master.clipper.on': true,
        'master.clipper.ceilingDb': -12,
      },
    ],
  ])('%s: what comes in, to the bit', async (_, set) => {
    const { left, right } = await render(set)
    expect(sameBits(left, input[0]!)).toBe(true)
    expect(sameBits(right, input[1]!)).toBe(true)
  })

  it('switched on and off again finds back to the bit', async () => {
    const on = { 'master.saturation.on': true, 'master.saturation.driveDb': 12, 'master.clipper.on': true }
    const off = { 'master.saturation.on': false, 'master.clipper.on': false }
    const { left } = await render({}, [
      { frame: 9600, set: on },
      { frame: 48000, set: off },
    ])
    expect(nullDb(left.subarray(30000, 45000), input[0]!.subarray(30000, 45000))).toBeGreaterThan(-60)
    expect(sameBits(left.subarray(72000), input[0]!.subarray(72000))).toBe(true)
  })

  it.each(['4x', '8x'])('the clipper holds what it is given at its ceiling, %s', async (oversampling) => {
    const { left } = await render({
      'master.clipper.on': true,
      'master.clipper.ceilingDb': -6,
      'master.clipper.oversampling': oversampling,
      'strip.1.faderDb': 10,
    })
    const ceiling = 10 ** (-6 / 20)
    const beyond = left.filter((v) => Math.abs(v) > ceiling * 1.02).length / left.length
    // Noise to the edge of the band swings over on its way back to the desk's rate: that is left to the limiter.
    expect(peakOf(left)).toBeLessThan(ceiling * 1.5)
    expect(beyond).toBeLessThan(0.15)
    expect(peakOf(input[0]!) * 10 ** (10 / 20)).toBeGreaterThan(ceiling * 1.5)
  })
})

describe('the limiter on the desk', () => {
  it.each<[string, Settings]>([
    ['at four points', {}],
    ['at eight points', { 'master.limiter.oversampling': '8x' }],
    ['apart, by the programme', { 'master.limiter.transientLinkPercent': 0, 'master.limiter.autoRelease': true }],
    ['half linked at eight points', { 'master.limiter.transientLinkPercent': 50, 'master.limiter.oversampling': '8x' }],
  ])('never lets a sample above its ceiling, driven by 12 dB %s', async (_, set) => {
    const { left, right } = await render({
      'master.limiter.on': true,
      'master.limiter.ceilingDbtp': -3,
      'master.limiter.gainDb': 12,
      ...set,
    })
    const ceiling = 10 ** (-3 / 20)
    for (const side of [left, right]) {
      expect(peakOf(side)).toBeLessThanOrEqual(ceiling)
      // True peaks between samples are what it goes by.
      expect(peakOf(side)).toBeGreaterThan(ceiling * 0.6)
    }
  })
})
