// Devices as plain data: every field has its effect, every mistake is told with its path.
import { describe, expect, it } from 'vitest'
import { type ControlData, type DeviceData, deviceDriver, deviceProblems } from '../../src/surface/device-data.js'
import type { Codec } from '../../src/surface/driver.js'
import type { Look } from '../../src/surface/look.js'
import { wiresOfWords, wordsOf } from '../../src/surface/wire-words.js'
import { fromHex, toHex } from '../fixtures/surface-bytes.js'

const device = (control: ControlData, more: Partial<DeviceData> = {}): DeviceData => ({
  id: 'box',
  name: 'Box',
  ports: ['Box'],
  columns: 2,
  column: { a: control },
  ...more,
})
const codecOf = (data: DeviceData): Codec => deviceDriver(data).units[0]!.createCodec()
const heard = (codec: Codec, ...messages: string[]) => messages.flatMap((bytes) => [...codec.decode(fromHex(bytes))])
const shown = (codec: Codec, control: string, look: Look | undefined): string[] =>
  codec.encode(control, look).map(({ bytes }) => toHex(bytes))
const at = (position: number): Look => ({ kind: 'position', position })

describe('wires in words', () => {
  it.each([
    ['cc 7', ['cc 7 ch 1']],
    ['cc 7 ch 3', ['cc 7 ch 3']],
    ['note 60-62 ch 16', ['note 60 ch 16', 'note 61 ch 16', 'note 62 ch 16']],
    ['cc 1,4-5,9', ['cc 1 ch 1', 'cc 4 ch 1', 'cc 5 ch 1', 'cc 9 ch 1']],
    ['cc 7 ch 1-3', ['cc 7 ch 1', 'cc 7 ch 2', 'cc 7 ch 3']],
    ['pitchBend ch 1,9', ['pitchBend ch 1', 'pitchBend ch 9']],
    ['cc14 31', ['cc14 31 ch 1']],
    ['cc14 0 fineFirst', ['cc14 0 ch 1 fineFirst']],
    ['nrpn 16382 ch 2 7bit', ['nrpn 16382 ch 2 7bit']],
    ['rpn 0', ['rpn 0 ch 1']],
    ['program 127', ['program 127 ch 1']],
    ['channelPressure', ['channelPressure ch 1']],
    ['polyPressure 3', ['polyPressure 3 ch 1']],
    ['sysex F0 7f vv F7', ['sysex F0 7F vv F7']],
  ])('%s', (words, wires) => {
    expect(wiresOfWords(words)?.map(wordsOf)).toEqual(wires)
    for (const wire of wires) expect(wiresOfWords(wire)?.map(wordsOf)).toEqual([wire])
  })

  it('stand on the channel of their device where they name none', () => {
    expect(wiresOfWords('cc 7', 9)?.map(wordsOf)).toEqual(['cc 7 ch 9'])
    expect(wiresOfWords('cc 7 ch 2', 9)?.map(wordsOf)).toEqual(['cc 7 ch 2'])
  })

  it.each([
    ...[
      '',
      'cc',
      'cc 128',
      'cc -1',
      'cc 7 ch 0',
      'cc 7 ch 17',
      'cc14 32',
      'nrpn 16383',
      'knob 3',
      'pitchBend 3',
      'cc 5-3',
      'cc 1-2 ch 1-2',
    ],
    ...['sysex', 'sysex F0', 'sysex F0 80 F7', 'sysex F0 vv vv F7', 'sysex 90 3C 7F', 'cc 1 F0', 'cc 99999999999999999999'],
  ])('%j is no wire', (words) => {
    expect(wiresOfWords(words)).toBeUndefined()
  })
})

