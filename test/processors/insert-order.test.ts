// Where gate, EQ and compressor stand to each other, for one strip among others, and how it changes.
import { describe, expect, it } from 'vitest'
import { isFiniteEverywhere, nullDb, rmsDb, sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import { type DeskJob, renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const orders = ['gate-eq-comp', 'gate-comp-eq', 'eq-gate-comp'] as const

const own = (strip: number, settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`strip.${strip}.${name}`, value]))

/** An EQ, a gate and a compressor that all do something to −12 dBFS of noise. */
const busy: Settings = {
  'eq.on': true,
  'eq.band1.frequencyHz': 300,
  'eq.band1.gainDb': 12,
  'eq.band2.type': 'highShelf',
  'eq.band2.frequencyHz': 5000,
  'eq.band2.gainDb': -9,
  'gate.on': true,
  'gate.thresholdDb': -14,
  'gate.rangeDb': 20,
  'gate.holdMs': 0,
  'gate.releaseMs': 20,
  'comp.on': true,
  'comp.thresholdDb': -30,
  'comp.ratio': 4,
  'comp.attackMs': 1,
  'comp.releaseMs': 30,
}

describe('with a 997 Hz tone at −40 dBFS and a bell of 18 dB', () => {
  const tone = sine(second, 997, -40)
  const bell = { 'eq.on': true, 'eq.band1.frequencyHz': 997, 'eq.band1.gainDb': 18 }
  const levelOf = async (settings: Settings): Promise<number> => {
    const { left } = await renderDesk({ strips: [[tone, tone]], set: own(1, { ...bell, ...settings }) })
    return toneDb(left.subarray(24000), 997)
  }

  it('a compressor of 4:1 over −30 takes 6 dB behind the EQ, and nothing before it', async () => {
    const comp = { 'comp.on': true, 'comp.thresholdDb': -30, 'comp.ratio': 4, 'comp.kneeDb': 0 }
    expect(Math.abs((await levelOf({ ...comp, order: 'gate-eq-comp' })) + 28)).toBeLessThan(0.1)
    expect(Math.abs((await levelOf({ ...comp, order: 'eq-gate-comp' })) + 28)).toBeLessThan(0.1)
    expect(Math.abs((await levelOf({ ...comp, order: 'gate-comp-eq' })) + 22)).toBeLessThan(0.01)
  })

  it('a gate at −30 with a range of 20 dB is open behind the EQ, and closed before it', async () => {
    const gate = { 'gate.on': true, 'gate.thresholdDb': -30, 'gate.rangeDb': 20, 'gate.releaseMs': 20 }
    expect(Math.abs((await levelOf({ ...gate, order: 'gate-eq-comp' })) + 42)).toBeLessThan(0.05)
    expect(Math.abs((await levelOf({ ...gate, order: 'gate-comp-eq' })) + 42)).toBeLessThan(0.05)
    expect(Math.abs((await levelOf({ ...gate, order: 'eq-gate-comp' })) + 22)).toBeLessThan(0.01)
  })
})

