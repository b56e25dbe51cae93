// Golden bytes of the Mackie protocol, both ways.
import { describe, expect, it } from 'vitest'
import { xTouch } from '../../drivers/behringer-x-touch.js'
import { logicControl, mackieControl, mcuButtons } from '../../drivers/mackie-control.js'
import type { ControlEvent } from '../../src/surface/control-event.js'
import type { Codec, Driver } from '../../src/surface/driver.js'
import { Feedback } from '../../src/surface/feedback.js'
import type { Look } from '../../src/surface/look.js'
import { ascii, fromHex, toHex } from '../fixtures/surface-bytes.js'

const codecOf = (driver: Driver, role = 'main'): Codec => driver.units.find((unit) => unit.role === role)!.createCodec()
const sent = (codec: Codec, control: string, look: Look | undefined): string[] =>
  codec.encode(control, look).map(({ bytes }) => toHex(bytes))

const press = (control: string, isPressed: boolean): ControlEvent => ({ kind: 'press', control, isPressed })
const turn = (control: string, ticks: number): ControlEvent => ({ kind: 'turn', control, ticks })
const at = (control: string, position: number): ControlEvent => ({ kind: 'position', control, position, steps: 1024 })

const heard: readonly [what: string, bytes: string, event: ControlEvent | undefined][] = [
  ['fader of strip 1 at the bottom', 'E0 00 00', at('fader.1', 0)],
  ['fader of strip 8 at the top', 'E7 70 7F', at('fader.8', 1)],
  ['fader of strip 8 above its top', 'E7 7F 7F', at('fader.8', 1)],
  ['fader of strip 3, fine bits first', 'E2 10 40', at('fader.3', 0x2010 / 0x3ff0)],
  ['master fader', 'E8 00 40', at('main.fader', 0x2000 / 0x3ff0)],
  ['touch of strip 1', '90 68 7F', { kind: 'touch', control: 'fader.1', isTouched: true }],
  ['let go of strip 8', '90 6F 00', { kind: 'touch', control: 'fader.8', isTouched: false }],
  ['touch of the master', '90 70 7F', { kind: 'touch', control: 'main.fader', isTouched: true }],
  ['let go as note-off', '80 70 40', { kind: 'touch', control: 'main.fader', isTouched: false }],
  ['V-pot clockwise', 'B0 10 01', turn('vpot.1', 1)],
  ['V-pot clockwise, fast', 'B0 17 0F', turn('vpot.8', 15)],
  ['V-pot counter-clockwise', 'B0 11 41', turn('vpot.2', -1)],
  ['V-pot counter-clockwise, fast', 'B0 11 47', turn('vpot.2', -7)],
  ['V-pot, no ticks count as one', 'B0 10 00', turn('vpot.1', 1)],
  ['V-pot, no ticks down count as one', 'B0 10 40', turn('vpot.1', -1)],
  ['V-pot push', '90 27 7F', press('vpot.8.push', true)],
  ['jog wheel up', 'B0 3C 01', turn('jog', 1)],
  ['jog wheel down', 'B0 3C 43', turn('jog', -3)],
  ['arm', '90 00 7F', press('rec.1', true)],
  ['solo', '90 0F 7F', press('solo.8', true)],
  ['mute', '90 10 7F', press('mute.1', true)],
  ['mute released by velocity 0', '90 10 00', press('mute.1', false)],
  ['mute released by note-off', '80 10 7F', press('mute.1', false)],
  ['select', '90 1F 7F', press('select.8', true)],
  ...Object.entries(mcuButtons).map(
    ([name, number]) =>
      [name, `90 ${number.toString(16).toUpperCase().padStart(2, '0')} 7F`, press(name, true)] as [string, string, ControlEvent],
  ),
  ['another channel', '91 10 7F', undefined],
  ['a button that is none', '90 7E 7F', undefined],
]