describe('a device as data', () => {
  it('is plain JSON', () => {
    const data = device({ kind: 'fader', wire: 'cc 1-2', law: [[0, -60], [1, 10]], light: { colors: { red: 3 } } } as ControlData) // biome-ignore format: one line
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
  })

  it('spreads wires over columns, by ranges and by lists', () => {
    const codec = codecOf(device({ kind: 'pot', wire: ['cc 20 ch 2', 'cc 30 ch 3'] }))
    expect(heard(codec, 'B1 14 7F', 'B2 1E 00').map(({ control }) => control)).toEqual(['a.1', 'a.2'])
  })

  it('knows ends, steps, direction, touch and scale of a fader', () => {
    const spec: ControlData = {
      kind: 'fader',
      wire: 'cc 1-2',
      low: 2,
      high: 102,
      steps: 50,
      reversed: true,
      touch: 'note 1-2',
      law: 'x32',
    }
    const driver = deviceDriver(device(spec))
    expect(driver.units[0]!.controls[0]).toMatchObject({ steps: 50, hasTouch: true })
    expect(driver.units[0]!.controls[0]!.law!.dbOfPosition(0.75)).toBeCloseTo(0, 12)
    expect(heard(driver.units[0]!.createCodec(), 'B0 01 02', 'B0 02 66', '90 02 7F')).toEqual([
      { kind: 'position', control: 'a.1', position: 1, steps: 50 },
      { kind: 'position', control: 'a.2', position: 0, steps: 50 },
      { kind: 'touch', control: 'a.2', isTouched: true },
    ])
  })

  it('takes points as a scale', () => {
    const law: ControlData['law'] = [[0, -60], [0.5, -10], [1, 10]] // biome-ignore format: one line
    const shape = deviceDriver(device({ kind: 'fader', wire: 'cc 1-2', law })).units[0]!.controls[0]!
    expect(shape.law!.dbOfPosition(0.75)).toBeCloseTo(0, 12)
    expect(shape.law!.positionOfDb(-35)).toBeCloseTo(0.25, 12)
  })

  it('turns encoders in every encoding, both ways round, with a button inside', () => {
    const codec = codecOf(
      device({
        kind: 'encoder',
        wire: 'cc 1-2',
        encoding: 'binaryOffset',
        reversed: true,
        push: { wire: 'note 1-2', behaviour: 'toggle' },
      }),
    )
    expect(heard(codec, 'B0 01 43')).toEqual([{ kind: 'turn', control: 'a.1', ticks: -3 }])
    expect(heard(codec, '90 02 00')).toEqual([
      { kind: 'press', control: 'a.2.push', isPressed: true },
      { kind: 'press', control: 'a.2.push', isPressed: false },
    ])
  })

  it('lights: 127 and 0, or values of its own, by colour, on another wire, nearest colour where it has not the one', () => {
    const plain = codecOf(device({ kind: 'button', wire: 'note 1-2', light: true }))
    expect(shown(plain, 'a.1', { kind: 'light', light: 'on' })).toEqual(['90 01 7F'])
    expect(shown(plain, 'a.1', undefined)).toEqual(['90 01 00'])
    const light: ControlData['light'] = {
      wire: 'cc 60-61',
      off: 12,
      on: 63,
      blink: 59,
      colors: { red: { on: 15, blink: 11 }, green: 60 },
    }
    const colored = codecOf(device({ kind: 'button', wire: 'note 1-2', light }))
    expect(shown(colored, 'a.2', { kind: 'light', light: 'on', color: 'red' })).toEqual(['B0 3D 0F'])
    expect(shown(colored, 'a.2', { kind: 'light', light: 'blink', color: 'red' })).toEqual(['B0 3D 0B'])
    expect(shown(colored, 'a.2', { kind: 'light', light: 'on', color: 'cyan' })).toEqual(['B0 3D 3C'])
    expect(shown(colored, 'a.2', { kind: 'light', light: 'on', color: 'blue' })).toEqual(['B0 3D 3F'])
    expect(shown(colored, 'a.2', { kind: 'light', light: 'blink' })).toEqual(['B0 3D 3B'])
    expect(shown(colored, 'a.2', { kind: 'light', light: 'off', color: 'red' })).toEqual(['B0 3D 0C'])
  })

  it('sends values back: to its own wire, to another, to a motor', () => {
    const own = codecOf(device({ kind: 'pot', wire: 'cc 1-2', value: true, low: 10, high: 110 }))
    expect(own.encode('a.1', at(0.5))).toMatchObject([{ urgency: 'light', bytes: fromHex('B0 01 3C') }])
    expect(shown(codecOf(device({ kind: 'pot', wire: 'cc 1-2', value: 'cc 11-12' })), 'a.2', at(1))).toEqual(['B0 0C 7F'])
    const motor = codecOf(device({ kind: 'fader', wire: 'pitchBend ch 1-2', motor: true }))
    expect(motor.encode('a.2', at(1))).toMatchObject([{ urgency: 'motor', bytes: fromHex('E1 7F 7F') }])
    expect(shown(codecOf(device({ kind: 'fader', wire: 'cc14 1-2', motor: true })), 'a.1', at(1))).toEqual(['B0 01 7F B0 21 7F'])
  })

  it('sets a ring and its mode', () => {
    const ring = { top: 11, mode: 'cc 40-41', modes: { dot: 0, boostCut: 1 } }
    const codec = codecOf(device({ kind: 'encoder', wire: 'cc 1-2', ring }))
    expect(shown(codec, 'a.1', { kind: 'ring', style: 'boostCut', position: 1 })).toEqual(['B0 28 01', 'B0 01 0B'])
    expect(shown(codec, 'a.1', { kind: 'ring', style: 'spread', position: 0 })).toEqual(['B0 01 00'])
  })

  it('has stages of light for a position', () => {
    const codec = codecOf(device({ kind: 'pot', wire: 'cc 1-2', levels: { wire: 'note 1-2', values: [12, 29, 46, 63] } }))
    const stages = [undefined, at(0), at(0.34), at(0.5), at(0.67), at(1)].flatMap((look) => shown(codec, 'a.1', look))
    expect(stages).toEqual(['90 01 0C', '90 01 1D', '90 01 2E', '90 01 2E', '90 01 3F', '90 01 3F'])
  })

  it('says hello, and knows its ports but not those of others', () => {
    const driver = deviceDriver(
      device({ kind: 'pot', wire: 'cc 1-2' }, { hello: ['B0 7F 01', 'f0 7d f7'], notPorts: ['Box mk2'] }),
    )
    expect(
      driver.units[0]!.createCodec()
        .hello()
        .map(({ bytes }) => toHex(bytes)),
    ).toEqual(['B0 7F 01', 'F0 7D F7'])
    const isKnown = (name: string): boolean => driver.units[0]!.ports.some((port) => port.test(name))
    expect(['Box', 'box MIDI 1', 'Box:Box MIDI 1', 'Boxer', 'My Box', 'Box mk2 MIDI 1'].filter(isKnown)).toEqual([
      ...['Box', 'box MIDI 1', 'Box:Box MIDI 1'],
    ])
  })
})

