// The ports of this machine without a desk: what comes, decoded by the driver that knows the port's name.
import { map, type Observable } from 'rxjs'
import type { ControlEvent } from '../surface/control-event.js'
import type { Codec, Driver } from '../surface/driver.js'
import type { PortName, Ports } from '../surface/link.js'
import { heardOn } from '../surface/listen.js'
import { openPorts } from '../surface/ports/all-ports.js'
import { isSocketPort } from '../surface/ports/socket-ports.js'

export interface RawMessage {
  /** Id of the driver, or the port's name where none knows it. */
  readonly name: string
  readonly driver: string | undefined
  readonly port: PortName
  readonly bytes: Uint8Array
  readonly events: readonly ControlEvent[]
}

export interface RawSurfaces {
  readonly ports: Ports
  readonly heard$: Observable<RawMessage>
  /** Why there are no ports, in words; '' while there can be. */
  readonly status$: Observable<string>
  close(): Promise<void>
}

interface Known {
  readonly driver: string | undefined
  readonly codec: Codec | undefined
}

const pollMs = 250

/** Ports whose names contain `part` (all without it), or the one socket that `unix:/path` names. */
export function rawSurfaces(
  drivers: readonly Driver[],
  part = '',
  isWanted: (port: PortName) => boolean = () => true,
): RawSurfaces {
  const isSocket = isSocketPort(part)
  const ports = openPorts({ midi: { on: !isSocket, pollMs }, named: isSocket ? [part] : [] })
  const known = new Map<string, Known>()
  const knownAs = ({ name, place }: PortName): Known => {
    const key = `${name}\n${place}`
    const spec = unitOf(drivers, name)
    const unit = known.get(key) ?? { driver: spec?.id, codec: spec?.unit.createCodec() }
    known.set(key, unit)
    return unit
  }
  return {
    ports,
    heard$: heardOn(ports, (port) => port.name.toLowerCase().includes(part.toLowerCase()) && isWanted(port)).pipe(
      map(({ port, bytes }) => {
        const { driver, codec } = knownAs(port)
        return { name: driver ?? port.name, driver, port, bytes, events: codec?.decode(bytes) ?? [] }
      }),
    ),
    status$: ports.status$,
    close: () => ports.close(),
  }
}

/** The unit whose pattern says most of the name. */
function unitOf(drivers: readonly Driver[], name: string): { id: string; unit: Driver['units'][number] } | undefined {
  const fits = drivers.flatMap(({ id, units }) =>
    units.flatMap((unit) => unit.ports.map((pattern) => ({ id, unit, length: pattern.exec(name)?.[0].length ?? 0 }))),
  )
  return fits.filter(({ length }) => length > 0).sort((a, b) => b.length - a.length)[0]
}
