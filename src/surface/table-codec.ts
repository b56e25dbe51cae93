// A codec made from a table of controls. Decoding is one look-up by status and first data byte; no message throws.
import type { ControlEvent, ControlId } from './control-event.js'
import type { ButtonSpec, PlacedControl, PositionSpec, Shared, Show, TurnSpec } from './control-table.js'
import type { Codec, Message } from './driver.js'
import { type Events, none, numberedControllers, ParameterNumbers, type Read, readPair } from './many-messages.js'
import { ticksOf } from './relative.js'
import { positionOn, travelOf } from './shows.js'
import { nameOf, type Wire } from './wire.js'

/** What a unit says beside its controls; `hello` and the rest as in `Codec`. */
export interface Talk {
  readonly hello?: () => Message[]
  readonly keepAlive?: { readonly everyMs: number; readonly messages: readonly Message[] }
  readonly answer?: (bytes: Uint8Array) => Message[]
  readonly startsAnew?: (bytes: Uint8Array) => boolean
}

const readPosition = (control: ControlId, spec: PositionSpec): Read => {
  const { bottom, top, steps } = travelOf(spec)
  return (value) => {
    const position = Math.max(0, Math.min(1, (value - bottom) / (top - bottom)))
    return [{ kind: 'position', control, position: spec.isReversed ? 1 - position : position, steps }]
  }
}

const readTurn = (control: ControlId, spec: TurnSpec): Read => {
  const toTicks = ticksOf[spec.encoding]
  // Ticks are few: each event is made once.
  const made = Array.from({ length: 128 }, (_, value): Events => {
    const ticks = spec.isReversed ? -toTicks(value) : toTicks(value)
    return ticks === 0 ? none : [{ kind: 'turn', control, ticks }]
  })
  return (value) => made[value & 0x7f]!
}

const pressOf = (control: ControlId, isPressed: boolean): ControlEvent => ({ kind: 'press', control, isPressed })

const readButton = (control: ControlId, spec: ButtonSpec): Read => {
  const down = [pressOf(control, true)]
  const up = [pressOf(control, false)]
  const whole = [...down, ...up]
  const threshold = spec.threshold ?? 1
  // Some wires have no release: a program, a message without a value.
  const isTrigger = spec.wire.kind === 'program' || (spec.wire.kind === 'sysex' && spec.wire.valueAt < 0)
  switch (isTrigger ? 'trigger' : (spec.behaviour ?? 'momentary')) {
    case 'momentary':
      return (value) => (value >= threshold ? down : up)
    case 'toggle':
      return () => whole
    case 'trigger':
      return (value) => (value >= threshold ? whole : none)
  }
}

const readTouch = (control: ControlId): Read => {
  const on: Events = [{ kind: 'touch', control, isTouched: true }]
  const off: Events = [{ kind: 'touch', control, isTouched: false }]
  return (value) => (value > 0 ? on : off)
}

export interface Input {
  readonly wire: Wire
  readonly control: ControlId
  readonly read: Read
  /** Data increment and decrement turn it. */
  readonly turns?: boolean
}

/** Every wire that a control speaks on. */
export const inputsOf = ({ id, spec }: PlacedControl): Input[] => {
  const touch = 'touch' in spec && spec.touch ? [{ wire: spec.touch, control: id, read: readTouch(id) }] : []
  switch (spec.kind) {
    case 'fader':
    case 'pot':
      return [{ wire: spec.wire, control: id, read: readPosition(id, spec) }, ...touch]
    case 'encoder':
    case 'wheel':
      return [{ wire: spec.wire, control: id, read: readTurn(id, spec), turns: true }, ...touch]
    case 'button':
      return [{ wire: spec.wire, control: id, read: readButton(id, spec) }]
    default:
      return []
  }
}

/** Channel messages by status (80…EF) and first data byte; those without a number stand at 0. */
const placeOf = (status: number, number: number): number => ((status & 0x7f) << 7) | number

interface DecodeTable {
  readonly reads: readonly (Read | undefined)[]
  readonly sysex: readonly { readonly wire: Wire & { kind: 'sysex' }; readonly read: Read }[]
}

