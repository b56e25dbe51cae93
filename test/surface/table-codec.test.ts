// Reading MIDI by a table: pairs, numbered parameters, buttons of every kind, noise.
import { describe, expect, it } from 'vitest'
import { loadDrivers } from '../../src/surface/catalogue.js'
import { type ButtonSpec, button, type Controls, encoder, fader, placeControls, pot } from '../../src/surface/control-table.js'
import { defineDriver } from '../../src/surface/define-driver.js'
import type { Codec } from '../../src/surface/driver.js'
import { splitMessages } from '../../src/surface/midi-bytes.js'
import { byteOfTicks, relativeEncodings, ticksOf } from '../../src/surface/relative.js'
import { sharedWires, tableCodec } from '../../src/surface/table-codec.js'
import {
  bytesOf,
  cc,
  cc14,
  channelPressure,
  note,
  nrpn,
  pitchBend,
  polyPressure,
  program,
  rpn,
  sysex,
} from '../../src/surface/wire.js'
import { fromHex, toHex } from '../fixtures/surface-bytes.js'

const codecOf = (controls: Controls): Codec => tableCodec(placeControls(0, controls), {})
const heard = (codec: Codec, ...messages: string[]) => messages.flatMap((bytes) => [...codec.decode(fromHex(bytes))])
const positions = (codec: Codec, ...messages: string[]): number[] =>
  heard(codec, ...messages).map((event) => (event.kind === 'position' ? Math.round(event.position * 16383) : Number.NaN))

describe('a pair of controllers', () => {
  const pair = (isFineFirst = false) => codecOf({ a: fader({ wire: cc14(1, 0, isFineFirst) }) })

  it('is told when both halves have come, so that no half stands for the whole', () => {
    expect(positions(pair(), 'B0 01 40', 'B0 21 00', 'B0 01 3F', 'B0 21 7F')).toEqual([0x2000, 0x1fff])
  })

  it('moves by its fine half alone', () => {
    expect(positions(pair(), 'B0 01 40', 'B0 21 00', 'B0 21 01')).toEqual([0x2000, 0x2001])
  })

  it('of a device without fine halves is told from its second message on, and reaches both ends', () => {
    expect(positions(pair(), 'B0 01 10', 'B0 01 00', 'B0 01 7F')).toEqual([0, 16383])
  })

  it('may send its fine half first', () => {
    expect(positions(pair(true), 'B0 21 01', 'B0 01 40')).toEqual([0x2001])
  })

  it('is written as the device sends it', () => {
    expect(bytesOf(cc14(1, 2), 0x2001).map(toHex)).toEqual(['B2 01 40', 'B2 21 01'])
    expect(bytesOf(cc14(1, 2, true), 0x2001).map(toHex)).toEqual(['B2 21 01', 'B2 01 40'])
  })
})

describe('numbered parameters', () => {
  const codec = () =>
    codecOf({
      fine: fader({ wire: nrpn(300, 1) }),
      coarse: fader({ wire: nrpn(5, 1, 7) }),
      registered: fader({ wire: rpn(300, 1) }),
      knob: encoder({ wire: nrpn(301, 1), encoding: 'twosComplement' }),
    })
  const choose = (number: number, base = 0x62): string[] => [
    `B1 ${(base + 1).toString(16)} ${(number >> 7).toString(16)}`,
    `B1 ${base.toString(16)} ${(number & 0x7f).toString(16)}`,
  ]

  it('of 14 bits are told behind the fine half', () => {
    const events = heard(codec(), ...choose(300), 'B1 06 40', 'B1 26 01')
    expect(events).toEqual([{ kind: 'position', control: 'fine', position: 0x2001 / 16383, steps: 16384 }])
  })

  it('of 7 bits are told by data entry alone', () => {
    expect(heard(codec(), ...choose(5), 'B1 06 7F', 'B1 26 01')).toEqual([
      { kind: 'position', control: 'coarse', position: 1, steps: 128 },
    ])
  })

  it('stay chosen until another one is, on each channel by itself', () => {
    const one = codec()
    const events = heard(one, ...choose(300), 'B1 06 40', 'B1 26 00', 'B1 26 01', 'B0 63 00', 'B0 62 05', 'B1 26 02')
    expect(events.map(({ control }) => control)).toEqual(['fine', 'fine', 'fine'])
    expect(heard(one, ...choose(0x3fff), 'B1 06 40', 'B1 26 00')).toEqual([])
  })

  it('are not mistaken for registered ones of the same number', () => {
    const events = heard(codec(), ...choose(300, 0x64), 'B1 06 40', 'B1 26 01')
    expect(events.map(({ control }) => control)).toEqual(['registered'])
  })

  it('turn by data increment and decrement', () => {
    expect(heard(codec(), ...choose(301), 'B1 60 00', 'B1 61 00')).toEqual([
      { kind: 'turn', control: 'knob', ticks: 1 },
      { kind: 'turn', control: 'knob', ticks: -1 },
    ])
  })

  it('are written whole, and read as they are written', () => {
    expect(bytesOf(nrpn(300, 1), 0x2001).map(toHex)).toEqual(['B1 63 02', 'B1 62 2C', 'B1 06 40', 'B1 26 01'])
    expect(bytesOf(rpn(5, 1, 7), 100).map(toHex)).toEqual(['B1 65 00', 'B1 64 05', 'B1 06 64'])
    expect(heard(codec(), ...bytesOf(nrpn(300, 1), 1234).map(toHex))).toMatchObject([{ control: 'fine', position: 1234 / 16383 }])
  })
})

