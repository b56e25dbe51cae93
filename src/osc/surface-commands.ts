// What the tools on the command line ask of the surfaces, from this machine alone: /surfaces/… and /monitor/….
import { isIPv4 } from 'node:net'
import type { Look } from '../surface/look.js'
import { readLook } from '../surface/read-look.js'
import type { Hold, SurfaceTools } from '../surface/surface-tools.js'
import type { Command } from './commands.js'
import type { OscArg, OscMessage } from './decode.js'
import { datagramBytes, encodeMessage } from './encode.js'
import type { MonitorLeases } from './monitor-leases.js'
import type { Caller, Outgoing, Peer } from './peer.js'

export const holdLeaseMs = 10_000

interface Parts {
  readonly surfaces: SurfaceTools
  readonly monitors: MonitorLeases
  readonly send: (outgoing: Outgoing) => void
  readonly fail: (caller: Caller, reason: () => string) => void
}

interface Holding {
  readonly name: string
  readonly hold: Hold
  readonly looks: Map<string, Look>
  readonly lease: NodeJS.Timeout
}

export interface SurfaceCommands {
  readonly commands: ReadonlyMap<string, Command>
  /** `/surfaces/NAME/page`: with an argument sets a page, a bank, a flip of a surface, without one asks. */
  state(message: OscMessage, caller: Caller): void
  /** Lets go of all surfaces. */
  close(): void
}

export function createSurfaceCommands({ surfaces, monitors, send, fail }: Parts): SurfaceCommands {
  const holdings = new Map<string, Holding>()

  const release = (client: string): void => {
    const holding = holdings.get(client)
    if (!holding) return
    clearTimeout(holding.lease)
    holdings.delete(client)
    holding.hold.release()
  }

  const answer = (caller: Caller, address: string, ...texts: string[]): void => {
    const bytes = encodeMessage(
      address,
      texts.map((value) => ({ type: 's', value }) as const),
    )
    if (bytes.length <= datagramBytes) send({ bytes, to: caller.peer })
    else fail(caller, () => `${address}: ${bytes.length} bytes do not fit a datagram`)
  }

  const hold = (caller: Caller, name: string): string | undefined => {
    const holding = holdings.get(caller.id)
    // A device that was described anew has come back without its hold.
    const isHeld = surfaces.list().some((surface) => surface.name === name && surface.isHeld)
    if (holding?.name === name && isHeld) {
      holding.lease.refresh()
      return undefined
    }
    if (!surfaces.shape(name)) return `no surface is called "${name}"; there are ${namesOf(surfaces)}`
    if (holding?.name === name) release(caller.id)
    const held = surfaces.hold(name)
    if (!held) return `${name} is held by another test already`
    release(caller.id)
    const lease = setTimeout(() => release(caller.id), holdLeaseMs).unref()
    holdings.set(caller.id, { name, hold: held, looks: new Map(), lease })
    return undefined
  }

  /** `[[control, look], …]`, null for dark; what is not named stays. */
  const look = (caller: Caller, name: string, json: string): string | undefined => {
    const holding = holdings.get(caller.id)
    if (holding?.name !== name) return `${name} is not held: /surfaces/hold ,s first`
    const shape = surfaces.shape(name)
    const pairs = parsed(json)
    if (!Array.isArray(pairs)) return 'expected JSON like [["play", {"kind": "light", "light": "on"}]]'
    for (const pair of pairs) {
      const [control, wanted] = Array.isArray(pair) ? pair : []
      if (!shape?.controls.has(control)) return `${name} has no control "${control}"`
      const read = readLook(wanted)
      if (wanted !== null && !read) return `${control}: ${JSON.stringify(wanted)} is no look`
      if (read) holding.looks.set(control, read)
      else holding.looks.delete(control)
    }
    holding.hold.show(new Map(holding.looks))
    return undefined
  }

  /** For this machine alone; texts as arguments; a reason to refuse goes back as an error. */
  const local = (address: string, act: (caller: Caller, ...texts: string[]) => string | undefined): [string, Command] => [
    address,
    (args, caller) => {
      const refused = isHere(caller.peer) ? act(caller, ...args.map(textOf)) : 'answered on this machine only'
      if (refused !== undefined) fail(caller, () => `${address}: ${refused}`)
      return undefined
    },
  ]

  const commands = new Map<string, Command>([
    local('/surfaces/list', (caller, ...given) => {
      if (given.length === 0) answer(caller, '/surfaces/list', JSON.stringify(surfaces.list()))
      return undefined
    }),
    local('/surfaces/shape', (caller, name = '', ...given) => {
      const shape = surfaces.shape(name)
      if (!shape) return `no surface is called "${name}"; there are ${namesOf(surfaces)}`
      if (given.length > 0) return undefined
      const { driver, columns, controls } = shape
      answer(caller, '/surfaces/shape', JSON.stringify({ name, driver, columns, controls: [...controls.values()] }))
      return undefined
    }),
    local('/surfaces/hold', (caller, name = '') => hold(caller, name)),
    local('/surfaces/look', (caller, name = '', json = '') => look(caller, name, json)),
    local('/surfaces/release', (caller) => void release(caller.id)),
    local('/monitor/subscribe', (caller, surface = '', kinds = 'in') => monitors.open(caller, surface, kinds, performance.now())),
    local('/monitor/unsubscribe', (caller) => void monitors.end(caller)),
  ])
  const state = ({ address, args: [arg] }: OscMessage, caller: Caller): void => {
    const [, , name = '', of = '', ...rest] = address.split('/')
    const known = surfaces.list().find((surface) => surface.name === name)
    const refused = !known
      ? `no surface is called "${name}"; there are ${namesOf(surfaces)}`
      : rest.length > 0 || !Object.hasOwn(known.state, of)
        ? `${name} has the states ${Object.keys(known.state).join(', ') || 'none'}`
        : arg === undefined
          ? void answer(caller, address, String(known.state[of]))
          : surfaces.setState(name, of, typeof arg === 'bigint' || typeof arg === 'object' ? '' : arg)
    if (refused !== undefined) fail(caller, () => `${address}: ${refused}`)
  }
  return {
    commands,
    state,
    close: () => {
      for (const client of [...holdings.keys()]) release(client)
    },
  }
}

const namesOf = (surfaces: SurfaceTools): string =>
  surfaces
    .list()
    .map(({ name }) => name)
    .join(', ') || 'none'

const textOf = (arg: OscArg): string => (typeof arg === 'string' ? arg : '')

/** IPv4 may come in IPv6's dress. */
export function isHere({ address }: Peer): boolean {
  const plain = address.replace(/^::ffff:/i, '')
  return isIPv4(plain) ? plain.startsWith('127.') : plain === '::1'
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
