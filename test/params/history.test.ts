// Undo and redo of what hands do: what is one step, what goes back, what others have changed meanwhile.
import { describe, expect, it } from 'vitest'
import { loopVeto } from '../../src/params/bus-loop.js'
import { History, historyLimits } from '../../src/params/history.js'
import { exclusiveSolo } from '../../src/params/solo.js'
import { defaultTexts, defaultValues, ParameterStore } from '../../src/params/store.js'
import { settle } from '../../src/params/value.js'
import { param, registry, text } from '../osc/desk.js'

/** A desk with a history; `set` moves the clock on by `afterMs` first. */
function desk() {
  const sink = { set: () => {}, setText: () => {} }
  const store = new ParameterStore(
    registry,
    defaultValues(registry),
    defaultTexts(registry),
    sink,
    loopVeto(registry),
    exclusiveSolo(registry),
  )
  const history = new History(store)
  let nowMs = 0
  store.changes$.subscribe((change) => history.note(change, nowMs))
  const set = (id: string, value: number, afterMs = 0, initiator = 'a'): void => {
    nowMs += afterMs
    const refused = store.set(param(id), value, initiator)
    if (refused) throw new Error(refused)
  }
  const is = (id: string): number => store.value(param(id))
  return { store, history, set, is, wait: (ms: number) => (nowMs += ms), now: () => nowMs }
}

const fader = 'strip.1.faderDb'
const other = 'strip.2.faderDb'

describe('one step', () => {
  it('is a fader’s move of 100 positions, 20 ms apart: from −50 back to 0 dB, and again to −50', () => {
    const { history, set, is } = desk()
    for (let i = 1; i <= 100; i++) set(fader, -i / 2, 20)
    expect(history.depth).toEqual({ undo: 1, redo: 0 })
    expect(history.undo()).toEqual({ changed: 1, refused: [] })
    expect(is(fader)).toBe(0)
    expect(history.depth).toEqual({ undo: 0, redo: 1 })
    history.redo()
    expect(is(fader)).toBe(-50)
    expect(history.redo()).toBeUndefined()
  })

  it('ends when the hand rests for more than a second, and with another parameter 51 ms later', () => {
    const { history, set, is } = desk()
    set(fader, -5)
    set(fader, -6, 1000)
    set(fader, -7, 1001)
    set(other, -8, 51)
    expect(history.depth.undo).toBe(3)
    const seen = [0, 0, 0].map(() => {
      history.undo()
      return [is(fader), is(other)]
    })
    expect(seen).toEqual([
      [-7, 0],
      [-6, 0],
      [0, 0],
    ])
  })

  it('is a burst of one initiator: many parameters, texts among them, within 50 ms of each other', () => {
    const { store, history, set, is } = desk()
    for (const strip of [1, 2, 3, 4]) set(`strip.${strip}.mute`, 1, 40)
    store.setText(text('strip.1.name'), 'Voice', 'a')
    expect(history.depth.undo).toBe(1)
    history.undo()
    expect([1, 2, 3, 4].map((strip) => is(`strip.${strip}.mute`))).toEqual([0, 0, 0, 0])
    expect(store.text(text('strip.1.name'))).toBe('Strip 1')
    history.redo()
    expect(store.text(text('strip.1.name'))).toBe('Voice')
  })

  it('is not shared by two initiators at two faders', () => {
    const { history, set, is } = desk()
    for (let i = 1; i <= 10; i++) {
      set(fader, -i, 5, 'a')
      set(other, -i, 5, 'b')
    }
    expect(history.depth.undo).toBe(2)
    history.undo()
    expect([is(fader), is(other)]).toEqual([-10, 0])
  })

  it('is a held fader, however long it rests, and ends with the touch', () => {
    const { history, set, is } = desk()
    history.touch(param(fader), 'a', true)
    for (let i = 1; i <= 10; i++) set(fader, -i, 60_000)
    history.touch(param(fader), 'a', false)
    set(fader, -10.5, 20) // the position that the release confirms
    expect(history.depth.undo).toBe(1)
    history.touch(param(fader), 'a', true)
    set(fader, -20, 60)
    expect(history.depth.undo).toBe(2)
    history.undo()
    expect(is(fader)).toBe(-10.5)
    history.undo()
    expect(is(fader)).toBe(0)
  })

  it('of a device that went away with a finger on it is over', () => {
    const { history, set } = desk()
    history.touch(param(fader), 'a', true)
    set(fader, -1)
    history.release('a')
    set(fader, -2, 5000)
    expect(history.depth.undo).toBe(2)
  })

  it('is half a minute of a move without end', () => {
    const { history, set } = desk()
    for (let i = 0; i < 12_000; i++) set(fader, i % 2 === 0 ? -i / 200 : -i / 300, 10)
    expect(history.depth.undo).toBe(4)
  })

  it('is two hands that pull at one fader at once, but not one behind the other', () => {
    const { history, set, is } = desk()
    for (let i = 1; i <= 20; i++) set(fader, -i, 10, i % 2 === 0 ? 'a' : 'b')
    expect(history.depth.undo).toBe(1)
    set(fader, -30, 60, 'a')
    expect(history.depth.undo).toBe(2)
    history.undo()
    expect(is(fader)).toBe(-20)
    history.undo()
    expect(is(fader)).toBe(0)
    set('strip.1.solo', 1, 10, 'a')
    set('strip.1.solo', 0, 10, 'b')
    expect(history.depth.undo).toBe(2)
  })

  it('is an exclusive solo with those it ended', () => {
    const { history, set, is } = desk()
    set('monitor.exclusiveSolo', 1)
    set('strip.1.solo', 1, 2000)
    set('strip.2.solo', 1, 2000)
    expect([is('strip.1.solo'), is('strip.2.solo')]).toEqual([0, 1])
    history.undo()
    expect([is('strip.1.solo'), is('strip.2.solo')]).toEqual([1, 0])
    history.redo()
    expect([is('strip.1.solo'), is('strip.2.solo')]).toEqual([0, 1])
  })

  it('is not the talkback, which is held', () => {
    const { history, set } = desk()
    set('talkback.on', 1)
    set('talkback.on', 0, 3000)
    expect(history.undo()).toBeUndefined()
  })
})

