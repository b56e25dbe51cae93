// The OSC side of a desk as plain functions: datagrams and changes in, datagrams out. Sockets and subscribing are others' work.
import { type Observable, Subject } from 'rxjs'
import { log } from '../log.js'
import type { Change } from '../params/store.js'
import type { MonitorKind, MonitorLine } from '../surface/monitor-line.js'
import { AddressSpace } from './address-space.js'
import { createCommands } from './commands.js'
import { bundleMark, claimedMessages, decode, isBundle, type OscArg, type OscBundle, type OscPacket } from './decode.js'
import type { DeskPort } from './desk-port.js'
import { encodeMessage } from './encode.js'
import { KnownTablets } from './known-tablets.js'
import { MonitorLeases } from './monitor-leases.js'
import { type Caller, callerOf, type Outgoing, type Received } from './peer.js'
import { type Budget, createRouter, matchesADatagram } from './router.js'
import { Subscriptions } from './subscriptions.js'
import { mentionsSurface, type SurfaceClients } from './surface-clients.js'
import { createSurfaceCommands } from './surface-commands.js'
import { createTabletCommands, type Entrance } from './tablet-commands.js'
import { TabletFeedback } from './tablet-feedback.js'
import type { Shown } from './tablet-view.js'
import { msUntil } from './time-tag.js'
import { type Job, WorkQueue } from './work-queue.js'

export const serverLimits = {
  /** Error replies a second to one client, and clients that get any. */
  errorsASecond: 10,
  errorClients: 1024,
  /** How far ahead a bundle may be dated, and what may wait for its time. */
  aheadMs: 60_000,
  scheduledMessages: 10_000,
  scheduledBytes: 16 * 2 ** 20,
} as const

export interface OscCounts {
  datagrams: number
  messages: number
  /** Datagrams that were no OSC. */
  malformed: number
  /** Messages dropped because too much was waiting. */
  dropped: number
  /** NaNs refused. */
  notANumber: number
  errorsSent: number
}

export interface OscServer {
  /** Takes a datagram; it is decoded and acted upon in the next turns of the event loop, in order for each client. */
  readonly receive: (datagram: Received) => void
  /** Takes every change of the store, for the subscribers. */
  readonly changed: (change: Change) => void
  /** Takes what went through a surface, for those who monitor it; and whether anybody does. */
  readonly monitored: (line: MonitorLine) => void
  readonly isMonitored: (kind: MonitorKind) => boolean
  /** Tells tablets what they show, and forgets who has been silent; to be called every `tabletLimits.tickMs`. */
  readonly tend: (nowMs: number) => void
  readonly outgoing$: Observable<Outgoing>
  readonly counts: Readonly<OscCounts>
  /** Messages waiting now. */
  readonly pending: () => number
  /** Forgets what waits and ends all leases. */
  readonly close: () => void
}

/** Those who have names, and those who are surfaces. */
export interface Tablets {
  readonly known?: KnownTablets
  readonly surfaceClients?: SurfaceClients
  /** Where those come in that are let in by name. */
  readonly entrance?: Entrance
}

