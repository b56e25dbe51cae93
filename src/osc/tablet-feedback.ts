// Feedback for tablets whose controls are the desk's parameters: everything at the start, then what changed and the meters, in
// bundles, never what they said themselves. No clock and no socket in here.
import type { Change } from '../params/store.js'
import { type AddressSpace, scopeOf } from './address-space.js'
import type { OscArg } from './decode.js'
import type { DeskPort } from './desk-port.js'
import { encodeBundle } from './encode.js'
import type { KnownTablets } from './known-tablets.js'
import type { Caller, Outgoing, Peer } from './peer.js'
import { isTabletJob, type TabletJob, tabletJobs } from './tablet-jobs.js'
import { type Shown, TabletView } from './tablet-view.js'

export const tabletLimits = {
  clients: 32,
  /** Jobs and patterns that one may ask for. */
  wants: 16,
  /** Parameters, texts and meters that one may be told of. */
  shown: 16_384,
  /** One without a name is forgotten after this long a silence. */
  silenceMs: 600_000,
  /** How often `take` should be called. */
  tickMs: 50,
  /** A datagram that passes any network in one piece. */
  bundleBytes: 1400,
} as const

interface Tablet {
  /** Its name, or where it is. */
  readonly id: string
  readonly isNamed: boolean
  readonly wants: readonly string[]
  readonly view: TabletView
  replyTo: Peer
  heardMs: number
}

interface Parts {
  readonly desk: DeskPort
  readonly space: AddressSpace
  readonly known: KnownTablets
}

export class TabletFeedback {
  private readonly tablets = new Map<string, Tablet>()
  private readonly jobAddresses = new Map<TabletJob, ReadonlySet<string>>()

  constructor(private readonly parts: Parts) {
    // Those that were there before a restart are told without a word of theirs.
    for (const { name, wants = [] } of parts.known.all()) {
      const replyTo = parts.known.replyTo(name)
      if (replyTo && wants.length > 0) finish(this.begin({ id: name, isNamed: true, wants, replyTo }, 0))
    }
  }

  /** No tablet is told anything, and none has a name. */
  get isIdle(): boolean {
    return this.tablets.size === 0 && this.parts.known.isEmpty
  }

  /**
   * A tablet shows these jobs and patterns from now on, and is told all of them; `port` is where it listens, if not where it sends from.
   * `isNew` is false for one that only says that it is still there. Gives a reason in words when it cannot be.
   */
  *hello(
    caller: Caller,
    wants: readonly string[],
    port: number | undefined,
    isNew: boolean,
    nowMs: number,
  ): Generator<void, string | undefined> {
    const name = this.parts.known.of(caller.peer)
    const id = name ?? caller.id
    if (name !== undefined && port !== undefined) this.parts.known.note(name, { replyPort: port })
    const replyTo = (name !== undefined && this.parts.known.replyTo(name)) || { ...caller.peer, port: port ?? caller.peer.port }
    const before = this.tablets.get(id)
    if (before && sameList(before.wants, wants)) {
      before.heardMs = nowMs
      before.replyTo = replyTo
      if (isNew) before.view.tellAll()
      return undefined
    }
    if (!before && this.tablets.size >= tabletLimits.clients)
      return `${tabletLimits.clients} tablets are told already, the most there may be`
    if (wants.length > tabletLimits.wants)
      return `expected at most ${tabletLimits.wants} jobs and patterns, found ${wants.length}`
    const refused = yield* this.begin({ id, isNamed: name !== undefined, wants, replyTo }, nowMs)
    if (refused === undefined && name !== undefined) this.parts.known.note(name, { wants })
    return refused
  }

  /** Tells a tablet nothing more. */
  bye(caller: Caller): void {
    const name = this.parts.known.of(caller.peer)
    this.forget(name ?? caller.id)
    if (name !== undefined) this.parts.known.note(name, { wants: [] })
  }

  forget(id: string): void {
    this.tablets.delete(id)
  }

  /** Forgets those at an address that came without a name. */
  forgetNameless(address: string): void {
    for (const { id, isNamed, replyTo } of this.tablets.values()) if (!isNamed && replyTo.address === address) this.forget(id)
  }

  has(id: string): boolean {
    return this.tablets.has(id)
  }

