// What hands do on a surface, and what it shows, with the values that come of it.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMapping, readMappingText, shippedFolder } from '../../src/mapping/load.js'
import type { Mapping } from '../../src/mapping/mapping.js'
import { SharedStates } from '../../src/mapping/state.js'
import { buildRegistry } from '../../src/params/registry.js'
import { assemble } from '../../src/surface/assemble.js'
import { PlainDeskView, PlayedSurface } from '../fixtures/plain-desk-view.js'
import { drivers, shapeOf, shippedMapping } from '../fixtures/shipped-mappings.js'

const registry = buildRegistry({
  stripStereo: Array.from({ length: 20 }, () => false),
  busCount: 4,
  inputCount: 4,
  outputCount: 4,
  dcaCount: 2,
  fxCount: 2,
})

const read = (text: string): Mapping => readMappingText('test.yaml', text, shapeOf, registry)
const play = (mapping: Mapping, desk = new PlainDeskView(registry), shared = new SharedStates()): PlayedSurface =>
  new PlayedSurface(mapping, desk, shared)

const xTouch = shippedMapping('behringer-x-touch', registry)
const nano = 'surface: korg-nanokontrol2\nbank: { over: [strips, buses] }\n'
const mcu = 'surface: behringer-x-touch\nbank: { over: [strips, buses, dcas] }\n'

describe('a motor fader', () => {
  it('stands at the dB that is printed beside it', () => {
    const played = play(xTouch)
    for (const [position, db] of [
      [0.75, 0],
      [0.5, -10],
      [0, Number.NEGATIVE_INFINITY],
    ] as const) {
      played.move('fader.3', position)
      expect(played.desk.get('strip.3.faderDb')).toBe(db)
    }
  })

  it('goes where the value is, whoever moved it', () => {
    const played = play(xTouch)
    const other = play(xTouch, played.desk)
    other.move('fader.2', 0.375)
    expect(played.desk.get('strip.2.faderDb')).toBe(-20)
    expect(played.look('fader.2')).toEqual({ kind: 'position', position: 0.375 })
  })

  it('keeps its channel under a finger while the bank moves, and goes to the new one when it is let go', () => {
    const played = play(xTouch)
    const { desk } = played
    desk.set('strip.9.faderDb', -30)
    played.touch('fader.1', true)
    played.move('fader.1', 0.5)
    expect(played.tap('bankRight')).toEqual([])
    expect(played.rows('lcd.1')[0]).toBe('Strip 9')
    played.move('fader.1', 0.375)
    expect(desk.get('strip.1.faderDb')).toBe(-20)
    expect(desk.get('strip.9.faderDb')).toBe(-30)
    expect(played.look('fader.1')).toEqual({ kind: 'position', position: 0.375 })
    expect(played.look('fader.2')).toEqual({ kind: 'position', position: 0.75 })
    played.touch('fader.1', false)
    expect(played.look('fader.1')).toEqual({ kind: 'position', position: 0.25 })
    played.move('fader.1', 0.5)
    expect(desk.get('strip.9.faderDb')).toBe(-10)
    expect(desk.get('strip.1.faderDb')).toBe(-20)
  })
})

