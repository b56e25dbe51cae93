// What a hand did on a control of each encoding is told from its bytes; where bytes leave it open, the right question is asked.
import { describe, expect, it } from 'vitest'
import { type Capture, guessEncoding, type Use } from '../../src/surface/guess-encoding.js'
import type { TimedBytes } from '../../src/surface/midi-streams.js'
import { type RelativeEncoding, relativeEncodings } from '../../src/surface/relative.js'
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
  topOf,
  type Wire,
} from '../../src/surface/wire.js'
import { type Behaviour, presses, sweepAbsolute, sweepRelative } from '../fixtures/hand.js'

const seeds = Array.from({ length: 16 }, (_, i) => i + 1)
const useOf = (capture: Capture): Use | string => {
  const outcome = guessEncoding(capture)
  return outcome.kind === 'known' ? outcome.guess.use : outcome.kind === 'ask' ? outcome.question : 'silent'
}
const wireOf = (capture: Capture): Wire | undefined => {
  const outcome = guessEncoding(capture)
  return outcome.kind === 'known' ? outcome.guess.wire : undefined
}
/** `0A 41` as bytes at 20 ms from one another. */
const recorded = (lines: string, everyMs = 20): TimedBytes[] =>
  lines
    .trim()
    .split(/\s*[,\n]\s*/)
    .map((line, i) => ({ atMs: i * everyMs, bytes: Uint8Array.from(line.split(' '), (hex) => Number.parseInt(hex, 16)) }))

describe('what moves over a travel', () => {
  const wires: [string, Wire][] = [
    ['a controller', cc(7, 3)],
    ['a pair of controllers', cc14(20)],
    ['a pair that sends the fine half first', cc14(16, 2, true)],
    ['pitch bend', pitchBend(4)],
    ['an NRPN of 14 bits', nrpn(3000, 1)],
    ['an NRPN of 7 bits', nrpn(300, 1, 7)],
    ['an RPN', rpn(2)],
    ['channel pressure', channelPressure(9)],
    ['key pressure', polyPressure(60)],
    ['a byte of SysEx', sysex('F0 00 20 6B 7F 42 02 00 70 vv F7')],
  ]
  it.each(wires)('%s is known with its ends, slow or fast, from the bottom or the middle', (_, wire) => {
    for (const seed of seeds)
      for (const speed of [0.02, 0.04, 0.15])
        for (const from of [0, 0.45]) {
          const sweep = sweepAbsolute(wire, topOf(wire), { seed, speed, from })
          const outcome = guessEncoding({ sweep })
          expect([seed, speed, from, outcome]).toMatchObject([
            seed,
            speed,
            from,
            { kind: 'known', guess: { wire, use: { kind: 'absolute', high: topOf(wire), isReversed: false } } },
          ])
        }
  })

  it('knows one that runs the other way from one that stood at its end', () => {
    for (const seed of seeds) {
      const reversed = sweepAbsolute(cc(7), 127, { seed, from: 0.3, isReversed: true })
      expect([seed, useOf({ sweep: reversed })]).toMatchObject([seed, { kind: 'absolute', isReversed: true }])
      const atEnd = sweepAbsolute(cc(7), 127, { seed, from: 1, to: 0 })
      expect([seed, useOf({ sweep: atEnd })]).toMatchObject([seed, { kind: 'absolute', isReversed: false, low: 0 }])
    }
  })

  it('counts the steps behind 14 bits', () => {
    for (const steps of [128, 1024, 4096, 16384])
      for (const seed of seeds.slice(0, 10))
        expect(useOf({ sweep: sweepAbsolute(pitchBend(0), 16383, { seed, steps, speed: 0.01 }) })).toMatchObject({ steps })
  })

  it('takes a switch of five positions for a pot', () => {
    expect(
      useOf({ sweep: recorded('B0 14 20, B0 14 40, B0 14 60, B0 14 7F, B0 14 60, B0 14 40, B0 14 20, B0 14 00') }),
    ).toMatchObject({
      kind: 'absolute',
      low: 0,
      high: 127,
    })
  })

  it('hears the finger on a motor fader beside its position', () => {
    const fader = sweepAbsolute(pitchBend(2), 16383, { seed: 1, steps: 1024 })
    const sweep = [
      { atMs: 0, bytes: Uint8Array.of(0x90, 0x6a, 127) },
      ...fader,
      { atMs: 9e3, bytes: Uint8Array.of(0x90, 0x6a, 0) },
    ]
    expect(guessEncoding({ sweep })).toMatchObject({ kind: 'known', guess: { wire: pitchBend(2), touch: note(0x6a) } })
  })

  it('overhears a neighbour that wobbles, a clock and active sensing', () => {
    const noise = recorded('B0 09 40, F8, FE, B0 09 41, F8, B0 09 40', 15)
    expect(wireOf({ sweep: [...noise, ...sweepAbsolute(cc(7), 127, { seed: 3 })] })).toEqual(cc(7))
  })
})

