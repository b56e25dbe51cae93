// The whole picture, and the only place that subscribes.
//
//   surface bytes ─▶ driver ─▶ control event ─▶ mapping ─┐
//   datagram ─▶ message ─────────────────────────────────┴▶ parameter store ─▶ event ring ─▶ engine
//   datagram ◀─ changes and meters, as leased ◀──────────┬─ changes, value and meter tables ◀─ engine
//   surface bytes ◀─ driver ◀─ looks that differ ◀─ mapping ┘
//
// A store takes a change, puts it into the engine's event ring and tells of it here, in one step: the ring is never behind the stream.
import { interval, type Observable, Subscription } from 'rxjs'
import { stateWrites } from './control/state-writes.js'
import type { MappingOf } from './control/surfaces.js'
import type { Outgoing, Received } from './osc/peer.js'
import { tabletLimits } from './osc/tablet-feedback.js'
import type { Change } from './params/store.js'
import type { SurfaceEvent } from './surface/hot-plug.js'
import type { MonitorLine } from './surface/monitor-line.js'

/** The ends of all streams of a control process. */
export interface Ends {
  /** The network: datagrams in, datagrams out. */
  readonly udp: { readonly datagrams$: Observable<Received>; send(datagram: Outgoing): void; check(nowMs: number): Promise<void> }
  /** OSC: datagrams to control events, changes and meters to what was leased. */
  readonly osc: {
    receive(datagram: Received): void
    changed(change: Change): void
    tend(nowMs: number): void
    monitored(line: MonitorLine): void
    readonly outgoing$: Observable<Outgoing>
  }
  /** Control surfaces: what their hands do, what they show, their mappings as saved. */
  readonly surfaces: {
    readonly events$: Observable<SurfaceEvent>
    readonly mappings$: Observable<MappingOf>
    readonly status$: Observable<string>
    take(event: SurfaceEvent, nowMs: number): void
    use(mapping: MappingOf): void
    portsAre(problem: string): void
    changed(change: Change): void
    tick(nowMs: number): void
  }
  /** What goes through the surfaces, for those who monitor it. */
  readonly tap: { readonly lines$: Observable<MonitorLine> }
  /** Every change of a parameter, with its initiator. */
  readonly store: { readonly changes$: Observable<Change> }
  /** Takes every change, so that it can be undone. */
  readonly history: { note(change: Change, nowMs: number): void }
  /** Fades move on with time, and let go of what hands take. */
  readonly scenes: { changed(change: Change, nowMs: number): void; move(nowMs: number): void }
  /** What found no room in the event ring goes out when there is some. */
  readonly ring: { drain(): void }
  /** Notices a recording that ended by itself. */
  readonly recorder: { check(): Promise<void> }
  /** The state file. */
  readonly state: { write(): Promise<void> }
}

const drainEveryMs = 5
const fadeEveryMs = 10
const surfacesEveryMs = 5
const checkEveryMs = 500

/** Connects everything. Unsubscribing takes it apart. */
export function flow({ udp, osc, surfaces, tap, store, history, scenes, ring, recorder, state }: Ends): Subscription {
  const all = new Subscription()

  // in: surface → control event → store (→ ring → engine)
  all.add(udp.datagrams$.subscribe((datagram) => osc.receive(datagram)))
  all.add(surfaces.mappings$.subscribe((mapping) => surfaces.use(mapping)))
  all.add(surfaces.events$.subscribe((event) => surfaces.take(event, performance.now())))
  all.add(surfaces.status$.subscribe((problem) => surfaces.portsAre(problem)))
  all.add(interval(drainEveryMs).subscribe(() => ring.drain()))

  // out: store and engine → what each client leased → surface
  all.add(store.changes$.subscribe((change) => osc.changed(change)))
  all.add(store.changes$.subscribe((change) => surfaces.changed(change)))
  all.add(interval(surfacesEveryMs).subscribe(() => surfaces.tick(performance.now())))
  all.add(osc.outgoing$.subscribe((datagram) => udp.send(datagram)))
  all.add(interval(tabletLimits.tickMs).subscribe(() => osc.tend(performance.now())))

  all.add(tap.lines$.subscribe((line) => osc.monitored(line)))
  all.add(store.changes$.subscribe((change) => scenes.changed(change, performance.now())))
  all.add(interval(fadeEveryMs).subscribe(() => scenes.move(performance.now())))

  // aside: store → undo, state file; engine → recordings
  all.add(store.changes$.subscribe((change) => history.note(change, performance.now())))
  all.add(stateWrites(store.changes$, state).subscribe())
  all.add(interval(checkEveryMs).subscribe(() => recorder.check()))
  all.add(interval(checkEveryMs).subscribe(() => udp.check(performance.now())))

  return all
}