describe('relative encodings', () => {
  it.each([
    ['twosComplement', 1, 1],
    ['twosComplement', 63, 63],
    ['twosComplement', 127, -1],
    ['twosComplement', 64, -64],
    ['signBit', 1, 1],
    ['signBit', 0, 1],
    ['signBit', 65, -1],
    ['signBit', 0x40, -1],
    ['signBit', 0x4f, -15],
    ['signBit2', 65, 1],
    ['signBit2', 1, -1],
    ['signBit2', 0x43, 3],
    ['binaryOffset', 64, 0],
    ['binaryOffset', 65, 1],
    ['binaryOffset', 63, -1],
    ['binaryOffset', 127, 63],
    ['binaryOffset', 0, -64],
  ] as const)('%s: %i is %i', (encoding, byte, ticks) => {
    expect(ticksOf[encoding](byte)).toBe(ticks)
  })

  it('write every number of ticks that they read', () => {
    for (const encoding of relativeEncodings)
      for (let ticks = -63; ticks <= 63; ticks++)
        if (ticks !== 0) expect(ticksOf[encoding](byteOfTicks(encoding, ticks))).toBe(ticks)
  })

  it('stand still where nothing turned, and turn back where they are reversed', () => {
    const codec = codecOf({
      still: encoder({ wire: cc(1), encoding: 'binaryOffset' }),
      back: encoder({ wire: cc(2), encoding: 'twosComplement', isReversed: true }),
    })
    expect(heard(codec, 'B0 01 40')).toEqual([])
    expect(heard(codec, 'B0 02 02')).toEqual([{ kind: 'turn', control: 'back', ticks: -2 }])
  })
})

describe('buttons', () => {
  const pressed = (spec: Omit<ButtonSpec, 'kind'>, ...messages: string[]) =>
    heard(codecOf({ a: button(spec) }), ...messages).map((event) => event.kind === 'press' && event.isPressed)

  it('are released by note-off and by velocity 0 alike', () => {
    expect(pressed({ wire: note(60) }, '90 3C 01', '80 3C 40', '90 3C 7F', '90 3C 00')).toEqual([true, false, true, false])
  })

  it('of controllers press at their threshold', () => {
    expect(pressed({ wire: cc(60), threshold: 64 }, 'B0 3C 3F', 'B0 3C 40')).toEqual([false, true])
  })

  it('that toggle by themselves are pressed whole at either state', () => {
    expect(pressed({ wire: cc(60), behaviour: 'toggle' }, 'B0 3C 7F', 'B0 3C 00')).toEqual([true, false, true, false])
  })

  it('without a release are pressed whole', () => {
    expect(pressed({ wire: cc(60), behaviour: 'trigger' }, 'B0 3C 7F', 'B0 3C 00')).toEqual([true, false])
    expect(pressed({ wire: program(5, 10) }, 'CA 05', 'CA 06')).toEqual([true, false])
    expect(pressed({ wire: sysex('F0 7F 7F 06 01 F7') }, 'F0 7F 7F 06 01 F7', 'F0 7F 7F 06 02 F7', 'F0 7F 7F 06 01')).toEqual([
      true,
      false,
    ])
  })
})

