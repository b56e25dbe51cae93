// Every parameter of every effect: moved without a click, finite everywhere, the same in any block; and the routing around them.
import { describe, expect, it } from 'vitest'
import { buildRegistry, type Param } from '../../src/params/registry.js'
import { formatValue, valueOfNorm } from '../../src/params/value.js'
import { fxRouting, ofFx, renderFx } from '../fixtures/fx-desk.js'
import { difference, isFiniteEverywhere, nullDb, peakDb, rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { type Move, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { impulse, noise, random, silence, sine } from '../fixtures/signals.js'

const registry = buildRegistry({ stripStereo: [true, true], busCount: 2, fxCount: 2, inputCount: 0, outputCount: 2, dcaCount: 2 })
const types = ['reverb', 'delay', 'chorus']
const paramsOf = (type: string): Param[] => registry.params.filter((param) => param.id.startsWith(`fx.1.${type}.`))
const written = (param: Param, value: number): Settings => ({ [param.id]: formatValue(param, value) })

const frames = 131072
const half = frames / 2
// It comes up slowly: an effect would remember a click for as long as it rings.
const tone = sine(frames, 997, -20).map((v, n) => v * Math.sin((Math.PI / 2) * Math.min(1, n / 16384)) ** 2)

/** What makes a parameter heard. */
const inUse: Record<string, Settings> = {
  reverb: { 'reverb.decayS': 0.5, 'reverb.preDelayMs': 5 },
  delay: { 'delay.timeMs': 50, 'delay.feedbackPercent': 40 },
  chorus: { 'chorus.rateHz': 1 },
}
const neededBy: Record<string, Settings> = {
  'fx.1.delay.note': { 'fx.1.delay.sync': true },
  // Below what tape distorts: a third harmonic that comes and goes is no click.
  'fx.1.delay.medium': { 'strip.1.trimDb': -20 },
}

describe.each(types)('%s: a 997 Hz tone spills at most −85 dB above 3 kHz when', (type) => {
  const moves = paramsOf(type).flatMap((param) => {
    const values = param.spec.kind === 'number' ? [param.min, param.max] : param.spec.kind === 'bool' ? [0, 1] : [0, param.max]
    return [
      { param, from: values[0]!, to: values[1]! },
      { param, from: values[1]!, to: values[0]! },
    ]
  })
  it.each(
    moves.map((m) => [`${m.param.id} ${formatValue(m.param, m.from)} → ${formatValue(m.param, m.to)}`, m] as const),
  )('%s', async (_, { param, from, to }) => {
    const fx = { type, ...inUse[type] }
    const set = neededBy[param.id]
    const run = (start: number, end: number) =>
      renderFx({
        source: [tone, tone],
        fx,
        set: { ...set, ...written(param, start) },
        moves: [{ frame: half, set: written(param, end) }],
      })
    const moved = (await run(from, to)).left.slice(half / 2)
    expect(rmsDb(moved)).toBeGreaterThan(-60)
    expect(spillDb(moved.slice(0, 65536))).toBeLessThan(-85)
  })

  it('it takes the place of another, comes and goes', async () => {
    for (const other of ['off', ...types.filter((name) => name !== type)]) {
      const fx = { ...inUse[type], ...inUse[other], type: other }
      for (const [from, to] of [
        [other, type],
        [type, other],
      ] as const) {
        const moves = [{ frame: half, set: { 'fx.1.type': to } }]
        const { left } = await renderFx({ source: [tone, tone], fx: { ...fx, type: from }, moves })
        expect([from, to, spillDb(left.slice(half / 2, half / 2 + 65536)) < -85]).toEqual([from, to, true])
        if (to === 'off') expect(peakDb(left.subarray(-4800))).toBe(Number.NEGATIVE_INFINITY)
        else expect(rmsDb(left.subarray(-4800))).toBeGreaterThan(-60)
      }
    }
  })

  it('its source changes from one bus to the other', async () => {
    const set = { 'strip.1.send.2.levelDb': -10, 'strip.1.send.2.tap': 'preFader', 'bus.2.output': 'off' }
    const moves = [{ frame: half, set: { 'fx.1.source': 'bus.2' } }]
    const { left } = await renderFx({ source: [tone, tone], fx: { type, ...inUse[type] }, set, moves })
    expect(spillDb(left.slice(half / 2, half / 2 + 65536))).toBeLessThan(-85)
  })
})

describe.each([44100, 96000, 192000])('at %i Hz', (sampleRateHz) => {
  const source = (count: number) => [noise(count, -12, 1), noise(count, -12, 2)]

  it.each(types)('%s: each parameter goes to its least, its most and back: finite throughout', async (type) => {
    const step = 1600
    const params = [...paramsOf(type), ...registry.params.filter((param) => param.id === 'transport.tempoBpm')]
    const fx: Settings = { type, ...inUse[type] }
    const moves: Move[] = params.flatMap((param, i) => [
      { frame: (3 * i + 1) * step, set: written(param, param.min) },
      { frame: (3 * i + 2) * step, set: written(param, param.max) },
      { frame: (3 * i + 3) * step, set: { [param.id]: ofFx(fx)[param.id] ?? formatValue(param, param.default) } },
    ])
    const { left, right, region } = await renderFx({ sampleRateHz, source: source((3 * params.length + 10) * step), fx, moves })
    expect(isFiniteEverywhere(left) && isFiniteEverywhere(right)).toBe(true)
    expect(region.counter('nonFinite')).toBe(0)
    expect(rmsDb(left.subarray(-step))).toBeGreaterThan(-45)
  })

  it('15 random settings of all, each moved to two others: finite throughout', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const next = random(seed * 6007)
      const norm = (): number => {
        const v = next()
        return v < -0.5 ? 0 : v > 0.5 ? 1 : v + 0.5
      }
      const swept = registry.params.filter((param) => param.id.startsWith('fx.1.') && param.id !== 'fx.1.source')
      const desk = (): Settings => Object.assign({}, ...swept.map((param) => written(param, valueOfNorm(param, norm()))))
      const moves = [
        { frame: 6400, set: desk() },
        { frame: 12800, set: desk() },
      ]
      const { left, region } = await renderFx({ sampleRateHz, source: source(19200), fx: {}, set: desk(), moves })
      expect([seed, isFiniteEverywhere(left), region.counter('nonFinite')]).toEqual([seed, true, 0])
    }
  })
})

