// A unit's controls as data, and the builders that drivers write them with: what each control speaks, can do and shows.
import type { ControlId } from './control-event.js'
import type { FaderLaw, Message } from './driver.js'
import type { Look } from './look.js'
import type { RelativeEncoding } from './relative.js'
import { note, type Wire } from './wire.js'

/**
 * Bytes that show a look on one control, dark where it is undefined or of another kind: all of it, each part under a key of its own,
 * as what was sent before is not sent again. `shared` is for messages that hold several controls: what the others show.
 */
export type Show = (look: Look | undefined, control: ControlId, shared: Shared) => Message[]
export type Shared = Map<string, number | string>

/** A fader or a pot with a position. */
export interface PositionSpec {
  readonly kind: 'fader' | 'pot'
  readonly wire: Wire
  readonly touch?: Wire
  /** It follows what it is sent: a motor, or an endless encoder that keeps its position inside. */
  readonly hasMotor?: boolean
  /** Values on the wire at the ends of its travel: devices end early. */
  readonly bottom?: number
  readonly top?: number
  /** Distinct positions, where they are fewer than the wire's values. */
  readonly steps?: number
  /** Its values fall as it goes up. */
  readonly isReversed?: boolean
  readonly law?: FaderLaw
  /** In place of the position on its own wire. */
  readonly show?: Show
  readonly push?: ButtonSpec
}

/** Turns without end. */
export interface TurnSpec {
  readonly kind: 'encoder' | 'wheel'
  /** An NRPN or RPN says its ticks by data increment and decrement. */
  readonly wire: Wire
  readonly encoding: RelativeEncoding
  /** Its ticks are negative clockwise. */
  readonly isReversed?: boolean
  readonly ticksATurn?: number
  readonly touch?: Wire
  readonly push?: ButtonSpec
  readonly show?: Show
}

/**
 * `momentary` (where absent) tells of press and release. `toggle` keeps its state inside, on at one press and off at the next: each
 * counts as a whole press, as does each message of a `trigger`, which knows no release.
 */
export type ButtonBehaviour = 'momentary' | 'toggle' | 'trigger'

export interface ButtonSpec {
  readonly kind: 'button'
  readonly wire: Wire
  readonly behaviour?: ButtonBehaviour
  /** Pressed at this value and above; 1 where absent. */
  readonly threshold?: number
  readonly show?: Show
}

export interface DisplaySpec {
  readonly kind: 'text' | 'meter' | 'color' | 'light'
  readonly show: Show
  readonly rows?: number
  readonly chars?: number
  /** What falls by itself is shown again this often while it is above nothing. */
  readonly refreshMs?: number
}

export type ControlSpec = PositionSpec | TurnSpec | ButtonSpec | DisplaySpec

/** One control a column; `index` counts from 0, as wires do. */
export interface PerColumn {
  readonly perColumn: (index: number) => ControlSpec
}

/** Names to controls: `fader` in columns becomes `fader.1` …, `play` stays. */
export type Controls = Readonly<Record<string, ControlSpec | PerColumn>>

export const perColumn = (build: (index: number) => ControlSpec): PerColumn => ({ perColumn: build })

export const fader = (spec: Omit<PositionSpec, 'kind'>): PositionSpec => ({ kind: 'fader', ...spec })
export const pot = (spec: Omit<PositionSpec, 'kind'>): PositionSpec => ({ kind: 'pot', ...spec })
export const encoder = (spec: Omit<TurnSpec, 'kind'>): TurnSpec => ({ kind: 'encoder', ...spec })
export const wheel = (spec: Omit<TurnSpec, 'kind'>): TurnSpec => ({ kind: 'wheel', ...spec })
export const button = (spec: Omit<ButtonSpec, 'kind'>): ButtonSpec => ({ kind: 'button', ...spec })
export const text = (spec: Omit<DisplaySpec, 'kind'>): DisplaySpec => ({ kind: 'text', ...spec })
export const meter = (spec: Omit<DisplaySpec, 'kind'>): DisplaySpec => ({ kind: 'meter', ...spec })
export const color = (spec: Omit<DisplaySpec, 'kind'>): DisplaySpec => ({ kind: 'color', ...spec })
export const light = (spec: Omit<DisplaySpec, 'kind'>): DisplaySpec => ({ kind: 'light', ...spec })

/** Buttons by name on notes of the first channel, with what lights them. */
export const buttons = (notes: Readonly<Record<string, number>>, lit?: (wire: Wire) => Show): Controls =>
  Object.fromEntries(
    Object.entries(notes).map(([name, number]) => {
      const wire = note(number)
      return [name, button(lit ? { wire, show: lit(wire) } : { wire })]
    }),
  )

/** A control of a unit with its name told out, and what hangs behind it. */
export interface PlacedControl {
  readonly id: ControlId
  readonly spec: ControlSpec
  readonly column?: number
}

/** All controls of a table, columns and pushes told out. */
export const placeControls = (columns: number, controls: Controls): PlacedControl[] =>
  Object.entries(controls).flatMap(([name, entry]) => {
    if (!('perColumn' in entry)) return withPush({ id: name, spec: entry })
    return Array.from({ length: columns }, (_, index) =>
      withPush({ id: `${name}.${index + 1}`, spec: entry.perColumn(index), column: index + 1 }),
    ).flat()
  })

const withPush = (placed: PlacedControl): PlacedControl[] => {
  const push = 'push' in placed.spec ? placed.spec.push : undefined
  return push ? [placed, { ...placed, id: `${placed.id}.push`, spec: push }] : [placed]
}
