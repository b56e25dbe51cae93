// Look-ahead of the compressors: what it does to the gain, and that everything stays in time with everything.
import { describe, expect, it } from 'vitest'
import { dbOfAmplitude } from '../../src/units.js'
import { runGraph } from '../fixtures/bare-graph.js'
import { nullDb, rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, made, noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const limiterFrames = 72 + 15
// Saturation and clipper, oversampled, on or off.
const chainFrames = 2 * 50

const x = [noise(second, -6, 1), noise(second, -6, 2)]
const away = (strip: number, bus: number, tap = 'preFader'): Settings => ({
  [`strip.${strip}.faderDb`]: '-inf',
  [`strip.${strip}.send.${bus}.levelDb`]: 0,
  [`strip.${strip}.send.${bus}.tap`]: tap,
})
const ahead = (owner: string, ms: number): Settings => ({ [`${owner}.comp.lookaheadMs`]: ms })

describe('a path and its inverted twin on another way are digital black together', () => {
  const twins: Settings = { 'strip.2.polarity': true }
  it.each([
    ['strip against strip with 5 ms', { ...ahead('strip.1', 5) }],
    ['strips with .7 and 10 ms', { ...ahead('strip.1', 0.7), ...ahead('strip.2', 10) }],
    ['direct against a bus with 5 ms', { ...away(2, 1), ...ahead('bus.1', 5) }],
    ['bus with 2 against bus with 7 ms', { ...away(1, 1), ...away(2, 2), ...ahead('bus.1', 2), ...ahead('bus.2', 7) }],
    [
      'direct against a chain of buses with 3 and 4 ms',
      { ...away(2, 1), 'bus.1.output': 'bus.2', ...ahead('bus.1', 3), ...ahead('bus.2', 4) },
    ],
    [
      'into a bus directly, and over another with 3 ms',
      { ...away(1, 2), ...away(2, 1), 'bus.1.output': 'bus.2', ...ahead('bus.1', 3), ...ahead('strip.1', 1) },
    ],
    ['a send from the input', { ...away(2, 1, 'input'), ...ahead('strip.2', 5), ...ahead('bus.1', 5) }],
    ['a send from before the EQ', { ...away(2, 1, 'preEq'), ...ahead('strip.1', 5) }],
    ['a send from behind the EQ', { ...away(2, 1, 'postEq'), ...ahead('strip.3', 5) }],
  ] as [string, Settings][])('%s', async (_, set) => {
    const { left, right } = await renderDesk({ strips: [x, x, [silence(second)]], set: { ...twins, ...set } })
    expect(left.every((v) => v === 0) && right.every((v) => v === 0)).toBe(true)
    const alone = await renderDesk({
      strips: [[silence(second), silence(second)], x, [silence(second)]],
      set: { ...twins, ...set },
    })
    expect(rmsDb(alone.left)).toBeGreaterThan(-20)
  })

  it('also after the bus was sent to another one while running, which it reaches without a click', async () => {
    const tone = sine(65536, 997, -20)
    const set = { ...away(1, 2), ...away(2, 1), ...ahead('bus.1', 5) }
    const moves = [{ frame: 32768, set: { 'bus.1.output': 'bus.2' } }]
    const job = {
      strips: [
        [tone, tone],
        [tone, tone],
      ],
      moves,
    }
    const one = await renderDesk({ ...job, set: { ...set, 'strip.1.mute': true } })
    expect(spillDb(one.left)).toBeLessThan(-85)
    const sum = await renderDesk({ ...job, set: { ...set, ...twins } })
    expect(sum.left.subarray(48000).every((v) => v === 0)).toBe(true)
  })
})

describe('look-ahead of compressors that are off', () => {
  // Keys, taps, buses that feed buses, everything at work: only what is heard must not know of the look-ahead.
  const desk: Settings = {
    'strip.1.hpf.on': true,
    'strip.1.eq.on': true,
    'strip.1.eq.band1.gainDb': 5,
    'strip.1.comp.on': true,
    'strip.1.comp.thresholdDb': -30,
    'strip.1.comp.key': 'strip.3',
    'strip.1.comp.keyHpf.on': true,
    'strip.1.send.1.levelDb': -3,
    'strip.2.gate.on': true,
    'strip.2.gate.thresholdDb': -20,
    'strip.2.gate.key': 'strip.3',
    'strip.2.comp.on': true,
    'strip.2.comp.thresholdDb': -30,
    'strip.2.send.2.levelDb': -6,
    'strip.2.send.2.tap': 'input',
    'strip.3.send.1.levelDb': -3,
    'strip.3.send.1.tap': 'postEq',
    'bus.1.eq.on': true,
    'bus.1.eq.band2.gainDb': 4,
    'bus.1.comp.on': true,
    'bus.1.comp.thresholdDb': -20,
    'bus.1.output': 'bus.2',
    'bus.2.comp.on': true,
    'bus.2.comp.key': 'strip.2',
    'bus.2.comp.thresholdDb': -30,
    'master.eq.on': true,
    'master.eq.band1.gainDb': 2,
    'master.limiter.on': true,
    'master.limiter.ceilingDbtp': -6,
  }
  const strips = [x, [noise(second, -6, 3)], [made(second, (n) => (n % 12000 < 3000 ? Math.sin(n / 3) : 0))], [silence(second)]]

  it.each([
    ['strip 4, 5 ms', ahead('strip.4', 5)],
    ['strip 4, 10 ms, and bus 3, .1 ms', { ...ahead('strip.4', 10), ...ahead('bus.3', 0.1) }],
    ['bus 3, 7 ms', ahead('bus.3', 7)],
  ])('changes no bit of the rest of the desk: %s', async (_, set) => {
    const plain = await renderDesk({ busCount: 3, strips, set: desk })
    const late = await renderDesk({ busCount: 3, strips, set: { ...desk, ...set } })
    expect(rmsDb(plain.left)).toBeGreaterThan(-30)
    expect([sameBits(plain.left, late.left), sameBits(plain.right, late.right)]).toEqual([true, true])
  })

  it.each([
    44100, 48000, 96000, 192000,
  ])('is in the latency that the status tells, and trimmed from a render, at %i Hz', async (sampleRateHz) => {
    const job = { sampleRateHz, strips: [x] }
    const plain = await renderDesk(job)
    const set = { ...ahead('strip.1', 3), ...ahead('bus.1', 4), 'bus.1.output': 'bus.2', ...ahead('bus.2', 2) }
    const late = await renderDesk({ ...job, set })
    const frames = (ms: number) => Math.floor((ms * sampleRateHz) / 1000 + 0.5)
    const found = late.region.counter('graphLatencyFrames') - plain.region.counter('graphLatencyFrames')
    expect(found).toBe(frames(3) + frames(4) + frames(2))
    expect(sameBits(late.left, x[0]!)).toBe(true)
  })

  it('is what it was at the start: moved while running it does nothing', async () => {
    const moves = [{ frame: 4800, set: { ...ahead('strip.1', 10), ...ahead('bus.1', 10) } }]
    const { left, region } = await renderDesk({ strips: [x], set: ahead('strip.1', 1), moves })
    expect(sameBits(left, x[0]!)).toBe(true)
    expect(region.counter('graphLatencyFrames')).toBeLessThan(48 + limiterFrames + chainFrames + 64)
  })
})

describe('a compressor that looks ahead', () => {
  const loud = 24000
  const step = made(second, (n) => (n < loud ? 0.01 : 1))
  const comp = (owner: string, settings: Settings): Settings => ({
    [`${owner}.comp.on`]: true,
    [`${owner}.comp.thresholdDb`]: -20,
    [`${owner}.comp.ratio`]: 4,
    [`${owner}.comp.kneeDb`]: 0,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${owner}.comp.${name}`, value])),
  })
  const gainDb = (y: Float32Array, from: Float32Array) => Array.from(y, (v, n) => dbOfAmplitude(v / from[n]!))

  it.each(['strip.1', 'bus.1'])('%s: begins its attack just so long before the step', async (owner) => {
    for (const [lookaheadMs, attackMs] of [
      [1, 1],
      [5, 2],
      [10, 10],
    ] as const) {
      const set = { ...comp(owner, { lookaheadMs, attackMs }), ...(owner === 'bus.1' ? away(1, 1) : {}) }
      const { left } = await renderDesk({ strips: [[step, step]], set })
      const db = gainDb(left, step)
      const start = loud - 48 * lookaheadMs
      expect(Math.abs(db[start - 1]!)).toBeLessThan(0.001)
      expect(db[start]!).toBeLessThan(-0.001)
      const wanted = -15 * (1 - Math.exp(-lookaheadMs / attackMs))
      expect(Math.abs(db[loud - 1]! - wanted)).toBeLessThan(0.05)
    }
  })

  it('ducks by the key of another strip so long before its burst; one without look-ahead beside it in time with it', async () => {
    const tone = [constant(second, -40)]
    const burst = [made(second, (n) => (n >= loud ? 1 : 0))]
    const keyed = { attackMs: 1, key: 'strip.3' }
    const set = {
      ...comp('strip.1', { ...keyed, lookaheadMs: 5 }),
      ...comp('strip.2', keyed),
      'strip.3.mute': true,
      'strip.1.pan': -100,
      'strip.2.pan': 100,
    }
    const { left, right } = await renderDesk({ strips: [tone, tone, burst], set })
    const first = (y: Float32Array) => gainDb(y, tone[0]!).findIndex((db) => db < -0.001)
    expect(first(left)).toBe(loud - 240)
    expect(first(right)).toBe(loud)
  })

  it('on a bus ducks by the key of a strip so long before its burst', async () => {
    const tone = constant(second, -40)
    const burst = [made(second, (n) => (n >= loud ? 1 : 0))]
    const set = {
      ...comp('bus.1', { attackMs: 1, key: 'strip.2', lookaheadMs: 5 }),
      ...away(1, 1),
      'strip.2.mute': true,
      ...ahead('strip.2', 2),
    }
    const { left } = await renderDesk({ strips: [[tone, tone], burst], set })
    expect(gainDb(left, tone).findIndex((db) => db < -0.001)).toBe(loud - 240)
  })

  it('takes the attack off a drum: peaks of bursts over 10 ms fall from 0 to below −12 dBFS at 5 ms, 1 ms attack', async () => {
    const drum = made(second, (n) => (n % 12000 < 480 ? Math.sin(n / 4) : 0))
    const peaks = async (lookaheadMs: number) => {
      const { left } = await renderDesk({
        strips: [[drum, drum]],
        set: comp('strip.1', { lookaheadMs, attackMs: 1, releaseMs: 200 }),
      })
      return dbOfAmplitude(left.reduce((top, v) => Math.max(top, Math.abs(v)), 0))
    }
    expect(await peaks(0)).toBeGreaterThan(-3)
    expect(await peaks(5)).toBeLessThan(-12)
  })
})

describe('the device outputs', () => {
  it('master, monitor, a solo, a bus and a direct out are in time with each other to the sample', async () => {
    const set = {
      ...away(2, 1),
      'strip.2.polarity': true,
      'strip.1.solo': true,
      'bus.1.solo': true,
      ...ahead('strip.1', 5),
      ...ahead('bus.1', 3),
      'bus.1.output': 'bus.2',
      ...ahead('bus.2', 4),
      'output.1.source': 'master.left',
      'output.2.source': 'monitor.left',
      'output.3.source': 'bus.1.left',
      'output.4.source': 'strip.1.left',
      'output.5.source': 'strip.2.left',
    }
    const { outputs, latencyFrames } = await runGraph({ strips: [x, x], set, outputCount: 6 })
    const late = (y: Float32Array): Float32Array => y.slice(latencyFrames)
    const source = x[0]!.slice(0, outputs[0]!.length - latencyFrames)
    expect(latencyFrames).toBeGreaterThan(240 + 144 + 192)
    expect(nullDb(late(outputs[3]!), source)).toBe(Number.NEGATIVE_INFINITY)
    expect(
      nullDb(
        late(outputs[2]!).map((v) => -v),
        source,
      ),
    ).toBe(Number.NEGATIVE_INFINITY)
    // Strip 1 and its inverted twin over two buses meet in the master and in the solo sum.
    expect(late(outputs[0]!).every((v) => v === 0)).toBe(true)
    expect(late(outputs[1]!).every((v) => v === 0)).toBe(true)
  })
})
