// Positions and ticks against values, for every parameter of the desk.
import { describe, expect, it } from 'vitest'
import { curveNames } from '../../src/mapping/grammar.js'
import { shortName, shortNumber, shortValue, timecode } from '../../src/mapping/short-text.js'
import { takeover } from '../../src/mapping/takeover.js'
import { travelOf } from '../../src/mapping/travel.js'
import { accelerated, isStepped, plainAcceleration, stepOf, stepped } from '../../src/mapping/turn.js'
import { buildRegistry, entryOf, type Param } from '../../src/params/registry.js'
import { dm2000Law, x32Law } from '../../src/surface/fader-law.js'

const registry = buildRegistry({ stripStereo: [true], busCount: 2, inputCount: 4, outputCount: 2, dcaCount: 1, fxCount: 2 })
const param = (id: string): Param => entryOf(registry, id) as Param

describe('travel', () => {
  it('gives every position of every parameter back, or one that stands for the same value', () => {
    const steps = 128
    for (const one of registry.params)
      for (const curve of curveNames) {
        if (curve === 'linear' && one.min === Number.NEGATIVE_INFINITY) continue
        for (const invert of [false, true]) {
          const { valueOf: value, positionOf } = travelOf(one, { curve, invert })
          for (let i = 0; i < steps; i += 7) {
            const position = i / (steps - 1)
            const back = positionOf(value(position))
            if (Math.abs(back - position) > 1e-4 && !Object.is(value(back), value(position)))
              throw new Error(`${one.id} ${curve}: ${position} came back as ${back}`)
          }
        }
      }
  })

  it('begins and ends at the range, whichever end is up', () => {
    const pan = param('strip.1.pan')
    expect([0, 0.5, 1].map(travelOf(pan, { range: [-50, 50] }).valueOf)).toEqual([-50, 0, 50])
    expect([0, 0.5, 1].map(travelOf(pan, { range: [50, -50] }).valueOf)).toEqual([50, 0, -50])
    const frequency = param('strip.1.eq.band1.frequencyHz')
    expect(travelOf(frequency, { range: [100, 10000] }).valueOf(0.5)).toBeCloseTo(1000, 2)
    expect(travelOf(frequency, { range: [100, 10000], curve: 'linear' }).valueOf(0.5)).toBe(5050)
    expect(travelOf(pan, { range: [-50, 50] }).positionOf(100)).toBe(1)
  })

  it('bends as it says', () => {
    const pan = param('strip.1.pan')
    const at = (curve: (typeof curveNames)[number]): number[] => [0.25, 0.5, 0.75].map(travelOf(pan, { curve }).valueOf)
    expect(at('slow')).toEqual([-87.5, -50, 12.5])
    expect(at('fast')).toEqual([-12.5, 50, 87.5])
    expect(at('centre')).toEqual([-31.25, 0, 31.25])
  })

  it('goes by the scale that is printed beside a fader, for levels alone', () => {
    const level = param('strip.1.faderDb')
    for (const law of [x32Law, dm2000Law])
      for (const db of [10, 0, -5, -10, -20, -30, -40]) {
        const travel = travelOf(level, {}, law)
        expect(travel.positionOf(db)).toBeCloseTo(law.positionOfDb(db), 9)
        expect(travel.valueOf(law.positionOfDb(db))).toBeCloseTo(db, 4)
      }
    expect(travelOf(param('strip.1.trimDb'), {}, dm2000Law).positionOf(0)).toBe(0.5)
  })
})

describe('ticks', () => {
  it('take every parameter from end to end and back in some turns of the hand', () => {
    for (const one of registry.params) {
      if (one.min === one.max) continue
      let value = one.min
      let ticks = 0
      for (; value !== Math.fround(one.max); ticks++) {
        const next = stepped(one, value, 1)
        if (!(next > value) || ticks > 300) throw new Error(`${one.id} stands at ${value} after ${ticks} ticks`)
        value = next
      }
      if (isStepped(one)) expect(ticks, one.id).toBe(one.max - one.min)
      else expect(ticks, one.id).toBeGreaterThan(20)
      for (; value !== Math.fround(one.min) && ticks >= -1; ticks--) value = stepped(one, value, -1)
      expect(value, one.id).toBe(Math.fround(one.min))
    }
  })

  it('keep round numbers round', () => {
    const level = param('strip.1.faderDb')
    expect([1, 2, -1, -20, -21].map((steps) => stepped(level, 0, steps))).toEqual([0.5, 1, -0.5, -10, -11])
    const gain = param('strip.1.eq.band1.gainDb')
    let value = -18
    for (let i = 0; i < 36; i++) value = stepped(gain, value, 1)
    expect(value).toBe(0)
    expect([36, 200, 2000, 1, 12, 280].map(stepOf)).toEqual([0.5, 2, 20, 0.01, 0.1, 2])
  })

  it('are twelve to the octave', () => {
    expect(stepped(param('strip.1.eq.band1.frequencyHz'), 1000, 12)).toBe(2000)
  })

  it('stay in a range, and go by a step of their own', () => {
    const pan = param('strip.1.pan')
    expect(stepped(pan, 49, 1, 5, [-50, 50])).toBe(50)
    expect(stepped(pan, -49, -1, 5, [50, -50])).toBe(-50)
    expect(stepped(param('strip.1.faderDb'), Number.NEGATIVE_INFINITY, 1, 3)).toBe(-87)
  })

  it('count more the faster they come, whole and the same way', () => {
    const of = (ticks: number, sinceMs: number): number => accelerated(ticks, sinceMs, plainAcceleration)
    expect([of(1, 50), of(1, 1000), of(1, Number.POSITIVE_INFINITY)]).toEqual([1, 1, 1])
    // 70 a second: half way from 20 to 120, so half way from 1 to 6, rounded.
    expect(of(1, 1000 / 70)).toBe(4)
    expect(of(-1, 1000 / 70)).toBe(-3)
    expect([of(1, 1000 / 120), of(3, 0), of(-3, 0)]).toEqual([6, 18, -18])
  })
})

