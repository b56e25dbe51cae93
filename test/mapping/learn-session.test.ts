// A whole conversation by the bytes of a hand and the lines that are typed: what is asked, what is learnt.
import { describe, expect, it } from 'vitest'
import { LearnSession, restMs, type Said } from '../../src/mapping/learn-session.js'
import { readTarget } from '../../src/mapping/learn-target.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import type { TimedBytes } from '../../src/surface/midi-streams.js'
import { cc, note, pitchBend, type Wire } from '../../src/surface/wire.js'
import { presses, sweepAbsolute, sweepRelative } from '../fixtures/hand.js'

const registry = buildRegistry(defaultTopology)

function talk(options: Partial<ConstructorParameters<typeof LearnSession>[0]> = {}) {
  const session = new LearnSession({ registry, known: new Map(), ...options })
  let nowMs = 0
  /** Plays a gesture and rests. */
  const play = (messages: readonly TimedBytes[]): Said[] => {
    const beganMs = nowMs
    for (const { atMs, bytes } of messages) {
      nowMs = beganMs + atMs
      session.hear({ atMs: nowMs, bytes })
      expect(session.rest(nowMs + restMs / 2)).toEqual([])
    }
    nowMs += restMs
    return session.rest(nowMs)
  }
  return { session, play, pot: (number: number) => play(sweepAbsolute(cc(number), 127, { seed: number })) }
}

const learntOf = (said: readonly Said[]) => said.flatMap((one) => (one.kind === 'learnt' ? [one.learnt] : []))

describe('a control and its target', () => {
  it('is a knob on a fader level, by what was typed', () => {
    const { session, pot } = talk()
    expect(session.begin()).toEqual([{ kind: 'ask', what: 'touch', wires: [] }])
    expect(pot(20)).toEqual([{ kind: 'ask', what: 'target', control: 'knob1', encoding: 'cc 20 ch 1: absolute, 128 steps' }])
    expect(session.type('strip.1.faderDb')).toEqual([
      {
        kind: 'learnt',
        learnt: { control: 'fader1', data: { kind: 'fader', wire: 'cc 20 ch 1' }, binding: 'strip.1.faderDb' },
        encoding: 'cc 20 ch 1: absolute, 128 steps',
      },
      { kind: 'ask', what: 'touch', wires: [] },
    ])
  })

  it('takes the parameter that somebody moves for the target, and none that moves before a control is known', () => {
    const { session, play } = talk()
    expect(session.moved('strip.3.pan')).toEqual([])
    play(sweepRelative(cc(16), 'signBit', { seed: 1 }))
    expect(learntOf(session.moved('strip.2.pan'))).toEqual([
      { control: 'encoder1', data: { kind: 'encoder', wire: 'cc 16 ch 1', encoding: 'signBit' }, binding: 'strip.2.pan' },
    ])
    expect(session.moved('strip.2.pan')).toEqual([])
  })

  it('asks to hold a button that could be of two sorts, and gives it an action', () => {
    const { session, play } = talk()
    expect(play(presses(note(48), 'toggle', 2, 300))).toEqual([{ kind: 'ask', what: 'hold', wires: ['note 48 ch 1'] }])
    expect(play(presses(note(48), 'toggle', 1, 1000))).toMatchObject([{ what: 'target', control: 'button1' }])
    expect(learntOf(session.type('transport.toSong Opener'))).toEqual([
      {
        control: 'button1',
        data: { kind: 'button', wire: 'note 48 ch 1', behaviour: 'toggle' },
        binding: { do: 'transport.toSong', with: 'Opener' },
      },
    ])
  })

  it('asks for the way back, and for one control alone', () => {
    const { play } = talk()
    expect(play(sweepRelative(cc(16), 'binaryOffset', { seed: 1, counts: [8] }))).toMatchObject([{ what: 'turnBack' }])
    expect(play(sweepRelative(cc(16), 'binaryOffset', { seed: 1, counts: [0, 8] }))).toMatchObject([{ what: 'target' }])
    const two = talk()
    const both = [...sweepAbsolute(cc(1), 127, { seed: 1 }), ...sweepAbsolute(cc(2), 127, { seed: 2 })]
    expect(two.play(both)).toEqual([{ kind: 'ask', what: 'one', wires: ['cc 1 ch 1', 'cc 2 ch 1'] }])
    expect(two.pot(1)).toMatchObject([{ what: 'target', control: 'knob1' }])
  })

  it('refuses what it does not know, and waits for better', () => {
    const { session, pot } = talk()
    expect(session.type('strip.1.pan')).toEqual([{ kind: 'refused', why: 'touch a control first' }])
    pot(20)
    expect(session.type('strip.1.fadrDb')).toMatchObject([{ kind: 'refused', why: expect.stringContaining('strip.1.faderDb') }])
    expect(session.type('transport.play')).toEqual([{ kind: 'refused', why: 'knob1 is no button: an action needs one' }])
    expect(learntOf(session.type(''))).toEqual([{ control: 'knob1', data: { kind: 'pot', wire: 'cc 20 ch 1' } }])
  })

  it('asks the mapping, and stays with the control it refuses', () => {
    const { session, pot } = talk({ check: ({ binding }) => (binding === 'strip.1.name' ? undefined : 'no') })
    pot(20)
    expect(session.type('strip.1.pan')).toEqual([{ kind: 'refused', why: 'no' }])
    expect(session.type('strip.2.pan')).toEqual([{ kind: 'refused', why: 'no' }])
  })

  it('keeps the name of a control that the file has, and numbers others on', () => {
    const known = new Map([
      ['volume', { kind: 'pot', wire: 'cc 7 ch 1' } as const],
      ['knob1', { kind: 'pot', wire: 'cc 8 ch 1' } as const],
    ])
    const { session, pot } = talk({ known })
    expect(pot(7)).toMatchObject([{ control: 'volume' }])
    expect(learntOf(session.type('strip.1.pan'))).toMatchObject([{ control: 'volume', binding: 'strip.1.pan' }])
    expect(pot(9)).toMatchObject([{ control: 'knob2' }])
  })

  it('goes by the driver where there is one', () => {
    const { session } = talk({ hasDriver: true })
    session.hear({ atMs: 0, bytes: Uint8Array.of(0x90, 0x36, 127) }, [{ kind: 'press', control: 'f1', isPressed: true }])
    expect(session.rest(restMs)).toEqual([{ kind: 'ask', what: 'target', control: 'f1', encoding: 'f1, which the driver knows' }])
    expect(learntOf(session.type('scene.recall 2'))).toEqual([{ control: 'f1', binding: { do: 'scene.recall', with: 2 } }])
  })
})