describe('what turns without end', () => {
  const ways = relativeEncodings.flatMap((encoding) =>
    encoding.startsWith('signBit') ? [[encoding, false] as const] : [[encoding, false] as const, [encoding, true] as const],
  )
  it.each(ways)('%s, reversed %s, is known, plain or accelerated up to 20 ticks', (encoding, isReversed) => {
    for (const seed of seeds)
      for (const acceleration of [1, 4, 20]) {
        const sweep = sweepRelative(cc(16), encoding, { seed, acceleration, isReversed })
        expect([seed, acceleration, useOf({ sweep })]).toEqual([seed, acceleration, { kind: 'relative', encoding, isReversed }])
      }
  })

  it('is known from a few ticks, and from many turns', () => {
    for (const encoding of relativeEncodings)
      for (const counts of [
        [3, 3],
        [8, 2],
        [12, 11, 10, 14, 9],
      ])
        expect([encoding, counts, useOf({ sweep: sweepRelative(cc(16), encoding, { seed: 5, counts }) })]).toEqual([
          encoding,
          counts,
          { kind: 'relative', encoding, isReversed: false },
        ])
  })

  const devices: [string, string, RelativeEncoding][] = [
    [
      'Mackie V-pot',
      'B0 10 01, B0 10 01, B0 10 02, B0 10 03, B0 10 01, B0 10 41, B0 10 42, B0 10 43, B0 10 41, B0 10 41',
      'signBit',
    ],
    ['X-Touch in plain MIDI', 'B0 50 41, B0 50 41, B0 50 42, B0 50 41, B0 50 01, B0 50 01, B0 50 02, B0 50 01', 'signBit2'],
    ['Reaktor and Traktor boxes', 'B0 1E 01, B0 1E 01, B0 1E 01, B0 1E 7F, B0 1E 7F, B0 1E 7E, B0 1E 7F', 'twosComplement'],
    ['Live’s “bin offset”', 'B0 47 41, B0 47 41, B0 47 43, B0 47 3F, B0 47 3E, B0 47 3F, B0 47 3F', 'binaryOffset'],
  ]
  it.each(devices)('%s', (_, bytes, encoding) => {
    expect(useOf({ sweep: recorded(bytes) })).toEqual({ kind: 'relative', encoding, isReversed: false })
  })

  it('asks to be turned back after one way alone, and knows it then', () => {
    for (const encoding of relativeEncodings)
      for (const seed of seeds) {
        const once = sweepRelative(cc(16), encoding, { seed, acceleration: 3, counts: [12] })
        expect([encoding, useOf({ sweep: once })]).toEqual([encoding, 'turnBack'])
        const back = sweepRelative(cc(16), encoding, { seed, acceleration: 3, counts: [0, 9] })
        const sweep = [...once, ...back.map(({ atMs, bytes }) => ({ atMs: atMs + 5000, bytes }))]
        expect([encoding, useOf({ sweep, wasTurnedBack: true })]).toEqual([
          encoding,
          { kind: 'relative', encoding, isReversed: false },
        ])
      }
  })

  it('never takes a pot that was moved a little round its middle for an encoder', () => {
    for (const seed of seeds) {
      const sweep = sweepAbsolute(cc(7), 127, { seed, from: 0.45, to: 0.58, speed: 0.02 })
      expect([seed, useOf({ sweep })]).toMatchObject([seed, { kind: 'absolute' }])
    }
  })
})