it.each(types)('%s gives the same samples in blocks of 1, 17, 32, 100 and 4096 frames while it is moved', async (type) => {
  const x = [noise(24000, -12, 1), noise(24000, -12, 2)]
  const params = paramsOf(type)
  const moves = params.map((param, i) => ({ frame: 331 * (i + 1), set: written(param, valueOfNorm(param, 0.3 + 0.05 * i)) }))
  const job = { source: x, fx: { type }, moves }
  const first = await renderFx({ ...job, bufferFrames: 32 })
  expect(rmsDb(first.left)).toBeGreaterThan(-60)
  for (const bufferFrames of [1, 17, 100, 4096]) {
    const other = await renderFx({ ...job, bufferFrames })
    expect([bufferFrames, sameBits(first.left, other.left), sameBits(first.right, other.right)]).toEqual([
      bufferFrames,
      true,
      true,
    ])
  }
})

it.each(types)('%s is the same on every instruction set within −100 dB', async (type) => {
  const x = [noise(48000, -12, 1), noise(48000, -12, 2)]
  const runs = await Promise.all(
    ['avx512', 'avx2', 'sse2'].map((isa) => renderFx({ source: x, fx: { type }, isa }).catch(() => undefined)),
  )
  const [best, ...others] = runs.filter((run) => run !== undefined)
  for (const other of others) expect(nullDb(best!.left, other.left)).toBeLessThan(-100)
})

