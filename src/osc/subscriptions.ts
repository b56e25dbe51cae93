// Leases of clients that want changes and meters: a first full state, then what changed and all meters, some times a second.
import { type Entry, isMeter, isText, type Meter } from '../params/registry.js'
import type { Change } from '../params/store.js'
import { type AddressSpace, encodeCurrent, type Scope, scopeOf } from './address-space.js'
import type { DeskPort } from './desk-port.js'
import type { Caller, Outgoing } from './peer.js'
import type { WorkQueue } from './work-queue.js'

export const subscriptionLimits = {
  clients: 32,
  patternsAClient: 16,
  leaseMs: 10_000,
  hz: { min: 1, max: 100, default: 10 },
} as const

/** Entries of a subscription, by ordinal: not in it, in it and told, in it and changed since. */
const outside = 0
const told = 1
const changed = 2

interface Subscription {
  readonly caller: Caller
  readonly scope: Scope
  readonly states: Uint8Array
  readonly dirty: Entry[]
  readonly meters: Meter[]
  periodMs: number
  lastSentMs: number
  lease: NodeJS.Timeout
  next: NodeJS.Timeout | undefined
  ended: boolean
}

interface Parts {
  readonly desk: DeskPort
  readonly space: AddressSpace
  readonly queue: WorkQueue
  readonly send: (outgoing: Outgoing) => void
  readonly fail: (caller: Caller, reason: () => string) => void
}

const sendsAPause = 16

export class Subscriptions {
  /** By client, then by pattern. */
  private readonly clients = new Map<string, Map<string, Subscription>>()

  constructor(private readonly parts: Parts) {}

  get count(): number {
    return [...this.clients.values()].reduce((sum, client) => sum + client.size, 0)
  }

  /** Begins a lease, or renews it. `hz` outside 1…100 goes to the nearer end. The iterator sends the first full state. */
  open(caller: Caller, pattern: string, hz: number): Iterator<unknown> | undefined {
    const { min, max } = subscriptionLimits.hz
    const periodMs = 1000 / Math.min(max, Math.max(min, hz))
    const known = this.clients.get(caller.id)?.get(pattern)
    if (known) {
      known.periodMs = periodMs
      known.lease.refresh()
      return undefined
    }
    const full = this.whyFull(caller)
    if (full) return this.refuse(caller, pattern, full)
    const scope = scopeOf(pattern)
    const entries = this.parts.space.select(scope)
    if (typeof entries === 'string') return this.refuse(caller, pattern, entries)
    return this.begin(caller, pattern, scope, entries, periodMs)
  }

  /** Ends one lease of a client, or all of them. */
  end(caller: Caller, pattern?: string): void {
    const client = this.clients.get(caller.id)
    for (const [key, subscription] of client ?? []) {
      if (pattern !== undefined && key !== pattern) continue
      subscription.ended = true
      clearTimeout(subscription.lease)
      clearTimeout(subscription.next)
      client?.delete(key)
    }
    if (client?.size === 0) this.clients.delete(caller.id)
  }

  close(): void {
    for (const client of [...this.clients.values()]) for (const { caller } of client.values()) this.end(caller)
  }

  /** Notes a change for everybody who asked for it, except its own initiator. */
  changed(change: Change): void {
    if (this.clients.size === 0) return
    const entry = 'param' in change ? change.param : change.text
    const ordinal = this.ordinalOf(entry)
    for (const client of this.clients.values())
      for (const subscription of client.values()) {
        if (subscription.states[ordinal] === outside) continue
        if (subscription.caller.id === change.initiator) subscription.states[ordinal] = told
        else this.mark(subscription, entry, ordinal)
      }
  }

  private whyFull(caller: Caller): string | undefined {
    const client = this.clients.get(caller.id)
    if (!client && this.clients.size >= subscriptionLimits.clients)
      return `${subscriptionLimits.clients} clients are subscribed, the most there may be`
    if ((client?.size ?? 0) >= subscriptionLimits.patternsAClient)
      return `a client may hold ${subscriptionLimits.patternsAClient} subscriptions; /unsubscribe one`
    return undefined
  }

  private refuse(caller: Caller, pattern: string, reason: string): undefined {
    this.parts.fail(caller, () => `${pattern}: ${reason}`)
  }

  private *begin(
    caller: Caller,
    pattern: string,
    scope: Scope,
    entries: Iterable<Entry | undefined>,
    periodMs: number,
  ): Generator<void> {
    const { registry } = this.parts.desk.store
    const subscription: Subscription = {
      caller,
      scope,
      states: new Uint8Array(registry.params.length + registry.texts.length),
      dirty: [],
      meters: [],
      periodMs,
      lastSentMs: performance.now(),
      lease: setTimeout(() => this.end(caller, pattern), subscriptionLimits.leaseMs).unref(),
      next: undefined,
      ended: false,
    }
    const client = this.clients.get(caller.id) ?? new Map<string, Subscription>()
    this.clients.set(caller.id, client.set(pattern, subscription))
    let found = 0
    for (const entry of entries) {
      if (subscription.ended) return
      if (entry) {
        if (isMeter(entry)) subscription.meters.push(entry)
        else subscription.states[this.ordinalOf(entry)] = told
        this.send(subscription, entry)
        found++
      }
      if (!entry || found % sendsAPause === 0) yield
    }
    subscription.lastSentMs = performance.now()
    if (found > 0) return this.plan(subscription)
    this.end(caller, pattern)
    this.parts.fail(caller, () => this.parts.space.unknown(scope))
  }

  private mark(subscription: Subscription, entry: Entry, ordinal: number): void {
    if (subscription.states[ordinal] === changed) return
    subscription.states[ordinal] = changed
    subscription.dirty.push(entry)
    this.plan(subscription)
  }

  /** Sets the next sending: at once when the last is a period ago, and only when there is something to send. */
  private plan(subscription: Subscription): void {
    const { next, dirty, meters, ended, lastSentMs, periodMs, caller } = subscription
    if (next || ended || dirty.length + meters.length === 0) return
    const waitMs = Math.max(0, lastSentMs + periodMs - performance.now())
    subscription.next = setTimeout(() => this.parts.queue.pushFeedback(caller.id, () => this.tell(subscription)), waitMs).unref()
  }

  private *tell(subscription: Subscription): Generator<void> {
    // Keeps to the beat where there is one, so that timers a little late do not add up.
    const now = performance.now()
    const beat = subscription.lastSentMs + subscription.periodMs
    subscription.lastSentMs = now - beat < subscription.periodMs ? beat : now
    let sent = 0
    for (const entry of [...subscription.dirty.splice(0), ...subscription.meters]) {
      if (subscription.ended) return
      if (!isMeter(entry)) {
        const ordinal = this.ordinalOf(entry)
        if (subscription.states[ordinal] !== changed) continue
        subscription.states[ordinal] = told
      }
      this.send(subscription, entry)
      if (++sent % sendsAPause === 0) yield
    }
    subscription.next = undefined
    this.plan(subscription)
  }

  private send({ caller, scope }: Subscription, entry: Entry): void {
    this.parts.send({ bytes: encodeCurrent(this.parts.desk, entry, scope.view), to: caller.peer })
  }

  private ordinalOf(entry: Exclude<Entry, Meter>): number {
    return isText(entry) ? this.parts.desk.store.registry.params.length + entry.index : entry.index
  }
}