describe('scaled takeover', () => {
  it('goes the way of the hand, and meets the value at either end', () => {
    let wanted = 0.8
    let before = 0.2
    for (const position of [0.3, 0.5, 0.45, 0.1, 0.6, 0.05, 0.3, 1]) {
      const to = takeover('scaled', position, before, wanted, 0.001)!
      expect(Math.sign(to - wanted)).toBe(Math.sign(position - before))
      expect(to).toBeGreaterThan(0)
      wanted = to
      before = position
    }
    expect(wanted).toBeCloseTo(1, 9)
    expect(takeover('scaled', 0, 0.2, 0.8, 0.001)).toBeCloseTo(0, 9)
  })
})

describe('short texts', () => {
  it('name every parameter in seven characters', () => {
    for (const one of registry.params) {
      const name = shortName(one.id, 7)
      if (!/^[A-Z0-9][\x20-\x7e]{0,6}$/.test(name)) throw new Error(`${one.id} is called "${name}"`)
    }
    expect(
      ['strip.1.faderDb', 'strip.1.eq.band2.gainDb', 'strip.1.send.2.pan', 'strip.1.dca.1'].map((id) => shortName(id, 7)),
    ).toEqual(['Fader', '2 Gain', 'S2 Pan', 'Dca 1'])
  })

  it('tells the parameters of one page apart', () => {
    for (const block of ['comp', 'gate', 'hpf', 'eq.band1']) {
      const names = registry.params
        .filter(({ id }) => new RegExp(`^strip\\.1\\.${block}\\.[^.]+$`).test(id))
        .map(({ id }) => shortName(id, 7))
      expect(new Set(names).size, `${block}: ${names}`).toBe(names.length)
    }
  })

  it('write every value in the room there is, to three figures', () => {
    for (const one of registry.params)
      for (const chars of [5, 6, 7])
        for (let i = 0; i <= 8; i++) {
          const value = travelOf(one, {}).valueOf(i / 8)
          const written = shortValue(one, value, chars)
          const isRead = one.spec.kind !== 'number' || /pan$/.test(one.id) || !Number.isFinite(value)
          const [, number, kilo] = /^(-?[\d.]+)(k)?/.exec(written) ?? []
          const seconds = one.spec.kind === 'number' && one.spec.unit === 'ms' && Math.abs(value) >= 1000
          const read = Number(number) * (kilo || seconds ? 1000 : 1)
          const isNear = isRead || Math.abs(read - value) <= Math.max(0.0051, Math.abs(value) * 0.06)
          if (written.length > chars || written.length === 0 || !isNear)
            throw new Error(`${one.id}: ${value} in ${chars} is "${written}"`)
        }
  })

  it('reads well', () => {
    expect(
      [
        ['strip.1.faderDb', -12.5],
        ['strip.1.faderDb', Number.NEGATIVE_INFINITY],
        ['strip.1.eq.band1.frequencyHz', 1250],
        ['strip.1.pan', -30],
        ['strip.1.comp.ratio', 4],
        ['strip.1.comp.attackMs', 0.05],
        ['strip.1.gate.holdMs', 1500],
        ['strip.1.mute', 1],
      ].map(([id, value]) => shortValue(param(id as string), value as number, 7)),
    ).toEqual(['-12.5dB', '-inf', '1.25kHz', 'L30', '4.00:1', '0.05ms', '1.50s', 'on'])
    expect(shortNumber(-0.01, 'dB', 7)).toBe('0.0dB')
    expect(timecode(3723.456, 10)).toBe('1.02.03.45')
  })
})
