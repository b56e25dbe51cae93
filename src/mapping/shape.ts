// The vocabulary in which the language of mappings is written down: one table for the checker and for editors.

export type Shape =
  | { readonly kind: 'text'; readonly expected: string; readonly pattern?: RegExp }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly whole?: boolean }
  | { readonly kind: 'yesNo' }
  /** YAML's `~` or nothing. */
  | { readonly kind: 'nothing' }
  /** What another part reads. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'list'; readonly of: Shape; readonly min: number; readonly max: number }
  | MapShape
  /** Keys of one's own: names of states, controls. */
  | { readonly kind: 'dict'; readonly of: Shape; readonly max: number; readonly key: RegExp; readonly expected: string }
  /** One of several that differ in what YAML they are: a scalar, a list, a map. */
  | { readonly kind: 'any'; readonly of: readonly Shape[] }
  /** A shape that is part of itself. */
  | { readonly kind: 'named'; readonly name: string; readonly shape: () => Shape }

export interface MapShape {
  readonly kind: 'map'
  readonly keys: Readonly<Record<string, Shape & { readonly doc?: string }>>
  readonly required: readonly string[]
}

type Documented<T extends Shape = Shape> = T & { readonly doc?: string }

export const says = <T extends Shape>(doc: string, shape: T): Documented<T> => ({ ...shape, doc })

export const text = (expected: string, pattern?: RegExp): Shape => ({ kind: 'text', expected, ...(pattern ? { pattern } : {}) })
export const names = (...of: readonly string[]): Shape => ({ kind: 'names', names: of })
export const numberFrom = (min: number, max: number): Shape => ({ kind: 'number', min, max })
export const wholeFrom = (min: number, max: number): Shape => ({ kind: 'number', min, max, whole: true })
export const yesNo: Shape = { kind: 'yesNo' }
export const nothing: Shape = { kind: 'nothing' }
export const list = (of: Shape, max: number, min = 1): Shape => ({ kind: 'list', of, min, max })
export const map = (keys: MapShape['keys'], ...required: readonly string[]): MapShape => ({ kind: 'map', keys, required })
export const dict = (of: Shape, max: number, key: RegExp, expected: string): Shape => ({ kind: 'dict', of, max, key, expected })
export const any = (...of: readonly Shape[]): Shape => ({ kind: 'any', of })
export const named = (name: string, shape: () => Shape): Shape => ({ kind: 'named', name, shape })

/** What a shape accepts, in words. */
export function expectedOf(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return shape.expected
    case 'names':
      return `one of ${shape.names.join(', ')}`
    case 'number':
      return `a ${shape.whole ? 'whole ' : ''}number from ${shape.min} to ${shape.max}`
    case 'yesNo':
      return 'true or false'
    case 'nothing':
      return 'nothing (~)'
    case 'opaque':
      return 'a map'
    case 'list':
      return `a list of ${shape.min} to ${shape.max}`
    case 'map':
    case 'dict':
      return 'a map'
    case 'any':
      return shape.of.map(expectedOf).join(', or ')
    case 'named':
      return expectedOf(shape.shape())
  }
}
