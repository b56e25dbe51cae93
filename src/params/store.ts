// What every parameter is wanted to be, as the control side knows it; every change goes through here and out as one stream.
import { Subject } from 'rxjs'
import { type Param, type Registry, type TextParam, textBytes } from './registry.js'
import { settle } from './value.js'

/** Who made a change: `osc:127.0.0.1:50123`, `cli`, `state` … An echo is kept from its initiator. */
export type Initiator = string

/** What a parameter became, and what it was. */
export interface ParamChange {
  readonly param: Param
  readonly value: number
  readonly before: number
  readonly initiator: Initiator
}

export interface TextChange {
  readonly text: TextParam
  readonly value: string
  readonly before: string
  readonly initiator: Initiator
}

export type Change = ParamChange | TextChange

/** Where the numbers go: the engine's event ring, which may never block. */
export interface ValueSink {
  /** A settled value for a parameter's index. */
  set(index: number, value: number): void
  /** A text for a text's index, at most 63 bytes of UTF-8. */
  setText(index: number, value: string): void
}

/** A reason to refuse a change, in words; undefined to accept it. */
export type Veto = (param: Param, value: number, store: ParameterStore) => string | undefined

/** The first reason that any gives. */
export const firstVeto =
  (...vetoes: readonly Veto[]): Veto =>
  (param, value, store) => {
    for (const veto of vetoes) {
      const why = veto(param, value, store)
      if (why) return why
    }
    return undefined
  }

/** What else changes with a change, after it. */
export type Follow = (param: Param, value: number, store: ParameterStore) => readonly (readonly [Param, number])[]

export class ParameterStore {
  private readonly values: Float32Array
  private readonly texts: string[]
  private readonly subject = new Subject<Change>()
  readonly changes$ = this.subject.asObservable()

  constructor(
    readonly registry: Registry,
    values: Float32Array,
    texts: readonly string[],
    private readonly sink: ValueSink,
    private readonly veto: Veto = () => undefined,
    private readonly follow: Follow = () => [],
  ) {
    this.values = values.slice()
    this.texts = [...texts]
  }

  value(param: Param): number {
    return this.values[param.index] ?? param.default
  }

  text(text: TextParam): string {
    return this.texts[text.index] ?? text.default
  }

  /** Sets a parameter, clamped to its range. Gives a reason in words when the value is refused, else undefined. */
  set(param: Param, wanted: number, initiator: Initiator): string | undefined {
    const value = settle(param, wanted)
    if (value === undefined) return `${param.id}: not a number`
    const refused = this.veto(param, value, this)
    if (refused) return refused
    const before = this.value(param)
    if (Object.is(before, value)) return undefined
    this.values[param.index] = value
    this.sink.set(param.index, value)
    this.subject.next({ param, value, before, initiator })
    for (const [other, its] of this.follow(param, value, this)) this.set(other, its, initiator)
    return undefined
  }

  /** Sets a text, cut to 63 bytes of UTF-8; control characters become spaces. */
  setText(text: TextParam, wanted: string, initiator: Initiator): void {
    const value = cutUtf8(wanted.replace(/\p{Cc}/gu, ' '), textBytes - 1)
    const before = this.text(text)
    if (before === value) return
    this.texts[text.index] = value
    this.sink.setText(text.index, value)
    this.subject.next({ text, value, before, initiator })
  }
}

export function cutUtf8(value: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes)
  const { read } = new TextEncoder().encodeInto(value, bytes)
  return value.slice(0, read)
}

/** The values and texts of a desk nobody has touched. */
export const defaultValues = (registry: Registry): Float32Array => Float32Array.from(registry.params, (p) => p.default)
export const defaultTexts = (registry: Registry): string[] => registry.texts.map((t) => t.default)