describe('states', () => {
  it('never change sound', () => {
    const played = play(xTouch)
    const before = played.desk.values.slice()
    const buttons = [...xTouch.shape.controls.values()].filter(({ kind, id }) => {
      const targets = kind === 'button' ? (played.surface.resolved(id)?.targets ?? []) : []
      return (
        targets.length > 0 && targets.every((target) => ['set', 'cycle', 'bankMove', 'bankTo', 'spill'].includes(target.kind))
      )
    })
    expect(buttons.length).toBeGreaterThan(25)
    for (const { id } of [...buttons, ...buttons]) expect(played.tap(id), id).toEqual([])
    for (const [name, value] of [
      ['page', 'eq'],
      ['flip', true],
      ['bank', 8],
      ['select', 'bus.2'],
      ['spill', 1],
    ] as const)
      expect(played.surface.setState(name, value)).toBeUndefined()
    played.look('fader.1')
    expect(played.desk.values).toEqual(before)
  })

  it('have addresses, and refuse what they cannot be', () => {
    const { surface } = play(xTouch)
    expect(surface.stateValues().get('page')).toBe('pan')
    expect(surface.setState('page', 'eq')).toBeUndefined()
    expect(surface.stateValues().get('page')).toBe('eq')
    expect(surface.setState('page', 'nonsense')).toContain('page')
    expect(surface.setState('select', 'strip.21')).toContain('select')
    expect(surface.setState('send', 5)).toContain('send')
    expect(surface.setState('no', 1)).toContain('no state "no"')
    expect(surface.setState('bank', 1e9)).toBeUndefined()
    // 20 strips, 4 buses, 2 DCAs: the last of four banks of eight.
    expect(surface.stateValues().get('bank')).toBe(24)
  })

  it('are shared between surfaces where they follow the desk or a group', () => {
    const shared = new SharedStates()
    const desk = new PlainDeskView(registry)
    const text = (offset: number): string =>
      `surface: behringer-x-touch\nbank: { over: [strips], by: 16, group: both, offset: ${offset} }
state: { select: { index: channels, follow: desk }, page: { oneOf: [a, b] } }
layers:
  - column: { select: { set: select, to: $ }, lcd: $.name }
    controls: { bankRight: { do: bank.move, pages: 1 }, flip: { cycle: page } }`
    const [left, right] = [play(read(text(0)), desk, shared), play(read(text(8)), desk, shared)]
    expect([left.rows('lcd.1'), right.rows('lcd.1')]).toEqual([['Strip 1'], ['Strip 9']])
    left.tap('bankRight')
    expect([left.rows('lcd.1'), right.rows('lcd.1')]).toEqual([['Strip 17'], []])
    expect(left.look('lcd.5')).toBeUndefined()
    left.tap('select.2')
    expect(right.surface.stateValues().get('select')).toBe('strip.18')
    left.tap('flip')
    expect(right.surface.stateValues().get('page')).toBe('a')
  })

  it('keep a bank for each view, and for a spilled DCA', () => {
    const played = play(xTouch)
    const { desk } = played
    for (const id of ['strip.4', 'strip.11', 'bus.2']) desk.set(`${id}.dca.1`, true)
    played.tap('bankRight')
    played.tap('viewBuses')
    expect(played.rows('lcd.1')[0]).toBe('Bus 1')
    expect(played.look('fader.5')).toBeUndefined()
    played.tap('globalView')
    expect(played.rows('lcd.1')[0]).toBe('Strip 9')
    played.surface.setState('spill', 1)
    expect([1, 2, 3, 4].map((n) => played.rows(`lcd.${n}`)[0])).toEqual(['Strip 4', 'Strip 11', 'Bus 2', undefined])
    desk.set('strip.11.dca.1', false)
    expect(played.rows('lcd.2')[0]).toBe('Bus 2')
    played.tap('cancel')
    expect(played.rows('lcd.1')[0]).toBe('Strip 9')
  })
})

