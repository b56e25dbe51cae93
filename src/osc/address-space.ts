// Every parameter and meter under its OSC address, as asked, matched and answered.
import { valueText } from '../params/display-text.js'
import { type Entry, isMeter, isParam, isText, type Registry } from '../params/registry.js'
import { meterValue, normOfMeter, normOfValue } from '../params/value.js'
import type { DeskPort } from './desk-port.js'
import { encodeMessage, encodeNumber } from './encode.js'
import { addressTree, compilePattern, isPattern, matches, nearestAddresses } from './match.js'

/** As it is: in its unit, an index, a name. As 0…1 through the taper. Or as words, for displays. */
export type View = 'plain' | 'norm' | 'text'

const prefixes: Record<View, string> = { plain: '', norm: '/norm', text: '/text' }

/** An address or pattern without what says how to view it. */
export interface Scope {
  readonly path: string
  readonly view: View
}

export function scopeOf(address: string): Scope {
  for (const view of ['norm', 'text'] as const)
    if (address.startsWith(prefixes[view]) && address[prefixes[view].length] === '/')
      return { path: address.slice(prefixes[view].length), view }
  return { path: address, view: 'plain' }
}

export const viewedAddress = (entry: Entry, view: View): string => `${prefixes[view]}${entry.address}`

/** Only parameters with a number behind them, and most meters, have a place in 0…1; what is words has no other. */
function inScope(entry: Entry, { view }: Scope): boolean {
  if (view === 'plain') return true
  if (isText(entry)) return false
  return view === 'text' || isParam(entry) || normOfMeter(entry, 0) !== undefined
}

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
    const prefix = prefixes[scope.view]
    const address = `${prefix}${scope.path}`
    if (prefix && this.byAddress.has(scope.path))
      return `${address}: has no ${scope.view === 'norm' ? 'place in 0…1' : 'other words'}, ask ${scope.path}`
    if (isPattern(scope.path)) return `${address}: matches nothing; a * stays within its /`
    const near = nearestAddresses(this.tree, scope.path).map((found) => {
      const group = this.byAddress.has(found) ? '' : '/*'
      return `${prefix}${found}${group}`
    })
    return `${address}: no such address; nearest: ${near.join(', ')}`
  }
}

/** What an entry is now, as a message under its address: f, i (booleans, enums) or s. */
export function encodeCurrent(desk: DeskPort, entry: Entry, view: View): Uint8Array {
  if (isText(entry)) return encodeMessage(entry.address, [{ type: 's', value: desk.store.text(entry) }])
  const value = isMeter(entry) ? meterValue(entry, desk.meter(entry.index)) : desk.store.value(entry)
  if (view === 'text') return encodeMessage(viewedAddress(entry, view), [{ type: 's', value: valueText(entry, value) }])
  if (isMeter(entry))
    return encodeNumber(viewedAddress(entry, view), 'f', view === 'norm' ? (normOfMeter(entry, value) ?? 0) : value)
  if (view === 'norm') return encodeNumber(viewedAddress(entry, view), 'f', normOfValue(entry, value))
  return encodeNumber(entry.address, entry.spec.kind === 'number' ? 'f' : 'i', value)
}
