// What learning writes: a mapping that reads back, in which everything that was there before stays as it was.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Learnt, learntControls, withLearnt } from '../../src/mapping/learnt-file.js'
import { deviceDriver } from '../../src/surface/device-data.js'
import { guessEncoding } from '../../src/surface/guess-encoding.js'
import { controlDataOf } from '../../src/surface/learnt-control.js'
import { relativeEncodings } from '../../src/surface/relative.js'
import { cc, cc14, note, nrpn, pitchBend, program, sysex, topOf, type Wire } from '../../src/surface/wire.js'
import { presses, sweepAbsolute, sweepRelative } from '../fixtures/hand.js'

const start = { surface: 'knobs', device: { name: 'My: "Knobs"', ports: ['My Knobs MIDI 1'] } }
const pot = (number: number): Learnt => ({
  control: `knob${number}`,
  data: { kind: 'pot', wire: `cc ${19 + number} ch 1` },
  binding: `strip.${number}.pan`,
})
const play: Learnt = {
  control: 'button1',
  data: { kind: 'button', wire: 'note 48 ch 1', behaviour: 'toggle' },
  binding: { do: 'transport.play' },
}
const learn = (text: string | undefined, ...all: Learnt[]): string =>
  all.reduce<string | undefined>((now, learnt) => withLearnt(now, 'knobs.yaml', start, learnt), text)!

it('begins a file with the device and what is bound', () => {
  expect(learn(undefined, pot(1), play)).toBe(`# Learnt with deskd learn. More can be learnt into it, or written by hand.
surface: knobs
device:
  name: "My: \\"Knobs\\""
  ports: [ "My Knobs MIDI 1" ]
  controls:
    knob1: { kind: pot, wire: cc 20 ch 1 }
    button1: { kind: button, wire: note 48 ch 1, behaviour: toggle }
layers:
  - controls:
      knob1: strip.1.pan
      button1: { do: transport.play }
`)
})

it('begins a file on top of the mapping that ships, for a driver that knows the control', () => {
  const first = { surface: 'behringer-x-touch', extends: 'behringer-x-touch' }
  expect(withLearnt(undefined, 'x.yaml', first, { control: 'f1', binding: { do: 'scene.recall', with: 2 } })).toBe(
    `extends: behringer-x-touch
surface: behringer-x-touch
layers:
  - controls:
      f1: { do: scene.recall, with: 2 }
`,
  )
})

describe('a file that is there', () => {
  const file = `# My box, on the left.
surface: knobs
device:
  id: knobs # as it is known to the desk
  name: Knobs
  ports: [Knobs]
  controls:
    # The red one.
    knob1: {kind: pot, wire: cc 20 ch 1} # upside down?
    button1: {kind: button, wire: note 48 ch 1}

# What they do.
state:
  page: {oneOf: [a, b]}
layers:
- when: {page: b}
  controls:
    knob1: master.faderDb
- controls: # always
    button1: {do: transport.stop}
    knob1: strip.9.pan # my voice
`
  it('keeps comments, order, blank lines and its own style', () => {
    expect(learn(file, pot(2))).toBe(
      file
        .replace('wire: note 48 ch 1}\n', 'wire: note 48 ch 1}\n    knob2: {kind: pot, wire: cc 21 ch 1}\n')
        .replace('# my voice\n', '# my voice\n    knob2: strip.2.pan\n'),
    )
  })

  it('replaces a control where it stands, and only what is always active', () => {
    expect(learn(file, { ...pot(1), data: { kind: 'pot', wire: 'cc 20 ch 1', reversed: true } })).toBe(
      file.replace('wire: cc 20 ch 1}', 'wire: cc 20 ch 1, reversed: true}').replace('strip.9.pan', 'strip.1.pan'),
    )
    expect(learn(file, play)).toBe(
      file
        .replace('wire: note 48 ch 1}', 'wire: note 48 ch 1, behaviour: toggle}')
        .replace('{do: transport.stop}', '{do: transport.play}'),
    )
  })

  it('keeps what bytes do not tell of a control', () => {
    const lit = file.replace('wire: note 48 ch 1}', 'wire: note 48 ch 1, light: true}')
    expect(learn(lit, play)).toContain('button1: {kind: button, wire: note 48 ch 1, behaviour: toggle, light: true}')
  })

  it('stays as it is when the same is learnt again', () => {
    const once = learn(file, pot(2), pot(3), play)
    expect(learn(once, pot(2), pot(3), play)).toBe(once)
  })

  it('learns a control that does nothing yet, and tells what it knows', () => {
    const text = learn(file, { control: 'knob7', data: { kind: 'pot', wire: 'cc 90 ch 1' } })
    expect([...learntControls(text).keys()]).toEqual(['knob1', 'button1', 'knob7'])
    expect(parse(text).layers).toEqual(parse(file).layers)
  })

  it('is refused where it is no mapping', () => {
    expect(() => learn('a: [', pot(1))).toThrow(/knobs\.yaml: expected YAML/)
    expect(() => learn('- 1', pot(1))).toThrow(/knobs\.yaml: expected a map/)
  })
})

