// The contract of a driver: what the hardware is, and how its bytes are read and written. It knows nothing of mixing.
import type { ControlEvent, ControlId } from './control-event.js'
import type { Look } from './look.js'

/** What a kind of control can do, as a mapping needs to know it. */
export type ControlKind = 'fader' | 'pot' | 'encoder' | 'button' | 'wheel' | 'text' | 'meter' | 'color' | 'light'

export interface ControlShape {
  readonly id: ControlId
  readonly kind: ControlKind
  /** Column it belongs to, from 1; undefined outside the columns. */
  readonly column?: number
  /** Moves by itself to where it should stand. */
  readonly hasMotor?: boolean
  /** Says when a finger is on it. */
  readonly hasTouch?: boolean
  /** Distinct positions of a fader or pot. */
  readonly steps?: number
  /** Ticks of one turn of an encoder or wheel. */
  readonly ticksATurn?: number
  /** Can show something: a light, a ring, value feedback. */
  readonly hasFeedback?: boolean
  /** A display's rows and characters a row. */
  readonly rows?: number
  readonly chars?: number
  /** A meter that falls by itself is shown again this often while it is above nothing. */
  readonly refreshMs?: number
  /** The scale printed beside a fader: where a level stands. Absent: the desk's own law. */
  readonly law?: FaderLaw
}

/** Position 0…1 of a fader's travel against dB; −inf at 0. */
export interface FaderLaw {
  dbOfPosition(position: number): number
  positionOfDb(db: number): number
}

/** A surface as a mapping sees it: all units together. */
export interface SurfaceShape {
  /** Id of the driver: `behringer-x-touch`. */
  readonly driver: string
  readonly columns: number
  readonly controls: ReadonlyMap<ControlId, ControlShape>
}

/** In this order messages go out when a port is busy. */
export type Urgency = 'motor' | 'light' | 'text' | 'meter'

/** Bytes for the hardware. A later message of the same key takes the place of one that has not gone out yet. */
export interface Message {
  /** One whole MIDI message, or several that go out together and in order (a pair of controllers): see `splitMessages` of midi-bytes. */
  readonly bytes: Uint8Array
  readonly urgency: Urgency
  /** Control, or part of one. */
  readonly key: string
}

/**
 * One unit's bytes both ways: whole MIDI messages without running status, or OSC packets. It keeps what the protocol needs (pairs of
 * controllers, what is touched), no clock and no device.
 */
export interface Codec {
  /** Events of one message, none for what is not known. Controls carry the unit's own columns, from 1. */
  decode(bytes: Uint8Array): readonly ControlEvent[]
  /** What shows `look` on a control of the unit, dark where undefined. */
  encode(control: ControlId, look: Look | undefined): Message[]
  /** What a unit needs to hear when it is opened. From here on everything is sent anew. */
  hello(): Message[]
  /** What it needs to hear again and again, and how often; a codec without it needs nothing. */
  readonly keepAlive?: { readonly everyMs: number; readonly messages: readonly Message[] }
  /** Answers to what a unit just said (a handshake), sent at once. */
  answer?(bytes: Uint8Array): Message[]
  /** True for a message by which a unit says that it has started anew and shows nothing: say hello and show everything again. Asked once a message. */
  startsAnew?(bytes: Uint8Array): boolean
}

/** A unit of a surface: the main one or an extender. */
export interface UnitSpec {
  /** `main`, `extender`. */
  readonly role: string
  /** Matched against names of ports without ` client:port`. */
  readonly ports: readonly RegExp[]
  readonly columns: number
  readonly controls: readonly ControlShape[]
  /** Bytes a second the hardware takes: 3125 for a DIN port. */
  readonly bytesASecond: number
  createCodec(): Codec
}

export interface Driver {
  readonly id: string
  /** As on the box. */
  readonly name: string
  readonly protocol: 'midi' | 'osc'
  /** False where nobody here could touch the device: said in its documentation. */
  readonly isTestedOnHardware: boolean
  readonly units: readonly UnitSpec[]
  /** Its ports are another driver's too (a mode of the same device): taken only when it is asked for by its id. */
  readonly isByName?: boolean
  /** When a motor fader is told where it stands: as it moves, or when it is let go. */
  readonly echo: 'always' | 'onRelease' | 'never'
}