/** The notes of the protocol by name, so that a slip in the driver's own table is found. */
const buttonNotes: readonly [from: number, names: string][] = [
  [0x28, 'assignTrack assignSend assignPan assignPlugin assignEq assignInstrument'],
  [0x2e, 'bankLeft bankRight channelLeft channelRight'],
  [0x32, 'flip globalView nameValue smpteBeats'],
  [0x36, 'f1 f2 f3 f4 f5 f6 f7 f8'],
  [0x3e, 'viewMidi viewInputs viewAudio viewInstruments viewAux viewBuses viewOutputs viewUser'],
  [0x46, 'shift option control alt'],
  [0x4a, 'read write trim touch latch group'],
  [0x50, 'save undo cancel enter'],
  [0x54, 'marker nudge cycle drop replace click soloGlobal'],
  [0x5b, 'rewind forward stop play record'],
  [0x60, 'up down left right zoom scrub userA userB'],
]

const ring = (style: 'dot' | 'boostCut' | 'wrap' | 'spread', position: number, isCentred = false): Look => ({
  kind: 'ring',
  style,
  position,
  isCentred,
})
const lit = (light: 'off' | 'on' | 'blink'): Look => ({ kind: 'light', light })
const rows = (...rows: string[]): Look => ({ kind: 'text', rows })
const level = (levelDb: number, isClipped = false): Look => ({ kind: 'meter', levelDb, isClipped })

const shown: readonly [what: string, control: string, look: Look | undefined, bytes: string[]][] = [
  ['motor down', 'fader.1', { kind: 'position', position: 0 }, ['E0 00 00']],
  ['motor up', 'fader.8', { kind: 'position', position: 1 }, ['E7 70 7F']],
  ['master motor', 'main.fader', { kind: 'position', position: 0x2010 / 0x3ff0 }, ['E8 10 40']],
  ['light on', 'mute.1', lit('on'), ['90 10 7F']],
  ['light blinks', 'rec.8', lit('blink'), ['90 07 01']],
  ['light off', 'solo.1', lit('off'), ['90 08 00']],
  ['dark', 'select.3', undefined, ['90 1A 00']],
  ['button lit', 'play', lit('on'), ['90 5E 7F']],
  ['SMPTE light', 'smpteLight', lit('on'), ['90 71 7F']],
  ['beats light', 'beatsLight', lit('on'), ['90 72 7F']],
  ['rude solo light', 'soloLight', lit('blink'), ['90 73 01']],
  ['ring dot, left', 'vpot.1', ring('dot', 0), ['B0 30 01']],
  ['ring dot, right', 'vpot.8', ring('dot', 1), ['B0 37 0B']],
  ['ring boost/cut, centre LED', 'vpot.1', ring('boostCut', 0.5, true), ['B0 30 56']],
  ['ring wrap', 'vpot.2', ring('wrap', 1), ['B0 31 2B']],
  ['ring spread, least', 'vpot.1', ring('spread', 0), ['B0 30 31']],
  ['ring spread, most', 'vpot.1', ring('spread', 1), ['B0 30 36']],
  ['ring dark', 'vpot.1', undefined, ['B0 30 00']],
  [
    'display of strip 1',
    'lcd.1',
    rows('Kick', '-3.0'),
    [`F0 00 00 66 14 12 00 ${ascii('Kick  ')} F7`, `F0 00 00 66 14 12 38 ${ascii('-3.0  ')} F7`],
  ],
  [
    'display of strip 8, cut and put into ASCII',
    'lcd.8',
    rows('Flügelhorn', '−∞ dB'),
    [`F0 00 00 66 14 12 31 ${ascii('Flugel')} F7`, `F0 00 00 66 14 12 69 ${ascii('-oo dB')} F7`],
  ],
  ['meter silent', 'meter.1', level(Number.NEGATIVE_INFINITY), ['D0 00', 'D0 0F']],
  ['meter below its scale', 'meter.1', level(-60.1), ['D0 00', 'D0 0F']],
  ['meter, least', 'meter.1', level(-60), ['D0 01', 'D0 0F']],
  ['meter full, overload set', 'meter.8', level(0, true), ['D0 7C', 'D0 7E']],
  ['meter at −14', 'meter.3', level(-14), ['D0 26', 'D0 2F']],
  [
    'time code',
    'timecode',
    rows('01:02:03.04'),
    ['B0 49 20', 'B0 48 20', 'B0 47 30', 'B0 46 71', 'B0 45 30', 'B0 44 72', 'B0 43 30', 'B0 42 73', 'B0 41 30', 'B0 40 34'],
  ],
  ['assignment', 'assignment', rows('Pn.'), ['B0 4B 10', 'B0 4A 4E']],
]

