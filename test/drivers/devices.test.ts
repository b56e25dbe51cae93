// Golden bytes of devices that have something of their own.
import { describe, expect, it } from 'vitest'
import { apcMini } from '../../drivers/akai-apc-mini.js'
import { bcf2000 } from '../../drivers/behringer-bcf2000.js'
import { xTouchMidi } from '../../drivers/behringer-x-touch-midi.js'
import { xTouchMini, xTouchMiniMc } from '../../drivers/behringer-x-touch-mini.js'
import { xTouchOne } from '../../drivers/behringer-x-touch-one.js'
import { p1M, platformMPlus, qconProX } from '../../drivers/icon.js'
import { launchControlXl } from '../../drivers/novation-launch-control-xl.js'
import { faderPort8, faderPort16 } from '../../drivers/presonus-faderport.js'
import type { Codec, Driver } from '../../src/surface/driver.js'
import type { Look } from '../../src/surface/look.js'
import { ascii, fromHex, toHex } from '../fixtures/surface-bytes.js'

const codecOf = (driver: Driver, role = 'main'): Codec => driver.units.find((unit) => unit.role === role)!.createCodec()
const shown = (codec: Codec, control: string, look: Look | undefined): string[] =>
  codec.encode(control, look).map(({ bytes }) => toHex(bytes))
const heard = (codec: Codec, ...messages: string[]) => messages.flatMap((bytes) => [...codec.decode(fromHex(bytes))])
const lit = (light: 'off' | 'on' | 'blink', color?: 'red' | 'green' | 'blue'): Look => ({
  kind: 'light',
  light,
  ...(color && { color }),
})
const level = (levelDb: number, isClipped = false): Look => ({ kind: 'meter', levelDb, isClipped })
const rows = (...rows: string[]): Look => ({ kind: 'text', rows })

describe('X-Touch in plain MIDI', () => {
  it('turns by 65 and 1, the reverse of Mackie', () => {
    expect(heard(codecOf(xTouchMidi), 'B0 50 41', 'B0 57 01', 'B0 58 42')).toEqual([
      { kind: 'turn', control: 'vpot.1', ticks: 1 },
      { kind: 'turn', control: 'vpot.8', ticks: -1 },
      { kind: 'turn', control: 'jog', ticks: 2 },
    ])
  })

  it('writes a display with its colour, of the main unit and of an extender', () => {
    const codec = codecOf(xTouchMidi)
    expect(shown(codec, 'lcd.1', rows('Kick', '-3.0'))).toEqual([`F0 00 20 32 14 4C 00 07 ${ascii('Kick   -3.0   ')} F7`])
    expect(shown(codec, 'color.1', { kind: 'color', color: 'magenta' })).toEqual([
      `F0 00 20 32 14 4C 00 05 ${ascii('Kick   -3.0   ')} F7`,
    ])
    expect(shown(codecOf(xTouchMidi, 'extender'), 'lcd.8', rows('', ''))).toEqual([
      `F0 00 20 32 15 4C 07 07 ${ascii(' '.repeat(14))} F7`,
    ])
  })

  it('moves, touches, lights and meters by plain controllers', () => {
    const codec = codecOf(xTouchMidi)
    expect(shown(codec, 'fader.8', { kind: 'position', position: 1 })).toEqual(['B0 4D 7F'])
    expect(heard(codec, '90 76 7F')).toEqual([{ kind: 'touch', control: 'main.fader', isTouched: true }])
    expect(shown(codec, 'rec.1', lit('blink'))).toEqual(['90 08 40'])
    expect(
      [level(Number.NEGATIVE_INFINITY), level(-60), level(-30), level(0), level(0, true)].map((look) =>
        shown(codec, 'meter.1', look),
      ),
    ).toEqual(['B0 5A 00', 'B0 5A 00', 'B0 5A 3F', 'B0 5A 7E', 'B0 5A 7F'].map((bytes) => [bytes]))
  })
})

describe('X-Touch Mini', () => {
  it('is put into the mode of its driver', () => {
    expect(
      codecOf(xTouchMini)
        .hello()
        .map(({ bytes }) => toHex(bytes)),
    ).toEqual(['B0 7F 00', 'C0 00'])
    expect(
      codecOf(xTouchMiniMc)
        .hello()
        .map(({ bytes }) => toHex(bytes)),
    ).toEqual(['B0 7F 01'])
  })

  it('in plain MIDI sets a knob and the mode of its ring', () => {
    const codec = codecOf(xTouchMini)
    expect(shown(codec, 'knob1.8', { kind: 'ring', style: 'boostCut', position: 0.5 })).toEqual(['B0 08 01', 'BA 08 40'])
    expect(shown(codec, 'button2.1', lit('blink'))).toEqual(['90 08 02'])
    expect(heard(codec, 'BA 09 7F')).toMatchObject([{ control: 'main.fader', position: 1 }])
  })

  it('in MC mode has the buttons that are printed on it', () => {
    const events = heard(
      codecOf(xTouchMiniMc),
      ...[89, 90, 40, 45, 87, 88, 86, 94, 84].map((number) => `90 ${number.toString(16)} 7F`),
    )
    expect(events.map(({ control }) => control)).toEqual([
      ...['click', 'soloGlobal', 'assignTrack', 'assignInstrument', 'drop', 'replace', 'cycle', 'play', 'marker'],
    ])
  })
})

