// A mapping file as plain data; what was wrong in it is undefined.

import type { RingStyle } from '../surface/look.js'
import type { TextFormat } from './mapping.js'
import type { TakeoverMode } from './takeover.js'
import type { Curve } from './travel.js'

export type Scalar = string | number | boolean

export interface RawTextSource {
  readonly param?: string
  readonly of?: string
  readonly touched?: string
  readonly holdMs?: number
  readonly rest?: 'name' | 'value'
  readonly text?: string
  readonly state?: string
  readonly names?: Readonly<Record<string, string>>
  readonly as?: TextFormat
}

type Inner = string | RawBinding | null

export interface RawBinding extends RawTextSource {
  readonly ring?: RingStyle
  readonly curve?: Curve
  readonly range?: readonly (number | string)[]
  readonly invert?: boolean
  readonly step?: number
  readonly acceleration?: boolean | { readonly from?: number; readonly to?: number; readonly times?: number }
  readonly toggle?: boolean
  readonly momentary?: boolean
  readonly value?: Scalar
  readonly name?: string
  readonly push?: Inner
  readonly long?: Inner
  readonly double?: Inner
  readonly left?: Inner
  readonly right?: Inner
  readonly set?: string
  readonly to?: Scalar | readonly Inner[]
  readonly again?: Inner
  readonly cycle?: string
  readonly do?: string
  readonly with?: Scalar | readonly Scalar[]
  readonly by?: number
  readonly pages?: number
  readonly light?: string
  readonly color?: string
  readonly blink?: boolean
  readonly top?: string | RawTextSource
  readonly bottom?: string | RawTextSource
  readonly rows?: readonly (string | RawTextSource)[]
}

export type RawBindings = Readonly<Record<string, Inner>>

export interface RawLayer {
  readonly when?: Readonly<Record<string, Scalar | readonly Scalar[]>>
  readonly column?: RawBindings
  readonly controls?: RawBindings
  readonly spread?: Readonly<Record<string, readonly Inner[]>>
  readonly swap?: readonly [string, string]
}

export interface RawState {
  readonly oneOf?: readonly string[]
  readonly index?: number | string
  readonly toggle?: boolean
  readonly start?: Scalar
  readonly follow?: string
}

export interface RawMapping {
  readonly extends?: string
  readonly surface?: string
  readonly device?: unknown
  readonly bank?: {
    readonly over?: readonly string[] | Readonly<Record<string, readonly string[]>>
    readonly by?: number
    readonly group?: string
    readonly offset?: number
  }
  readonly takeover?: {
    readonly motor?: 'follow'
    readonly other?: TakeoverMode
    readonly hint?: 'display' | 'none' | { readonly up: string; readonly down: string }
  }
  readonly fine?: { readonly held?: string; readonly by?: number }
  readonly state?: Readonly<Record<string, RawState>>
  readonly layers?: readonly RawLayer[]
}