export function createOscServer(
  desk: DeskPort,
  { known = new KnownTablets(), surfaceClients, entrance }: Tablets = {},
): OscServer {
  const counts: OscCounts = { datagrams: 0, messages: 0, malformed: 0, dropped: 0, notANumber: 0, errorsSent: 0 }
  const outgoing = new Subject<Outgoing>()
  const send = (datagram: Outgoing): void => outgoing.next(datagram)
  const fail = createErrorReplies(send, counts)
  const queue = new WorkQueue()
  const space = new AddressSpace(desk.store.registry)
  const subscriptions = new Subscriptions({ desk, space, queue, send, fail })
  const tablets = new TabletFeedback({ desk, space, known })
  const touched = (caller: Caller, shown: Shown, arg: OscArg | undefined): void => {
    if (!tablets.isIdle) tablets.touched(caller, shown, arg, performance.now())
  }
  const monitors = new MonitorLeases(send)
  const surfaceCommands = desk.surfaces && createSurfaceCommands({ surfaces: desk.surfaces, monitors, send, fail })
  const commands = new Map([
    ...createCommands({ desk, subscriptions, send, fail }),
    ...createTabletCommands({ tablets, known, surfaceClients, entrance, send, fail }),
    ...(surfaceCommands?.commands ?? []),
  ])
  const route = createRouter({ desk, space, commands, counts, send, fail, touched, surfaceState: surfaceCommands?.state })
  const scheduled = new Set<NodeJS.Timeout>()
  let scheduledMessages = 0
  let scheduledBytes = 0
  let dropping = false

  const receive = ({ bytes, from }: Received): void => {
    counts.datagrams++
    const caller = callerOf(from)
    const messages = claimedMessages(bytes)
    const taken = queue.push(caller.id, () => open(bytes, caller), messages, bytes.length)
    if (!taken) counts.dropped += messages
    if (!taken && !dropping) log.warn({ from: caller.id }, 'more OSC messages than the desk can take; some are dropped')
    dropping = !taken
  }

  const open = (bytes: Uint8Array, caller: Caller): Iterator<unknown> | undefined => {
    if (!tablets.isIdle) {
      known.heard(caller.peer)
      tablets.heard(caller, performance.now())
    }
    if (surfaceClients && mentionsSurface(bytes)) {
      const refused = surfaceClients.receive({ bytes, from: caller.peer }, performance.now())
      if (refused) fail(caller, () => refused)
      // Of a bundle, what is for no surface is for the desk.
      if (bytes[0] !== bundleMark) {
        counts.messages++
        return undefined
      }
    }
    const packet = decode(bytes)
    if (typeof packet === 'string') {
      counts.malformed++
      log.debug({ from: caller.id, reason: packet }, 'not an OSC packet')
      return undefined
    }
    const budget = { matches: matchesADatagram }
    return isBundle(packet) ? unfold(packet, bytes.length, caller, budget) : act(packet, caller, budget)
  }

  const act = (message: Exclude<OscPacket, OscBundle>, caller: Caller, budget: Budget): Iterator<unknown> | undefined => {
    counts.messages++
    return route(message, caller, budget)
  }

  /** A bundle whose time has come is played, another waits for it. */
  function* unfold(bundle: OscBundle, bytes: number, caller: Caller, budget: Budget): Generator<void, void> {
    const waitMs = msUntil(bundle.timetag, Date.now())
    if (waitMs === 0) yield* play(bundle, bytes, caller, budget)
    else schedule(bundle, bytes, caller, waitMs)
  }

  function* play(bundle: OscBundle, bytes: number, caller: Caller, budget: Budget): Generator<void, void> {
    for (const element of bundle.elements) {
      if (isBundle(element)) yield* unfold(element, bytes, caller, budget)
      else {
        const rest = act(element, caller, budget)
        while (rest && !rest.next().done) yield
      }
      yield
    }
  }

  const schedule = (bundle: OscBundle, bytes: number, caller: Caller, waitMs: number): void => {
    const messages = messagesIn(bundle)
    const { aheadMs } = serverLimits
    if (waitMs > aheadMs)
      fail(
        caller,
        () => `#bundle: dated ${Math.round(waitMs / 1000)} s ahead, at most ${aheadMs / 1000} s are kept; is a clock wrong?`,
      )
    else if (
      scheduledMessages + messages > serverLimits.scheduledMessages ||
      scheduledBytes + bytes > serverLimits.scheduledBytes
    )
      fail(
        caller,
        () => `#bundle: ${scheduledMessages} messages wait for their time already, ${serverLimits.scheduledMessages} may`,
      )
    else later(Math.ceil(waitMs), messages, bytes, caller.id, () => play(bundle, bytes, caller, { matches: matchesADatagram }))
  }

  const later = (waitMs: number, messages: number, bytes: number, lane: string, job: Job): void => {
    scheduledMessages += messages
    scheduledBytes += bytes
    const timer = setTimeout(() => {
      scheduled.delete(timer)
      scheduledMessages -= messages
      scheduledBytes -= bytes
      queue.push(lane, job)
    }, waitMs).unref()
    scheduled.add(timer)
  }

  const close = (): void => {
    for (const timer of scheduled) clearTimeout(timer)
    subscriptions.close()
    surfaceCommands?.close()
    queue.close()
    outgoing.complete()
  }

  return {
    receive,
    changed: (change) => {
      subscriptions.changed(change)
      tablets.changed(change)
    },
    tend: (nowMs) => {
      surfaceClients?.tend(nowMs)
      for (const datagram of tablets.take(nowMs)) send(datagram)
    },
    monitored: (line) => monitors.tell(line, performance.now()),
    isMonitored: (kind) => monitors.wants(kind),
    outgoing$: outgoing.asObservable(),
    counts,
    pending: () => queue.pending,
    close,
  }
}

/** At least 1, so that empty bundles cannot pile up for nothing. */
const messagesIn = (bundle: OscBundle): number =>
  bundle.elements.reduce(
    (sum, element) => sum + (isBundle(element) ? messagesIn(element) : 1),
    bundle.elements.length === 0 ? 1 : 0,
  )

/** `/error ,s` to a client, a few a second; the reason is only put into words when it is sent. */
function createErrorReplies(
  send: (outgoing: Outgoing) => void,
  counts: OscCounts,
): (caller: Caller, reason: () => string) => void {
  const sentByClient = new Map<string, number>()
  let second = 0
  return (caller, reason) => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) sentByClient.clear()
    second = now
    const sent = sentByClient.get(caller.id) ?? 0
    if (sent >= serverLimits.errorsASecond || (sent === 0 && sentByClient.size >= serverLimits.errorClients)) return
    sentByClient.set(caller.id, sent + 1)
    counts.errorsSent++
    send({ bytes: encodeMessage('/error', [{ type: 's', value: reason() }]), to: caller.peer })
  }
}
