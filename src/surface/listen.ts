// Hears ports without knowing what is behind them, over replugs.
import {
  defer,
  distinct,
  distinctUntilChanged,
  EMPTY,
  finalize,
  from,
  map,
  mergeMap,
  type Observable,
  repeat,
  retry,
  switchMap,
} from 'rxjs'
import type { Link, PortName, Ports } from './link.js'

export interface Heard {
  readonly port: PortName
  readonly bytes: Uint8Array
}

const againMs = 500

/** What comes from every port that is wanted, from when it is there to when it goes, and again when it is back. Never ends by itself. */
export function heardOn(ports: Ports, isWanted: (port: PortName) => boolean): Observable<Heard> {
  const key = ({ name, place }: PortName): string => `${name}\n${place}`
  return ports.ports$.pipe(
    mergeMap((list) => from(list.filter((port) => port.canReceive && isWanted(port)))),
    distinct(key),
    mergeMap((port) =>
      ports.ports$.pipe(
        map((list) => list.some((other) => key(other) === key(port))),
        distinctUntilChanged(),
        switchMap((isThere) => (isThere ? session(ports, port) : EMPTY)),
      ),
    ),
  )
}

/** A link that ends or cannot be opened is tried again for as long as the port is listed. */
const session = (ports: Ports, port: PortName): Observable<Heard> =>
  defer(() => ports.open(port)).pipe(
    mergeMap((link: Link) => link.messages$.pipe(finalize(() => link.close()))),
    map((bytes) => ({ port, bytes })),
    repeat({ delay: againMs }),
    retry({ delay: againMs }),
  )