describe('X-Touch One', () => {
  it('has one strip, with touch, display and colour, and no master fader', () => {
    const ids = xTouchOne.units[0]!.controls.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['fader.1', 'lcd.1', 'color.1', 'meter.1', 'timecode', 'play']))
    expect(ids).not.toContain('fader.2')
    expect(ids).not.toContain('main.fader')
  })
})

describe('BCF2000', () => {
  it('has motors and feels no finger', () => {
    expect(bcf2000.units[0]!.controls.find(({ id }) => id === 'fader.1')).toMatchObject({ hasMotor: true })
    expect(bcf2000.units[0]!.controls.filter(({ hasTouch }) => hasTouch)).toEqual([])
    expect(heard(codecOf(bcf2000), '90 68 7F')).toEqual([])
  })
})

describe('iCON', () => {
  it('has no overload light', () => {
    expect(shown(codecOf(qconProX), 'meter.2', level(0, true))).toEqual(['D0 1C'])
    expect(shown(codecOf(platformMPlus), 'meter.1', level(0))).toEqual([])
  })

  it('meters its master on D1, both sides', () => {
    expect(shown(codecOf(qconProX), 'main.meter', level(-14))).toEqual(['D1 06', 'D1 16'])
  })

  it('reaches the top of a QCon at 15300', () => {
    expect(shown(codecOf(qconProX), 'fader.1', { kind: 'position', position: 1 })).toEqual(['E0 44 77'])
    expect(heard(codecOf(qconProX), 'E0 44 77')).toMatchObject([{ position: 1 }])
  })

  it('colours eight displays by red, green and blue', () => {
    const white = '7F 7F 7F'
    expect(shown(codecOf(p1M), 'color.1', { kind: 'color', color: 'yellow' })).toEqual([
      `F0 00 02 4E 16 14 7F 7F 00 ${Array.from({ length: 7 }, () => white).join(' ')} F7`,
    ])
  })
})

describe('FaderPort', () => {
  it('is kept alive every second', () => {
    expect(codecOf(faderPort8).keepAlive).toMatchObject({ everyMs: 1000, messages: [{ bytes: fromHex('A0 00 00') }] })
  })

  it('has faders on channels 1 to 16', () => {
    expect(heard(codecOf(faderPort16), 'EF 70 7F', '90 77 7F')).toEqual([
      { kind: 'position', control: 'fader.16', position: 1, steps: 1024 },
      { kind: 'touch', control: 'fader.16', isTouched: true },
    ])
    expect(shown(codecOf(faderPort8), 'fader.8', { kind: 'position', position: 1 })).toEqual(['E7 70 7F'])
  })

  it('finds room for strips 9 to 16 among the other notes', () => {
    const controls = heard(codecOf(faderPort16), '90 58 7F', '90 59 7F', '90 57 7F', '90 7F 7F', '90 07 7F', '90 27 7F').map(
      (e) => e.control,
    )
    expect(controls).toEqual(['solo.12', 'solo.15', 'solo.16', 'mute.16', 'select.9', 'select.16'])
  })

  it('writes lines of text, levels, colours', () => {
    const codec = codecOf(faderPort16)
    expect(shown(codec, 'lcd.16', rows('Kick', '', 'x'))).toEqual([
      `F0 00 01 06 16 12 0F 00 00 ${ascii('Kick')} F7`,
      'F0 00 01 06 16 12 0F 01 00 F7',
      'F0 00 01 06 16 12 0F 02 00 78 F7',
    ])
    expect([level(-0.5), level(-63.5), level(-100), level(3)].map((look) => shown(codec, 'meter.9', look)[0])).toEqual([
      ...['C0 7E', 'C0 00', 'C0 00', 'C0 7F'],
    ])
    expect(shown(codec, 'select.1', lit('on', 'red'))).toEqual(['91 18 7F', '92 18 00', '93 18 00', '90 18 7F'])
  })
})

describe('Launch Control XL', () => {
  const codec = codecOf(launchControlXl)
  it('is put on its first factory template, with lights that may flash', () => {
    expect(codec.hello().map(({ bytes }) => toHex(bytes))).toEqual(['F0 00 20 29 02 11 77 08 F7', 'B8 00 00', 'B8 00 28'])
  })

  it('lights buttons in two colours and knobs in four stages', () => {
    expect(shown(codec, 'button1.1', lit('on', 'red'))).toEqual(['F0 00 20 29 02 11 78 08 18 0F F7'])
    expect(shown(codec, 'button2.8', lit('blink', 'green'))).toEqual(['F0 00 20 29 02 11 78 08 27 38 F7'])
    expect(shown(codec, 'button2.8', undefined)).toEqual(['F0 00 20 29 02 11 78 08 27 0C F7'])
    expect(shown(codec, 'knob3.8', { kind: 'position', position: 1 })).toEqual(['F0 00 20 29 02 11 78 08 17 3F F7'])
  })
})

describe('APC mini', () => {
  it('counts its grid from the top left, in three colours', () => {
    const codec = codecOf(apcMini)
    expect(heard(codec, '90 38 7F', '90 07 7F', '90 52 7F').map(({ control }) => control)).toEqual([
      'button1.1',
      'button8.8',
      'scene1',
    ])
    expect(shown(codec, 'button1.1', lit('blink', 'red'))).toEqual(['90 38 04'])
    expect(shown(codec, 'button1.1', lit('on'))).toEqual(['90 38 01'])
    expect(shown(codec, 'select.8', lit('blink', 'blue'))).toEqual(['90 47 02'])
  })
})