const tableOf = (inputs: readonly Input[]): DecodeTable => {
  const reads: (Read | undefined)[] = new Array(0x70 << 7).fill(undefined)
  const sysex: { wire: Wire & { kind: 'sysex' }; read: Read }[] = []
  const parameters = new Map<number, ParameterNumbers>()
  for (const input of inputs) {
    const { wire, read } = input
    switch (wire.kind) {
      case 'note':
        reads[placeOf(0x90 | wire.channel, wire.number)] = read
        reads[placeOf(0x80 | wire.channel, wire.number)] = () => read(0)
        break
      case 'cc':
        reads[placeOf(0xb0 | wire.channel, wire.number)] = read
        break
      case 'cc14': {
        const pair = readPair(read, wire.isFineFirst ?? false)
        reads[placeOf(0xb0 | wire.channel, wire.number)] = pair.coarse
        reads[placeOf(0xb0 | wire.channel, wire.number + 32)] = pair.fine
        break
      }
      case 'nrpn':
      case 'rpn': {
        const numbers = parameters.get(wire.channel) ?? new ParameterNumbers()
        parameters.set(wire.channel, numbers)
        numbers.add(input, wire as Wire & { kind: 'nrpn' | 'rpn' })
        break
      }
      case 'pitchBend':
        reads[placeOf(0xe0 | wire.channel, 0)] = read
        break
      case 'program':
        reads[placeOf(0xc0 | wire.channel, wire.number)] = read
        break
      case 'channelPressure':
        reads[placeOf(0xd0 | wire.channel, 0)] = read
        break
      case 'polyPressure':
        reads[placeOf(0xa0 | wire.channel, wire.number)] = read
        break
      case 'sysex':
        sysex.push({ wire, read })
    }
  }
  for (const [channel, numbers] of parameters)
    for (const [number, read] of numbers.reads()) reads[placeOf(0xb0 | channel, number)] = read
  return { reads, sysex }
}

const isLike = (wire: Wire & { kind: 'sysex' }, bytes: Uint8Array): boolean =>
  wire.bytes.length === bytes.length && wire.bytes.every((byte, at) => at === wire.valueAt || byte === bytes[at])

const decodeWith = ({ reads, sysex }: DecodeTable, bytes: Uint8Array): Events => {
  const status = bytes[0]
  if (status === undefined || status < 0x80) return none
  if (status === 0xf0) {
    for (const { wire, read } of sysex) if (isLike(wire, bytes)) return read(wire.valueAt < 0 ? 127 : bytes[wire.valueAt]! & 0x7f)
    return none
  }
  if (status >= 0xf0) return none
  const first = bytes[1]
  if (first === undefined || first > 0x7f) return none
  const kind = status & 0xf0
  if (kind === 0xd0) return reads[placeOf(status, 0)]?.(first) ?? none
  if (kind === 0xc0) return reads[placeOf(status, first)]?.(127) ?? none
  const second = bytes[2]
  if (second === undefined || second > 0x7f) return none
  if (kind === 0xe0) return reads[placeOf(status, 0)]?.((second << 7) | first) ?? none
  return reads[placeOf(status, first)]?.(second) ?? none
}

/** What shows a control: its own way; a motor, where it goes; nothing else. */
export const showOf = ({ spec }: PlacedControl): Show | undefined => {
  if (spec.show) return spec.show
  const isMotor = (spec.kind === 'fader' || spec.kind === 'pot') && spec.hasMotor
  return isMotor ? positionOn(spec.wire, 'motor', spec) : undefined
}

/** One unit's codec; each has a state of its own. */
export const tableCodec = (controls: readonly PlacedControl[], talk: Talk): Codec => {
  const table = tableOf(controls.flatMap(inputsOf))
  const shows = new Map(controls.map((placed) => [placed.id, showOf(placed)]))
  const shared: Shared = new Map()
  return {
    decode: (bytes) => decodeWith(table, bytes) as ControlEvent[],
    encode: (control, look) => shows.get(control)?.(look, control, shared) ?? [],
    hello: () => {
      shared.clear()
      return talk.hello?.() ?? []
    },
    ...(talk.keepAlive && { keepAlive: talk.keepAlive }),
    ...(talk.answer && { answer: talk.answer }),
    ...(talk.startsAnew && { startsAnew: talk.startsAnew }),
  }
}

/** Messages that two controls, or two parts of one, would both hear; none in a sound table. */
export const sharedWires = (controls: readonly PlacedControl[]): { first: ControlId; second: ControlId; wire: string }[] => {
  const owners = new Map<string, Claim & { control: ControlId }>()
  return controls.flatMap(inputsOf).flatMap(({ wire, control }) =>
    claimsOf(wire).flatMap((claim) => {
      const owner = owners.get(claim.message)
      owners.set(claim.message, { ...claim, control })
      if (owner === undefined || (owner.isForAll && claim.isForAll)) return []
      return [{ first: owner.control, second: control, wire: claim.message }]
    }),
  )
}

interface Claim {
  readonly message: string
  /** Numbered parameters all speak through the same controllers. */
  readonly isForAll?: boolean
}

/** All messages that a wire takes for itself. */
const claimsOf = (wire: Wire): Claim[] => {
  const controller = (number: number): string => nameOf({ kind: 'cc', channel: wire.kind === 'sysex' ? 0 : wire.channel, number })
  switch (wire.kind) {
    case 'cc14':
      return [{ message: controller(wire.number) }, { message: controller(wire.number + 32) }]
    case 'nrpn':
    case 'rpn':
      return [
        { message: nameOf(wire) },
        ...numberedControllers.map((number) => ({ message: controller(number), isForAll: true })),
      ]
    default:
      return [{ message: nameOf(wire) }]
  }
}
