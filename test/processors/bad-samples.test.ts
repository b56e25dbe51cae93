// NaN, infinities and absurd numbers in a file: never heard, and nobody else's business. (At inputs: test/native/graph.test.ts.)
import { describe, expect, it } from 'vitest'
import { peakDb, sameBits } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise, silence } from '../fixtures/signals.js'

const frames = 48000
const clean = noise(frames, -12, 1)
const bystander = noise(frames, -12, 2)
const isSpoiled = (n: number): boolean => n >= 12000 && n < 24000 && n % 7 === 0
const spoiled = (value: number): Float32Array => clean.map((v, n) => (isSpoiled(n) ? value : v))

const busy: Settings = {
  'strip.1.pan': -100,
  'strip.2.pan': 100,
  'strip.1.hpf.on': true,
  'strip.1.eq.on': true,
  'strip.1.eq.band1.gainDb': 18,
  'strip.1.eq.band1.q': 40,
  'strip.1.comp.on': true,
  'strip.2.eq.on': true,
  'strip.2.eq.band1.gainDb': 3,
  'strip.2.comp.on': true,
}

describe.each([
  ['NaN', Number.NaN, 0],
  ['+Inf', Number.POSITIVE_INFINITY, 0],
  ['−Inf', Number.NEGATIVE_INFINITY, 0],
  ['1e30', 1e30, 1e6],
  ['−3e38', -3e38, -1e6],
])('a file with samples of %s', (_, value, instead) => {
  it(`plays ${instead} in their place, to the bit`, async () => {
    const { left } = await renderDesk({ strips: [[spoiled(value)]], set: { 'strip.1.pan': -100 } })
    expect(
      sameBits(
        left,
        clean.map((v, n) => (isSpoiled(n) ? instead : v)),
      ),
    ).toBe(true)
  })

  it('changes no bit of another strip, and its own strip is at work again when it is over', async () => {
    const dirty = await renderDesk({ strips: [[spoiled(value)], [bystander]], set: busy })
    const quiet = await renderDesk({ strips: [[silence(frames)], [bystander]], set: busy })
    expect(sameBits(dirty.right, quiet.right)).toBe(true)
    expect(dirty.region.counter('nonFinite')).toBe(0)
    expect(peakDb(dirty.left.subarray(-4800))).toBeGreaterThan(-40)
  })
})