describe('layers', () => {
  it('put sends on faders when flipped', () => {
    const played = play(xTouch)
    const { desk } = played
    played.tap('assignSend')
    played.tap('assignSend')
    expect(played.surface.stateValues().get('send')).toBe(2)
    played.turn('vpot.1', 1)
    expect(desk.get('strip.1.send.2.levelDb')).toBeGreaterThan(-90)
    played.tap('flip')
    expect(played.look('flip')).toEqual({ kind: 'light', light: 'on' })
    played.move('fader.4', 0.75)
    expect(desk.get('strip.4.send.2.levelDb')).toBe(0)
    played.turn('vpot.4', -1)
    expect(desk.get('strip.4.faderDb')).toBe(-0.5)
  })

  it('go by a held button only while it is held', () => {
    const played = play(xTouch)
    played.tap('f3')
    played.press('shift', true)
    expect(played.look('shift')).toEqual({ kind: 'light', light: 'on' })
    played.tap('f3')
    played.press('shift', false)
    played.tap('f3')
    expect(played.done).toEqual(['scene.recall 3', 'scene.store 3', 'scene.recall 3'])
  })

  it('go by a parameter: the page of effects by the effect', () => {
    const played = play(xTouch)
    const { desk } = played
    played.tap('assignInstrument')
    desk.set('fx.1.type', 'reverb')
    expect(played.surface.resolved('vpot.2')?.shown?.param.id).toBe('fx.1.reverb.decayS')
    desk.set('fx.1.type', 'delay')
    expect(played.surface.resolved('vpot.2')?.shown?.param.id).toBe('fx.1.delay.timeMs')
    played.tap('assignInstrument')
    expect(played.surface.resolved('vpot.1')?.shown?.param.id).toBe('fx.2.type')
    expect(played.look('vpot.2')).toBeUndefined()
  })

  it('leave dark what nothing binds, and what this kind of channel lacks', () => {
    const played = play(read(`${mcu}layers:\n  - column: { rec: $.gate.on, fader: $.faderDb }\n`))
    expect(played.look('rec.1')).toEqual({ kind: 'light', light: 'off' })
    expect(played.look('mute.1')).toBeUndefined()
    played.surface.setState('bank', 16)
    expect(played.look('rec.4')).toEqual({ kind: 'light', light: 'off' })
    expect(played.look('rec.5')).toBeUndefined()
    expect(played.tap('rec.5')).toEqual([])
  })

  it('take one control from what they extend, and keep the rest', () => {
    const mapping = read(
      'extends: mackie-control\nsurface: behringer-x-touch\nlayers: [{ controls: { f1: monitor.dim, f2: ~ } }]',
    )
    const played = play(mapping)
    played.tap('f1')
    played.tap('f2')
    played.tap('f3')
    expect(played.desk.get('monitor.dim')).toBe(1)
    expect(played.done).toEqual(['scene.recall 3'])
  })
})

describe('what a mapping extends', () => {
  it('may have states and banks that this one has otherwise', () => {
    const states = 'state: { page: { oneOf: [pan, mine] } }\nlayers: [{ when: { page: mine }, column: { vpot: $.trimDb } }]'
    const played = play(read(`extends: mackie-control\nsurface: behringer-x-touch\nbank: { over: [master, strips] }\n${states}`))
    expect(played.rows('lcd.2')).toEqual(['Strip 1', 'Pan'])
    played.tap('assignEq')
    expect(played.rows('lcd.2')).toEqual(['Strip 1', 'Pan'])
    expect(played.look('assignEq')).toBeUndefined()
    played.surface.setState('page', 'mine')
    expect(played.rows('lcd.2')).toEqual(['Strip 1', 'Trim'])
  })

  it('keeps its views beside those that are added', () => {
    const played = play(read('extends: behringer-x-touch\nbank: { over: { drums: [strip.7, strip.3] } }'))
    expect(played.surface.setState('view', 'drums')).toBeUndefined()
    expect(played.surface.resolved('fader.1')?.shown?.param.id).toBe('strip.7.faderDb')
    expect(played.surface.setState('view', 'buses')).toBeUndefined()
    expect(played.surface.resolved('fader.1')?.shown?.param.id).toBe('bus.1.faderDb')
  })
})

