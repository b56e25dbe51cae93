// How to reach the desk that runs: from --osc, else from run.json in its state folder.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { defaultStateFolder } from '../config/config-file.js'
import { type Region, viewRegion } from '../engine/region.js'
import { DeskError } from '../errors.js'
import { buildRegistry, defaultTopology, limits, type Registry } from '../params/registry.js'
import { readRunFile } from '../supervisor/run-file.js'
import type { HostPort, RunFile } from '../supervisor/run-options.js'

export interface ReachOptions {
  readonly osc?: HostPort
  readonly state?: string
}

export const stateFolder = (options: ReachOptions): string => resolve(options.state ?? defaultStateFolder())

/** run.json of the desk that --osc and --state mean; undefined when none runs here, or --osc names another one. */
export function runFile(options: ReachOptions): RunFile | undefined {
  const run = readRunFile(stateFolder(options))
  if (!run || !isAlive(run.pids.supervisor)) return undefined
  const same = !options.osc || (options.osc.host === run.osc.host && options.osc.port === run.osc.port)
  return same ? run : undefined
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where to send OSC. Throws a DeskError with code `notRunning` when nobody says. */
export function oscAddress(options: ReachOptions): HostPort {
  const address = options.osc ?? runFile(options)?.osc
  if (address) return address
  throw new DeskError(
    'notRunning',
    `no desk runs with the state folder ${stateFolder(options)}: start one with deskd run, or say --osc HOST:PORT or --state DIR`,
  )
}

/** A copy of a running desk's shared memory, read by the file system; nothing is mapped. */
export class RegionCopy {
  region: Region
  private readonly bytes: Uint8Array
  private fd: number
  private inode: number

  constructor(private readonly path: string) {
    this.fd = openSync(path, 'r')
    const { ino, size } = fstatSync(this.fd)
    this.inode = ino
    const buffer = new ArrayBuffer(size)
    this.bytes = new Uint8Array(buffer)
    this.read()
    this.region = viewRegion(buffer)
  }

  /** Brings the copy up to date; follows when the file was made anew. */
  read(): void {
    if (statSync(this.path).ino !== this.inode) {
      const fd = openSync(this.path, 'r')
      closeSync(this.fd)
      this.fd = fd
      this.inode = fstatSync(this.fd).ino
    }
    readSync(this.fd, this.bytes, 0, this.bytes.length, 0)
  }

  close(): void {
    closeSync(this.fd)
  }
}

/** The registry of the desk that runs here; without one, one that is large enough for every number in `ids`. */
export function deskRegistry(options: ReachOptions, ids: readonly string[] = []): Registry {
  const run = runFile(options)
  if (run) {
    try {
      const copy = new RegionCopy(run.region)
      copy.close()
      return copy.region.registry
    } catch {
      // The desk stops or starts at this moment, or is of another version: it will answer for itself.
    }
  }
  return buildRegistry(topologyFor(ids))
}

/** The sample rate of the desk that runs here; undefined without one. */
export function deskSampleRateHz(options: ReachOptions): number | undefined {
  const run = runFile(options)
  if (!run) return undefined
  try {
    const copy = new RegionCopy(run.region)
    copy.close()
    return copy.region.sampleRateHz
  } catch {
    return undefined
  }
}

function topologyFor(ids: readonly string[]): typeof defaultTopology {
  const most = (kind: string, atLeast: number, limit: number): number =>
    ids
      .map((id) => Number(new RegExp(`(?:^|\\.)${kind}\\.(\\d+)`).exec(id)?.[1] ?? 0))
      .reduce((a, b) => (b <= limit ? Math.max(a, b) : a), atLeast)
  const strips = most('strip', defaultTopology.stripStereo.length, limits.strips)
  return {
    ...defaultTopology,
    stripStereo: Array.from({ length: strips }, () => false),
    busCount: most('(?:bus|send)', defaultTopology.busCount, limits.buses),
    fxCount: most('fx', defaultTopology.fxCount, limits.fx),
    outputCount: most('output', defaultTopology.outputCount, limits.outputs),
    dcaCount: most('dca', defaultTopology.dcaCount, limits.dcas),
  }
}
