// `deskd learn`: touch a control, then name or move what it is to move; the mapping is written as it goes.
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { EMPTY, from, fromEvent, interval, lastValueFrom, merge, type Observable, takeUntil, tap } from 'rxjs'
import { type OscClient, openOscClient } from '../osc/client.js'
import { loadDrivers } from '../surface/catalogue.js'
import { bytesOfHex } from '../surface/monitor-line.js'
import type { SurfaceStatus } from '../surface/surface-tools.js'
import { rawSurfaces } from './direct-ports.js'
import { checkName, placeOfPort, placeOfSurface, type Where } from './learn-place.js'
import { Learning } from './learning.js'
import { printLines } from './print.js'
import { deskRegistry, oscAddress, type ReachOptions, runFile, stateFolder } from './running-desk.js'

export interface LearnOptions extends ReachOptions {
  /** Part of a port's name, or unix:/path. */
  readonly port?: string
  /** The file to write. */
  readonly out?: string
  readonly json?: boolean
}

const lookEveryMs = 50

export async function learn(name: string | undefined, options: LearnOptions): Promise<void> {
  checkName(name)
  const drivers = await loadDrivers()
  const client = await deskClient(options)
  try {
    const surfaces = client ? (JSON.parse(await client.question('/surfaces/list')) as SurfaceStatus[]) : []
    const stopped = new AbortController()
    const stop = (): void => stopped.abort()
    let failure: Error | undefined
    const fail = (why: Error): void => {
      failure ??= why
      stop()
    }
    const learning = new Learning({ registry: deskRegistry(options), drivers, client, isJson: options.json === true, fail })
    // Ports that the desk has are heard through the desk, which can leave them out of its mapping.
    const raw = rawSurfaces(drivers, options.port, ({ name, place }) => !isPortOf(surfaces, `${name} ${place}`.trim()))
    process.once('SIGINT', stop).once('SIGTERM', stop)
    const lines = createInterface({ input: process.stdin }).on('close', stop)
    const where = {
      name,
      out: options.out === undefined ? undefined : resolve(options.out),
      folder: join(stateFolder(options), 'mappings'),
    }
    try {
      const all$ = merge(
        raw.heard$.pipe(
          tap(({ port, driver, bytes, events }) =>
            learning.hear({ key: `${port.name}\n${port.place}`, place: () => placeOfPort(port, driver, where), bytes, events }),
          ),
        ),
        raw.status$.pipe(
          tap((why) => {
            if (why !== '') process.stderr.write(`deskd: ${why}\n`)
          }),
        ),
        client ? fromDesk(client, surfaces, options, where, learning, stopped.signal) : EMPTY,
        fromEvent(lines, 'line').pipe(tap((line) => learning.type(String(line)))),
        interval(lookEveryMs).pipe(tap(() => learning.look())),
      )
      learning.begin()
      await lastValueFrom(all$.pipe(takeUntil(fromEvent(stopped.signal, 'abort'))), { defaultValue: undefined })
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      lines.close()
      await learning.end()
      await raw.close()
    }
    if (failure) throw failure
    if (!options.json) printLines(learning.summary())
  } finally {
    client?.close()
  }
}

async function deskClient(options: LearnOptions): Promise<OscClient | undefined> {
  if (options.osc === undefined && runFile(options) === undefined) return undefined
  const { host, port } = oscAddress(options)
  return openOscClient({ address: host, port })
}

const isPortOf = (surfaces: readonly SurfaceStatus[], port: string): boolean =>
  surfaces.some(({ units }) => units.some((unit) => unit.isConnected && unit.port === port))

/** What the surfaces of the desk say, and what moves on it. */
function fromDesk(
  client: OscClient,
  surfaces: readonly SurfaceStatus[],
  { port = '' }: LearnOptions,
  where: Where,
  learning: Learning,
  signal: AbortSignal,
): Observable<unknown> {
  const isWanted = ({ name, driver, units }: SurfaceStatus): boolean =>
    (where.name === undefined || where.name === name || where.name === driver) &&
    units.some((unit) => unit.port.toLowerCase().includes(port.toLowerCase()))
  return from(client.monitor('', ['in', 'change'], signal)).pipe(
    tap(({ line }) => {
      if (line.kind === 'change') learning.changed(line.id, line.by)
      if (line.kind !== 'in') return
      const surface = surfaces.find(({ name }) => name === line.surface)
      if (!surface || !isWanted(surface)) return
      learning.hear({
        key: surface.name,
        surface: surface.name,
        place: () => placeOfSurface(surface, where),
        bytes: bytesOfHex(line.bytes),
        events: line.events,
      })
    }),
  )
}