describe('other wires', () => {
  it('carry positions: pressure, bends, values within a message', () => {
    const codec = codecOf({
      all: pot({ wire: channelPressure(3) }),
      key: pot({ wire: polyPressure(60, 3) }),
      bend: pot({ wire: pitchBend(3) }),
      inside: pot({ wire: sysex('F0 7D vv F7') }),
    })
    const events = heard(codec, 'D3 7F', 'A3 3C 00', 'E3 7F 7F', 'F0 7D 7F F7', 'F0 7D F7')
    expect(events.map((event) => [event.control, event.kind === 'position' && event.position])).toEqual([
      ['all', 1],
      ['key', 0],
      ['bend', 1],
      ['inside', 1],
    ])
  })

  it('end where the device ends, and run backwards where it does', () => {
    const codec = codecOf({ a: fader({ wire: cc(1), bottom: 3, top: 120 }), b: fader({ wire: cc(2), isReversed: true }) })
    expect(positions(codec, 'B0 01 00', 'B0 01 03', 'B0 01 78', 'B0 01 7F', 'B0 02 00', 'B0 02 7F')).toEqual([
      ...[0, 0, 16383, 16383, 16383, 0],
    ])
  })

  it('may not be shared by two controls', () => {
    const units = { main: { ports: [], columns: 0, controls: { a: fader({ wire: cc14(1) }), b: button({ wire: cc(33) }) } } }
    expect(() => defineDriver({ id: 'x', name: 'X', isTestedOnHardware: false, echo: 'never', units })).toThrow(
      'driver x main: a and b share cc 33 ch 1',
    )
  })

  it('of numbered parameters share their controllers with one another, and with nothing else', () => {
    const shared = (controls: Controls) => sharedWires(placeControls(0, controls)).map(({ wire }) => wire)
    expect(shared({ a: fader({ wire: nrpn(1) }), b: fader({ wire: rpn(1) }), c: fader({ wire: cc(6, 1) }) })).toEqual([])
    expect(shared({ a: fader({ wire: nrpn(1) }), b: fader({ wire: cc(6) }) })).toEqual(['cc 6 ch 1'])
    expect(shared({ a: fader({ wire: cc14(6) }), b: fader({ wire: nrpn(1) }) })).toEqual(['cc 6 ch 1', 'cc 38 ch 1'])
    expect(shared({ a: fader({ wire: nrpn(1) }), b: fader({ wire: nrpn(1) }) })).toEqual(['nrpn 1 ch 1'])
  })

  it('split into whole messages', () => {
    expect(splitMessages(fromHex('B0 01 02 C0 05 F0 01 02 F7 90 01 02')).map(toHex)).toEqual([
      ...['B0 01 02', 'C0 05', 'F0 01 02 F7', '90 01 02'],
    ])
    const one = fromHex('F0 01 F7')
    expect(splitMessages(one)[0]).toBe(one)
    const osc = fromHex('2F 66 61 64 65 72 00 00')
    expect(splitMessages(osc)).toEqual([osc])
  })
})

describe('noise', () => {
  /** xorshift32, so that a failure can be found again. */
  const random = (seed: number) => {
    let state = seed
    return (below: number): number => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return (state >>> 0) % below
    }
  }

  it('of a million messages throws in no codec and brings forth nothing but controls of the unit', async () => {
    const units = (await loadDrivers()).flatMap((driver) => driver.units)
    const next = random(0x5eed)
    let events = 0
    const each = Math.ceil(1_000_000 / units.length)
    for (const unit of units) {
      const codec = unit.createCodec()
      const known = new Set(unit.controls.map(({ id }) => id))
      for (let count = 0; count < each; count++) {
        // Half of it looks like MIDI.
        const bytes = new Uint8Array(next(16) === 0 ? next(80) : next(5))
        for (let at = 0; at < bytes.length; at++) bytes[at] = next(256)
        if (next(2) === 0) bytes.set([0x80 + next(128), next(128), next(128)].slice(0, bytes.length))
        for (const event of codec.decode(bytes)) {
          events++
          if (!known.has(event.control)) expect.fail(`${unit.role}: ${toHex(bytes)} became ${event.control}`)
          if (event.kind === 'position' && !(event.position >= 0 && event.position <= 1)) expect.fail(toHex(bytes))
        }
        codec.answer?.(bytes)
        codec.startsAnew?.(bytes)
      }
    }
    expect(events).toBeGreaterThan(10_000)
  })
})
