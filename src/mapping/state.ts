// What a surface remembers: pages, flips, selections. States may be shared between surfaces.
import type { Registry } from '../params/registry.js'
import { type ChannelKind, channelKinds, kindOf, selectableChannels } from './channels.js'

/** A name, off or on, a number from 1, or the id of a channel. */
export type StateValue = string | number | boolean

export type StateSpec = { readonly start?: StateValue; readonly follow?: string } & (
  | { readonly kind: 'oneOf'; readonly names: readonly string[] }
  | { readonly kind: 'toggle' }
  /** Of a kind of channel of this desk, or up to a number. */
  | { readonly kind: 'index'; readonly of: ChannelKind | number }
  | { readonly kind: 'channel' }
  /** Where the bank begins, from 0. */
  | { readonly kind: 'bank' }
  /** The DCA whose members are on the columns; 0 for none. */
  | { readonly kind: 'spill' }
)

export function startOf(spec: StateSpec): StateValue {
  if (spec.start !== undefined) return spec.start
  if (spec.kind === 'oneOf') return spec.names[0]!
  if (spec.kind === 'toggle') return false
  if (spec.kind === 'index') return 1
  return spec.kind === 'channel' ? 'strip.1' : 0
}

export const mostOf = (of: ChannelKind | number, registry: Registry): number =>
  typeof of === 'number' ? of : channelKinds[of].count(registry.topology)

/** What a state can be on this desk, in order; undefined for the place of a bank. */
export function choicesOf(spec: StateSpec, registry: Registry): readonly StateValue[] | undefined {
  if (spec.kind === 'oneOf') return spec.names
  if (spec.kind === 'toggle') return [false, true]
  if (spec.kind === 'index') return Array.from({ length: mostOf(spec.of, registry) }, (_, i) => i + 1)
  if (spec.kind === 'channel') return selectableChannels(registry)
  if (spec.kind === 'spill') return Array.from({ length: registry.topology.dcaCount + 1 }, (_, i) => i)
  return undefined
}

/** The value that a state takes when told `value`; undefined where it can have none such. */
export function readState(spec: StateSpec, value: unknown, registry: Registry): StateValue | undefined {
  if (spec.kind === 'oneOf') return spec.names.find((name) => name === String(value))
  if (spec.kind === 'toggle')
    return value === true || value === 1 || value === 'true'
      ? true
      : value === false || value === 0 || value === 'false'
        ? false
        : undefined
  if (spec.kind === 'channel') {
    const kind = kindOf(String(value))
    if (kind === undefined) return undefined
    if (kind === 'master') return 'master'
    return Number(String(value).split('.')[1]) <= channelKinds[kind].count(registry.topology) ? String(value) : undefined
  }
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined
  if (spec.kind === 'index') return number >= 1 && number <= mostOf(spec.of, registry) ? number : undefined
  if (spec.kind === 'spill') return number >= 0 && number <= registry.topology.dcaCount ? number : undefined
  return number >= 0 ? number : undefined
}

/** Values by key, with a count of changes: what follows knows by it that something moved. */
export class SharedStates {
  private readonly values = new Map<string, StateValue>()
  private changeCount = 0

  get changes(): number {
    return this.changeCount
  }

  get(key: string): StateValue | undefined {
    return this.values.get(key)
  }

  set(key: string, value: StateValue): void {
    if (this.values.get(key) === value) return
    this.values.set(key, value)
    this.changeCount++
  }
}
