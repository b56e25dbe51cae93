// `deskd monitor`: everything that goes through the surfaces, decoded, live. Of the desk that runs, else of the ports themselves.
import { EMPTY, fromEvent, lastValueFrom, merge, takeUntil, tap } from 'rxjs'
import { openOscClient } from '../osc/client.js'
import { buildRegistry, defaultTopology, type Registry } from '../params/registry.js'
import { loadDrivers } from '../surface/catalogue.js'
import { hexOf, type MonitorKind, type MonitorLine } from '../surface/monitor-line.js'
import { rawSurfaces } from './direct-ports.js'
import { monitorText } from './monitor-text.js'
import { printJson, printLines } from './print.js'
import { deskRegistry, oscAddress, type ReachOptions, runFile } from './running-desk.js'

export interface MonitorOptions extends ReachOptions {
  readonly surface?: string
  readonly port?: string
  readonly out?: boolean
  readonly changes?: boolean
  readonly json?: boolean
}

export async function monitor(options: MonitorOptions): Promise<void> {
  const hasDesk = options.port === undefined && (options.osc !== undefined || runFile(options) !== undefined)
  const registry = hasDesk ? deskRegistry(options) : buildRegistry(defaultTopology)
  const print = printerOf(registry, options.json === true)
  const stopped = new AbortController()
  const stop = (): void => stopped.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    await (hasDesk ? fromDesk(options, print, stopped.signal) : fromPorts(options, print, stopped.signal))
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

type Print = (line: MonitorLine, missed: number) => void

function printerOf(registry: Registry, isJson: boolean): Print {
  return (line, missed) => {
    if (isJson) return printJson(missed > 0 ? { ...line, missed } : line)
    if (missed > 0) printLines([`… ${missed} lines missed`])
    printLines([monitorText(line, registry)])
  }
}

async function fromDesk(options: MonitorOptions, print: Print, signal: AbortSignal): Promise<void> {
  const kinds: MonitorKind[] = ['in', ...(options.out ? ['out' as const] : []), ...(options.changes ? ['change' as const] : [])]
  const { host, port } = oscAddress(options)
  const client = await openOscClient({ address: host, port })
  try {
    for await (const { line, missed } of client.monitor(options.surface ?? '', kinds, signal)) print(line, missed)
  } finally {
    client.close()
  }
}

/** What comes at the ports, decoded by the driver that knows them; no mapping is at work. */
async function fromPorts(options: MonitorOptions, print: Print, signal: AbortSignal): Promise<void> {
  const surfaces = rawSurfaces(await loadDrivers(), options.port)
  const stopped$ = signal.aborted ? EMPTY : fromEvent(signal, 'abort')
  const status$ = surfaces.status$.pipe(
    tap((why) => {
      if (why) process.stderr.write(`deskd: ${why}\n`)
    }),
  )
  const lines$ = surfaces.heard$.pipe(
    tap(({ name, bytes, events }) => {
      if (options.surface !== undefined && options.surface !== name) return
      print({ kind: 'in', atMs: Date.now(), surface: name, unit: 1, bytes: hexOf(bytes), events, made: [] }, 0)
    }),
  )
  try {
    await lastValueFrom(merge(lines$, status$).pipe(takeUntil(stopped$)), { defaultValue: undefined })
  } finally {
    await surfaces.close()
  }
}
