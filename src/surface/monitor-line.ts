// What a monitor is told of a surface, as plain data that JSON carries.
import type { ControlEvent } from './control-event.js'

export const monitorKinds = ['in', 'out', 'change'] as const
/** Bytes of a surface, bytes to one, changes of parameters whoever made them. */
export type MonitorKind = (typeof monitorKinds)[number]

/** What the mapping made of an event: a parameter with its value as files write it, or an action. */
export type Made =
  | { readonly id: string; readonly value: number | boolean | string }
  | { readonly action: string; readonly args: readonly (number | string)[] }

export interface HeardLine {
  readonly kind: 'in'
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly surface: string
  /** Which of its units, from 1. */
  readonly unit: number
  /** Two digits a byte: `B0 10 41`. */
  readonly bytes: string
  readonly events: readonly ControlEvent[]
  readonly made: readonly Made[]
}

export interface SentLine {
  readonly kind: 'out'
  readonly atMs: number
  readonly surface: string
  readonly unit: number
  readonly bytes: string
}

export interface ChangeLine {
  readonly kind: 'change'
  readonly atMs: number
  readonly id: string
  readonly value: number | boolean | string
  /** Who made it: `osc:127.0.0.1:50123`, `surface:x-touch`. */
  readonly by: string
}

export type MonitorLine = HeardLine | SentLine | ChangeLine

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')

export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex === '' ? [] : hex.split(' '), (byte) => Number.parseInt(byte, 16))
