// All parameters at their ends and at random, with what no input should ever carry: finite, below the ceiling, and as if nothing
// had been once the desk stands at its defaults again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineRun, EngineRunner } from '../../fixtures/engine-runner.js'
import { isFiniteEverywhere, nullDb, peakDb, rmsDb, sameBits } from '../../fixtures/measurements.js'
import type { Settings } from '../../fixtures/offline-desk.js'
import { noise, random } from '../../fixtures/signals.js'
import {
  anyDesk,
  anyValue,
  audible,
  everything,
  programme,
  registry,
  settingsOf,
  surroundings,
  sweptParams,
} from '../../fixtures/sweep-desk.js'

const runner = new EngineRunner()
beforeAll(() => runner.start(), 120_000)
afterAll(() => runner.stop())

const least = settingsOf(sweptParams.map((param) => [param, param.min]))
const most = settingsOf(sweptParams.map((param) => [param, param.max]))
/** Everything that any of these desks sets at its default, but for where sound comes from and goes to. */
const defaults: Settings = {
  ...settingsOf(registry.params.filter((p) => sweptParams.includes(p) || p.id in audible).map((p) => [p, p.default])),
  ...Object.fromEntries(Object.entries(audible).filter(([id]) => /\.(input|source)$/.test(id))),
}

describe.each([
  [44100, 60],
  [48000, 200],
  [96000, 60],
  [192000, 10],
])('at %i Hz', (sampleRateHz, randomDesks) => {
  const part = Math.round((0.05 * sampleRateHz) / 32) * 32
  const kinds: [string, (n: number, next: () => number) => number][] = [
    ['noise', (_, next) => next()],
    ['silence', () => 0],
    ['a square of full scale', (n) => (n % 96 < 48 ? 1 : -1)],
    ['DC', () => 1],
    ['2^20', (n) => (n % 64 < 32 ? 2 ** 20 : -(2 ** 20))],
    ['bursts of NaN', (n, next) => (n % 96 < 32 ? Number.NaN : next())],
  ]
  const bad = (from: number, to: number, frames: number): Float32Array[] =>
    Array.from({ length: registry.topology.inputCount }, (_, c) => {
      const next = random(c + 1)
      const clean = noise(frames, -12, 100 + c)
      for (let n = from; n < to; n++) clean[n] = kinds[Math.floor((n - from) / ((to - from) / kinds.length))]![1](n, next)
      return clean
    })
  const badFrames = kinds.length * part
  const ceilingOf = (set: Settings): number =>
    set['master.limiter.on'] === true ? Number(set['master.limiter.ceilingDbtp']) : Number.POSITIVE_INFINITY

  it(`all at their least, all at their most, ${randomDesks} random desks, with ${kinds.map(([name]) => name).join(', ')}: finite, below the ceiling, and back`, async () => {
    const frames = badFrames + 1.7 * sampleRateHz
    const inputs = bad(0, badFrames, frames)
    const quiet = inputs.map((plane) => plane.map((v, n) => (n < badFrames ? 0 : v)))
    const calm = await runner.run({ registry, sampleRateHz, inputs: quiet, set: defaults })
    const tail = sampleRateHz / 10
    const from = frames - tail - 0.25 * sampleRateHz // look-aheads and the linear phase differ by no more
    expect(rmsDb(calm.master[0].subarray(-tail))).toBeGreaterThan(-40)
    const desks: [string, Settings][] = [
      ['least', least],
      ['most', most],
      ...Array.from({ length: randomDesks }, (_, seed): [string, Settings] => [
        `random ${seed}`,
        { ...audible, ...anyDesk(seed) },
      ]),
    ]
    let loud = 0
    for (const [name, set] of desks) {
      const { outputs, master, latencyFrames } = await runner.run({
        registry,
        sampleRateHz,
        inputs,
        set,
        moves: [{ frame: badFrames, set: defaults }],
      })
      expect([name, [...outputs, ...master].every(isFiniteEverywhere)]).toEqual([name, true])
      for (const output of outputs) expect([name, peakDb(output) <= 0]).toEqual([name, true])
      const heard = Math.max(...master.map((side) => peakDb(side.subarray(0, badFrames))))
      if (heard > -60) loud++
      expect(heard, `${name}: the master behind its limiter`).toBeLessThanOrEqual(ceilingOf(set) + 1e-6)
      for (const [s, side] of master.entries()) {
        const late = latencyFrames - calm.latencyFrames
        const [is, was] = [side.slice(from + late, from + late + tail), calm.master[s]!.slice(from, from + tail)]
        expect([name, sameBits(is, was)], `at the defaults again: null of ${nullDb(is, was)} dB`).toEqual([name, true])
      }
    }
    expect(loud).toBeGreaterThan(desks.length / 4)
  }, 300_000)

  let untouched: Promise<EngineRun> | undefined
  it.each(kinds)('everything on, %s for 50 ms: signal passes as before 4 s later', async (_, sample) => {
    const frames = 5 * sampleRateHz
    const clean = programme(frames)
    const next = random(5)
    const dirty = clean.map((plane) => plane.map((v, n) => (n >= part && n < 2 * part ? sample(n, next) : v)))
    const job = { registry, sampleRateHz, set: everything }
    untouched ??= runner.run({ ...job, inputs: clean })
    const was = await untouched
    const is = await runner.run({ ...job, inputs: dirty })
    for (const [o, output] of is.outputs.entries()) {
      const db = rmsDb(was.outputs[o]!.subarray(-sampleRateHz / 2))
      if (db > -100) expect(Math.abs(rmsDb(output.subarray(-sampleRateHz / 2)) - db), `output ${o + 1}`).toBeLessThan(0.5)
    }
  })
})