describe('an encoder', () => {
  it('goes half a dB a tick, and further when it is turned fast', () => {
    const played = play(read(`${mcu}layers:\n  - column: { vpot: '$.eq.band1.gainDb' }\n`))
    const { desk } = played
    played.turn('vpot.1', 1)
    expect(desk.get('strip.1.eq.band1.gainDb')).toBe(0.5)
    // 100 ticks a second: past 20, short of 120.
    played.turn('vpot.1', 1, 10)
    expect(desk.get('strip.1.eq.band1.gainDb')).toBe(3)
    played.turn('vpot.1', -1, 10)
    expect(desk.get('strip.1.eq.band1.gainDb')).toBe(2.5)
  })

  it('goes by a tenth while shift is held', () => {
    const played = play(xTouch)
    const { desk } = played
    played.tap('assignTrack')
    played.turn('vpot.1', 2)
    expect(desk.get('strip.1.trimDb')).toBe(1)
    played.press('shift', true)
    played.turn('vpot.1', 2, 10)
    expect(desk.get('strip.1.trimDb')).toBeCloseTo(1.1, 6)
  })

  it('goes through names one by one however fast, and stops at the ends', () => {
    const played = play(xTouch)
    const { desk } = played
    played.tap('assignEq')
    for (const wanted of [1, 2, 3, 4, 5, 5]) {
      played.turn('vpot.5', 1, 1)
      expect(desk.get('strip.1.eq.band1.type')).toBe(wanted)
    }
  })

  it('resets what it moves when it is pressed', () => {
    const played = play(xTouch)
    played.turn('vpot.1', -30)
    expect(played.desk.get('strip.1.pan')).toBeLessThan(-50)
    expect(played.look('vpot.1')).toMatchObject({ kind: 'ring', style: 'boostCut', isCentred: false })
    played.tap('vpot.1.push')
    expect(played.look('vpot.1')).toEqual({ kind: 'ring', style: 'boostCut', position: 0.5, isCentred: true })
  })

  it('of many ticks a turn needs more of them for a step', () => {
    const shape = shapeOf('behringer-x-touch')!
    const controls = new Map(shape.controls)
    controls.set('vpot.1', { ...controls.get('vpot.1')!, ticksATurn: 96 })
    const text = `${mcu}layers:\n  - controls: { vpot.1: strip.1.eq.band1.type, vpot.2: strip.2.eq.band1.type }\n`
    const played = play(readMappingText('test.yaml', text, () => ({ ...shape, controls }), registry))
    for (let i = 0; i < 3; i++) played.turn('vpot.1', 1)
    expect(played.desk.get('strip.1.eq.band1.type')).toBe(0)
    played.turn('vpot.1', 1)
    expect(played.desk.get('strip.1.eq.band1.type')).toBe(1)
  })

  it('tells an action the ticks, or does one thing for each side', () => {
    const played = play(xTouch)
    played.turn('jog', 3)
    played.tap('scrub')
    played.turn('jog', -2)
    expect(played.done).toEqual(['transport.move 3', 'transport.move -0.1'])
    const sides = '{ left: { do: transport.previousMarker }, right: { do: transport.nextMarker } }'
    const other = play(read(`${mcu}layers:\n  - controls: { jog: ${sides} }\n`))
    other.turn('jog', 2)
    other.turn('jog', -1)
    expect(other.done).toEqual(['transport.nextMarker', 'transport.nextMarker', 'transport.previousMarker'])
  })
})

