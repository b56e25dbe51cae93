// Pan laws of mono strips, balance of stereo strips, buses and sends: conformance §11.
import { describe, expect, it } from 'vitest'
import { amplitudeOfDb, dbOfAmplitude } from '../../src/units.js'
import { rmsDb, sameBits, spillDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, noise, sine } from '../fixtures/signals.js'

const hold = 9600
const positions = [-100, -50, 0, 50, 100]

/** Gains left and right at each position, from a constant of 0 dBFS; the desk moves through them. */
async function gains(id: string, stereo: boolean, set: Settings = {}): Promise<(readonly [number, number])[]> {
  const x = constant(hold * positions.length, 0)
  const moves = positions.map((position, i) => ({ frame: i * hold, set: { [id]: position } }))
  const { left, right } = await renderDesk({ strips: [stereo ? [x, x] : [x]], set: { ...set, [id]: positions[0]! }, moves })
  return positions.map((_, i) => [left[(i + 1) * hold - 1]!, right[(i + 1) * hold - 1]!] as const)
}

describe.each([
  ['-3', [0, -0.688, -3.01, -8.343], 0, 3.01],
  ['-4.5', [0, -1.593, -4.515, -10.192], -1.51, 1.51],
  ['-6', [0, -2.499, -6.021, -12.041], -3.01, 0],
])('pan law %s dB', (law, goldenDb, centrePowerDb, centreSumDb) => {
  it(`gains of the left side at −100, −50, 0 and 50 are ${goldenDb.join(', ')} dB ± .001, −inf at 100, mirrored on the right`, async () => {
    const found = await gains('strip.1.pan', false, { 'desk.panLaw': law })
    for (const [i, db] of goldenDb.entries()) {
      expect(Math.abs(dbOfAmplitude(found[i]![0]) - db)).toBeLessThan(0.001)
      expect(found[4 - i]![1]).toBeCloseTo(found[i]![0], 6)
    }
    expect([found[4]![0], found[0]![1]]).toEqual([0, 0])
  })

  it(`in the centre the power is ${centrePowerDb} dB, the mono sum ${centreSumDb} dB (± .01)`, async () => {
    const [left, right] = (await gains('strip.1.pan', false, { 'desk.panLaw': law }))[2]!
    expect(Math.abs(10 * Math.log10(left ** 2 + right ** 2) - centrePowerDb)).toBeLessThan(0.01)
    expect(Math.abs(dbOfAmplitude(left + right) - centreSumDb)).toBeLessThan(0.01)
  })

  it('balances stereo strips, buses and sends: unity in the centre, the near side stays, the far side falls by the law', async () => {
    const muted = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.tap': 'preFader' }
    const owners: [string, Settings][] = [
      ['strip.1.pan', {}],
      ['strip.1.send.1.pan', { ...muted, 'strip.1.send.1.levelDb': 0 }],
      ['bus.1.pan', { ...muted, 'strip.1.send.1.levelDb': 0 }],
    ]
    for (const [id, set] of owners) {
      const found = await gains(id, true, { ...set, 'desk.panLaw': law })
      expect(found[2]).toEqual([1, 1])
      for (const i of [3, 4]) {
        expect(found[i]![1]).toBe(1)
        expect(found[4 - i]![0]).toBe(1)
        const fallDb = i === 3 ? goldenDb[3]! - goldenDb[2]! : Number.NEGATIVE_INFINITY
        if (i === 3) expect(Math.abs(dbOfAmplitude(found[i]![0]) - fallDb)).toBeLessThan(0.002)
        else expect(found[i]![0]).toBe(0)
        expect(found[4 - i]![1]).toBeCloseTo(found[i]![0], 6)
      }
    }
  })

  it('places a mono strip’s send like the strip itself', async () => {
    const strip = await gains('strip.1.pan', false, { 'desk.panLaw': law })
    const set = { 'desk.panLaw': law, 'strip.1.faderDb': '-inf', 'strip.1.send.1.tap': 'preFader', 'strip.1.send.1.levelDb': 0 }
    expect(await gains('strip.1.send.1.pan', false, set)).toEqual(strip)
  })
})

it('pan law balance is 0 dB in the centre: both sides stay up to the centre, beyond it the far one falls by 6.021 dB at 50 and to −inf at 100', async () => {
  const found = await gains('strip.1.pan', false, { 'desk.panLaw': 'balance' })
  const dbs = found.map((pair) => pair.map((g) => Math.round(dbOfAmplitude(g) * 1000) / 1000))
  const silent = Number.NEGATIVE_INFINITY
  expect(dbs).toEqual([
    [0, silent],
    [0, -6.021],
    [0, 0],
    [-6.021, 0],
    [silent, 0],
  ])
})