  /** Notes that somebody is there. */
  heard(caller: Caller, nowMs: number): void {
    const name = this.parts.known.of(caller.peer)
    const tablet = this.tablets.get(name ?? caller.id)
    if (!tablet) return
    tablet.heardMs = nowMs
    if (name !== undefined) tablet.replyTo = this.parts.known.replyTo(name) ?? tablet.replyTo
  }

  /**
   * Notes that somebody set or asked something under this view. A named tablet that never said what it shows is told of the job that
   * this belongs to.
   */
  touched(caller: Caller, shown: Shown, arg: OscArg | undefined, nowMs: number): void {
    const name = this.parts.known.of(caller.peer)
    const id = name ?? caller.id
    if (name !== undefined && !this.tablets.has(id) && !this.parts.known.get(name)?.wants) {
      const job = this.jobOf(shown)
      if (job !== undefined) finish(this.hello(caller, [job], undefined, true, nowMs))
    }
    if (arg !== undefined) this.tablets.get(id)?.view.wasSaid(shown, arg, nowMs)
  }

  /** Notes a change for everybody who shows it. */
  changed(change: Change): void {
    const entry = 'param' in change ? change.param : change.text
    for (const { view } of this.tablets.values()) view.changed(entry)
  }

  /** What is to be sent now. */
  take(nowMs: number): Outgoing[] {
    const outgoing: Outgoing[] = []
    for (const { id, isNamed, heardMs, view, replyTo } of this.tablets.values())
      if (!isNamed && nowMs - heardMs > tabletLimits.silenceMs) this.forget(id)
      else for (const bytes of bundles(view.take(nowMs))) outgoing.push({ bytes, to: replyTo })
    return outgoing
  }

  private *begin(tablet: Omit<Tablet, 'view' | 'heardMs'>, nowMs: number): Generator<void, string | undefined> {
    const shown: Shown[] = []
    const seen = new Set<string>()
    for (const want of tablet.wants) {
      let found = 0
      for (const pattern of isTabletJob(want) ? tabletJobs[want] : [want]) {
        const scope = scopeOf(pattern)
        const entries = this.parts.space.select(scope)
        if (typeof entries === 'string') return `${pattern}: ${entries}`
        for (const entry of entries) {
          if (entry) {
            found++
            const key = `${scope.view} ${entry.id}`
            if (!seen.has(key)) shown.push({ entry, view: scope.view })
            seen.add(key)
            if (shown.length > tabletLimits.shown) return `a tablet is told of ${tabletLimits.shown} things at most`
          }
          if (!entry || found % 64 === 0) yield
        }
      }
      if (found === 0)
        return `expected ${Object.keys(tabletJobs).join(', ')} or a pattern: ${this.parts.space.unknown(scopeOf(want))}`
    }
    this.tablets.set(tablet.id, { ...tablet, view: new TabletView(this.parts.desk, shown), heardMs: nowMs })
    return undefined
  }

  private jobOf({ entry, view }: Shown): TabletJob | undefined {
    const key = `${view} ${entry.id}`
    return (Object.keys(tabletJobs) as TabletJob[]).find((job) => this.addressesOf(job).has(key))
  }

  private addressesOf(job: TabletJob): ReadonlySet<string> {
    const known =
      this.jobAddresses.get(job) ??
      new Set(shownOf(this.parts.space, tabletJobs[job]).map(({ entry, view }) => `${view} ${entry.id}`))
    this.jobAddresses.set(job, known)
    return known
  }
}

/** Everything that some patterns show. */
export function shownOf(space: AddressSpace, patterns: readonly string[]): Shown[] {
  return patterns.flatMap((pattern) => {
    const scope = scopeOf(pattern)
    const entries = space.select(scope)
    return typeof entries === 'string' ? [] : [...entries].flatMap((entry) => (entry ? [{ entry, view: scope.view }] : []))
  })
}

function finish<T>(work: Iterator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value as T
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

/** Messages in as few datagrams as hold them. */
function* bundles(messages: readonly Uint8Array[]): Generator<Uint8Array> {
  let some: Uint8Array[] = []
  let bytes = 16
  for (const message of messages) {
    if (some.length > 0 && bytes + 4 + message.length > tabletLimits.bundleBytes) {
      yield some.length === 1 ? some[0]! : encodeBundle(some)
      some = []
      bytes = 16
    }
    some.push(message)
    bytes += 4 + message.length
  }
  if (some.length > 0) yield some.length === 1 ? some[0]! : encodeBundle(some)
}
