// Cross-fades step by step: what glides along which way, what switches when, and what hands take from them.
import { describe, expect, it } from 'vitest'
import { buildRegistry, defaultTopology, isMeter, isParam } from '../../src/params/registry.js'
import { normOfValue, settle } from '../../src/params/value.js'
import { readScene } from '../../src/scenes/scene-file.js'
import type { Settings } from '../fixtures/offline-desk.js'
import { sceneDesk } from '../fixtures/scene-desk.js'
import { random } from '../fixtures/signals.js'

/** A desk at `from` with the scene `to` stored. */
async function between(from: Settings, to: Settings) {
  const desk = sceneDesk()
  desk.set(to)
  await desk.scenes.storeAs('there')
  desk.set(Object.fromEntries(Object.keys(to).map((id) => [id, defaultOf(desk, id)])))
  desk.set(from)
  desk.heard.length = 0
  /** What has been said of an id since the fade began. */
  const said = (id: string): (number | string)[] => desk.heard.filter((change) => change.id === id).map(({ value }) => value)
  return { ...desk, said }
}

const defaultOf = ({ registry }: ReturnType<typeof sceneDesk>, id: string): number | string => {
  const entry = registry.byId.get(id)!
  if (isMeter(entry)) throw new Error(id)
  return isParam(entry) ? (entry.names[entry.default] ?? entry.default) : entry.default
}

describe('a number glides through its taper', () => {
  it.each([
    ['strip.1.faderDb', -30, 10, [-17.5, -7.5, 0, 5, 10]], // the fader's law: travel .25 … 1
    ['strip.1.pan', -100, 100, [-60, -20, 20, 60, 100]],
    ['strip.1.trimDb', 0, -20, [-4, -8, -12, -16, -20]],
    ['strip.1.hpf.frequencyHz', 10, 1000, [10 * 100 ** 0.2, 10 * 100 ** 0.4, 10 * 100 ** 0.6, 10 * 100 ** 0.8, 1000]],
  ])('%s from %d to %d in five seconds', async (id, from, to, expected) => {
    const { recall, wait, is } = await between({ [id]: from, 'strip.1.hpf.on': true }, { [id]: to, 'strip.1.hpf.on': true })
    recall('there', { fadeS: 5 })
    expect(is(id)).toBe(from)
    const found = expected.map(() => {
      wait(1000)
      return is(id) as number
    })
    found.forEach((value, i) => {
      expect(value, `${i + 1} s`).toBeCloseTo(id.endsWith('faderDb') ? travel(from, to, (i + 1) / 5) : expected[i]!, 3)
    })
    expect(found.at(-1)).toBe(to)
  })

  /** dB at a part of the fader's travel from one level to another. */
  function travel(from: number, to: number, part: number): number {
    const fader = sceneDesk().param('strip.1.faderDb')
    const norm = normOfValue(fader, from) + part * (normOfValue(fader, to) - normOfValue(fader, from))
    return norm >= 0.5 ? 40 * norm - 30 : norm >= 0.25 ? 80 * norm - 50 : norm >= 0.0625 ? 160 * norm - 70 : 480 * norm - 90
  }

  it('from −inf and to it', async () => {
    const down = await between({ 'strip.1.faderDb': 0 }, { 'strip.1.faderDb': '-inf' })
    down.recall('there', { fadeS: 1 })
    down.wait(900)
    expect(down.is('strip.1.faderDb')).toBeCloseTo(travel(0, Number.NEGATIVE_INFINITY, 0.9), 3)
    expect(Number(down.is('strip.1.faderDb'))).toBeGreaterThan(-90)
    down.wait(100)
    expect(down.is('strip.1.faderDb')).toBe('-inf')
    const up = await between({ 'strip.1.faderDb': '-inf' }, { 'strip.1.faderDb': 0 })
    up.recall('there', { fadeS: 1 })
    up.wait(100)
    expect(Number(up.is('strip.1.faderDb'))).toBeLessThan(-50)
    up.wait(900)
    expect(up.is('strip.1.faderDb')).toBe(0)
  })

  it('and never turns back on its way, in steps of 10 ms', async () => {
    const { recall, wait, said } = await between({ 'strip.1.faderDb': -40 }, { 'strip.1.faderDb': 3 })
    recall('there', { fadeS: 2 })
    wait(3000)
    const way = said('strip.1.faderDb') as number[]
    expect(way.length).toBe(200)
    expect(way).toEqual(way.toSorted((a, b) => a - b))
    expect(way.at(-1)).toBe(3)
  })
})

