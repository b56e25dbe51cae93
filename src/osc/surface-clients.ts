// Clients that are surfaces: whoever sends to /surface/… is a port, and a link carries its packets both ways.
import { BehaviorSubject, concat, defer, type Observable, of, Subject } from 'rxjs'
import { log } from '../log.js'
import { type Link, type PortName, type Ports, tabletPort } from '../surface/link.js'
import type { KnownTablets } from './known-tablets.js'
import { LastTold } from './last-told.js'
import { type Outgoing, type Peer, peerText, type Received } from './peer.js'

export const surfaceClientLimits = {
  /** With and without names. */
  clients: 32,
  /** One without a name is forgotten after this long a silence … */
  silenceMs: 600_000,
  /** … or, where there are too many, after this: a command that sends once and ends has a port of its own each time. */
  crowdedSilenceMs: 30_000,
  /** Packets kept from the first until the link is opened. */
  early: 64,
} as const

interface Client {
  readonly port: PortName
  readonly isNamed: boolean
  readonly messages: Subject<Uint8Array>
  replyTo: Peer
  heardMs: number
  readonly told: LastTold
  /** What came before anybody listened. */
  early: Uint8Array[] | undefined
}

const surfaceMark = Buffer.from('/surface/')
const bundleMark = Buffer.from('#bundle\0')

/** Whether a datagram may hold something for a surface: a message to one, or a bundle in which such an address stands. */
export function mentionsSurface(bytes: Uint8Array): boolean {
  // Looked at for every datagram of all clients: most are told by two of their bytes.
  if (bytes[1] === surfaceMark[1] && bytes[2] === surfaceMark[2]) return startsWith(bytes, surfaceMark)
  if (bytes[0] !== bundleMark[0] || !startsWith(bytes, bundleMark)) return false
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(surfaceMark)
}

const startsWith = (bytes: Uint8Array, mark: Buffer): boolean =>
  bytes.length >= mark.length && mark.compare(bytes, 0, mark.length) === 0

export class SurfaceClients implements Ports {
  private readonly clients = new Map<string, Client>()
  private readonly ports = new BehaviorSubject<readonly PortName[]>([])
  readonly ports$ = this.ports.asObservable()
  readonly status$: Observable<string> = of('')
  private isFullLogged = false

  constructor(
    private readonly known: KnownTablets,
    private readonly transmit: (datagram: Outgoing) => void,
  ) {
    // Those that were there before a restart are told without a word of theirs.
    for (const { name, isSurface } of known.all()) {
      const replyTo = known.replyTo(name)
      if (isSurface && replyTo) this.begin(name, replyTo, true, 0)
    }
  }

  /** Takes what somebody sent to a surface. Gives a reason in words when nobody more can be served. */
  receive({ bytes, from }: Received, nowMs: number): string | undefined {
    const name = this.known.heard(from)
    const id = name ?? peerText(from)
    const client = this.clients.get(id) ?? this.admit(id, from, name, nowMs)
    if (typeof client === 'string') return client
    client.heardMs = nowMs
    client.replyTo = (name !== undefined && this.known.replyTo(name)) || from
    client.told.wasSaid(bytes)
    if (!client.early) client.messages.next(bytes)
    else if (client.early.length < surfaceClientLimits.early) client.early.push(bytes.slice())
    return undefined
  }

  open(port: PortName): Promise<Link> {
    const client = [...this.clients.values()].find((one) => one.port.name === port.name && one.port.place === port.place)
    if (!client) return Promise.reject(new Error(`${port.name} ${port.place} is not there`))
    const early = defer(() => {
      const came = client.early ?? []
      client.early = undefined
      return came
    })
    return Promise.resolve({
      messages$: concat(early, client.messages),
      send: (bytes) => {
        client.told.tell(bytes)
        this.transmit({ bytes, to: client.replyTo })
      },
      // It stays a port: opened again, it goes on.
      close: () => {
        client.early ??= []
      },
    })
  }

  /** Forgets clients without a name that have been silent for long, and tells each now and then what it was told: datagrams get lost. */
  tend(nowMs: number): void {
    for (const [id, client] of this.clients)
      if (!client.isNamed && nowMs - client.heardMs > surfaceClientLimits.silenceMs) this.forget(id)
      else for (const bytes of client.told.due(nowMs)) this.transmit({ bytes, to: client.replyTo })
  }

  /** Forgets one by its name, or by the place of one that has none. */
  forget(id: string): void {
    const client = this.clients.get(id)
    if (!client) return
    this.clients.delete(id)
    client.messages.complete()
    this.isFullLogged = false
    this.tell()
  }

  async close(): Promise<void> {
    for (const { messages } of this.clients.values()) messages.complete()
    this.clients.clear()
    this.ports.complete()
  }

  private admit(id: string, from: Peer, name: string | undefined, nowMs: number): Client | string {
    // Who got a name while it was here begins anew under it.
    if (name !== undefined) this.forget(peerText(from))
    // One with a name comes in for whoever without has been silent longest.
    if (this.isFull()) this.forgetLongestSilent(nowMs, name === undefined ? surfaceClientLimits.crowdedSilenceMs : 0)
    if (this.isFull()) {
      const full = `${surfaceClientLimits.clients} tablets are surfaces, the most there may be`
      if (!this.isFullLogged) log.warn({ from: peerText(from) }, full)
      this.isFullLogged = true
      return full
    }
    if (name !== undefined && !this.known.get(name)?.isSurface) this.known.note(name, { isSurface: true })
    log.info({ from: peerText(from), name }, 'a tablet is a surface')
    return this.begin(id, from, name !== undefined, nowMs)
  }

  private isFull(): boolean {
    return this.clients.size >= surfaceClientLimits.clients
  }

  private forgetLongestSilent(nowMs: number, atLeastMs: number): void {
    const [longest] = [...this.clients].filter(([, { isNamed }]) => !isNamed).sort(([, a], [, b]) => a.heardMs - b.heardMs)
    if (longest && nowMs - longest[1].heardMs >= atLeastMs) this.forget(longest[0])
  }

  private begin(id: string, replyTo: Peer, isNamed: boolean, heardMs: number): Client {
    const client: Client = {
      port: { name: tabletPort, place: id, canReceive: true, canSend: true },
      isNamed,
      messages: new Subject(),
      replyTo,
      heardMs,
      early: [],
      told: new LastTold(),
    }
    this.clients.set(id, client)
    this.tell()
    return client
  }

  private tell(): void {
    this.ports.next([...this.clients.values()].map(({ port }) => port))
  }
}
