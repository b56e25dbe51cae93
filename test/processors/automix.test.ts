// The automix: shares of gain among voices that stand, come and go.
import { describe, expect, it } from 'vitest'
import { rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { type DeskJob, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const members = (count: number, more: Settings = {}): Settings => ({
  ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`strip.${i + 1}.automix.on`, true])),
  ...more,
})

/** Automix gains of all strips in dB at the end of a render. */
async function shares(job: DeskJob): Promise<number[]> {
  const { meter } = await renderDesk(job)
  return job.strips.map((_, i) => meter(`strip.${i + 1}.meter.automixDb`))
}

const tones = (...dbs: number[]) => dbs.map((db, i) => [sine(second, 700 + 90 * i, db)])
const powerDb = (gainsDb: readonly number[]): number => 10 * Math.log10(gainsDb.reduce((sum, db) => sum + 10 ** (db / 10), 0))

describe.each([44100, 48000, 96000])('the automix at %i Hz', (sampleRateHz) => {
  const share = (job: DeskJob) => shares({ ...job, sampleRateHz })

  it('leaves one voice alone at 0 dB ± .1, whatever its level', async () => {
    for (const db of [-60, -40, -6]) {
      const strips = [...tones(db), [silence(second)], [silence(second)]]
      const [first, ...others] = await share({ strips, set: members(3) })
      expect(Math.abs(first!)).toBeLessThan(0.1)
      for (const other of others) expect(other).toBeLessThan(-25)
    }
  })

  it('sets two equal voices to −3.01 dB each, four to −6.02, eight to −9.03 (± .1)', async () => {
    for (const [count, db] of [
      [2, -3.01],
      [4, -6.02],
      [8, -9.03],
    ] as const)
      for (const gain of await share({ strips: tones(...Array(count).fill(-20)), set: members(count) }))
        expect(Math.abs(gain - db)).toBeLessThan(0.1)
  })

  it('sets a voice 10 dB below another to −10.41 dB, that one to −.41 dB (± .1)', async () => {
    const [loud, soft] = await share({ strips: tones(-20, -30), set: members(2) })
    expect(Math.abs(loud! + 0.41)).toBeLessThan(0.1)
    expect(Math.abs(soft! + 10.41)).toBeLessThan(0.1)
  })
})

