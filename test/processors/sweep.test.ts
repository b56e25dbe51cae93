// Every parameter of every strip and bus processor: finite at its ends and at random, silent when moved, nothing when off.
import { describe, expect, it } from 'vitest'
import { buildRegistry, type Param } from '../../src/params/registry.js'
import { isFiniteEverywhere, peakDb, rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { type Move, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { made, noise, random, sine } from '../fixtures/signals.js'

const registry = buildRegistry({ stripStereo: [true, true], busCount: 2, inputCount: 0, outputCount: 2, dcaCount: 0, fxCount: 2 })
const processors = ['hpf', 'gate', 'eq', 'comp', 'order']

/** Parameters of the processors of strip 1 or bus 1, named without the owner: `comp.ratio`. */
const paramsOf = (owner: 'strip.1' | 'bus.1'): [string, Param][] =>
  registry.params
    .filter((p) => p.id.startsWith(`${owner}.`) && processors.includes(p.id.split('.')[2] ?? ''))
    .map((p) => [p.id.slice(owner.length + 1), p])

const strip = paramsOf('strip.1')
const bus = paramsOf('bus.1')
const switches = strip.map(([name]) => name).filter((name) => /^\w+\.on$/.test(name))
const allOn = Object.fromEntries(switches.map((name) => [name, 1]))

/** The number as a setting: enums and booleans by index. */
const written = (param: Param, value: number): number | boolean | string =>
  param.spec.kind === 'enum' ? (param.names[value] ?? '') : param.spec.kind === 'bool' ? value !== 0 : value

const own = (owner: string, params: readonly [string, Param][], values: Readonly<Record<string, number>>): Settings =>
  Object.fromEntries(
    params.filter(([name]) => name in values).map(([name, p]) => [`${owner}.${name}`, written(p, values[name]!)]),
  )

const isWhole = (param: Param): boolean => param.spec.kind !== 'number'

const anywhere = (param: Param, next: () => number): number => {
  const at = param.min + ((param.max - param.min) * (next() + 1)) / 2
  return isWhole(param) ? Math.round(at) : at
}

it('knows what it sweeps: more than 60 parameters of strips and 45 of buses', () => {
  expect(strip.length).toBeGreaterThan(60)
  expect(bus.length).toBeGreaterThan(45)
  expect(switches).toEqual(['hpf.on', 'gate.on', 'eq.on', 'comp.on'])
})

describe.each([44100, 48000, 96000])('at %i Hz', (sampleRateHz) => {
  const frames = sampleRateHz / 5
  // Loud, then nothing, then a thousandth.
  const x = noise(frames, 6, 3).map((v, n) => (n < frames / 2 ? v : n < (3 * frames) / 4 ? 0 : v / 1000))

  it('every parameter at both ends, a strip for each: no sample that is not finite, and none above +60 dBFS', async () => {
    const ends = strip.flatMap(([name, p]) =>
      (isWhole(p) ? p.names.map((_, i) => i) : [p.min, p.max]).map((v) => [name, v] as const),
    )
    const set = Object.assign(
      {},
      ...ends.map(([name, v], i) => own(`strip.${i + 1}`, strip, { ...allOn, [name]: v })),
    ) as Settings
    const { left, region } = await renderDesk({ sampleRateHz, strips: ends.map(() => [x]), set })
    expect(region.counter('nonFinite')).toBe(0)
    expect(isFiniteEverywhere(left)).toBe(true)
    expect(peakDb(left)).toBeLessThan(60)
  })

  it.each([
    1, 2, 3,
  ])('everything at random and moved at random, seed %i: finite, and the same bits with blocks of 17, 64 and 4096', async (seed) => {
    const next = random(seed)
    const strips = 12
    const any = (owner: string, params: readonly [string, Param][]): Settings =>
      own(owner, params, { ...Object.fromEntries(params.map(([name, p]) => [name, anywhere(p, next)])), ...allOn })
    const sends = Array.from({ length: strips }, (_, i) => ({
      [`strip.${i + 1}.send.${(i % 2) + 1}.levelDb`]: -12,
      [`strip.${i + 1}.faderDb`]: -20,
    }))
    const set = Object.assign(
      {},
      any('bus.1', bus),
      any('bus.2', bus),
      ...sends.map((send, i) => ({ ...any(`strip.${i + 1}`, strip), ...send })),
    ) as Settings
    const moves: Move[] = Array.from({ length: 150 }, (_, i) => {
      const isBus = next() > 0.6
      const [name, p] = (isBus ? bus : strip)[Math.floor(((next() + 1) / 2) * (isBus ? bus : strip).length)]!
      const owner = isBus ? `bus.${1 + (i % 2)}` : `strip.${1 + (i % strips)}`
      return { frame: Math.round((i * frames) / 150), set: { [`${owner}.${name}`]: written(p, anywhere(p, next)) } }
    })
    const job = { sampleRateHz, strips: Array.from({ length: strips }, (_, i) => (i % 3 ? [x] : [x, x])), set, moves }
    const first = await renderDesk({ ...job, bufferFrames: 32 })
    expect(first.region.counter('nonFinite')).toBe(0)
    expect(isFiniteEverywhere(first.left) && isFiniteEverywhere(first.right)).toBe(true)
    expect(rmsDb(first.left)).toBeGreaterThan(-80)
    for (const bufferFrames of [17, 64, 4096]) {
      const other = await renderDesk({ ...job, bufferFrames })
      expect([bufferFrames, sameBits(first.left, other.left), sameBits(first.right, other.right)]).toEqual([
        bufferFrames,
        true,
        true,
      ])
    }
  })

  it('whatever their parameters, processors that are off change no bit', async () => {
    const next = random(9)
    const source = [noise(frames, -6, 1), noise(frames, -6, 2)]
    for (let i = 0; i < 5; i++) {
      const values = Object.fromEntries(strip.map(([name, p]) => [name, anywhere(p, next)]))
      const off = Object.fromEntries(switches.map((name) => [name, 0]))
      const { left, right } = await renderDesk({
        sampleRateHz,
        strips: [source, source],
        set: { ...own('strip.1', strip, { ...values, ...off }), 'strip.2.mute': true },
      })
      expect([sameBits(left, source[0]!), sameBits(right, source[1]!)]).toEqual([true, true])
    }
  })
})

describe('moved to either end in a 997 Hz tone at −20 dBFS it spills at most −85 dB above 3 kHz', () => {
  const frames = 65536
  const tone = sine(frames, 997, -20)
  const key = made(frames, (n) => tone[n]! * 0.3)
  // At work, and so slow that what they do by themselves leaves nothing above 3 kHz.
  const standing: Record<string, Settings> = {
    hpf: { 'hpf.on': true, 'hpf.frequencyHz': 300 },
    eq: { 'eq.on': true, ...Object.fromEntries([1, 2, 3, 4, 5, 6].flatMap((b) => [[`eq.band${b}.gainDb`, b % 2 ? 2 : -2]])) },
    gate: { 'gate.on': true, 'gate.thresholdDb': -10, 'gate.rangeDb': 12, 'gate.attackMs': 120, 'gate.releaseMs': 200 },
    comp: {
      'comp.on': true,
      'comp.keyHpf.on': true,
      'comp.thresholdDb': -30,
      'comp.ratio': 4,
      'comp.attackMs': 50,
      'comp.releaseMs': 400,
    },
    order: { 'eq.on': true, 'eq.band1.gainDb': 6 },
  }
  const spilled = async (owner: string, name: string, p: Param, values: readonly number[]): Promise<string[]> => {
    const feed: Settings =
      owner === 'bus.1' ? { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' } : {}
    const at = standing[name.split('.')[0]!]!
    const base = Object.fromEntries(Object.entries(at).map(([id, value]) => [`${owner}.${id}`, value]))
    const found: string[] = []
    for (const value of values) {
      const moves = [{ frame: frames / 2, set: { [`${owner}.${name}`]: written(p, value) } }]
      const { left } = await renderDesk({ strips: [[tone, tone], [key]], set: { ...feed, ...base, 'strip.2.mute': true }, moves })
      const db = spillDb(left)
      if (!(db <= -85) || !(rmsDb(left) > -60))
        found.push(`${name} → ${written(p, value)}: ${db.toFixed(1)} dB, ${rmsDb(left).toFixed(1)} dBFS`)
    }
    return found
  }
  const ends = (p: Param): number[] => (isWhole(p) ? p.names.map((_, i) => i) : [p.min, p.max])
  // Filters swept over the tone take it away or let it ring on: zipper.test.ts has those that do not.
  const isLoud = (name: string): boolean => !/^(eq|hpf)\..*(q|frequencyHz)$/.test(name)

  it.each(strip.filter(([name]) => isLoud(name)))('strip: %s', async (name, p) => {
    expect(await spilled('strip.1', name, p, ends(p))).toEqual([])
  })
  it.each(bus.filter(([name]) => isLoud(name) && name.startsWith('comp')))('bus: %s', async (name, p) => {
    expect(await spilled('bus.1', name, p, ends(p))).toEqual([])
  })
})
