// Units put side by side: columns run on, names are translated both ways.
import { describe, expect, it } from 'vitest'
import { xTouch } from '../../drivers/behringer-x-touch.js'
import { assemble } from '../../src/surface/assemble.js'

describe('a surface of several units', () => {
  const { shape, units } = assemble(xTouch, ['extender', 'main', 'extender'])
  const [left, middle, right] = units

  it('runs its columns on in the order chosen', () => {
    expect(shape.columns).toBe(24)
    expect(units.map((unit) => unit.offset)).toEqual([0, 8, 16])
    expect(shape.controls.get('fader.24')).toMatchObject({ id: 'fader.24', column: 24, hasMotor: true })
    expect(shape.controls.get('vpot.10.push')).toMatchObject({ kind: 'button', column: 10 })
    expect(shape.controls.get('play')).toMatchObject({ kind: 'button' })
    expect(shape.controls.has('fader.25')).toBe(false)
  })

  it('translates events into the surface, and controls back into each unit', () => {
    expect(middle!.toSurface({ kind: 'press', control: 'mute.1', isPressed: true }).control).toBe('mute.9')
    expect(right!.toSurface({ kind: 'press', control: 'vpot.8.push', isPressed: true }).control).toBe('vpot.24.push')
    expect(middle!.toSurface({ kind: 'press', control: 'play', isPressed: true }).control).toBe('play')
    expect(units.map((unit) => unit.toUnit('mute.9'))).toEqual([undefined, 'mute.1', undefined])
    expect(units.map((unit) => unit.toUnit('play'))).toEqual([undefined, 'play', undefined])
    expect(left!.toUnit('lcd.1')).toBe('lcd.1')
  })

  it('translates every control there and back', () => {
    for (const unit of units)
      for (const { id } of unit.spec.controls) {
        const there = unit.toSurface({ kind: 'touch', control: id, isTouched: true }).control
        expect(shape.controls.has(there)).toBe(true)
        expect(unit.toUnit(there)).toBe(id)
      }
  })

  it('stands alone with its first unit, and shares what two main units both have', () => {
    expect(assemble(xTouch).shape.columns).toBe(8)
    const twin = assemble(xTouch, ['main', 'main'])
    expect(twin.units.map((unit) => unit.toUnit('play'))).toEqual(['play', 'play'])
  })

  it('refuses a role that the driver has not', () => {
    expect(() => assemble(xTouch, ['side'])).toThrow('behringer-x-touch has no unit side: it has main, extender')
  })
})
