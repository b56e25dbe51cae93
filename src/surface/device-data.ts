// A MIDI device described as plain data, as a mapping file's `device:` and the device files of `drivers/` have it: the form and its sense.
import { type DeviceProblem, formProblems } from './check-device.js'
import { type ControlSpec, type Controls, type PositionSpec, perColumn, placeControls, type Show } from './control-table.js'
import { defineDriver, type TableDriver } from './define-driver.js'
import type { Driver } from './driver.js'
import { type FaderLawName, faderLaws, lawOfPoints } from './fader-law.js'
import type { ColorName, RingStyle } from './look.js'
import type { RelativeEncoding } from './relative.js'
import { type LightValues, lightOn, message, onOff, positionOf, positionOn, valueMessage } from './shows.js'
import { sharedWires } from './table-codec.js'
import { topOf, type Wire } from './wire.js'
import { wiresOfWords } from './wire-words.js'

/** Wires in words: of a control in the columns one a column, by ranges (`cc 0-7`) or as a list. */
export type WireData = string | readonly string[]

export interface LightData {
  /** Where it is not the control's own wire. */
  readonly wire?: WireData
  readonly off?: number
  readonly on?: number
  readonly blink?: number
  readonly colors?: Readonly<Partial<Record<Exclude<ColorName, 'off'>, number | { readonly on: number; readonly blink: number }>>>
}

/** A ring whose mode is set on a wire beside the one of its value. */
export interface RingData {
  /** Where it is not the control's own wire. */
  readonly wire?: WireData
  readonly top?: number
  readonly mode?: WireData
  readonly modes?: Readonly<Partial<Record<RingStyle, number>>>
}

/** Lights of a knob: one value for each stage of its position. */
export interface LevelsData {
  readonly wire: WireData
  readonly values: readonly number[]
}

export interface ControlData {
  readonly kind: 'fader' | 'pot' | 'encoder' | 'wheel' | 'button' | 'light'
  readonly wire: WireData
  /** Of a fader or pot: values at the ends of its travel, distinct positions, falling values. */
  readonly low?: number
  readonly high?: number
  readonly steps?: number
  readonly reversed?: boolean
  /** It goes where it is told: a motor, or an endless encoder that keeps its position inside. */
  readonly motor?: boolean
  readonly touch?: WireData
  /** Scale beside a fader: a known one, or points [position, dB] from the bottom up. */
  readonly law?: FaderLawName | readonly (readonly [position: number, db: number])[]
  /** Of an encoder or wheel. */
  readonly encoding?: RelativeEncoding
  readonly ticksATurn?: number
  /** Of a button; `on` is the least value that counts as pressed. */
  readonly behaviour?: 'momentary' | 'toggle' | 'trigger'
  readonly on?: number
  /** A button in it. */
  readonly push?: WireData | (Pick<ControlData, 'wire' | 'behaviour' | 'on' | 'light'> & { readonly kind?: 'button' })
  /** What it can show: a light (`true`: 127 and 0 on its own wire), its value sent back, a ring, stages of light. */
  readonly light?: true | LightData
  readonly value?: true | WireData
  readonly ring?: true | RingData
  readonly levels?: LevelsData
}

export interface DeviceData {
  readonly id: string
  readonly name: string
  /** Names of its ports; one that begins so is taken, whatever the case. */
  readonly ports: readonly string[]
  /** Names that begin alike and belong to other devices. */
  readonly notPorts?: readonly string[]
  readonly columns?: number
  /** 1…16, for wires that name none. */
  readonly channel?: number
  readonly echo?: Driver['echo']
  readonly bytesASecond?: number
  /** Its ports are another device's too: it is taken only when it is asked for by id. */
  readonly isByName?: boolean
  /** Messages in hexadecimal that it hears when it is opened. */
  readonly hello?: readonly string[]
  readonly column?: Readonly<Record<string, ControlData>>
  readonly controls?: Readonly<Record<string, ControlData>>
}

/** Every mistake of a description, with its path; none when `deviceDriver` takes it. */
export const deviceProblems = (data: unknown): DeviceProblem[] => {
  const problems = formProblems(data)
  if (problems.length > 0) return problems
  const { columns = 0 } = data as DeviceData
  return sharedWires(placeControls(columns, controlsOf(data as DeviceData))).map(({ first, second, wire }) => ({
    path: second,
    expected: 'a wire of its own',
    found: `${wire}, which ${first} has`,
  }))
}

const controlsOf = ({ column = {}, controls = {}, channel }: DeviceData): Controls => ({
  ...mapControls(column, (control) => perColumn((index) => specOf(control, index, channel))),
  ...mapControls(controls, (control) => specOf(control, 0, channel)),
})

const mapControls = (
  entries: Readonly<Record<string, ControlData>>,
  build: (control: ControlData) => Controls[string],
): Controls => Object.fromEntries(Object.entries(entries).map(([name, control]) => [name, build(control)]))

/** The driver of a device. Throws with all problems of the description. */
export const deviceDriver = (data: DeviceData): TableDriver => {
  const problems = deviceProblems(data)
  if (problems.length > 0)
    throw new Error(problems.map((p) => `device ${data.id}: ${p.path}: expected ${p.expected}, found ${p.found}`).join('\n'))
  const hello = (data.hello ?? []).map((hex, at) => {
    const bytes = hex.trim().split(/\s+/)
    return message(`hello ${at}`, 'light', ...bytes.map((byte) => Number.parseInt(byte, 16)))
  })
  return defineDriver({
    id: data.id,
    name: data.name,
    isTestedOnHardware: false,
    echo: data.echo ?? 'never',
    ...(data.isByName && { isByName: true }),
    units: {
      main: {
        ports: data.ports.map((name) => portPattern(name, data.notPorts)),
        columns: data.columns ?? 0,
        controls: controlsOf(data),
        ...(data.bytesASecond !== undefined && { bytesASecond: data.bytesASecond }),
        talk: () => ({ hello: () => hello }),
      },
    },
  })
}