describe.each([0, 4])('with a look-ahead of %i ms beside it', (lookaheadMs) => {
  const x = [noise(second, -12, 1), noise(second, -12, 2)]
  const late = { 'strip.7.comp.lookaheadMs': lookaheadMs }
  const quiet = Array.from({ length: 6 }, () => [silence(second)])

  it('gate-comp-eq is the strip’s compressor and then a bus’s EQ: null below −140 dBFS', async () => {
    const eq = Object.fromEntries(Object.entries(busy).filter(([name]) => name.startsWith('eq.')))
    const rest = Object.fromEntries(Object.entries(busy).filter(([name]) => !name.startsWith('eq.')))
    const set = { ...own(1, { ...busy, order: 'gate-comp-eq' }), ...late }
    const ordered = await renderDesk({ strips: [x, ...quiet], set })
    const route = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
    const onBus = Object.fromEntries(Object.entries(eq).map(([name, value]) => [`bus.1.${name}`, value]))
    const apart = await renderDesk({ strips: [x, ...quiet], set: { ...own(1, rest), ...route, ...onBus, ...late } })
    expect(rmsDb(ordered.left)).toBeGreaterThan(-50)
    expect(nullDb(ordered.left, apart.left)).toBeLessThan(-140)
    expect(nullDb(ordered.right, apart.right)).toBeLessThan(-140)
  })

  it('strips of all orders beside each other have the bits of a desk where all have theirs', async () => {
    const strips = Array.from({ length: 7 }, (_, i) => [noise(second, -12, i + 1)])
    const desk = (order: (strip: number) => string, heard: number): DeskJob => ({
      strips,
      set: {
        ...late,
        ...Object.assign({}, ...strips.map((_, i) => own(i + 1, { ...busy, order: order(i), mute: i !== heard }))),
      },
    })
    const mixed = (i: number): string => orders[i % 3]!
    const found = new Set<string>()
    for (const heard of [0, 1, 2, 5]) {
      const beside = await renderDesk(desk(mixed, heard))
      const alike = await renderDesk(desk(() => mixed(heard), heard))
      expect([heard, sameBits(beside.left, alike.left)]).toEqual([heard, true])
      found.add(`${rmsDb(alike.left)}`)
    }
    expect(found.size).toBe(4)
  })

  it.each(orders)('%s: sends tap before and behind the EQ wherever it stands', async (order) => {
    const send = (tap: string): Settings => ({
      'strip.1.faderDb': '-inf',
      'strip.1.send.1.levelDb': 0,
      'strip.1.send.1.tap': tap,
    })
    const off = { 'gate.on': false, 'comp.on': false }
    const at = async (tap: string, settings: Settings, strips = 2): Promise<Float32Array> => {
      // The second strip has another order, so that the group is mixed.
      const other = own(2, { ...busy, order: orders[(orders.indexOf(order) + 1) % 3]! })
      const set = { ...own(1, { ...busy, order, ...settings }), ...other, ...send(tap), 'strip.2.mute': true, ...late }
      return (await renderDesk({ strips: [x, [noise(second, -12, 9)], ...quiet].slice(0, strips + 5), set })).left
    }
    const noEq = { 'eq.on': false }
    const [gate, comp] = [{ 'comp.on': false }, {}]
    // What stands before the EQ, and what stands up to and with it.
    const before = { 'gate-eq-comp': gate, 'gate-comp-eq': comp, 'eq-gate-comp': off }[order]
    expect(nullDb(await at('preEq', {}), await at('preFader', { ...before, ...noEq }))).toBeLessThan(-140)
    expect(nullDb(await at('postEq', {}), await at('preFader', before))).toBeLessThan(-140)
    expect(nullDb(await at('preEq', {}), await at('postEq', {}))).toBeGreaterThan(-60)
  })

  it.each(
    orders.flatMap((from) => orders.filter((to) => to !== from).map((to) => [from, to] as const)),
  )('%s → %s while running: at most −85 dB above 3 kHz, unity around it, and in the end the desk that stood there', async (from, to) => {
    const frames = 65536
    const tone = sine(frames, 997, -20)
    // Slow enough that the compressor itself leaves nothing above 3 kHz.
    const slow = { 'comp.attackMs': 50, 'comp.releaseMs': 200 }
    const quick = own(1, { ...busy, 'eq.band1.frequencyHz': 997, 'gate.thresholdDb': -60 })
    const set = { ...quick, ...own(1, slow) }
    const job = { strips: [[tone, tone], ...quiet] }
    const moves = [{ frame: frames / 2, set: { 'strip.1.order': to } }]
    const { left } = await renderDesk({ ...job, set: { ...set, ...late, 'strip.1.order': from }, moves })
    expect(isFiniteEverywhere(left)).toBe(true)
    expect(spillDb(left)).toBeLessThan(-85)
    const desk = { ...quick, ...late }
    const moved = await renderDesk({ ...job, set: { ...desk, 'strip.1.order': from }, moves })
    const here = await renderDesk({ ...job, set: { ...desk, 'strip.1.order': from } })
    const there = await renderDesk({ ...job, set: { ...desk, 'strip.1.order': to } })
    // What is moved is heard at once, in what came in before.
    const before = frames / 2 - 512
    expect(sameBits(moved.left.slice(0, before), here.left.slice(0, before))).toBe(true)
    expect(nullDb(moved.left.slice(56000), there.left.slice(56000))).toBeLessThan(-110)
    const sends = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0 }
    for (const tap of ['preEq', 'postEq']) {
      const tapped = await renderDesk({
        ...job,
        set: { ...set, ...late, ...sends, 'strip.1.send.1.tap': tap, 'strip.1.order': from },
        moves,
      })
      expect([tap, spillDb(tapped.left) < -85]).toEqual([tap, true])
    }
  })
})