describe('Mackie Control', () => {
  it.each(heard)('hears %s: %s', (_, bytes, event) => {
    expect(codecOf(mackieControl).decode(fromHex(bytes))).toEqual(event ? [event] : [])
  })

  it.each(buttonNotes)('has its buttons from note %i on: %s', (from, names) => {
    names.split(' ').forEach((name, index) => {
      expect(codecOf(mackieControl).decode(Uint8Array.of(0x90, from + index, 0x7f))).toEqual([press(name, true)])
    })
  })

  it.each(shown)('shows %s', (_, control, look, bytes) => {
    expect(sent(codecOf(mackieControl), control, look)).toEqual(bytes)
  })

  it('sends of displays, digits and overloads only what changed', () => {
    const unit = mackieControl.units[0]!
    const feedback = new Feedback({
      controls: unit.controls,
      codec: unit.createCodec(),
      bytesASecond: 100_000,
      echo: 'onRelease',
    })
    const told = (looks: [string, Look][], nowMs: number): string[] => {
      feedback.want(new Map(looks))
      return feedback.take(nowMs).map(toHex)
    }
    const before: [string, Look][] = [
      ['lcd.1', rows('Kick', '-3.0')],
      ['timecode', rows('00.01')],
      ['vpot.1', ring('dot', 0.5)],
    ]
    for (let nowMs = 0; nowMs < 1000; nowMs += 10) told(before, nowMs)
    const after: [string, Look][] = [
      ['lcd.1', rows('Kick', '-2.9')],
      ['timecode', rows('00.02')],
      ['vpot.1', ring('dot', 0.51)],
    ]
    expect(told(after, 1000)).toEqual(['B0 40 32', `F0 00 00 66 14 12 38 ${ascii('-2.9  ')} F7`].toSorted().reverse())
  })

  it('puts its meters into the display: signal light and level, upright', () => {
    const hello = codecOf(mackieControl)
      .hello()
      .map(({ bytes }) => toHex(bytes))
    expect(hello).toContain('F0 00 00 66 14 21 01 F7')
    expect(hello).toContain('F0 00 00 66 14 20 07 05 F7')
    expect(hello.every((bytes) => bytes.length < 20 * 3)).toBe(true)
  })

  it('speaks to an extender by its own id, and has no buttons beside its columns', () => {
    const codec = codecOf(mackieControl, 'extender')
    expect(sent(codec, 'lcd.1', rows('A', 'B'))[0]).toBe(`F0 00 00 66 15 12 00 ${ascii('A     ')} F7`)
    expect(codec.decode(fromHex('90 5E 7F'))).toEqual([])
    expect(codec.decode(fromHex('E1 7F 7F'))).toEqual([at('fader.2', 1)])
  })
})