describe('takeover', () => {
  const text = (other: string, hint = 'none'): string =>
    `${nano}takeover: { other: ${other}, hint: ${hint} }\nlayers:\n  - column: { fader: { param: $.pan }, pot: $.eq.band1.type }
    controls: { bankRight: { do: bank.move, pages: 1 } }\n`
  const pan = (played: PlayedSurface): number => played.desk.get('strip.1.pan')

  it('by jump takes the value at once', () => {
    const played = play(read(text('jump')))
    played.move('fader.1', 1)
    expect(pan(played)).toBe(100)
  })

  it('by pick-up waits until the fader is where the value is, or has gone past it', () => {
    const played = play(read(text('pickup')))
    for (const position of [0, 0.2, 0.4]) expect(played.move('fader.1', position)).toEqual([])
    played.move('fader.1', 0.6)
    expect(pan(played)).toBeCloseTo(20, 4)
    played.move('fader.1', 1, 1)
    expect(pan(played)).toBe(100)
    // Somebody else moves it: the fader has to come there again.
    played.desk.set('strip.1.pan', -50)
    expect(played.move('fader.1', 0.9)).toEqual([])
    expect(played.move('fader.1', 0.3)).toEqual([])
    played.move('fader.1', 0.25)
    expect(pan(played)).toBe(-50)
    played.move('fader.1', 0.1)
    expect(pan(played)).toBeCloseTo(-80, 4)
  })

  it('waits anew on another bank, and has it back on the old one', () => {
    const played = play(read(text('pickup')))
    played.move('fader.1', 0.5)
    played.move('fader.1', 0.75)
    expect(pan(played)).toBe(50)
    played.tap('bankRight')
    expect(played.move('fader.1', 0.8)).toEqual([])
    played.surface.setState('bank', 0)
    expect(played.move('fader.1', 0.9)).toEqual([])
    played.move('fader.1', 0.7)
    expect(pan(played)).toBeCloseTo(40, 4)
  })

  it('takes a name over from anywhere in its share of the travel', () => {
    const played = play(read(text('pickup')))
    played.move('pot.1', 0.05)
    played.move('pot.1', 0.25)
    expect(played.desk.get('strip.1.eq.band1.type')).toBe(1)
  })

  it('by scaling reaches the end together with the value', () => {
    const played = play(read(text('scaled')))
    played.desk.set('strip.1.pan', 50)
    expect(played.move('fader.1', 0.25)).toEqual([])
    // A third of the way up for the fader is a third of the way up for the value: .75 + .25 / 3.
    played.move('fader.1', 0.5)
    expect(pan(played)).toBeCloseTo(66.6667, 3)
    played.move('fader.1', 1)
    expect(pan(played)).toBe(100)
    played.move('fader.1', 0.5)
    expect(pan(played)).toBeCloseTo(0, 4)
  })

  it('shows by lights which way to move, for a while', () => {
    const played = play(read(text('pickup', '{ up: solo, down: mute }')))
    played.move('fader.1', 0.2)
    expect(played.look('solo.1')).toEqual({ kind: 'light', light: 'blink' })
    played.wait(1500)
    expect(played.look('solo.1')).toBeUndefined()
    played.move('fader.1', 0.45)
    played.desk.set('strip.1.pan', -100)
    played.move('fader.1', 0.46)
    expect(played.look('mute.1')).toEqual({ kind: 'light', light: 'blink' })
    played.move('fader.1', 0)
    expect(played.look('mute.1')).toBeUndefined()
  })

  it('shows on a display which way to move', () => {
    const shape = shapeOf('behringer-x-touch')!
    const plain = new Map([...shape.controls].map(([id, one]) => [id, one.kind === 'fader' ? { ...one, hasMotor: false } : one]))
    const mapping = `${mcu}layers:\n  - column: { fader: $.faderDb, lcd: { top: $.name, bottom: { of: fader } } }\n`
    const played = play(readMappingText('test.yaml', mapping, () => ({ ...shape, controls: plain }), registry))
    played.move('fader.1', 0.2)
    expect(played.rows('lcd.1')).toEqual(['Strip 1', '^0.0dB'])
    played.desk.set('strip.1.faderDb', -60)
    played.move('fader.1', 0.19)
    expect(played.rows('lcd.1')[1]).toBe('v-60.0')
  })
})