describe('a row of controls', () => {
  const learnTwo = (first: Wire, second: Wire, ids: readonly string[]) => {
    const { session, play } = talk()
    const top = first.kind === 'pitchBend' ? 16383 : 127
    play(sweepAbsolute(first, top, { seed: 1 }))
    session.type(ids[0]!)
    play(sweepAbsolute(second, top, { seed: 2 }))
    return { session, said: session.type(ids[1]!) }
  }

  it('goes on like its first two, as far as is said', () => {
    const { session, said } = learnTwo(cc(20), cc(21), ['strip.1.faderDb', 'strip.2.faderDb'])
    expect(said.at(-1)).toEqual({ kind: 'ask', what: 'series', next: 'strip.3.faderDb' })
    expect(session.type('999')).toMatchObject([{ kind: 'refused', why: expect.stringContaining('from 3 on') }])
    expect(learntOf(session.type('8'))).toEqual(
      [3, 4, 5, 6, 7, 8].map((n) => ({
        control: `fader${n}`,
        data: { kind: 'fader', wire: `cc ${19 + n} ch 1` },
        binding: `strip.${n}.faderDb`,
      })),
    )
  })

  it('goes on over channels, and not at all where it is no row or nobody wants it', () => {
    const overChannels = learnTwo(pitchBend(0), pitchBend(1), ['strip.1.faderDb', 'strip.2.faderDb'])
    expect(learntOf(overChannels.session.type('3'))).toMatchObject([{ data: { wire: 'pitchBend ch 3', kind: 'fader' } }])
    expect(learnTwo(cc(20), cc(22), ['strip.1.pan', 'strip.2.pan']).said).toHaveLength(2)
    expect(learnTwo(cc(20), cc(21), ['strip.1.pan', 'strip.3.pan']).said).toHaveLength(2)
    const declined = learnTwo(cc(20), cc(21), ['strip.1.pan', 'strip.2.pan'])
    expect(declined.session.type('')).toMatchObject([{ what: 'touch' }])
    expect(declined.session.type('4')).toEqual([{ kind: 'refused', why: 'touch a control first' }])
  })
})

describe('a target', () => {
  it('is a parameter by id or address, or an action with what it takes', () => {
    expect(readTarget(registry, ' /strip/1/comp/ratio ')).toMatchObject({ kind: 'param', binding: 'strip.1.comp.ratio' })
    expect(readTarget(registry, 'transport.play')).toEqual({ kind: 'action', binding: { do: 'transport.play' } })
    expect(readTarget(registry, '/transport/locate 12.5')).toEqual({
      kind: 'action',
      binding: { do: 'transport.locate', with: 12.5 },
    })
    expect(readTarget(registry, 'scene.recall Last chorus')).toEqual({
      kind: 'action',
      binding: { do: 'scene.recall', with: 'Last chorus' },
    })
  })

  it.each([
    ['strip.1.meter.peakDb', /is a meter/],
    ['strip.1.name', /is a text/],
    ['strip.1.pan 3', /the id alone/],
    ['transport.toSong', /expected a number from 1, or a name, found nothing behind it/],
    ['transport.locate soon', /expected seconds from 0 to 86400, found "soon"/],
    ['transport.play now', /expected no arguments, found 1/],
    ['transport.plai', /transport\.play/],
  ])('%s is refused', (written, why) => {
    expect(readTarget(registry, written)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) })
  })
})
