// A surface's test: what came is ticked off, what never came and what came wrong is told; the sweep moves all that can show something.
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/surface/assemble.js'
import { loadDrivers } from '../../src/surface/catalogue.js'
import { Checklist } from '../../src/surface/checklist.js'
import type { ControlEvent } from '../../src/surface/control-event.js'
import type { ControlShape, SurfaceShape } from '../../src/surface/driver.js'
import { askingLooks, sweepLooks, sweepS } from '../../src/surface/sweep.js'
import { cc } from '../../src/surface/wire.js'
import { sweepRelative } from '../fixtures/hand.js'

const drivers = await loadDrivers()
const none = new Uint8Array(0)

/** All that a control can say, in the order a hand does it. */
function allOf({ id: control, kind, hasTouch, steps = 128 }: ControlShape): ControlEvent[] {
  const touch = (isTouched: boolean): ControlEvent[] => (hasTouch ? [{ kind: 'touch', control, isTouched }] : [])
  const at = (position: number): ControlEvent => ({ kind: 'position', control, position, steps })
  switch (kind) {
    case 'fader':
    case 'pot':
      return [...touch(true), at(0.5), at(0), at(0.7), at(1), ...touch(false)]
    case 'encoder':
    case 'wheel':
      return [...touch(true), { kind: 'turn', control, ticks: 1 }, { kind: 'turn', control, ticks: -2 }, ...touch(false)]
    case 'button':
      return [
        { kind: 'press', control, isPressed: true },
        { kind: 'press', control, isPressed: false },
      ]
    default:
      return []
  }
}

const shapeOf = (...controls: ControlShape[]): SurfaceShape => ({
  driver: 'x',
  columns: 8,
  controls: new Map(controls.map((control) => [control.id, control])),
})

describe.each(drivers.map((driver) => [driver.id, driver] as const))('%s', (_, driver) => {
  const { shape, units } = assemble(driver)

  it('is done when everything came, one control after the other as it asks', () => {
    const checklist = new Checklist(shape)
    let asked = 0
    for (let next = checklist.next; next; next = checklist.next) {
      for (const event of allOf(shape.controls.get(next.control)!)) checklist.hear(none, [event], 0)
      expect(checklist.next?.control).not.toBe(next.control)
      asked++
    }
    const result = checklist.result()
    expect(result).toMatchObject({ missing: [], wrong: [], skipped: [], unknown: [] })
    expect(result.came).toHaveLength(asked)
  })

  it('moves everything that shows something, in bytes its codec knows', () => {
    const codec = units[0]!.spec.createCodec()
    const shown = new Map<string, Set<string>>()
    for (let atS = 0; atS < sweepS; atS += 0.1)
      for (const [control, look] of sweepLooks(shape, atS)) {
        const said = shown.get(control) ?? new Set()
        for (const { bytes } of codec.encode(control, look)) said.add(bytes.join(' '))
        shown.set(control, said)
      }
    const still = [...shape.controls.values()].filter(
      ({ id, hasFeedback, hasMotor }) => (hasFeedback || hasMotor) && (shown.get(id)?.size ?? 0) < 2,
    )
    expect(still.map(({ id }) => id)).toEqual([])
  })

  it('lights what is open, and the last control is dark when all came', () => {
    const checklist = new Checklist(shape)
    const lit = (): string[] =>
      [...askingLooks(shape, checklist.checks, checklist.next, new Map())]
        .filter(([, look]) => look.kind === 'light' || look.kind === 'ring')
        .map(([control]) => control)
    const showing = checklist.checks.filter(({ control, kind }) => {
      return shape.controls.get(control)!.hasFeedback && (kind === 'button' || kind === 'encoder' || kind === 'wheel')
    })
    expect(lit().sort()).toEqual(showing.map(({ control }) => control).sort())
    for (const { control } of checklist.checks)
      for (const event of allOf(shape.controls.get(control)!)) checklist.hear(none, [event], 0)
    expect(lit()).toEqual([])
  })
})

describe('what came wrong', () => {
  const fader: ControlShape = { id: 'fader.1', kind: 'fader', hasTouch: true, hasMotor: true, steps: 1024 }
  const knob: ControlShape = { id: 'knob', kind: 'encoder' }
  const play: ControlShape = { id: 'play', kind: 'button' }

  it('names a fader that never reaches its top and moves without a touch', () => {
    const checklist = new Checklist(shapeOf(fader))
    for (const position of [0.5, 0, 0.93])
      checklist.hear(none, [{ kind: 'position', control: 'fader.1', position, steps: 1024 }], 0)
    expect(checklist.result()).toMatchObject({
      came: [],
      missing: [{ control: 'fader.1', never: ['touch', 'top', 'release'] }],
      wrong: [{ control: 'fader.1', found: 'moved without a touch' }],
    })
  })

  it('suspects an encoder that goes back first or leaps, not one that is turned fast at times', () => {
    const wrongOf = (...ticks: number[]): readonly string[] => {
      const checklist = new Checklist(shapeOf(knob))
      for (const tick of ticks) checklist.hear(none, [{ kind: 'turn', control: 'knob', ticks: tick }], 0)
      return checklist.result().wrong.map(({ found }) => found)
    }
    expect(wrongOf(1, 1, 9, 35, 12, 3, -1, -4)).toEqual([])
    expect(wrongOf(-1, 1)).toEqual(['the first turn came as one back: is it reversed?'])
    expect(wrongOf(1, -63, 1, -62, -63, 1)[0]).toMatch(/turns of 63 ticks: is it another relative encoding/)
  })

  it('finds a button that says nothing when it is let go', () => {
    const checklist = new Checklist(shapeOf(play))
    for (let i = 0; i < 2; i++) checklist.hear(none, [{ kind: 'press', control: 'play', isPressed: true }], 0)
    expect(checklist.result()).toMatchObject({
      missing: [{ control: 'play', never: ['let go'] }],
      wrong: [{ found: 'pressed twice and never let go' }],
    })
  })

  it('counts messages that the driver does not know and says what they look like', () => {
    const checklist = new Checklist(shapeOf(play))
    for (const { bytes, atMs } of sweepRelative(cc(77), 'binaryOffset', { seed: 1 })) checklist.hear(bytes, [], atMs)
    checklist.hear(Uint8Array.of(0xf8), [], 0)
    expect(checklist.result().unknown).toEqual([
      { wire: 'cc 77 ch 1', count: 38, looksLike: 'relative, binary offset (65 up, 63 down)' },
    ])
  })

  it('leaves out what is skipped, one or all of a kind', () => {
    const checklist = new Checklist(shapeOf(fader, play, { ...play, id: 'stop' }, knob))
    checklist.skip('fader.1')
    expect(checklist.next?.control).toBe('play')
    checklist.skipKind('button')
    expect(checklist.next?.control).toBe('knob')
    expect(checklist.result()).toMatchObject({
      skipped: ['fader.1', 'play', 'stop'],
      missing: [{ control: 'knob', never: ['clockwise', 'back'] }],
    })
  })
})