describe('the automix', () => {
  it('has gains whose squares add up to 1 (± .02 dB), whatever the levels and weights', async () => {
    const set = members(5, { 'strip.1.automix.weightDb': 12, 'strip.4.automix.weightDb': -12, 'strip.5.automix.weightDb': 3 })
    const gains = await shares({ strips: tones(-30, -12, -18, -6, -25), set })
    expect(Math.abs(powerDb(gains))).toBeLessThan(0.02)
    expect(Math.max(...gains) - Math.min(...gains)).toBeGreaterThan(8)
  })

  it('moves a voice by its weight: +6 dB on one of two equal ones gives −.97 and −6.97 dB (± .1)', async () => {
    const [a, b] = await shares({ strips: tones(-20, -20), set: members(2, { 'strip.1.automix.weightDb': 6 }) })
    expect(Math.abs(a! + 0.97)).toBeLessThan(0.1)
    expect(Math.abs(b! + 6.97)).toBeLessThan(0.1)
  })

  it('shares within groups A and B apart, and leaves strips out that are not on it', async () => {
    const set = members(4, { 'strip.3.automix.group': 'B', 'strip.4.automix.group': 'B' })
    const gains = await shares({ strips: tones(-20, -20, -40, -40, -3), set })
    for (const gain of gains.slice(0, 4)) expect(Math.abs(gain + 3.01)).toBeLessThan(0.1)
    expect(gains[4]).toBe(0)
  })

  it('gives no share to who is muted, by itself or by a group', async () => {
    for (const mute of [{ 'strip.2.mute': true }, { 'strip.2.muteGroup.1': true, 'muteGroup.1.on': true }])
      expect(Math.abs((await shares({ strips: tones(-20, -20), set: members(2, mute) }))[0]!)).toBeLessThan(0.1)
  })

  it('counts a stereo strip as one voice, both sides by the same gain', async () => {
    const x = sine(second, 700, -20)
    const [stereo, mono] = await shares({ strips: [[x, x], ...tones(-20)], set: members(2) })
    expect(Math.abs(stereo! + 3.01)).toBeLessThan(0.1)
    expect(Math.abs(mono! + 3.01)).toBeLessThan(0.1)
    const oneSide = await renderDesk({
      strips: [[x, silence(second)], ...tones(-20)],
      set: members(2, { 'strip.2.faderDb': '-inf' }),
    })
    expect(Math.abs(oneSide.meter('strip.1.meter.automixDb') + 4.77)).toBeLessThan(0.1)
  })

  it('keeps the room as loud as one microphone: 16 of them with noise of −40 dBFS sum to that of one ± .3 dB', async () => {
    const room = Array.from({ length: 16 }, (_, i) => [noise(2 * second, -40, i + 1)])
    const one = await renderDesk({ strips: [room[0]!], set: members(1) })
    const all = await renderDesk({ strips: room, set: members(16) })
    expect(Math.abs(rmsDb(all.left.subarray(second)) - rmsDb(one.left.subarray(second)))).toBeLessThan(0.3)
    const open = await renderDesk({ strips: room })
    expect(rmsDb(open.left.subarray(second)) - rmsDb(all.left.subarray(second))).toBeGreaterThan(11.7)
  })

  it('stands before the fader and behind the compressor: a send before the fader is shared too, the compressor’s work is not', async () => {
    const set = members(2, {
      'strip.1.faderDb': '-inf',
      'strip.2.faderDb': '-inf',
      'strip.1.send.1.levelDb': 0,
      'strip.1.send.1.tap': 'preFader',
      'strip.1.comp.on': true,
      'strip.1.comp.thresholdDb': -30,
      'strip.1.comp.ratio': 4,
    })
    const strips = [[constant(2 * second, -10)], [constant(2 * second, -10)]]
    const { left, meter } = await renderDesk({ strips, set, frames: 1.8 * second })
    const gain = meter('strip.1.meter.automixDb')
    const reduction = meter('strip.1.meter.compDb')
    expect(reduction).toBeLessThan(-10)
    expect(gain).toBeLessThan(-8)
    expect(20 * Math.log10(left.at(-1)!)).toBeCloseTo(-10 + reduction + gain - 3.0103, 2)
  })

  it('off again, is bit for bit as if it had never been', async () => {
    const strips = [[noise(second, -20, 1)], [noise(second, -30, 2)]]
    const plain = await renderDesk({ strips })
    const moves = [
      { frame: 3200, set: members(2) },
      { frame: 16000, set: { 'strip.1.automix.on': false, 'strip.2.automix.on': false } },
    ]
    const moved = await renderDesk({ strips, moves })
    expect(sameBits(plain.left.slice(0, 3200), moved.left.slice(0, 3200))).toBe(true)
    expect(sameBits(plain.left.slice(8000, 9000), moved.left.slice(8000, 9000))).toBe(false)
    expect(sameBits(plain.left.slice(32000), moved.left.slice(32000))).toBe(true)
  })

  it('hands over to a voice that starts within 50 ms, and back in under a second', async () => {
    const frames = 2 * second
    const first = sine(frames, 700, -20)
    const other = sine(frames, 900, 0).map((v, n) => (n >= second / 2 && n < second ? v : 0))
    const at = async (frame: number) =>
      (await shares({ strips: [[first], [other]], set: members(2), frames: frame, bufferFrames: 32, trimLatency: false }))[0]!
    expect(Math.abs(await at(second / 2 - 32))).toBeLessThan(0.1)
    expect(await at(second / 2 + 2400)).toBeLessThan(-18)
    expect(await at(2 * second)).toBeGreaterThan(-0.1)
  })
})

describe('a 997 Hz tone spills at most −85 dB above 3 kHz on', () => {
  const long = sine(65536, 997, -20)
  const low = sine(65536, 450, -14)
  const moves: Record<string, [Settings, Settings]> = {
    'automix on': [members(2, { 'strip.1.automix.on': false }), { 'strip.1.automix.on': true }],
    'automix off': [members(2), { 'strip.1.automix.on': false }],
    'the other voice starting': [members(2, { 'strip.2.trimDb': -24 }), { 'strip.2.trimDb': 0 }],
    'the other voice unmuted': [members(2, { 'strip.2.mute': true }), { 'strip.2.mute': false }],
    'weight −12 → 12 dB': [members(2, { 'strip.1.automix.weightDb': -12 }), { 'strip.1.automix.weightDb': 12 }],
    'group A → B': [members(2), { 'strip.1.automix.group': 'B' }],
  }
  it.each(Object.keys(moves))('%s', async (name) => {
    const [set, move] = moves[name]!
    const { left } = await renderDesk({ strips: [[long], [low]], set, moves: [{ frame: 32768, set: move }] })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })
})