describe('a switch', () => {
  it('unmutes at the start, below a fader that rises from the bottom', async () => {
    const { recall, wait, heard, is, said } = await between({ 'strip.1.mute': true }, { 'strip.1.mute': false })
    recall('there', { fadeS: 1 })
    expect(heard.map(({ id, value }) => [id, value]).filter(([id]) => id !== 'scene.current')).toEqual([
      ['strip.1.faderDb', Number.NEGATIVE_INFINITY],
      ['strip.1.mute', 0],
    ])
    wait(500)
    expect(is('strip.1.faderDb')).toBeCloseTo(-20, 3) // .375 of the travel
    wait(500)
    expect([is('strip.1.faderDb'), is('strip.1.mute')]).toEqual([0, false])
    expect(said('strip.1.mute')).toEqual([0])
  })

  it('mutes at the end, when the fader has fallen, which then goes where it belongs', async () => {
    const { recall, wait, heard, is } = await between({ 'strip.1.faderDb': -5 }, { 'strip.1.mute': true, 'strip.1.faderDb': 3 })
    recall('there', { fadeS: 1 })
    wait(990)
    expect(is('strip.1.mute')).toBe(false)
    expect(Number(is('strip.1.faderDb'))).toBeLessThan(-80)
    wait(10)
    expect(heard.slice(-3).map(({ id, value }) => [id, value])).toEqual([
      ['strip.1.faderDb', Number.NEGATIVE_INFINITY],
      ['strip.1.mute', 1],
      ['strip.1.faderDb', 3],
    ])
  })

  it('opens and closes a send in the same way', async () => {
    const { recall, wait, said } = await between(
      { 'strip.1.send.1.on': false, 'strip.1.send.1.levelDb': -6, 'strip.1.send.2.levelDb': -6 },
      { 'strip.1.send.1.levelDb': -6, 'strip.1.send.2.on': false, 'strip.1.send.2.levelDb': -6 },
    )
    recall('there', { fadeS: 1 })
    wait(1000)
    const [up, down] = [said('strip.1.send.1.levelDb') as number[], said('strip.1.send.2.levelDb') as number[]]
    expect([up[0], up.at(-1)]).toEqual([Number.NEGATIVE_INFINITY, -6])
    expect(down.slice(-2)).toEqual([Number.NEGATIVE_INFINITY, -6])
    expect(down.slice(0, -1)).toEqual(down.slice(0, -1).toSorted((a, b) => b - a))
  })

  it('of a block that comes on finds its values there; of one that goes off, they stay until it is', async () => {
    const on = await between({ 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.on': true, 'strip.1.eq.band1.gainDb': -6 })
    on.recall('there', { fadeS: 1 })
    const order = on.heard.map(({ id }) => id)
    expect(order.indexOf('strip.1.eq.band1.gainDb')).toBeLessThan(order.indexOf('strip.1.eq.on'))
    expect(on.is('strip.1.eq.band1.gainDb')).toBe(-6)
    const off = await between({ 'strip.1.eq.on': true, 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.band1.gainDb': -6 })
    off.recall('there', { fadeS: 1 })
    off.wait(990)
    expect([off.is('strip.1.eq.on'), off.is('strip.1.eq.band1.gainDb')]).toEqual([true, 12])
    off.wait(10)
    expect([off.is('strip.1.eq.on'), off.is('strip.1.eq.band1.gainDb')]).toEqual([false, -6])
  })

  it('of a mute group is off at the start and on at the end', async () => {
    const { recall, wait, said, is } = await between({ 'muteGroup.1.on': true }, { 'muteGroup.2.on': true })
    recall('there', { fadeS: 1 })
    expect([is('muteGroup.1.on'), is('muteGroup.2.on')]).toEqual([false, false])
    wait(1000)
    expect([is('muteGroup.1.on'), is('muteGroup.2.on'), said('muteGroup.2.on').length]).toEqual([false, true, 1])
  })

  it('of a choice, a delay or an effect comes in the middle; a channel from silence has it from the start, one into it to the end', async () => {
    const changed = { polarity: true, delayMs: 20, 'eq.band1.type': 'notch', pan: 50 }
    const of = (strip: number): Settings =>
      Object.fromEntries(Object.entries({ ...changed, 'eq.on': true }).map(([name, value]) => [`strip.${strip}.${name}`, value]))
    const eqOn = { 'strip.1.eq.on': true, 'strip.3.eq.on': true, 'strip.4.eq.on': true }
    const { recall, wait, is } = await between(
      { ...eqOn, 'strip.3.mute': true },
      { ...of(1), ...of(3), ...of(4), 'strip.4.mute': true, 'fx.1.reverb.roomSize': 2 },
    )
    recall('there', { fadeS: 1 })
    const arrived = (strip: number): boolean[] =>
      Object.entries(changed).map(([name, value]) => is(`strip.${strip}.${name}`) === value)
    expect([arrived(1), arrived(3), arrived(4)]).toEqual([Array(4).fill(false), Array(4).fill(true), Array(4).fill(false)])
    wait(490)
    expect([arrived(1), is('fx.1.reverb.roomSize')]).toEqual([Array(4).fill(false), 1])
    wait(10)
    expect([arrived(1), is('fx.1.reverb.roomSize')]).toEqual([[true, true, true, false], 2])
    expect(arrived(4)).toEqual(Array(4).fill(false))
    wait(500)
    expect([1, 3, 4].flatMap(arrived)).toEqual(Array(12).fill(true))
  })
})

describe('a hand', () => {
  it('takes a parameter from the fade, and the others go on', async () => {
    const { recall, wait, set, is } = await between({}, { 'strip.1.faderDb': -40, 'strip.2.faderDb': -40 })
    recall('there', { fadeS: 2 })
    wait(1000)
    set({ 'strip.1.faderDb': -3 })
    wait(1500)
    expect([is('strip.1.faderDb'), is('strip.2.faderDb')]).toEqual([-3, -40])
  })

  it('that only lies on a fader holds it', async () => {
    const { recall, wait, scenes, param, is, clock } = await between({}, { 'strip.1.faderDb': -40 })
    recall('there', { fadeS: 2 })
    wait(1000)
    const held = is('strip.1.faderDb')
    scenes.touched(param('strip.1.faderDb'), clock.nowMs)
    wait(1500)
    expect(is('strip.1.faderDb')).toBe(held)
  })

  it('that takes the mute of a channel on its way out sends its fader where it belongs', async () => {
    const { recall, wait, set, is, said } = await between(
      { 'strip.1.faderDb': 0 },
      { 'strip.1.mute': true, 'strip.1.faderDb': -5 },
    )
    recall('there', { fadeS: 2 })
    wait(1000)
    set({ 'strip.1.mute': true })
    set({ 'strip.1.mute': false })
    wait(1000)
    expect([is('strip.1.faderDb'), is('strip.1.mute')]).toEqual([-5, false])
    const way = said('strip.1.faderDb') as number[]
    expect(Math.min(...way.filter(Number.isFinite))).toBeGreaterThan(-40)
  })
})

describe('a recall during a fade', () => {
  it('takes over from where things stand, and what it does not touch goes on', async () => {
    const { recall, wait, set, is, scenes } = await between({}, { 'strip.1.faderDb': -40, 'strip.1.pan': 100 })
    set({ 'strip.1.faderDb': 5 })
    await scenes.storeAs('loud', 'faders')
    set({ 'strip.1.faderDb': 0 })
    recall('there', { fadeS: 2 })
    wait(1000)
    const middle = Number(is('strip.1.faderDb'))
    recall('loud', { fadeS: 1 })
    expect(is('strip.1.faderDb')).toBe(middle)
    wait(10)
    expect(Number(is('strip.1.faderDb')) - middle).toBeGreaterThan(0)
    expect(Number(is('strip.1.faderDb')) - middle).toBeLessThan(2)
    wait(1490)
    expect([is('strip.1.faderDb'), is('strip.1.pan')]).toEqual([5, 100])
  })
})

it('of a whole desk of 64 strips sets at most 500 numbers at a step, each in its turn, and arrives', async () => {
  const desk = sceneDesk(buildRegistry({ ...defaultTopology, fxCount: 0 }))
  const gains = desk.registry.params.filter(({ id, min }) => min <= -10 && /\.(pan|faderDb|gainDb|trimDb)$/.test(id))
  const eqs = desk.registry.params.filter(({ id }) => id.endsWith('.eq.on'))
  for (const param of eqs) desk.store.set(param, 1, 'hand')
  for (const param of gains) desk.store.set(param, -10, 'hand')
  await desk.scenes.storeAs('low')
  for (const param of gains) desk.store.set(param, 10, 'hand')
  desk.recall('low', { fadeS: 1 })
  const counts: number[] = []
  for (let i = 0; i < 99; i++) {
    desk.heard.length = 0
    desk.wait(10)
    counts.push(desk.heard.length)
  }
  expect(gains.length).toBeGreaterThan(700)
  expect(Math.max(...counts)).toBe(500)
  expect(Math.min(...counts)).toBe(500)
  for (const param of gains) expect(desk.store.value(param)).toBeLessThan(0)
  desk.wait(10)
  for (const param of gains) expect(desk.store.value(param)).toBe(-10)
})

it('ends where the scene says from anywhere to anywhere, 200 random pairs, with everything said in bounded steps', async () => {
  const desk = sceneDesk()
  const next = random(5)
  // While solos exclude each other, a scene cannot have two of them.
  const fades = desk.registry.params.filter((param) => !/output$|arm$|input$|^scene|recallSafe$|exclusiveSolo$/.test(param.id))
  const anywhere = (): void => {
    for (const param of fades) {
      const at = (next() + 1) / 2
      const value = param.min === Number.NEGATIVE_INFINITY ? 10 - 60 * at : param.min + at * (param.max - param.min)
      desk.store.set(param, settle(param, next() > 0.8 ? param.min : value)!, 'random')
    }
  }
  for (let i = 0; i < 20; i++) {
    anywhere()
    await desk.scenes.storeAs(`Scene ${i + 1}`, 'all')
  }
  for (let i = 0; i < 200; i++) {
    desk.clock.nowMs += 2000
    const wanted = 1 + Math.floor(10 * (next() + 1))
    desk.recall(wanted, { fadeS: 0.2 })
    desk.wait(200)
    const { params } = sceneAt(desk, wanted)
    const wrong = [...params].filter(([param, goal]) => !Object.is(desk.store.value(param), goal)).map(([{ id }]) => id)
    expect([wanted, wrong]).toEqual([wanted, []])
    expect(desk.scenes.state(desk.clock.nowMs)).toEqual({ current: `Scene ${wanted}`, fadeS: 0, leftOut: [] })
  }
})

const sceneAt = ({ files, registry }: ReturnType<typeof sceneDesk>, wanted: number) => {
  const { name } = files.find(wanted)
  return readScene(name, files.read(name), registry)
}