describe('routing', () => {
  const x = [noise(24000, -12, 1), noise(24000, -12, 2)]
  const plain: Settings = { type: 'delay', 'delay.timeMs': 20, 'delay.feedbackPercent': 0 }

  it('slots take the last buses, one each', () => {
    const wide = buildRegistry({ stripStereo: [false], busCount: 8, fxCount: 4, inputCount: 0, outputCount: 2, dcaCount: 2 })
    const sources = [1, 2, 3, 4].map((f) => {
      const param = wide.params.find(({ id }) => id === `fx.${f}.source`)!
      return param.names[param.default]
    })
    expect(sources).toEqual(['bus.5', 'bus.6', 'bus.7', 'bus.8'])
    const few = buildRegistry({ stripStereo: [false], busCount: 1, fxCount: 2, inputCount: 0, outputCount: 2, dcaCount: 2 })
    expect([1, 2].map((f) => few.params.find(({ id }) => id === `fx.${f}.source`)!.default)).toEqual([0, 1])
  })

  it('a stereo return hears both sides, a mono one their mean', async () => {
    const stereo = await renderFx({ source: x, fx: plain })
    expect(sameBits(stereo.left.slice(960), x[0]!.slice(0, -960))).toBe(true)
    expect(sameBits(stereo.right.slice(960), x[1]!.slice(0, -960))).toBe(true)
    const mono = await renderDesk({
      strips: [x, [silence(32)]],
      set: { ...fxRouting, ...ofFx(plain), 'strip.2.pan': -100 },
      frames: 24000,
    })
    const mean = x[0]!.map((v, n) => (v + x[1]![n]!) / 2)
    expect(nullDb(mono.left.slice(960), mean.slice(0, -960))).toBeLessThan(-150)
  })

  it('a return is a strip: fader −6 dB, polarity and EQ act on it', async () => {
    const dry = await renderFx({ source: x, fx: plain })
    const set = { 'strip.2.faderDb': -6, 'strip.2.polarity': true }
    const { left } = await renderFx({ source: x, fx: plain, set })
    expect(
      nullDb(
        left,
        dry.left.map((v) => -v * 10 ** (-6 / 20)),
      ),
    ).toBeLessThan(-140)
  })

  it('goes away and comes with a fade', async () => {
    for (const [from, to] of [
      ['fx1', 'off'],
      ['off', 'fx1'],
      ['fx1', 'fx2'],
    ] as const) {
      const set = { 'strip.2.input': from }
      const moves = [{ frame: half, set: { 'strip.2.input': to } }]
      const { left } = await renderFx({ source: [tone, tone], fx: plain, set, moves })
      expect(spillDb(left.slice(half / 2, half / 2 + 65536))).toBeLessThan(-85)
    }
  })

  it('a return that sends to its own effect at +10 dB stays finite, and the other strips play on', async () => {
    const set = { 'strip.2.send.1.levelDb': 10, 'strip.2.pan': -100, 'strip.2.faderDb': '-inf', 'strip.2.send.1.tap': 'preFader' }
    for (const type of types) {
      const { left, region } = await renderDesk({
        strips: [x, [silence(32), silence(32)], [x[0]!]],
        set: { ...fxRouting, ...ofFx({ ...plain, 'delay.feedbackPercent': 100, type }), ...set, 'strip.3.pan': -100 },
        frames: 24000,
      })
      expect(region.counter('nonFinite')).toBe(0)
      expect(sameBits(left, x[0]!)).toBe(true)
    }
  })

  it('a bus that ends nowhere is not in the master, and comes and goes without a click', async () => {
    const set = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
    const gone = await renderDesk({ strips: [x], set: { ...set, 'bus.1.output': 'off' } })
    expect(peakDb(gone.left)).toBe(Number.NEGATIVE_INFINITY)
    const moves = [{ frame: half, set: { 'bus.1.output': 'off' } }]
    const { left } = await renderDesk({ strips: [[tone, tone]], set, moves })
    expect(spillDb(left.slice(half / 2, half / 2 + 65536))).toBeLessThan(-85)
    expect(peakDb(left.subarray(-4800))).toBe(Number.NEGATIVE_INFINITY)
  })

  it('what rings in an effect does not come back when it is switched off and on', async () => {
    const moves = [
      { frame: 24000, set: { 'fx.1.type': 'off' } },
      { frame: 36000, set: { 'fx.1.type': 'reverb' } },
    ]
    const source = [impulse(96000), impulse(96000)]
    const { left } = await renderFx({ source, fx: { type: 'reverb', 'reverb.decayS': 20 }, moves })
    expect(rmsDb(left.subarray(12000, 24000))).toBeGreaterThan(-60)
    expect(left.subarray(30000).every((v) => v === 0)).toBe(true)
  })

  it('meters say what goes in and what comes out', async () => {
    const run = await renderFx({ source: [tone, tone], fx: plain })
    expect(Math.abs(run.meter('fx.1.meter.inputDb') + 20)).toBeLessThan(0.1)
    expect(Math.abs(run.meter('fx.1.meter.peakDb') + 20)).toBeLessThan(0.1)
    expect(run.meter('fx.2.meter.peakDb')).toBe(Number.NEGATIVE_INFINITY)
    expect(difference(run.left, run.right).every((d) => d === 0)).toBe(true)
  })
})