describe('what is off', () => {
  const sampleRateHz = 48000
  const frames = 3 * sampleRateHz
  const programmeOf3s = programme(frames)
  const alone: Settings = { 'strip.1.input': 'in1', 'strip.2.input': 'off', 'strip.3.input': 'off', 'strip.4.input': 'off' }
  const switches = sweptParams.filter(
    (param) => /\.on$/.test(param.id) && !/^(transport|analyser|oscillator|talkback)/.test(param.id),
  )

  it('a stereo strip at its defaults is its input, to the bit', async () => {
    const { master, latencyFrames } = await runner.run({ registry, inputs: programmeOf3s, set: alone })
    for (const [side, plane] of master.entries())
      expect(sameBits(plane.slice(latencyFrames), programmeOf3s[side]!.slice(0, frames - latencyFrames))).toBe(true)
  })

  it('a stereo strip with every block off is its input, to the bit, whatever stands in the blocks: 20 random strips', async () => {
    const blocks = switches.map(({ id }) => id.slice(0, -'.on'.length)).filter((block) => /^strip\.1\.(?!send)[^.]+$/.test(block))
    expect(blocks.length).toBeGreaterThan(4)
    const inBlocks = sweptParams.filter(
      ({ id }) => blocks.some((block) => id.startsWith(`${block}.`)) && !id.endsWith('.keyListen'),
    )
    const short = programmeOf3s.map((plane) => plane.subarray(0, 9600))
    for (let seed = 1; seed <= 20; seed++) {
      const next = random(seed)
      const values = settingsOf(inBlocks.map((param) => [param, anyValue(param, next)]))
      const set = { ...values, ...Object.fromEntries(blocks.map((block) => [`${block}.on`, false])), ...alone }
      const { master, latencyFrames } = await runner.run({ registry, inputs: short, set })
      for (const [side, plane] of master.entries())
        expect([seed, sameBits(plane.slice(latencyFrames), short[side]!.slice(0, 9600 - latencyFrames))]).toEqual([seed, true])
    }
  })

  it.each(
    switches.map((param) => [param.id, param] as const),
  )('%s: on, played through and off again leaves no trace', async (id, param) => {
    const set = surroundings(param)
    // What glue has held down for long it gives back with a time constant of 1.2 s.
    const inputs = id.startsWith('master.glue.') ? programme(2 * frames) : programmeOf3s
    const on = await runner.run({
      registry,
      inputs,
      set: { ...set, [id]: true },
      moves: [{ frame: sampleRateHz / 2, set: { [id]: false } }],
    })
    const off = await runner.run({ registry, inputs, set: { ...set, [id]: false } })
    for (const [o, output] of on.outputs.entries())
      expect(nullDb(output.subarray(-sampleRateHz), off.outputs[o]!.subarray(-sampleRateHz)), `output ${o + 1}`).toBeLessThan(
        -140,
      )
  })
})
