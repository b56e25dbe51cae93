// The mastering chain's frame: order, bypass as loud and as late, listening to what a stage changes, meters.
import { describe, expect, it } from 'vitest'
import { nullDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { noise } from '../fixtures/signals.js'

const second = 48000
const strips = [[noise(4 * second, -20, 1), noise(4 * second, -26, 2)]]
const render = (set: Settings, moves: { frame: number; set: Settings }[] = []) =>
  renderDesk({ strips, set, moves, frames: 4 * second - 9600 })

/** Louder on the left, and no wider than mono: which of the two comes last is heard. */
const leftThenMono: Settings = {
  'master.eq.on': true,
  'master.eq.band1.type': 'highShelf',
  'master.eq.band1.frequencyHz': 20,
  'master.eq.band1.gainDb': 6,
  'master.eq.band1.mode': 'left',
  'master.imager.on': true,
  ...Object.fromEntries([1, 2, 3, 4].map((band) => [`master.imager.band${band}.widthPercent`, 0])),
  'master.imager.monoBelowHz': 50,
}

describe('the order of the chain', () => {
  it('is that of the slots, and a slot named twice changes places with the stage that it names', async () => {
    const imagerLast = await render(leftThenMono)
    expect(nullDb(imagerLast.left, imagerLast.right)).toBeLessThan(-140)
    const eqLast = await render({ ...leftThenMono, 'master.chain.order.2': 'imager' })
    expect(rmsDb(eqLast.left) - rmsDb(eqLast.right)).toBeCloseTo(6, 1)
    const said = await render({ ...leftThenMono, 'master.chain.order.2': 'imager', 'master.chain.order.3': 'eq' })
    expect(sameBits(said.left, eqLast.left)).toBe(true)
  })

  it('loses no stage where all slots name the same', async () => {
    const all = Object.fromEntries([1, 2, 3].map((place) => [`master.chain.order.${place}`, 'imager']))
    const { left, right } = await render({ ...leftThenMono, ...all })
    expect(rmsDb(left) - rmsDb(right)).toBeCloseTo(6, 1)
  })

  it('is another one .25 s after a move, to the bit of a desk that began with it', async () => {
    const moved = await render(leftThenMono, [{ frame: second, set: { 'master.chain.order.2': 'imager' } }])
    const before = await render({ ...leftThenMono, 'master.chain.order.2': 'imager' })
    expect(nullDb(moved.left.subarray(2 * second), before.left.subarray(2 * second))).toBeLessThan(-120)
  })
})

describe('bypass', () => {
  const shelf: Settings = {
    'master.eq.on': true,
    'master.eq.band1.type': 'highShelf',
    'master.eq.band1.frequencyHz': 2000,
    'master.eq.band1.gainDb': 9,
  }

  it.each(['master.eq.bypass', 'master.chain.bypass'])('%s is what comes in, to the bit', async (id) => {
    const { left, right } = await render({ ...leftThenMono, 'master.imager.on': false, [id]: true })
    expect(sameBits(left, strips[0]![0]!.slice(0, left.length))).toBe(true)
    expect(sameBits(right, strips[0]![1]!.slice(0, right.length))).toBe(true)
  })

  it.each([
    ['master.eq.bypass', 9],
    ['master.chain.bypass', 9],
    ['master.chain.bypass', -9],
  ])('%s with matched levels is what comes in at the loudness of what goes out, within .1 LU, at a shelf of %i dB', async (id, gainDb) => {
    const set = { ...shelf, 'master.eq.band1.gainDb': gainDb, 'master.chain.matchLevels': true }
    const through = await render(set)
    const around = await render(set, [{ frame: second, set: { [id]: true } }])
    const shortTerm = (of: typeof around): number => of.meter('master.meter.shortTermLufs')
    expect(Math.abs(shortTerm(around) - shortTerm(through))).toBeLessThan(0.1)
    // The same signal but for a gain.
    const tail = around.left.subarray(-second)
    const input = strips[0]![0]!.subarray(around.left.length - second, around.left.length)
    const gain = 10 ** ((rmsDb(tail) - rmsDb(input)) / 20)
    expect(
      nullDb(
        tail,
        input.map((v) => v * gain),
      ) - rmsDb(tail),
    ).toBeLessThan(-50)
    // Never louder than it should be, from the moment of the switch.
    const wantedDb = rmsDb(tail) - rmsDb(input)
    for (let at = second; at < 3 * second; at += 480) {
      const hop = [around.left, strips[0]![0]!].map((x) => rmsDb(x.subarray(at, at + 2400))) as [number, number]
      expect(hop[0] - hop[1]).toBeLessThan(Math.max(wantedDb, rmsDb(through.left) - rmsDb(strips[0]![0]!)) + 1)
    }
  })
})

describe('what a stage changes', () => {
  it.each(['master.eq.delta', 'master.chain.delta'])('%s is what comes out without what goes in', async (id) => {
    const set = { ...leftThenMono, 'master.imager.on': false }
    const through = await render(set)
    const listened = await render({ ...set, [id]: true })
    for (const side of ['left', 'right'] as const) {
      const input = strips[0]![side === 'left' ? 0 : 1]!
      expect(
        nullDb(
          listened[side],
          through[side].map((v, n) => v - input[n]!),
        ),
      ).toBeLessThan(-140)
    }
  })
})

it('meters say what goes into a stage and comes out of it, and nothing while it is off', async () => {
  const { meter } = await render(leftThenMono)
  expect(meter('master.eq.meter.outputDb') - meter('master.eq.meter.inputDb')).toBeCloseTo(5.1, 0)
  expect(meter('master.imager.meter.inputDb')).toBeCloseTo(meter('master.eq.meter.outputDb'), 1)
  expect(meter('master.dc.meter.inputDb')).toBe(Number.NEGATIVE_INFINITY)
})