describe('what was guessed is what the device then hears', () => {
  const eventsOf = (wire: Wire, sweep: readonly { bytes: Uint8Array }[], guessed: ReturnType<typeof guessEncoding>) => {
    if (guessed.kind !== 'known') throw new Error(`${wire.kind}: ${JSON.stringify(guessed)}`)
    const data = controlDataOf(guessed.guess)
    const driver = deviceDriver({ id: 'x', name: 'X', ports: ['X'], controls: { it: data } })
    const codec = driver.units[0]!.createCodec()
    return sweep.flatMap(({ bytes }) => codec.decode(bytes))
  }

  it.each([
    cc(7, 3),
    cc14(20),
    cc14(16, 2, true),
    pitchBend(4),
    nrpn(3000, 1),
    nrpn(300, 1, 7),
    sysex('F0 00 20 6B 7F 42 02 00 70 vv F7'),
  ])('$kind over its whole travel, also upside down', (wire) => {
    for (const isReversed of [false, true]) {
      const sweep = sweepAbsolute(wire, topOf(wire), { seed: 3, from: 0.2, isReversed })
      const positions = eventsOf(wire, sweep, guessEncoding({ sweep })).flatMap((event) =>
        event.kind === 'position' ? event.position : [],
      )
      expect(Math.max(...positions)).toBe(1)
      expect(positions[0]).toBeCloseTo(0.2, 1)
      expect(positions.at(-1)).toBeCloseTo(0.2, 1)
    }
  })

  it('the ends of a fader that stops early are its ends', () => {
    const sweep = sweepAbsolute(pitchBend(0), 16380, { seed: 1, steps: 1024 })
    const positions = eventsOf(pitchBend(0), sweep, guessEncoding({ sweep })).flatMap((event) =>
      event.kind === 'position' ? event.position : [],
    )
    expect(Math.max(...positions)).toBe(1)
  })

  it.each(
    relativeEncodings.flatMap((encoding) => [[encoding, false] as const, [encoding, true] as const]),
  )('%s, reversed %s: clockwise is up', (encoding, isReversed) => {
    const sweep = sweepRelative(cc(16), encoding, { seed: 2, acceleration: 3, isReversed, counts: [9, 9] })
    const ticks = eventsOf(cc(16), sweep, guessEncoding({ sweep })).flatMap((event) => (event.kind === 'turn' ? event.ticks : []))
    expect(ticks.map(Math.sign)).toEqual([...Array(9).fill(1), ...Array(9).fill(-1)])
  })

  it.each(['momentary', 'toggle', 'trigger'] as const)('a %s button is pressed and let go as often as it was', (behaviour) => {
    for (const wire of [note(36, 9), cc(64), ...(behaviour === 'trigger' ? [program(3)] : [])]) {
      const sweep = presses(wire, behaviour, 2, 300)
      const guessed = guessEncoding({ sweep, hold: presses(wire, behaviour, 1, 1000) })
      const pressed = eventsOf(wire, sweep, guessed).filter((event) => event.kind === 'press' && event.isPressed)
      expect([wire.kind, pressed.length]).toEqual([wire.kind, 2])
    }
  })
})
