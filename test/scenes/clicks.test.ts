// Cross-fades between scenes that have nothing in common, through the real engine: what they spill above 3 kHz (conformance §14: ≤ −85 dB).
import { expect, it } from 'vitest'
import { buildRegistry } from '../../src/params/registry.js'
import { formatValue } from '../../src/params/value.js'
import { dbOfPower } from '../../src/units.js'
import { isFiniteEverywhere, rmsDb, spillPower } from '../fixtures/measurements.js'
import { type Move, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { sceneDesk } from '../fixtures/scene-desk.js'
import { random, sine } from '../fixtures/signals.js'

const sampleRateHz = 48000
const startFrame = 24000
const registry = buildRegistry({
  stripStereo: [true, true, true, true],
  busCount: 2,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})

const dull: Settings = {
  'strip.1.faderDb': -30,
  'strip.1.pan': -100,
  'strip.1.eq.on': true,
  'strip.1.eq.band1.gainDb': -12,
  'strip.1.eq.band1.frequencyHz': 300,
  'strip.2.faderDb': 6,
  'strip.2.pan': 80,
  'strip.2.eq.on': true,
  'strip.2.eq.band1.type': 'lowShelf',
  'strip.2.eq.band1.gainDb': -15,
  'strip.3.mute': true,
  'strip.3.eq.on': true,
  'strip.3.eq.band1.gainDb': 12,
  'strip.3.pan': -60,
  'strip.4.faderDb': 0,
  'strip.4.hpf.on': true,
  'strip.4.hpf.frequencyHz': 20,
  'strip.4.send.1.levelDb': -3,
  'bus.1.faderDb': -20,
  'bus.1.pan': -40,
  'master.faderDb': -3,
  'dca.1.faderDb': -10,
  'strip.1.dca.1': true,
}
const bright: Settings = {
  'strip.1.faderDb': 8,
  'strip.1.pan': 100,
  'strip.1.eq.on': true,
  'strip.1.eq.band1.gainDb': 12,
  'strip.1.eq.band1.frequencyHz': 6000,
  'strip.1.eq.band1.q': 4,
  'strip.2.faderDb': '-inf',
  'strip.2.pan': -80,
  'strip.2.eq.on': true,
  'strip.2.eq.band1.type': 'highShelf',
  'strip.2.eq.band1.gainDb': 15,
  'strip.3.faderDb': 3,
  'strip.3.pan': 60,
  'strip.3.comp.on': true,
  'strip.3.comp.ratio': 1,
  'strip.3.comp.makeupDb': 10,
  'strip.4.mute': true,
  'strip.4.hpf.on': true,
  'strip.4.hpf.frequencyHz': 700,
  'strip.4.polarity': true,
  'strip.4.send.1.on': false,
  'bus.1.faderDb': 5,
  'bus.1.pan': 40,
  'master.faderDb': 0,
  'dca.1.faderDb': 3,
  'strip.1.dca.1': true,
  'bus.1.eq.on': true,
  'bus.1.eq.band1.gainDb': 9,
}

/** Moves of a recall of `to` from `from`, as a desk makes them: a step every `stepMs`, or late by up to `lateMs`. */
async function movesOf(from: Settings, to: Settings, fadeS: number, lateMs = 0): Promise<Move[]> {
  const desk = sceneDesk(registry)
  desk.set(to)
  await desk.scenes.storeAs('to')
  desk.set(Object.fromEntries(Object.keys(to).map((id) => [id, formatValue(desk.param(id), desk.param(id).default)])))
  desk.set(from)
  const next = random(3)
  const moves: Move[] = []
  desk.heard.length = 0
  const flush = (): void => {
    const frame = startFrame + Math.round((desk.clock.nowMs * sampleRateHz) / 1000)
    for (const { id, value } of desk.heard.splice(0))
      if (id !== 'scene.current') moves.push({ frame, set: { [id]: formatValue(desk.param(id), Number(value)) } })
  }
  desk.recall('to', { fadeS })
  flush()
  while (desk.scenes.state(desk.clock.nowMs).fadeS > 0) {
    desk.clock.nowMs += 10 + ((next() + 1) / 2) * lateMs
    desk.scenes.move(desk.clock.nowMs)
    flush()
  }
  return moves
}

/** The worst window of .34 s, over the energy of 1.4 s of the tone around it. */
function worstSpillDb(x: Float32Array): number {
  const window = 16384
  const spills = Array.from({ length: Math.floor(x.length / (window / 2)) - 1 }, (_, i) =>
    spillPower(x.subarray((i * window) / 2, (i * window) / 2 + window)),
  )
  const loud = Math.max(...spills.map(({ total }) => total))
  return Math.max(...spills.map(({ above }) => dbOfPower(above / (4 * loud))))
}

it.each([
  ['at once', 0, 0],
  ['in half a second', 0.5, 0],
  ['in 3 s', 3, 0],
  ['in 3 s, with steps up to 90 ms late', 3, 90],
])('a recall %s, there and back, spills at most −85 dB above 3 kHz', async (_, fadeS, lateMs) => {
  for (const [from, to] of [
    [dull, bright],
    [bright, dull],
  ] as const) {
    const moves = await movesOf(from, to, fadeS, lateMs)
    const frames = startFrame + Math.round((fadeS + 0.6) * sampleRateHz)
    const tone = sine(frames, 997, -26)
    const strips = [1, 2, 3, 4].map(() => [tone, tone])
    const { left, right } = await renderDesk({ strips, set: from, moves, dcaCount: 2, busCount: 2, frames })
    for (const side of [left, right]) {
      expect(isFiniteEverywhere(side)).toBe(true)
      expect(rmsDb(side)).toBeGreaterThan(-50)
      const spillDb = worstSpillDb(side.subarray(4800))
      expect(spillDb).toBeLessThan(-85)
    }
  }
})

it('a tone that is cut to half at once spills more than −85 dB by the same measure', () => {
  const tone = sine(48000, 997, -26).map((v, n) => (n < 20_000 ? v : v / 2))
  expect(worstSpillDb(tone)).toBeGreaterThan(-70)
})