describe('the handshake', () => {
  const query = 'F0 00 00 66 10 00 F7'
  const challenge = 'F0 00 00 66 10 01 31 32 33 34 35 36 37 01 02 03 04 F7'
  const accepted = 'F0 00 00 66 10 03 31 32 33 34 35 36 37 F7'
  const hello = (codec: Codec): string[] => codec.hello().map(({ bytes }) => toHex(bytes))

  it('is left out where a device does not need it', () => {
    expect(hello(codecOf(mackieControl))).not.toContain('F0 00 00 66 14 00 F7')
    expect(hello(codecOf(xTouch))).toEqual([])
  })

  it('asks, answers a challenge with the serial number and four bytes, and starts anew once when accepted', () => {
    const codec = codecOf(logicControl)
    expect(hello(codec)[0]).toBe(query)
    expect(codec.startsAnew!(fromHex(challenge))).toBe(false)
    // 1 + (2 ^ 0A) − 4, (3 >> 4) ^ (1 + 4), (4 − (3 << 2)) ^ (1 | 2), 2 − 3 + (F0 ^ 40), each in 7 bits
    expect(codec.answer!(fromHex(challenge)).map(({ bytes }) => toHex(bytes))).toEqual([
      'F0 00 00 66 10 02 31 32 33 34 35 36 37 05 05 7B 2F F7',
    ])
    expect(codec.startsAnew!(fromHex(accepted))).toBe(true)
    expect(hello(codec)).not.toContain(query)
  })

  it('shows nothing anew to a device that denies', () => {
    const codec = codecOf(logicControl)
    codec.hello()
    expect(codec.startsAnew!(fromHex('F0 00 00 66 10 04 31 32 33 34 35 36 37 F7'))).toBe(false)
  })

  it('takes a ready that nobody asked for as a start, and an answer as none', () => {
    const ready = fromHex('F0 00 00 66 14 01 F7')
    expect(codecOf(mackieControl).startsAnew!(ready)).toBe(true)
    // As it is switched on, with serial number and challenge, which nobody must answer.
    const started = fromHex('F0 00 00 66 14 01 58 59 5A 57 18 61 05 57 18 61 05 F7')
    expect(codecOf(mackieControl).startsAnew!(started)).toBe(true)
    expect(codecOf(mackieControl).answer!(started)).toEqual([])
    const asking = codecOf(logicControl)
    asking.hello()
    expect(asking.startsAnew!(fromHex('F0 00 00 66 10 01 F7'))).toBe(false)
    expect(asking.startsAnew!(fromHex('F0 00 00 66 10 01 F7'))).toBe(true)
  })
})

describe('X-Touch', () => {
  it('reaches the top of its travel at 7C 7F', () => {
    expect(codecOf(xTouch).decode(fromHex('E0 7C 7F'))).toEqual([at('fader.1', 1)])
    expect(sent(codecOf(xTouch), 'fader.1', { kind: 'position', position: 1 })).toEqual(['E0 7C 7F'])
  })

  it('colours all displays in one message, white where there is no colour', () => {
    const codec = codecOf(xTouch)
    expect(sent(codec, 'color.2', { kind: 'color', color: 'red' })).toEqual(['F0 00 00 66 14 72 07 01 07 07 07 07 07 07 F7'])
    expect(sent(codec, 'color.8', { kind: 'color', color: 'cyan' })).toEqual(['F0 00 00 66 14 72 07 01 07 07 07 07 07 06 F7'])
    expect(sent(codec, 'color.2', { kind: 'color', color: 'off' })).toEqual(['F0 00 00 66 14 72 07 07 07 07 07 07 07 06 F7'])
    expect(new Set(['color.1', 'color.2'].flatMap((id) => codec.encode(id, undefined).map(({ key }) => key))).size).toBe(1)
  })

  it('fills seven cells a strip', () => {
    expect(sent(codecOf(xTouch), 'lcd.1', rows('Overheads', ''))[0]).toBe(`F0 00 00 66 14 12 00 ${ascii('Overhea')} F7`)
  })

  it.each([
    ['X-Touch:X-Touch X-TOUCH_INT', 'main'],
    ['X-Touch', 'main'],
    ['X-Touch MIDI 1', 'main'],
    ['X-Touch:X-Touch X-TOUCH_EXT', undefined],
    ['X-Touch-Ext:X-Touch-Ext X-TOUCH_INT', 'extender'],
    ['X-Touch-Ext', 'extender'],
    ['X-TOUCH MINI:X-TOUCH MINI MIDI 1', undefined],
    ['X-TOUCH COMPACT', undefined],
    ['X-Touch One', undefined],
  ])('knows the port %s as %s', (name, role) => {
    const units = xTouch.units.filter(({ ports }) => ports.some((port) => port.test(name)))
    expect(units.map((unit) => unit.role)).toEqual(role ? [role] : [])
  })
})