describe('a way back', () => {
  it('takes back what was done last, whoever did it; something new ends what could be redone', () => {
    const { history, set, is } = desk()
    set(fader, -5)
    set(other, -6, 10)
    set(other, -33, 5000, 'b')
    expect(history.undo()).toEqual({ changed: 1, refused: [] })
    expect([is(fader), is(other)]).toEqual([-5, -6])
    history.undo()
    expect([is(fader), is(other), history.depth.redo]).toEqual([0, 0, 2])
    history.redo()
    set('strip.3.mute', 1, 5000, 'c')
    expect(history.depth).toEqual({ undo: 2, redo: 0 })
    expect(history.redo()).toBeUndefined()
    history.undo()
    history.undo()
    expect([is(fader), is(other), is('strip.3.mute')]).toEqual([0, 0, 0])
  })

  it('is not ended by a move that went on already', () => {
    const { history, set, is } = desk()
    set(other, -1, 0, 'b')
    set(fader, -5, 10, 'a')
    history.undo()
    set(other, -2, 10, 'b')
    expect(history.depth).toEqual({ undo: 1, redo: 1 })
    history.redo()
    expect([is(fader), is(other)]).toEqual([-5, -2])
  })

  it('of swapped bus routing finds the order that closes no loop', () => {
    const { history, set, is } = desk()
    set('bus.1.output', 2)
    set('bus.1.output', 0, 2000)
    set('bus.2.output', 1, 10)
    history.undo()
    expect([is('bus.1.output'), is('bus.2.output')]).toEqual([2, 0])
    history.redo()
    expect([is('bus.1.output'), is('bus.2.output')]).toEqual([0, 1])
  })

  it('of a fade leads to where it began, at once, and redo to where it was to end', () => {
    const { store, history, is, wait, now, set } = desk()
    let stopped = 0
    history.begin(
      'fade',
      [
        [param(fader), -40],
        [param(other), -60],
      ],
      [],
      now(),
      () => stopped++,
    )
    wait(5000)
    store.set(param(fader), -20, 'fade')
    wait(5000)
    store.set(param(fader), -25, 'fade')
    expect(history.depth.undo).toBe(1)
    history.undo()
    expect([is(fader), is(other), stopped]).toEqual([0, 0, 1])
    history.redo()
    expect([is(fader), is(other)]).toEqual([-40, -60])
    history.undo()
    history.redo()
    // A hand in the middle of a fade makes a step of its own.
    history.begin('fade', [[param(fader), 0]], [], now(), () => {})
    store.set(param(fader), -30, 'fade')
    set(fader, -10, 10, 'hand')
    expect(history.depth.undo).toBe(3)
    history.undo()
    expect(is(fader)).toBe(-30)
    history.undo()
    expect(is(fader)).toBe(-40)
  })
})

describe('how much is kept', () => {
  it('is the last 1000 steps', () => {
    const { history, set, is } = desk()
    for (let i = 1; i <= 1500; i++) set(fader, -i / 100, 2000)
    expect(history.depth.undo).toBe(historyLimits.steps)
    while (history.undo());
    expect(is(fader)).toBe(Math.fround(-5))
    expect(history.depth.redo).toBe(historyLimits.steps)
  })

  it('is less of steps that change everything, and never more than a million values', () => {
    const { store, history, wait } = desk()
    const steps = Math.ceil((1.1 * historyLimits.entries) / registry.params.length)
    // The talkback button is no step, and some stand where they are put.
    let changed = 0
    for (let i = 0; i < steps; i++) {
      wait(2000)
      changed = 0
      for (const p of registry.params) {
        const before = store.value(p)
        store.set(p, i % 2 === 0 ? p.max : p.min, 'sweep')
        if (store.value(p) !== before && p.id !== 'talkback.on') changed++
      }
    }
    const { undo } = history.depth
    expect(undo * changed).toBeLessThanOrEqual(historyLimits.entries)
    expect(undo * changed).toBeGreaterThan(0.98 * historyLimits.entries)
    while (history.undo());
    expect(history.depth.redo).toBeLessThanOrEqual(undo)
  })
})

it('every parameter and text goes back and forth again', () => {
  const { store, history, wait } = desk()
  for (const p of registry.params.filter(({ id }) => id !== 'talkback.on')) {
    wait(2000)
    const before = store.value(p)
    const value = settle(p, before === p.max ? p.min : p.max)!
    const refused = store.set(p, value, 'sweep')
    if (refused) {
      expect(refused).toContain('loop')
      continue
    }
    expect([p.id, history.undo()?.changed]).toEqual([p.id, 1])
    expect(store.value(p)).toBe(before)
    history.redo()
    expect(store.value(p)).toBe(value)
    history.undo()
  }
  for (const t of registry.texts.filter(({ id }) => id !== 'scene.current')) {
    wait(2000)
    store.setText(t, 'other', 'sweep')
    history.undo()
    expect(store.text(t)).toBe(t.default)
  }
})
