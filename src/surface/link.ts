// The contract of a connection to hardware, whatever carries it.
import type { Observable } from 'rxjs'

export interface PortName {
  /** Without ` client:port`: `X-Touch MIDI 1`. */
  readonly name: string
  /** What tells two ports of one name apart and stays over a replug: the USB path where it is known, else the order, from 1. */
  readonly place: string
  /** Both directions are there. */
  readonly canReceive: boolean
  readonly canSend: boolean
}

/** An open connection to one unit. It ends when the device goes; a new one is opened when it is back. */
export interface Link {
  /** Whole messages without running status, in order. Completes when the device is gone. */
  readonly messages$: Observable<Uint8Array>
  send(bytes: Uint8Array): void
  close(): void
}

export interface Ports {
  /** The list now and whenever it changes. */
  readonly ports$: Observable<readonly PortName[]>
  /** Rejects in words. */
  open(port: PortName): Promise<Link>
  /** Why there are no ports, in words; '' while there can be. */
  readonly status$: Observable<string>
  close(): Promise<void>
}

/** All tablets' ports are called so; the place is a tablet's name, or where it is heard from. */
export const tabletPort = 'OSC tablet'