describe('a mistake', () => {
  const good = device({ kind: 'fader', wire: 'cc 1-2' })
  const inControl = (control: object): unknown => ({ ...good, column: { a: { kind: 'fader', wire: 'cc 1-2', ...control } } })
  const inButton = (control: object): unknown => ({ ...good, column: { a: { kind: 'button', wire: 'cc 1-2', ...control } } })

  it.each<[string, unknown, string, string]>([
    ['no map', 'box', '', '"box"'],
    ['no id', { ...good, id: undefined }, 'id', 'nothing'],
    ['an id that is no file name', { ...good, id: '../x' }, 'id', '"../x"'],
    ['no ports', { ...good, ports: 'Box' }, 'ports', '"Box"'],
    ['an unknown field', { ...good, vendor: 'x' }, 'vendor', '"vendor"'],
    ['columns without end', { ...good, columns: 1e9 }, 'columns', '1000000000'],
    ['columns that are not counted', { ...good, columns: undefined }, 'columns', 'nothing'],
    ['a channel that is none', { ...good, channel: 17 }, 'channel', '17'],
    ['hello that is no hexadecimal', { ...good, hello: ['xyz'] }, 'hello[1]', '"xyz"'],
    ['too few wires', inControl({ wire: 'cc 1' }), 'column.a.wire', '"1: cc 1"'],
    ['a wire that is none', inControl({ wire: 'knob 1' }), 'column.a.wire', '"knob 1"'],
    ['a wire shared', { ...good, controls: { b: { kind: 'button', wire: 'cc 2' } } }, 'b', 'cc 2 ch 1, which a.2 has'],
    ['a kind that is none', inControl({ kind: 'slider' }), 'column.a.kind', '"slider"'],
    ['a field of another kind', inControl({ encoding: 'signBit' }), 'column.a.encoding', '"encoding"'],
    ['ends the wrong way round', inControl({ low: 100, high: 3 }), 'column.a.high', '3'],
    ['a law that is none', inControl({ law: 'log' }), 'column.a.law', '"log"'],
    ['a law that falls', inControl({ law: [[0, 0], [1, -10]] }), 'column.a.law', '[[0,0],[1,-10]]'], // biome-ignore format: a row
    ['a behaviour that is none', inButton({ behaviour: 'sticky' }), 'column.a.behaviour', '"sticky"'],
    ['a colour that is none', inButton({ light: { colors: { pink: 3 } } }), 'column.a.light.colors.pink', '"pink"'],
    [
      'a colour without its blinking',
      inButton({ light: { colors: { red: { on: 3 } } } }),
      'column.a.light.colors.red.blink',
      'nothing',
    ],
    ['a name that is none', { ...good, controls: { '1': { kind: 'button', wire: 'cc 9' } } }, 'controls.1', '"1"'],
    ['a push with a wrong wire', inControl({ push: 'note 1' }), 'column.a.push', '"1: note 1"'],
  ])('%s is told with its path', (_, data, path, found) => {
    expect(deviceProblems(data)).toEqual([{ path, expected: expect.any(String), found }])
  })

  it('is told together with all others, and stops the driver', () => {
    const data = { ...good, channel: 0, echo: 'maybe', columns: 2, column: { a: { kind: 'fader' } } }
    expect(deviceProblems(data).map(({ path }) => path)).toEqual(['column.a.wire', 'channel', 'echo'])
    expect(() => deviceDriver(data as unknown as DeviceData)).toThrow(
      'device box: echo: expected one of always, onRelease, never, found "maybe"',
    )
  })

  it.each([
    null,
    3,
    [],
    [[]],
    { column: { a: null } },
    { controls: [] },
    { ports: [3] },
  ])('%j is refused without a throw', (data) => {
    expect(deviceProblems(data).length).toBeGreaterThan(0)
  })
})