describe('a press', () => {
  const text = `${mcu}layers:
  - column:
      mute: { param: $.mute, momentary: true }
      solo: { param: $.solo, long: { do: solo.clear } }
      rec: { param: $.arm, long: { do: transport.stop }, double: { do: transport.record } }
      select: { to: [$.mute, { param: $.faderDb, value: -10 }] }
    controls:
      f1: { param: master.faderDb, step: -1 }
      f2: { param: monitor.soloMode, value: afl }
      f3: monitor.soloMode
      f4: { param: master.mute, invert: true }
      bankRight: { do: bank.move, by: 8 }
`
  it('toggles at once where it has no long one, and lasts as long as it is held when momentary', () => {
    const played = play(read(text))
    const { desk } = played
    played.press('mute.1', true)
    played.tap('bankRight')
    expect([desk.get('strip.1.mute'), desk.get('strip.9.mute')]).toEqual([1, 0])
    played.press('mute.1', false)
    expect([desk.get('strip.1.mute'), desk.get('strip.9.mute')]).toEqual([0, 0])
  })

  it('is short when it is let go within 500 ms, long at 500 ms, and then nothing more', () => {
    const played = play(read(text))
    played.press('solo.1', true)
    expect(played.desk.get('strip.1.solo')).toBe(0)
    played.press('solo.1', false, 499)
    expect(played.desk.get('strip.1.solo')).toBe(1)
    played.press('solo.1', true)
    expect(played.surface.nextAtMs()).toBe(played.nowMs + 500)
    played.wait(499)
    expect(played.done).toEqual([])
    played.wait(1)
    expect(played.done).toEqual(['solo.clear'])
    played.press('solo.1', false)
    expect(played.desk.get('strip.1.solo')).toBe(1)
    expect(played.surface.nextAtMs()).toBeUndefined()
  })

  it('is known as single when no second one follows within 300 ms', () => {
    const played = play(read(text))
    played.tap('rec.1')
    played.wait(299)
    expect(played.desk.get('strip.1.arm')).toBe(0)
    played.wait(1)
    expect(played.desk.get('strip.1.arm')).toBe(1)
    played.tap('rec.1')
    played.press('rec.1', true, 200)
    expect(played.done).toEqual(['transport.record'])
    played.wait(2000)
    played.press('rec.1', false)
    played.wait(2000)
    expect(played.done).toEqual(['transport.record'])
    expect(played.desk.get('strip.1.arm')).toBe(1)
  })

  it('moves several things at once', () => {
    const played = play(read(text))
    played.tap('select.2')
    expect([played.desk.get('strip.2.mute'), played.desk.get('strip.2.faderDb')]).toEqual([1, -10])
  })

  it('steps, chooses, goes round, and lights what it stands for', () => {
    const played = play(read(text))
    const { desk } = played
    played.tap('f1')
    expect(desk.get('master.faderDb')).toBe(-1)
    expect(played.look('f2')).toEqual({ kind: 'light', light: 'off' })
    played.tap('f2')
    expect(played.look('f2')).toEqual({ kind: 'light', light: 'on' })
    for (const wanted of [2, 0, 1]) {
      played.tap('f3')
      expect(desk.get('monitor.soloMode')).toBe(wanted)
    }
    expect(played.look('f4')).toEqual({ kind: 'light', light: 'on' })
    played.tap('f4')
    expect(desk.get('master.mute')).toBe(1)
    expect(played.look('f4')).toEqual({ kind: 'light', light: 'off' })
  })

  it('of a device that goes away is let go', () => {
    const played = play(read(text))
    played.press('mute.1', true)
    played.desk.apply(played.surface.letGo(played.nowMs))
    expect(played.desk.get('strip.1.mute')).toBe(0)
    expect(played.press('mute.1', false)).toEqual([])
  })
})

