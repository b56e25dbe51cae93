// The desk's UDP port together with doors: sockets on the networks where tablets are that have been let in, and no others.
import { networkInterfaces } from 'node:os'
import { concat, mergeAll, type Observable, of, Subject } from 'rxjs'
import { log } from '../log.js'
import type { KnownTablets } from './known-tablets.js'
import { type Interfaces, localFor } from './network.js'
import type { Pairing } from './pairing.js'
import type { Outgoing, Peer, Received } from './peer.js'
import { isLoopback, openUdpPort, type UdpPort } from './udp.js'

export interface DoorState {
  readonly address: string
  /** Why it is not open, in words; '' while it is. */
  readonly error: string
}

interface Parts {
  /** The desk's own port. */
  readonly main: UdpPort
  readonly known: KnownTablets
  readonly pairing: Pairing
  /** For tests; else the machine's. */
  readonly interfaces?: () => Interfaces
}

const lookEveryMs = 2000
const mostRoutes = 256

export class Doors {
  readonly datagrams$: Observable<Received>
  readonly pairing: Pairing
  private readonly opened = new Subject<Observable<Received>>()
  private readonly doors = new Map<string, UdpPort>()
  private readonly errors = new Map<string, string>()
  private readonly routes = new Map<string, UdpPort>()
  private readonly interfaces: () => Interfaces
  private lookedMs = Number.NEGATIVE_INFINITY
  private wanted = ''
  private isBusy = false
  private isClosed = false

  constructor(private readonly parts: Parts) {
    this.datagrams$ = concat(of(parts.main.datagrams$), this.opened).pipe(mergeAll())
    this.pairing = parts.pairing
    this.interfaces = parts.interfaces ?? networkInterfaces
  }

  get local(): Peer {
    return this.parts.main.local
  }

  /** The desk's own address is a source of nobody else: the system drops packets from outside that claim it. */
  isLocal(address: string): boolean {
    return isLoopback(address) || address === this.local.address
  }

  /** From the socket that reaches the one it goes to. */
  send(datagram: Outgoing): void {
    const port = this.doors.size === 0 ? this.parts.main : this.routeTo(datagram.to.address)
    port.send(datagram)
  }

  get state(): readonly DoorState[] {
    return [...new Set([...this.doors.keys(), ...this.errors.keys()])].map((address) => ({
      address,
      error: this.errors.get(address) ?? '',
    }))
  }

  /** Opens what is missing and closes what is not needed any more. To be called twice a second, and when somebody is let in. */
  async check(nowMs: number): Promise<void> {
    const wanted = `${this.parts.pairing.openOn(nowMs)} ${this.parts.known.all().map(({ address }) => address)}`
    if (this.isBusy || this.isClosed || (wanted === this.wanted && nowMs - this.lookedMs < lookEveryMs)) return
    this.wanted = wanted
    this.lookedMs = nowMs
    this.isBusy = true
    const needed = this.needed(nowMs)
    this.errors.clear()
    for (const [address, door] of this.doors) if (!needed.has(address)) await this.shut(address, door)
    for (const address of needed) if (!this.doors.has(address)) await this.open(address)
    this.isBusy = false
    if (this.isClosed) await this.close()
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const [address, door] of this.doors) await this.shut(address, door)
    this.opened.complete()
    await this.parts.main.close()
  }

  private routeTo(address: string): UdpPort {
    const known = this.routes.get(address)
    if (known) return known
    const local = isLoopback(address) ? undefined : localFor(address, this.interfaces())
    const port = (local !== undefined && this.doors.get(local)) || this.parts.main
    if (this.routes.size >= mostRoutes) this.routes.clear()
    this.routes.set(address, port)
    return port
  }

  private needed(nowMs: number): ReadonlySet<string> {
    const { main, known, pairing } = this.parts
    // A port that is open to all networks reaches them already.
    if (!isLoopback(main.local.address)) return new Set()
    const interfaces = this.interfaces()
    const outside = known.all().filter(({ address }) => !isLoopback(address))
    const open = [pairing.openOn(nowMs), ...outside.map(({ address }) => localFor(address, interfaces))]
    return new Set(open.filter((address) => address !== undefined))
  }

  private async open(address: string): Promise<void> {
    const { main, known, pairing } = this.parts
    try {
      const door = await openUdpPort({
        bind: { address, port: main.local.port },
        admits: (peer) => known.of(peer) !== undefined,
        isDoor: true,
        onRefused: ({ from, bytes }) => pairing.knock(from, bytes, performance.now()),
      })
      log.info({ address, port: main.local.port }, 'open to the tablets that were let in')
      this.doors.set(address, door)
      this.opened.next(door.datagrams$)
    } catch (error) {
      this.errors.set(address, (error as Error).message)
    }
    this.routes.clear()
  }

  private async shut(address: string, door: UdpPort): Promise<void> {
    this.doors.delete(address)
    this.routes.clear()
    await door.close()
    log.info({ address }, 'closed to tablets')
  }
}
