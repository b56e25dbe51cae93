// Tablets that have a name, from the configuration or by pairing: where they are heard from, where they listen, what they show.
import type { Peer } from './peer.js'

export interface Tablet {
  readonly name: string
  /** Numeric IP address. */
  readonly address: string
  /** Port it sends from; left out, whatever comes from its address is its. */
  readonly fromPort?: number
  /** Port it listens at, where that is not the one it sends from. */
  readonly replyPort?: number
  /** Port it was last heard from. */
  readonly heardPort?: number
  /** It has sent to /surface. */
  readonly isSurface?: boolean
  /** Jobs and patterns that it is told of: `mix`, `/norm/strip/[1-8]/faderDb`. */
  readonly wants?: readonly string[]
  /** Paired ones may be forgotten; the others stand in the configuration. */
  readonly isPaired?: boolean
}

export class KnownTablets {
  private readonly byName = new Map<string, Tablet>()
  /** By address, or address and port. */
  private readonly names = new Map<string, string>()

  /** `onChange` hears of everything worth keeping over a restart. */
  constructor(
    tablets: readonly Tablet[] = [],
    private readonly onChange: (tablets: readonly Tablet[]) => void = () => {},
  ) {
    for (const tablet of tablets) this.put(tablet)
  }

  all(): readonly Tablet[] {
    return [...this.byName.values()]
  }

  get isEmpty(): boolean {
    return this.byName.size === 0
  }

  get(name: string): Tablet | undefined {
    return this.byName.get(name)
  }

  /** The name of who sends from there. */
  of({ address, port }: Peer): string | undefined {
    return this.names.size === 0 ? undefined : (this.names.get(`${address}:${port}`) ?? this.names.get(address))
  }

  /** Where it listens; undefined while nobody has said and it has not been heard. */
  replyTo(name: string): Peer | undefined {
    const { address, replyPort, fromPort, heardPort } = this.byName.get(name) ?? { address: '' }
    const port = replyPort ?? heardPort ?? fromPort
    return port === undefined ? undefined : { address, port }
  }

  /** Notes where a tablet sends from. Gives its name. */
  heard(from: Peer): string | undefined {
    const name = this.of(from)
    if (name !== undefined && this.byName.get(name)?.heardPort !== from.port) this.note(name, { heardPort: from.port })
    return name
  }

  /** Notes what is to be kept of a tablet. */
  note(name: string, what: Pick<Tablet, 'heardPort' | 'replyPort' | 'isSurface' | 'wants'>): void {
    const tablet = this.byName.get(name)
    if (!tablet) return
    this.byName.set(name, { ...tablet, ...what })
    this.onChange(this.all())
  }

  /** Adds one, or puts it in the place of the one of its name or of its address. */
  add(tablet: Tablet): void {
    const before = this.names.get(keyOf(tablet))
    if (before !== undefined) this.take(before)
    this.take(tablet.name)
    this.put(tablet)
    this.onChange(this.all())
  }

  /** Gives false when there is none of this name. */
  forget(name: string): boolean {
    const wasThere = this.take(name)
    if (wasThere) this.onChange(this.all())
    return wasThere
  }

  private put(tablet: Tablet): void {
    this.byName.set(tablet.name, tablet)
    this.names.set(keyOf(tablet), tablet.name)
  }

  private take(name: string): boolean {
    const tablet = this.byName.get(name)
    if (!tablet) return false
    this.byName.delete(name)
    this.names.delete(keyOf(tablet))
    return true
  }
}

const keyOf = ({ address, fromPort }: Tablet): string => (fromPort === undefined ? address : `${address}:${fromPort}`)
