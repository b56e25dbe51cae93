// `deskd surface test`: everything on the hardware moves and lights up, then each control is asked for and ticked off as it comes.
import { type OscClient, openOscClient } from '../osc/client.js'
import { Checklist, type ChecklistResult } from '../surface/checklist.js'
import type { ControlShape, SurfaceShape } from '../surface/driver.js'
import { type Look, sameLook } from '../surface/look.js'
import { bytesOfHex } from '../surface/monitor-line.js'
import { askingLooks, sweepLooks, sweepS } from '../surface/sweep.js'
import { checklistView, resultLines } from './checklist-view.js'
import { printJson, printLines } from './print.js'
import { oscAddress, type ReachOptions } from './running-desk.js'

export interface TestOptions extends ReachOptions {
  readonly json?: boolean
  /** Ends after so long a silence, in s. */
  readonly idle?: number
  readonly sweep: boolean
}

/** Motors and displays are told so often. */
const stepMs = 50
const renewMs = 4000
/** Few enough for a datagram. */
const looksAMessage = 100

/** Exits with 1 when something that was not skipped is missing. */
export async function test(name: string, options: TestOptions): Promise<void> {
  const { host, port } = oscAddress(options)
  const client = await openOscClient({ address: host, port })
  const ended = new AbortController()
  const end = (): void => ended.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const hold = (): Promise<void> => client.act('/surfaces/hold', [name])
  try {
    const shape = readShape(await client.question('/surfaces/shape', [name]))
    await hold()
    const renew = setInterval(() => void hold().catch(end), renewMs)
    try {
      const surface = new ShownSurface(client, name)
      if (options.sweep) await sweep(surface, shape, ended.signal)
      const result = await ask(client, surface, name, shape, options, ended)
      if (options.json) printJson({ surface: name, driver: shape.driver, ...result })
      else printLines(resultLines(result))
      if (result.missing.length > 0) process.exitCode = 1
    } finally {
      clearInterval(renew)
      await client.act('/surfaces/release').catch(() => {})
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    client.close()
  }
}

function readShape(json: string): SurfaceShape {
  const { driver, columns, controls } = JSON.parse(json) as { driver: string; columns: number; controls: ControlShape[] }
  return { driver, columns, controls: new Map(controls.map((control) => [control.id, control])) }
}

/** A held surface, told only what differs from what it was told before. */
class ShownSurface {
  private told: ReadonlyMap<string, Look> = new Map()

  constructor(
    private readonly client: OscClient,
    private readonly name: string,
  ) {}

  async show(looks: ReadonlyMap<string, Look>): Promise<void> {
    const controls = new Set([...this.told.keys(), ...looks.keys()])
    const changes = [...controls].filter((control) => !sameLook(this.told.get(control), looks.get(control)))
    this.told = looks
    for (let i = 0; i < changes.length; i += looksAMessage) {
      const some = changes.slice(i, i + looksAMessage).map((control) => [control, looks.get(control) ?? null])
      await this.client.act('/surfaces/look', [this.name, JSON.stringify(some)])
    }
  }
}

async function sweep(surface: ShownSurface, shape: SurfaceShape, signal: AbortSignal): Promise<void> {
  const beganMs = performance.now()
  for (let atS = 0; atS < sweepS && !signal.aborted; atS = (performance.now() - beganMs) / 1000) {
    await surface.show(sweepLooks(shape, atS))
    await new Promise((resolve) => setTimeout(resolve, stepMs))
  }
}

async function ask(
  client: OscClient,
  surface: ShownSurface,
  name: string,
  shape: SurfaceShape,
  { idle = process.stdin.isTTY ? undefined : 60, json }: TestOptions,
  ended: AbortController,
): Promise<ChecklistResult> {
  const checklist = new Checklist(shape)
  const positions = new Map<string, number>()
  const draw = json ? undefined : await terminal()
  let isStale = true
  let heardMs = performance.now()
  const refresh = async (): Promise<void> => {
    if (!isStale) return
    isStale = false
    const { checks, next } = checklist
    draw?.(checklistView(checks, next, process.stdout.columns ?? 80))
    await surface.show(askingLooks(shape, checks, next, positions))
    if (!next) ended.abort()
  }
  const keys = listenToKeys((key) => {
    const { next } = checklist
    if (key === 'q' || key === '\x03') ended.abort()
    else if (next && key === 's') checklist.skip(next.control)
    else if (next && key === 'k') checklist.skipKind(next.kind)
    isStale = true
  })
  let showing: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    if (idle !== undefined && performance.now() - heardMs > idle * 1000) ended.abort()
    showing = showing.then(refresh).catch(() => ended.abort())
  }, stepMs)
  try {
    for await (const { line } of client.monitor(name, ['in'], ended.signal)) {
      if (line.kind !== 'in') continue
      heardMs = performance.now()
      for (const event of line.events) if (event.kind === 'position') positions.set(event.control, event.position)
      checklist.hear(bytesOfHex(line.bytes), line.events, line.atMs)
      isStale = true
    }
  } finally {
    clearInterval(timer)
    keys.end()
    await showing
    draw?.done()
  }
  return checklist.result()
}

async function terminal() {
  if (!process.stdout.isTTY) return undefined
  const { createLogUpdate } = await import('log-update')
  return createLogUpdate(process.stdout)
}

/** Single keys of a terminal; nothing where standard input is none. */
function listenToKeys(pressed: (key: string) => void): { end(): void } {
  const { stdin } = process
  if (!stdin.isTTY) return { end: () => {} }
  const hear = (bytes: Buffer): void => {
    for (const key of bytes.toString()) pressed(key)
  }
  stdin.setRawMode(true).resume().on('data', hear)
  return {
    end: () => {
      stdin.off('data', hear).setRawMode(false).pause()
    },
  }
}