describe('a mono strip panned over left, centre and right', () => {
  const x = constant(hold, 0)
  /** Left, centre, right and what the bus carries right, in dB. */
  async function lcr(pan: number, set: Settings = {}, stereo = false): Promise<number[]> {
    const all = { 'strip.1.pan': pan, 'strip.1.panMode': 'lcr', 'desk.centreBus': 'bus.2', ...set }
    const strips = [stereo ? [x, x] : [x]]
    const sides = await renderDesk({ strips, set: { ...all, 'bus.2.output': 'off' } })
    const sum = await renderDesk({ strips, set: all })
    const gainsAtEnd = [sides.left, sides.right, sum.left, sum.right].map((plane) => plane.at(-1)!)
    const [left, right, withCentre, withBusRight] = gainsAtEnd as [number, number, number, number]
    const db = (gain: number): number => Math.round(dbOfAmplitude(Math.abs(gain) < 1e-6 ? 0 : gain) * 100) / 100 + 0
    return [left, withCentre - left, right, withBusRight - right].map(db)
  }
  const silent = Number.NEGATIVE_INFINITY

  it.each([
    [-100, [0, silent, silent]],
    [-75, [-0.69, -8.34, silent]],
    [-50, [-3.01, -3.01, silent]],
    [-25, [-8.34, -0.69, silent]],
    [0, [silent, 0, silent]],
    [50, [silent, -3.01, -3.01]],
    [100, [silent, silent, 0]],
  ])('at %i stands at %j dB, the power always 0 dB; the bus takes it on its left side alone', async (pan, wanted) => {
    const found = await lcr(pan)
    expect(found).toEqual([...wanted, silent])
    const power = found.reduce((sum, db) => sum + 10 ** (db / 10), 0)
    expect(Math.abs(10 * Math.log10(power))).toBeLessThan(0.01)
  })

  it('follows fader and mute; its send to the centre bus does nothing', async () => {
    expect(await lcr(-50, { 'strip.1.faderDb': -6 })).toEqual([-9.01, -9.01, silent, silent])
    expect(await lcr(0, { 'strip.1.mute': true })).toEqual([silent, silent, silent, silent])
    expect(await lcr(0, { 'strip.1.send.2.levelDb': 6, 'strip.1.send.2.tap': 'input' })).toEqual([silent, 0, silent, silent])
  })

  it('needs a centre bus and a mono strip: else it pans between left and right', async () => {
    expect(await lcr(0, { 'desk.centreBus': 'off' })).toEqual([-3.01, silent, -3.01, silent])
    expect(await lcr(0, {}, true)).toEqual([0, silent, 0, silent])
  })

  it('stays in place under solo in place', async () => {
    expect(await lcr(0, { 'strip.1.solo': true, 'monitor.soloMode': 'sip' })).toEqual([silent, 0, silent, silent])
  })
})

describe('a 997 Hz tone spills at most −85 dB above 3 kHz on', () => {
  const tone = sine(65536, 997, -20)
  const centre = { 'strip.1.panMode': 'lcr', 'desk.centreBus': 'bus.1', 'bus.2.faderDb': -10, 'bus.1.faderDb': -3 }
  const moves: Record<string, [Settings, Settings]> = {
    'LCR pan −100 → 0': [{ ...centre, 'strip.1.pan': -100 }, { 'strip.1.pan': 0 }],
    'LCR on': [{ ...centre, 'strip.1.panMode': 'lr', 'strip.1.pan': -50 }, { 'strip.1.panMode': 'lcr' }],
    'centre bus 1 → 2': [centre, { 'desk.centreBus': 'bus.2' }],
    'pan law −3 → balance': [{}, { 'desk.panLaw': 'balance' }],
  }
  it.each(Object.keys(moves))('%s', async (name) => {
    const [set, move] = moves[name]!
    const { left } = await renderDesk({ strips: [[tone]], set, moves: [{ frame: 32768, set: move }] })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })
})

it('a bus whose output is off feeds nothing', async () => {
  const x = constant(4800, -6)
  const over = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
  const { left } = await renderDesk({ strips: [[x, x]], set: { ...over, 'bus.1.output': 'off' } })
  expect(left.every((v) => v === 0)).toBe(true)
})

it('the centre at −3 dB is cos(π/4) as a 32-bit float', async () => {
  const [left, right] = (await gains('strip.1.pan', false))[2]!
  expect([left, right]).toEqual([Math.fround(Math.cos(Math.PI / 4)), Math.fround(Math.cos(Math.PI / 4))])
})

it('the same pan gives the same gain whether it was there from the start or moved to', async () => {
  const x = [noise(48000, -20)]
  for (const pan of [-73, 12, 99]) {
    const still = await renderDesk({ strips: [x], set: { 'strip.1.pan': pan, 'strip.1.faderDb': 8 } })
    const moves = [{ frame: 0, set: { 'strip.1.pan': pan, 'strip.1.faderDb': 8 } }]
    const moved = await renderDesk({ strips: [x], set: { 'strip.1.pan': -pan, 'strip.1.faderDb': -30 }, moves })
    expect(sameBits(still.left.slice(24000), moved.left.slice(24000))).toBe(true)
    expect(sameBits(still.right.slice(24000), moved.right.slice(24000))).toBe(true)
  }
})

it('a fader at −10 dB over a trim of +4 dB is −6 dB ± .0001', async () => {
  const x = constant(4800, -20)
  const { left } = await renderDesk({ strips: [[x, x]], set: { 'strip.1.faderDb': -10, 'strip.1.trimDb': 4 } })
  expect(Math.abs(dbOfAmplitude(left.at(-1)! / amplitudeOfDb(-20)) + 6)).toBeLessThan(0.0001)
})