describe('what is pressed', () => {
  const buttons: [string, Wire][] = [
    ['a note', note(36, 9)],
    ['a controller', cc(64)],
  ]
  it.each(buttons)('%s: a tap is momentary, longer presses are asked about', (_, wire) => {
    expect(useOf({ sweep: presses(wire, 'momentary', 2, 80) })).toMatchObject({ kind: 'button', behaviour: 'momentary', on: 127 })
    for (const behaviour of ['momentary', 'toggle'] as const)
      expect([behaviour, useOf({ sweep: presses(wire, behaviour, 2, 300) })]).toEqual([behaviour, 'hold'])
  })

  it.each(buttons)('%s: holding it tells all three behaviours apart', (_, wire) => {
    for (const behaviour of ['momentary', 'toggle', 'trigger'] as Behaviour[]) {
      const sweep = presses(wire, behaviour, 2, 300)
      const hold = presses(wire, behaviour, 1, 1000).map(({ atMs, bytes }) => ({ atMs: atMs + 5000, bytes }))
      expect([behaviour, useOf({ sweep, hold })]).toMatchObject([behaviour, { kind: 'button', behaviour, on: 127 }])
    }
  })

  it('knows a pad by its taps, however hard, with pressure in between', () => {
    const velocities = [31, 99]
    const sweep = presses(note(36), 'momentary', 2, 90, () => velocities.shift() ?? 1)
    const pressure = [40, 70, 30, 50, 20, 60].flatMap((value, i) =>
      bytesOf(polyPressure(36), value).map((bytes) => ({ atMs: 10 + i * 10, bytes })),
    )
    const both = [...sweep, ...pressure].sort((a, b) => a.atMs - b.atMs)
    expect(guessEncoding({ sweep: both })).toMatchObject({
      kind: 'known',
      guess: { wire: note(36), use: { kind: 'button', behaviour: 'momentary', on: 99 } },
    })
  })

  it('knows program changes and SysEx of transport buttons', () => {
    for (const wire of [program(5, 2), sysex('F0 7F 7F 06 02 F7')]) {
      const outcome = guessEncoding({ sweep: presses(wire, 'trigger', 2, 300) })
      expect(outcome).toMatchObject({ kind: 'known', guess: { wire, use: { kind: 'button', behaviour: 'trigger' } } })
    }
  })

  it('asks what a button of one value is: it could be an encoder', () => {
    expect(['turnBack', 'more', 'hold']).toContain(useOf({ sweep: presses(cc(20), 'trigger', 3, 300) }))
  })
})

describe('what cannot be told', () => {
  it('says nothing of nothing', () => {
    expect(useOf({ sweep: [] })).toBe('silent')
    expect(useOf({ sweep: recorded('F8, FE, F8') })).toBe('silent')
  })

  it('asks for more than a twitch', () => {
    expect(useOf({ sweep: recorded('B0 07 40, B0 07 41') })).toBe('more')
  })

  it('asks for one control where two were moved', () => {
    const sweep = [...sweepAbsolute(cc(7), 127, { seed: 1 }), ...sweepAbsolute(cc(8), 127, { seed: 2 })]
    expect(guessEncoding({ sweep })).toEqual({ kind: 'ask', question: 'one', wires: [cc(7), cc(8)] })
  })

  it('takes any bytes at all', () => {
    let state = 12345
    const next = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state >>> 8
    }
    for (let round = 0; round < 300; round++) {
      const sweep = Array.from({ length: next() % 60 }, (_, i) => ({
        atMs: i,
        bytes: Uint8Array.from({ length: next() % 5 }, (_, at) => (at === 0 ? next() & 255 : next() & 127)),
      }))
      expect(['known', 'ask', 'silent']).toContain(guessEncoding({ sweep, hold: sweep.slice(0, 3) }).kind)
    }
  })
})