describe('a display', () => {
  it('shows a value while a control moves, then its name again', () => {
    const played = play(xTouch)
    expect(played.rows('lcd.1')).toEqual(['Strip 1', 'Pan'])
    played.turn('vpot.1', -15)
    expect(played.rows('lcd.1')).toEqual(['Strip 1', 'L30'])
    expect(played.surface.nextAtMs()).toBe(played.nowMs + 1500)
    played.wait(1499)
    expect(played.rows('lcd.1')[1]).toBe('L30')
    played.wait(1)
    expect(played.rows('lcd.1')[1]).toBe('Pan')
    expect(played.surface.nextAtMs()).toBeUndefined()
  })

  it('shows what a finger is on as long as it is there', () => {
    const played = play(xTouch)
    played.touch('fader.1', true)
    played.move('fader.1', 0.5)
    played.wait(10000)
    expect(played.rows('lcd.1')).toEqual(['Strip 1', '-10.0dB'])
    played.touch('fader.1', false)
    played.wait(1500)
    expect(played.rows('lcd.1')[1]).toBe('Pan')
  })

  it('calls a send by its bus', () => {
    const played = play(xTouch)
    played.desk.set('bus.1.name', 'Plate')
    played.tap('assignSend')
    expect(played.rows('lcd.1')).toEqual(['Strip 1', 'Plate'])
    expect(played.rows('assignment')).toEqual(['SE'])
  })

  it('shows values instead of names when asked to', () => {
    const played = play(xTouch)
    played.tap('nameValue')
    expect(played.rows('lcd.1')).toEqual(['Strip 1', 'C'])
  })

  it('shows the time', () => {
    const played = play(xTouch)
    played.desk.set('transport.positionS', 3723.456)
    expect(played.rows('timecode')).toEqual(['1.02.03.45'])
  })
})

describe('meters, colours and lights', () => {
  it('show level and overload, and stay the same look while nothing changes', () => {
    const played = play(xTouch)
    const { desk } = played
    desk.set('strip.1.meter.peakDb', -12)
    expect(played.look('meter.1')).toEqual({ kind: 'meter', levelDb: -12, isClipped: false })
    desk.set('strip.1.meter.clips', 3)
    expect(played.look('meter.1')).toEqual({ kind: 'meter', levelDb: -12, isClipped: true })
    const looks = played.surface.looks(played.nowMs)
    expect(played.surface.looks(played.nowMs)).toBe(looks)
  })

  it('show colours by name', () => {
    const played = play(xTouch)
    played.desk.set('strip.1.color', 'magenta')
    expect(played.look('color.1')).toEqual({ kind: 'color', color: 'magenta' })
  })

  it('light what runs and what is soloed', () => {
    const played = play(xTouch)
    const { desk } = played
    const lights = (): string[] =>
      ['play', 'stop', 'record', 'soloLight'].map((id) => (played.look(id) as { light: string }).light)
    expect(lights()).toEqual(['off', 'on', 'off', 'off'])
    desk.set('transport.playing', 1)
    desk.set('transport.recording', 1)
    desk.set('bus.1.solo', true)
    expect(lights()).toEqual(['on', 'off', 'on', 'on'])
  })
})

describe('a surface of two units', () => {
  it('is one bank of sixteen, in the order of its units', () => {
    const driver = drivers.find(({ id }) => id === 'behringer-x-touch')!
    const { shape } = assemble(driver, ['extender', 'main'])
    const played = play(readMapping(join(shippedFolder, 'behringer-x-touch.yaml'), () => shape, registry))
    expect([1, 9, 16].map((n) => played.rows(`lcd.${n}`)[0])).toEqual(['Strip 1', 'Strip 9', 'Strip 16'])
    played.tap('bankRight')
    expect([1, 5, 9].map((n) => played.rows(`lcd.${n}`)[0])).toEqual(['Strip 17', 'Bus 1', 'DCA 1'])
    played.move('fader.9', 0.5)
    expect(played.desk.get('dca.1.faderDb')).toBe(-10)
  })
})

describe('another mapping for the same surface', () => {
  it('takes over what states stood at, and what is held', () => {
    const played = play(xTouch)
    played.tap('assignEq')
    played.touch('fader.1', true)
    played.surface.replace(read('extends: behringer-x-touch\nlayers: [{ column: { fader: $.pan } }]'))
    expect(played.surface.stateValues().get('page')).toBe('eq')
    played.move('fader.1', 0.5)
    expect(played.desk.get('strip.1.faderDb')).toBe(-10)
    played.touch('fader.1', false)
    played.move('fader.1', 1)
    expect(played.desk.get('strip.1.pan')).toBe(100)
  })
})
