// The stereo tools of a strip: modes and polarity at the input, width behind the compressor.
import { describe, expect, it } from 'vitest'
import { rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise, sine } from '../fixtures/signals.js'

const frames = 9600
const left = noise(frames, -12, 1)
const right = noise(frames, -12, 2)

/** The greatest difference between a render and what is wanted of both sides, re full scale, in dB. */
async function errorDb(set: Settings, wanted: (l: number, r: number) => readonly [number, number], sampleRateHz = 48000) {
  const out = await renderDesk({ strips: [[left, right]], set, sampleRateHz })
  let most = 0
  for (let n = 0; n < frames; n++) {
    const [l, r] = wanted(left[n]!, right[n]!)
    most = Math.max(most, Math.abs(out.left[n]! - l), Math.abs(out.right[n]! - r))
  }
  return 20 * Math.log10(most)
}

const modes: [string, Settings, (l: number, r: number) => readonly [number, number]][] = [
  ['stereo', {}, (l, r) => [l, r]],
  ['swapped', { 'strip.1.stereoMode': 'swapped' }, (l, r) => [r, l]],
  ['mono', { 'strip.1.stereoMode': 'mono' }, (l, r) => [(l + r) / 2, (l + r) / 2]],
  ['left', { 'strip.1.stereoMode': 'left' }, (l) => [l, l]],
  ['right', { 'strip.1.stereoMode': 'right' }, (_, r) => [r, r]],
  ['ms', { 'strip.1.stereoMode': 'ms' }, (m, s) => [m + s, m - s]],
  ['polarity of both', { 'strip.1.polarity': true }, (l, r) => [-l, -r]],
  ['polarity left', { 'strip.1.polarityLeft': true }, (l, r) => [-l, r]],
  ['polarity right', { 'strip.1.polarityRight': true }, (l, r) => [l, -r]],
  ['polarity of both and left', { 'strip.1.polarity': true, 'strip.1.polarityLeft': true }, (l, r) => [l, -r]],
  ['polarity right before ms', { 'strip.1.polarityRight': true, 'strip.1.stereoMode': 'ms' }, (m, s) => [m - s, m + s]],
  ['polarity left before swapped', { 'strip.1.polarityLeft': true, 'strip.1.stereoMode': 'swapped' }, (l, r) => [r, -l]],
  ['width 0', { 'strip.1.widthPercent': 0 }, (l, r) => [(l + r) / 2, (l + r) / 2]],
  ['width 50', { 'strip.1.widthPercent': 50 }, (l, r) => [0.75 * l + 0.25 * r, 0.75 * r + 0.25 * l]],
  ['width 200', { 'strip.1.widthPercent': 200 }, (l, r) => [1.5 * l - 0.5 * r, 1.5 * r - 0.5 * l]],
]

describe('a stereo strip', () => {
  it.each(modes)('%s gives what its formula says, to −140 dBFS', async (_, set, wanted) => {
    expect(await errorDb(set, wanted)).toBeLessThan(-140)
  })

  it.each([44100, 96000])('does so at %i Hz too', async (rate) => {
    for (const [, set, wanted] of modes) expect(await errorDb(set, wanted, rate)).toBeLessThan(-140)
  })

  it('passes its neighbours in the same lanes to the bit, whatever its own sides do', async () => {
    const strips = [[left, right], [left, right], [left], [right]]
    const out = { 'strip.1.mute': true }
    const plain = await renderDesk({ strips, set: out })
    const busy = await renderDesk({
      strips,
      set: {
        ...out,
        'strip.1.widthPercent': 30,
        'strip.1.stereoMode': 'ms',
        'strip.3.stereoMode': 'ms',
        'strip.4.widthPercent': 0,
      },
    })
    expect([sameBits(plain.left, busy.left), sameBits(plain.right, busy.right)]).toEqual([true, true])
  })

  it('moved there and back is bit for bit what it was', async () => {
    const long = [noise(48000, -12, 1), noise(48000, -12, 2)]
    const moves = [
      { frame: 320, set: { 'strip.1.widthPercent': 0, 'strip.1.stereoMode': 'mono', 'strip.1.polarityRight': true } },
      { frame: 9600, set: { 'strip.1.widthPercent': 100, 'strip.1.stereoMode': 'stereo', 'strip.1.polarityRight': false } },
    ]
    const moved = await renderDesk({ strips: [long], moves })
    expect(sameBits(moved.left.slice(28000), long[0]!.slice(28000))).toBe(true)
    expect(sameBits(moved.right.slice(28000), long[1]!.slice(28000))).toBe(true)
  })

  it('has its modes before the compressor and its width behind it', async () => {
    // Only the left side is loud: linked, the compressor takes the same off both, whatever the width behind it.
    const compressor = { 'strip.1.comp.on': true, 'strip.1.comp.thresholdDb': -40, 'strip.1.comp.ratio': 100 }
    const reduction = async (set: Settings) => (await renderDesk({ strips: [[left, right]], set })).meter('strip.1.meter.compDb')
    const plain = await reduction(compressor)
    expect(await reduction({ ...compressor, 'strip.1.widthPercent': 200 })).toBe(plain)
    expect(await reduction({ ...compressor, 'strip.1.stereoMode': 'ms' })).toBeLessThan(plain - 1)
  })
})

describe('a 997 Hz tone spills at most −85 dB above 3 kHz on', () => {
  const tone = sine(65536, 997, -20)
  const low = sine(65536, 450, -30)
  const moves: Record<string, [Settings, Settings]> = {
    'width 100 → 0 %': [{}, { 'strip.1.widthPercent': 0 }],
    'width 0 → 200 %': [{ 'strip.1.widthPercent': 0 }, { 'strip.1.widthPercent': 200 }],
    'stereo → swapped': [{}, { 'strip.1.stereoMode': 'swapped' }],
    'ms → mono': [{ 'strip.1.stereoMode': 'ms' }, { 'strip.1.stereoMode': 'mono' }],
    'polarity of the left': [{}, { 'strip.1.polarityLeft': true }],
    'polarity of the right under ms': [{ 'strip.1.stereoMode': 'ms' }, { 'strip.1.polarityRight': true }],
  }
  it.each(Object.keys(moves))('%s', async (name) => {
    const [set, move] = moves[name]!
    const out = await renderDesk({ strips: [[tone, low]], set, moves: [{ frame: 32768, set: move }] })
    expect(rmsDb(out.left)).toBeGreaterThan(-50)
    expect(spillDb(out.left)).toBeLessThan(-85)
  })
})
