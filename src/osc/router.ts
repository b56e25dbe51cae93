// What a message means: a command, or parameters and meters to set or ask.
import { log } from '../log.js'
import type { Entry } from '../params/registry.js'
import { type AddressSpace, encodeCurrent, scopeOf, type View, viewedAddress } from './address-space.js'
import { assign, notANumber } from './assign.js'
import type { Command } from './commands.js'
import type { OscArg, OscMessage } from './decode.js'
import type { DeskPort } from './desk-port.js'
import { isPattern } from './match.js'
import type { Caller, Outgoing } from './peer.js'
import type { Shown } from './tablet-view.js'

/** Entries that the patterns of one datagram may still touch. */
export interface Budget {
  matches: number
}

/** The patterns of one datagram touch at most this many entries, so a small packet cannot ask for millions of answers. */
export const matchesADatagram = 65536

/** What a bundle holds for a surface has been taken there. */
const surfacePrefix = '/surface/'
/** Pages, banks and flips of surfaces: `/surfaces/NAME/page`. */
const statePrefix = '/surfaces/'

interface Parts {
  readonly desk: DeskPort
  readonly space: AddressSpace
  readonly commands: ReadonlyMap<string, Command>
  readonly counts: { notANumber: number }
  readonly send: (outgoing: Outgoing) => void
  readonly fail: (caller: Caller, reason: () => string) => void
  readonly surfaceState?: ((message: OscMessage, caller: Caller) => void) | undefined
  /** Hears of everything that somebody set or asked. */
  readonly touched: (caller: Caller, shown: Shown, arg: OscArg | undefined) => void
}

/** Handles a message at once, or gives an iterator that does it step by step. */
export type Route = (message: OscMessage, caller: Caller, budget: Budget) => Iterator<unknown> | undefined

export function createRouter({ desk, space, commands, counts, send, fail, touched, surfaceState }: Parts): Route {
  /** Sets an entry, or answers what it is when there is no argument. */
  const touch = (entry: Entry, arg: OscArg | undefined, view: View, caller: Caller): void => {
    if (arg === undefined) send({ bytes: encodeCurrent(desk, entry, view), to: caller.peer })
    else set(entry, arg, view, caller)
    touched(caller, { entry, view }, arg)
  }

  const set = (entry: Entry, arg: OscArg, view: View, caller: Caller): void => {
    const refused = assign(desk, entry, arg, view, caller.id)
    if (refused === undefined) return
    if (refused === notANumber) {
      counts.notANumber++
      log.debug({ from: caller.id, id: entry.id }, 'refused a NaN')
    }
    fail(caller, () => `${viewedAddress(entry, view)}: ${refused}`)
  }

  function* touchMany({ address, args }: OscMessage, caller: Caller, budget: Budget): Generator<void, void> {
    const scope = scopeOf(address)
    const entries = space.select(scope)
    if (typeof entries === 'string') return fail(caller, () => `${address}: ${entries}`)
    let found = 0
    for (const entry of entries) {
      if (entry) {
        if (budget.matches === 0)
          return fail(
            caller,
            () => `${address}: the patterns of a packet may match ${matchesADatagram} times, the rest is left out`,
          )
        budget.matches--
        found++
        touch(entry, args[0], scope.view, caller)
      }
      yield
    }
    if (found === 0) fail(caller, () => space.unknown(scope))
  }

  return (message, caller, budget) => {
    const command = commands.get(message.address)
    if (command) return command(message.args, caller)
    const scope = scopeOf(message.address)
    const entry = space.find(scope)
    if (entry) touch(entry, message.args[0], scope.view, caller)
    else if (message.address.startsWith(statePrefix) && surfaceState) surfaceState(message, caller)
    else if (isPattern(scope.path)) return touchMany(message, caller, budget)
    else if (!message.address.startsWith(surfacePrefix)) fail(caller, () => space.unknown(scope))
    return undefined
  }
}
