// A sweep over every control of every driver: a new driver is tested by being there.
import { describe, expect, it } from 'vitest'
import { loadDrivers } from '../../src/surface/catalogue.js'
import type { ControlEvent } from '../../src/surface/control-event.js'
import type { PlacedControl } from '../../src/surface/control-table.js'
import type { TableDriver } from '../../src/surface/define-driver.js'
import type { Codec, Driver } from '../../src/surface/driver.js'
import type { Look } from '../../src/surface/look.js'
import { splitMessages } from '../../src/surface/midi-bytes.js'
import { sharedWires } from '../../src/surface/table-codec.js'
import { bytesAt, bytesOfPress, bytesOfTouch, bytesOfTurn, tableOf, toHex } from '../fixtures/surface-bytes.js'

const drivers = await loadDrivers()
const isTable = (driver: Driver): driver is TableDriver => 'table' in driver
const units = drivers
  .filter(isTable)
  .flatMap((driver) =>
    driver.units.map((spec) => ({ name: `${driver.id} ${spec.role}`, driver, spec, table: tableOf(driver, spec.role) })),
  )

const heard = (codec: Codec, messages: readonly Uint8Array[]): ControlEvent[] =>
  messages.flatMap((bytes) => [...codec.decode(bytes)])

/** Looks of every kind, as a mapping may want them. */
const looks: readonly (Look | undefined)[] = [
  undefined,
  ...[0, 0.001, 0.5, 0.999, 1].map((position): Look => ({ kind: 'position', position })),
  ...(['dot', 'boostCut', 'wrap', 'spread'] as const).flatMap((style) =>
    [0, 0.5, 1].map((position): Look => ({ kind: 'ring', style, position, isCentred: position === 0.5 })),
  ),
  ...(['off', 'on', 'blink'] as const).flatMap((light): Look[] => [
    { kind: 'light', light },
    ...(['off', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const).map(
      (color): Look => ({ kind: 'light', light, color }),
    ),
  ]),
  { kind: 'text', rows: [] },
  { kind: 'text', rows: ['Überlänge ∞ 日本 🎚', '−12.5 dB'] },
  ...[Number.NEGATIVE_INFINITY, -60, -18, 0, 20].map((levelDb): Look => ({ kind: 'meter', levelDb, isClipped: levelDb > 0 })),
  ...(['off', 'red', 'cyan', 'white'] as const).map((color): Look => ({ kind: 'color', color })),
]

const isWholeMidi = (bytes: Uint8Array): boolean => {
  const [status, ...data] = bytes
  if (status === 0xf0) return data.at(-1) === 0xf7 && data.slice(0, -1).every((byte) => byte < 0x80)
  const length = (status! & 0xe0) === 0xc0 ? 2 : 3
  return status! >= 0x80 && status! < 0xf0 && bytes.length === length && data.every((byte) => byte < 0x80)
}

describe('the catalogue', () => {
  it('finds every driver by its file, with ids of their own', () => {
    const ids = drivers.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(
      expect.arrayContaining([
        ...['mackie-control', 'logic-control', 'behringer-x-touch', 'behringer-x-touch-one', 'behringer-x-touch-compact'],
        ...['behringer-x-touch-mini', 'behringer-x-touch-mini-mc', 'behringer-bcf2000', 'behringer-bcr2000'],
        ...['icon-platform-m-plus', 'presonus-faderport-8', 'presonus-faderport-16', 'generic-midi'],
        ...['korg-nanokontrol2', 'novation-launch-control-xl', 'akai-midimix', 'akai-apc-mini', 'osc-tablet'],
      ]),
    )
    expect(units.length).toBeGreaterThanOrEqual(25)
  })

  it('claims no hardware that nobody touched', () => {
    expect(drivers.filter((driver) => driver.isTestedOnHardware).map(({ id }) => id)).toEqual([])
  })

  const ports = [
    ['X-Touch X-TOUCH_INT', 'behringer-x-touch'],
    ['X-Touch-Ext X-TOUCH_INT', 'behringer-x-touch'],
    ['X-Touch X-TOUCH_EXT', undefined],
    ['X-Touch One MIDI 1', 'behringer-x-touch-one'],
    ['X-TOUCH COMPACT MIDI 1', 'behringer-x-touch-compact'],
    ['X-TOUCH MINI MIDI 1', 'behringer-x-touch-mini'],
    ['BCF2000 MIDI 1', 'behringer-bcf2000'],
    ['BCR2000 MIDI 1', 'behringer-bcr2000'],
    ['Platform M+ V2.15', 'icon-platform-m-plus'],
    ['Platform X+ V2.10', 'icon-platform-m-plus'],
    ['QCon Pro X V1.18', 'icon-qcon-pro-x'],
    ['QCon Pro XS V1.18', 'icon-qcon-pro-x'],
    ['PreSonus FP8 Port 1', 'presonus-faderport-8'],
    ['PreSonus FP16 Port 1', 'presonus-faderport-16'],
    ['nanoKONTROL2 SLIDER/KNOB', 'korg-nanokontrol2'],
    ['nanoKONTROL2:nanoKONTROL2 nanoKONTROL2 _ CTRL', 'korg-nanokontrol2'],
    ['Launch Control XL', 'novation-launch-control-xl'],
    ['Launch Control XL 2', 'novation-launch-control-xl'],
    ['MIDI Mix MIDI 1', 'akai-midimix'],
    ['APC MINI MIDI 1', 'akai-apc-mini'],
    ['APC mini mk2 Control', undefined],
    ['MCU Pro USB v3.1', 'mackie-control'],
    ['MCU XT Pro', 'mackie-control'],
    ['Midi Through Port-0', undefined],
    ['nanoKONTROL Studio', undefined],
  ] as const
  it.each(ports)('takes the port %s for %s', (name, id) => {
    const found = drivers.filter(
      (driver) => !driver.isByName && driver.units.some((unit) => unit.ports.some((port) => port.test(name))),
    )
    expect(found.map((driver) => driver.id)).toEqual(id ? [id] : [])
  })
})

describe.each(units)('$name', ({ driver, spec, table }) => {
  const of = (...kinds: string[]): PlacedControl[] => table.filter((control) => kinds.includes(control.spec.kind))
  const newCodec = (): Codec => spec.createCodec()

  it('names each control once, columns from 1', () => {
    const ids = spec.controls.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, column } of spec.controls) {
      expect(id).toMatch(/^[a-zA-Z][\w-]*(\.[\w-]+)*$/)
      const inName = /^[^.]+\.(\d+)(\.|$)/.exec(id)?.[1]
      expect(inName === undefined ? undefined : Number(inName)).toBe(column)
    }
    expect(Math.max(0, ...spec.controls.map(({ column }) => column ?? 0))).toBe(spec.columns)
  })

  it('hears each message for one control alone', () => {
    expect(sharedWires(table)).toEqual([])
  })

  it('reads every position that it was put to, within a step, and both ends exactly', () => {
    const codec = newCodec()
    for (const control of of('fader', 'pot'))
      for (const position of [0, 0.25, 0.5, 0.75, 1]) {
        // Pairs of controllers wait for their second half.
        const events = heard(codec, [...bytesAt(control, position), ...bytesAt(control, position)])
        const last = events.at(-1)
        expect(last).toMatchObject({ kind: 'position', control: control.id })
        const { position: read, steps } = last as ControlEvent & { kind: 'position' }
        if (position === 0 || position === 1) expect(read).toBe(position)
        expect(Math.abs(read - position)).toBeLessThanOrEqual(1 / (steps - 1))
        expect(steps).toBe(spec.controls.find(({ id }) => id === control.id)!.steps)
      }
  })

  it('reads every turn with its ticks', () => {
    const codec = newCodec()
    for (const control of of('encoder', 'wheel'))
      for (const ticks of [1, -1, 2, -5, 63, -63])
        expect(heard(codec, bytesOfTurn(control, ticks))).toEqual([{ kind: 'turn', control: control.id, ticks }])
  })

  it('reads every press and release, and a whole press where there is no release', () => {
    const codec = newCodec()
    for (const control of of('button')) {
      const presses = heard(codec, [...bytesOfPress(control, true), ...bytesOfPress(control, false)])
      expect(presses.slice(0, 2)).toEqual([
        { kind: 'press', control: control.id, isPressed: true },
        { kind: 'press', control: control.id, isPressed: false },
      ])
      expect(presses.length % 2).toBe(0)
    }
  })

  it('reads every touch', () => {
    const codec = newCodec()
    for (const control of table.filter((control) => 'touch' in control.spec && control.spec.touch))
      for (const isTouched of [true, false])
        expect(heard(codec, bytesOfTouch(control, isTouched))).toEqual([{ kind: 'touch', control: control.id, isTouched }])
  })

  it('drives a motor to where the same fader would say it is', () => {
    const codec = newCodec()
    for (const { id } of spec.controls.filter((shape) => shape.hasMotor))
      for (const position of [0, 0.3, 1]) {
        const sent = codec.encode(id, { kind: 'position', position })
        expect(sent.every(({ urgency }) => urgency === 'motor')).toBe(true)
        const bytes = sent.flatMap((message) => [...splitMessages(message.bytes)])
        const last = heard(codec, [...bytes, ...bytes]).at(-1) as ControlEvent & { kind: 'position' }
        expect(last.control).toBe(id)
        expect(Math.abs(last.position - position)).toBeLessThanOrEqual(1 / (last.steps - 1))
      }
  })

  it('shows any look on any control in whole messages, one a key, and nothing on what shows nothing', () => {
    const codec = newCodec()
    const wrong: string[] = []
    for (const { id, hasFeedback } of spec.controls)
      for (const look of looks) {
        const messages = codec.encode(id, look)
        const parts = messages.flatMap(({ bytes }) => splitMessages(bytes))
        const isOnce = new Set(messages.map(({ key }) => key)).size === messages.length
        if (messages.length > 0 !== (hasFeedback === true) || !isOnce || !parts.every(isWholeMidi))
          wrong.push(`${id} ${JSON.stringify(look)}: ${parts.map(toHex).join(' | ')}`)
      }
    expect(wrong).toEqual([])
  })

  it('tells one look of a control always by the same keys, so that a newer one takes the place of an older', () => {
    const codec = newCodec()
    for (const { id, kind } of spec.controls) {
      const keys = (look: Look | undefined): string[] => codec.encode(id, look).map(({ key }) => key)
      const alike: readonly (Look | undefined)[] =
        kind === 'text'
          ? looks.filter((look) => look?.kind === 'text')
          : kind === 'meter'
            ? looks.filter((look) => look?.kind === 'meter')
            : []
      for (const look of alike) expect(keys(look)).toEqual(keys(undefined))
    }
  })

  it('says hello in whole messages', () => {
    for (const { bytes } of newCodec().hello()) expect(isWholeMidi(bytes)).toBe(true)
    const alive = newCodec().keepAlive
    for (const { bytes } of alive?.messages ?? []) expect(isWholeMidi(bytes)).toBe(true)
  })

  it('knows the level at every place of a printed scale, and the place of every level', () => {
    for (const law of new Set(spec.controls.flatMap((shape) => shape.law ?? []))) {
      let last = Number.NEGATIVE_INFINITY
      for (let step = 0; step <= 1000; step++) {
        const db = law.dbOfPosition(step / 1000)
        expect(db).toBeGreaterThanOrEqual(last)
        if (step > 0) expect(law.positionOfDb(db)).toBeCloseTo(step / 1000, 9)
        last = db
      }
      expect(law.dbOfPosition(0)).toBe(Number.NEGATIVE_INFINITY)
      expect(law.positionOfDb(Number.NEGATIVE_INFINITY)).toBe(0)
      expect(law.positionOfDb(100)).toBe(1)
    }
  })

  it('has a name, a rate, and is told about', () => {
    expect(driver.name).not.toBe('')
    expect(spec.bytesASecond).toBeGreaterThanOrEqual(3125)
  })
})
