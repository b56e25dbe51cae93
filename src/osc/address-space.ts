// Every parameter and meter under its OSC address, as asked, matched and answered.
import { type Entry, isMeter, isParam, isText, type Registry } from '../params/registry.js'
import { meterValue, normOfValue } from '../params/value.js'
import type { DeskPort } from './desk-port.js'
import { encodeMessage, encodeNumber } from './encode.js'
import { addressTree, compilePattern, isPattern, matches, nearestAddresses } from './match.js'

const normPrefix = '/norm'

/** An address or pattern without its `/norm`, and whether it had one. */
export interface Scope {
  readonly path: string
  readonly norm: boolean
}

export const scopeOf = (address: string): Scope =>
  address.startsWith(`${normPrefix}/`) ? { path: address.slice(normPrefix.length), norm: true } : { path: address, norm: false }

/** Only parameters with a number behind them have a place in 0…1. */
const inScope = (entry: Entry, scope: Scope): boolean => !scope.norm || isParam(entry)

export class AddressSpace {
  private readonly byAddress = new Map<string, Entry>()
  private readonly tree

  constructor(registry: Registry) {
    for (const entry of registry.byId.values()) this.byAddress.set(entry.address, entry)
    this.tree = addressTree(registry.byId.values())
  }

  /** The entry of an address without wildcards. */
  find(scope: Scope): Entry | undefined {
    const entry = this.byAddress.get(scope.path)
    return entry && inScope(entry, scope) ? entry : undefined
  }

  /** What an address or pattern stands for, lazily, with undefined where one may pause; in words why a pattern is none. */
  select(scope: Scope): Iterable<Entry | undefined> | string {
    if (!isPattern(scope.path)) {
      const entry = this.find(scope)
      return entry ? [entry] : []
    }
    const pattern = compilePattern(scope.path)
    return typeof pattern === 'string' ? pattern : this.matching(pattern, scope)
  }

  private *matching(pattern: Exclude<ReturnType<typeof compilePattern>, string>, scope: Scope): Generator<Entry | undefined> {
    for (const entry of matches(this.tree, pattern)) yield entry && inScope(entry, scope) ? entry : undefined
  }

  /** Why nothing was found, for people. */
  unknown(scope: Scope): string {
    const prefix = scope.norm ? normPrefix : ''
    const address = `${prefix}${scope.path}`
    if (scope.norm && this.byAddress.has(scope.path)) return `${address}: has no place in 0…1, ask ${scope.path}`
    if (isPattern(scope.path)) return `${address}: matches nothing; a * stays within its /`
    const near = nearestAddresses(this.tree, scope.path).map((found) => {
      const group = this.byAddress.has(found) ? '' : '/*'
      return `${prefix}${found}${group}`
    })
    return `${address}: no such address; nearest: ${near.join(', ')}`
  }
}

/** What an entry is now, as a message under its address: f, i (booleans, enums) or s. */
export function encodeCurrent(desk: DeskPort, entry: Entry, norm: boolean): Uint8Array {
  if (isText(entry)) return encodeMessage(entry.address, [{ type: 's', value: desk.store.text(entry) }])
  if (isMeter(entry)) return encodeNumber(entry.address, 'f', meterValue(entry, desk.meter(entry.index)))
  const value = desk.store.value(entry)
  if (norm) return encodeNumber(`${normPrefix}${entry.address}`, 'f', normOfValue(entry, value))
  return encodeNumber(entry.address, entry.spec.kind === 'number' ? 'f' : 'i', value)
}