/** A port whose client's or own name begins with `name` as a word, and with none of `not`. */
export const portPattern = (name: string, not: readonly string[] = []): RegExp => {
  const plain = (text: string): string => text.replace(/[^\w\s-]/g, '\\$&')
  const others = not.map((other) => `(?!${plain(other)})`).join('')
  return new RegExp(`(^|:)${others}${plain(name)}(?![\\w-])`, 'i')
}

const wireAt = (data: WireData, index: number, channel?: number): Wire => {
  const wires = (typeof data === 'string' ? [data] : data).flatMap((words) => wiresOfWords(words, channel)!)
  return wires[index] ?? wires[0]!
}

const specOf = (data: ControlData, index: number, channel?: number): ControlSpec => {
  const wire = wireAt(data.wire, index, channel)
  const show = showOf(data, wire, index, channel)
  const common = { wire, ...(show && { show }), ...(data.reversed && { isReversed: true }) }
  const touch = data.touch !== undefined && { touch: wireAt(data.touch, index, channel) }
  const push = data.push !== undefined && { push: pushOf(data.push, index, channel) }
  switch (data.kind) {
    case 'light':
      return { kind: 'light', show: show! }
    case 'button':
      return {
        kind: 'button',
        ...common,
        ...(data.behaviour && { behaviour: data.behaviour }),
        ...(data.on !== undefined && { threshold: data.on }),
      }
    case 'encoder':
    case 'wheel':
      return {
        kind: data.kind,
        ...common,
        ...touch,
        ...push,
        encoding: data.encoding ?? 'twosComplement',
        ...(data.ticksATurn !== undefined && { ticksATurn: data.ticksATurn }),
      }
    default:
      return {
        kind: data.kind,
        ...common,
        ...travelOfData(data),
        ...touch,
        ...push,
        ...(data.motor && { hasMotor: true }),
        ...(data.law && { law: typeof data.law === 'string' ? faderLaws[data.law] : lawOfPoints(data.law) }),
      }
  }
}

const pushOf = (data: NonNullable<ControlData['push']>, index: number, channel?: number) => {
  const isWords = typeof data === 'string' || Array.isArray(data)
  const control = isWords ? { wire: data as WireData } : (data as Exclude<typeof data, WireData>)
  return specOf({ ...control, kind: 'button' }, index, channel) as ControlSpec & { kind: 'button' }
}

const travelOfData = ({
  low,
  high,
  steps,
  reversed,
}: ControlData): Pick<PositionSpec, 'bottom' | 'top' | 'steps' | 'isReversed'> => ({
  ...(low !== undefined && { bottom: low }),
  ...(high !== undefined && { top: high }),
  ...(steps !== undefined && { steps }),
  ...(reversed && { isReversed: true }),
})

const showOf = (data: ControlData, own: Wire, index: number, channel?: number): Show | undefined => {
  const at = (wire: WireData | true | undefined): Wire =>
    wire === undefined || wire === true ? own : wireAt(wire, index, channel)
  if (data.light || data.kind === 'light')
    return lightOn(lightValues(data.light))(at(data.light === true ? undefined : data.light?.wire))
  if (data.ring) return ringShow(data.ring === true ? {} : data.ring, data.motor ?? false, at)
  if (data.levels) return levelsShow(at(data.levels.wire), data.levels.values)
  return data.value ? positionOn(at(data.value), data.motor ? 'motor' : 'light', travelOfData(data)) : undefined
}

const lightValues = (data: true | LightData | undefined): LightValues => {
  if (data === undefined || data === true) return onOff
  const on = data.on ?? 127
  const colors = Object.entries(data.colors ?? {}).map(([name, value]) => [
    name,
    typeof value === 'number' ? { on: value, blink: value } : value,
  ])
  return {
    off: data.off ?? 0,
    on,
    blink: data.blink ?? on,
    ...(colors.length > 0 && { colors: Object.fromEntries(colors) as NonNullable<LightValues['colors']> }),
  }
}

const ringShow = (data: RingData, isMotor: boolean, at: (wire: WireData | undefined) => Wire): Show => {
  const wire = at(data.wire)
  const value = positionOn(wire, isMotor ? 'motor' : 'light', { top: data.top ?? topOf(wire) })
  if (data.mode === undefined) return value
  const mode = at(data.mode)
  return (look, control, shared) => {
    const style = look?.kind === 'ring' ? data.modes?.[look.style] : undefined
    const modes = style === undefined ? [] : [valueMessage(mode, style, `${control}.mode`, 'light')]
    return [...modes, ...value(look, control, shared)]
  }
}

/** Dark without a look, else the stage that the position lies in. */
const levelsShow =
  (wire: Wire, values: readonly number[]): Show =>
  (look, control) => {
    const stage = look ? 1 + Math.min(values.length - 2, Math.floor(positionOf(look) * (values.length - 1))) : 0
    return [valueMessage(wire, values[stage]!, control, 'light')]
  }
