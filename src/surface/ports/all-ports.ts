// Ports of several kinds as one.
import { combineLatest, map } from 'rxjs'
import type { PortName, Ports } from '../link.js'
import { MidiPorts } from './midi-ports.js'
import { isSocketPort, SocketPorts } from './socket-ports.js'

/** A port belongs to the first kind that lists it. */
export function joinPorts(kinds: readonly Ports[]): Ports {
  const lists = new Map<Ports, readonly PortName[]>()
  const noted = (kind: Ports) =>
    kind.ports$.pipe(
      map((ports) => {
        lists.set(kind, ports)
        return ports
      }),
    )
  return {
    ports$: combineLatest(kinds.map(noted)).pipe(map((all) => all.flat())),
    status$: combineLatest(kinds.map(({ status$ }) => status$)).pipe(
      map((all) => all.filter((words) => words !== '').join('; ')),
    ),
    open(port) {
      const kind = kinds.find((each) => lists.get(each)?.some(({ name, place }) => name === port.name && place === port.place))
      return kind ? kind.open(port) : Promise.reject(new Error(`${port.name} is not there`))
    },
    async close() {
      await Promise.all(kinds.map((kind) => kind.close()))
    },
  }
}

export interface PortsOptions {
  /** The system's MIDI ports, unless `on` is false. */
  readonly midi: { readonly on: boolean; readonly pollMs: number }
  /** Names of ports that are configured; those with `unix:` are sockets. */
  readonly named: readonly string[]
}

export function openPorts({ midi, named }: PortsOptions): Ports {
  return joinPorts([new SocketPorts(named.filter(isSocketPort)), ...(midi.on ? [new MidiPorts(midi)] : [])])
}
