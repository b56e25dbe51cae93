// What tablets say of themselves (/tablet/hello, here, bye), and what this machine says of tablets (/tablet/pair, admit, forget, status).
import { isIP } from 'node:net'
import type { Command } from './commands.js'
import type { OscArg } from './decode.js'
import type { DoorState } from './doors.js'
import { encodeMessage } from './encode.js'
import type { KnownTablets } from './known-tablets.js'
import type { Pairing } from './pairing.js'
import type { Caller, Outgoing } from './peer.js'
import type { SurfaceClients } from './surface-clients.js'
import type { TabletFeedback } from './tablet-feedback.js'
import { isLoopback } from './udp.js'

/** Where tablets come in. */
export interface Entrance {
  readonly pairing: Pairing
  readonly state: readonly DoorState[]
  /** An address of this machine itself. */
  isLocal(address: string): boolean
  /** Opens and closes what should be. */
  check(nowMs: number): Promise<void>
}

interface Parts {
  readonly tablets: TabletFeedback
  readonly known: KnownTablets
  readonly surfaceClients: SurfaceClients | undefined
  readonly entrance: Entrance | undefined
  readonly send: (outgoing: Outgoing) => void
  readonly fail: (caller: Caller, reason: () => string) => void
}

export const mostPaired = 32
/** As names of surfaces, which tablets may be. */
export const tabletName = /^[a-z][a-z0-9-]{0,39}$/i

const isPort = (arg: unknown): arg is number => Number.isInteger(arg) && (arg as number) > 1023 && (arg as number) < 65536

export function createTabletCommands(parts: Parts): ReadonlyMap<string, Command> {
  const { tablets, known, surfaceClients, entrance, send, fail } = parts

  /** `/tablet/hello s… [i]`: jobs and patterns, and the port where it listens if it sends from another. */
  const hello = (address: string, isNew: boolean): [string, Command] => {
    function* begin(wants: readonly string[], port: number | undefined, caller: Caller): Generator<void, void> {
      const refused = yield* tablets.hello(caller, wants, port, isNew, performance.now())
      if (refused) fail(caller, () => `${address}: ${refused}`)
    }
    return [
      address,
      (args, caller) => {
        const wants = args.filter((arg) => typeof arg === 'string')
        const ports = args.filter(isPort)
        if (wants.length > 0 && ports.length <= 1 && wants.length + ports.length === args.length)
          return begin(wants, ports[0], caller)
        fail(
          caller,
          () => `${address}: expected jobs or patterns (s), and perhaps the port where you listen (i), such as mix 9001`,
        )
        return undefined
      },
    ]
  }

  /** Only this machine lets tablets in. What it throws goes to the caller. */
  const local = (address: string, run: (args: readonly OscArg[], caller: Caller) => unknown): [string, Command] => [
    address,
    (args, caller) => {
      const attempt = async (): Promise<void> => {
        if (!(entrance?.isLocal(caller.peer.address) ?? isLoopback(caller.peer.address)))
          throw new Error('is for this machine alone')
        await run(args, caller)
      }
      attempt().catch((error: Error) => fail(caller, () => `${address}: ${error.message}`))
      return undefined
    },
  ]

  const pair = async ([address, seconds]: readonly OscArg[]): Promise<void> => {
    if (!entrance) throw new Error('this desk has no door')
    const { pairing } = entrance
    if (address === undefined) pairing.close()
    else if (typeof address === 'string' && isIP(address) && typeof seconds === 'number' && seconds > 0)
      pairing.open(address, seconds * 1000, performance.now())
    else throw new Error("expected one of this machine's addresses (s) and seconds (i), or nothing to end it")
    await entrance.check(performance.now())
  }

  const admit = async ([name, address, replyPort]: readonly OscArg[]): Promise<void> => {
    if (typeof name !== 'string' || !tabletName.test(name))
      throw new Error('expected a name of letters, digits and - (at most 40)')
    if (typeof address !== 'string' || !isIP(address) || !(replyPort === undefined || isPort(replyPort)))
      throw new Error('expected a name (s), an IP address (s), and perhaps the port where it listens (i)')
    const before = known.get(name)
    if (before && !before.isPaired) throw new Error(`"${name}" stands in the configuration: choose another name`)
    if (!before && known.all().filter(({ isPaired }) => isPaired).length >= mostPaired)
      throw new Error(`${mostPaired} tablets are paired, the most there may be: forget one`)
    drop(name)
    known.add({ name, address, ...(replyPort === undefined ? {} : { replyPort }), isPaired: true })
    tablets.forgetNameless(address)
    entrance?.pairing.answered(address)
    await entrance?.check(performance.now())
  }

  const drop = (name: string): void => {
    tablets.forget(name)
    surfaceClients?.forget(name)
  }

  const forget = async ([name]: readonly OscArg[]): Promise<void> => {
    const tablet = typeof name === 'string' ? known.get(name) : undefined
    if (!tablet?.isPaired) {
      const paired = known.all().filter(({ isPaired }) => isPaired)
      throw new Error(
        `no paired tablet is called "${name}"; there ${paired.length === 1 ? 'is' : 'are'} ${paired.map((one) => one.name).join(', ') || 'none'}`,
      )
    }
    known.forget(tablet.name)
    drop(tablet.name)
    await entrance?.check(performance.now())
  }

  const status = (_args: readonly OscArg[], { peer }: Caller): void => {
    const nowMs = performance.now()
    const value = JSON.stringify({
      tablets: known.all().map((tablet) => ({ ...tablet, isTold: tablets.has(tablet.name) })),
      doors: entrance?.state ?? [],
      pairing: { address: entrance?.pairing.openOn(nowMs) ?? null, knocks: entrance?.pairing.heard(nowMs) ?? [] },
    })
    send({ bytes: encodeMessage('/tablet/status', [{ type: 's', value }]), to: peer })
  }

  return new Map<string, Command>([
    hello('/tablet/hello', true),
    hello('/tablet/here', false),
    [
      '/tablet/bye',
      (_args, caller) => {
        tablets.bye(caller)
        return undefined
      },
    ],
    local('/tablet/pair', pair),
    local('/tablet/admit', admit),
    local('/tablet/forget', forget),
    // With arguments it is somebody's answer.
    local('/tablet/status', (args, caller) => (args.length === 0 ? status(args, caller) : undefined)),
  ])
}
