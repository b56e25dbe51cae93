// Addresses that are no parameters: transport and other actions, subscriptions, questions about the desk.
import { clearSolos } from '../params/solo.js'
import type { OscArg } from './decode.js'
import type { DeskPort, Step } from './desk-port.js'
import { datagramBytes, encodeMessage } from './encode.js'
import type { Caller, Outgoing } from './peer.js'
import { type Subscriptions, subscriptionLimits } from './subscriptions.js'

/** Acts at once, or gives an iterator that acts step by step. */
export type Command = (args: readonly OscArg[], caller: Caller) => Iterator<unknown> | undefined

interface Parts {
  readonly desk: DeskPort
  readonly subscriptions: Subscriptions
  readonly send: (outgoing: Outgoing) => void
  readonly fail: (caller: Caller, reason: () => string) => void
}

const takeName = /^[\p{L}\p{N}_-][\p{L}\p{N} ._-]{0,62}$/u
const longestPositionS = 86400
const longestMarker = 63

/** A button's way of saying "let go": 0 or false. */
const isRelease = (arg: OscArg | undefined): boolean => arg === false || arg === 0

export function createCommands({ desk, subscriptions, send, fail }: Parts): ReadonlyMap<string, Command> {
  const { actions } = desk

  /** Runs something that may take time or fail; its error goes to the caller. */
  const attempt = async (caller: Caller, address: string, run: () => unknown): Promise<void> => {
    try {
      await run()
    } catch (error) {
      fail(caller, () => `${address}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Done without an argument, or with any but a release. */
  const action = (address: string, run: (caller: Caller) => unknown): [string, Command] => [
    address,
    ([arg], caller) => {
      if (!isRelease(arg)) void attempt(caller, address, () => run(caller))
      return undefined
    },
  ]

  /** A question that has arguments is somebody's answer; answering that could go on for ever between two desks. */
  const question = (address: string, texts: () => Promise<readonly string[]>): [string, Command] => [
    address,
    (args, caller) => {
      if (args.length === 0) void attempt(caller, address, async () => reply(caller, address, await texts()))
      return undefined
    },
  ]

  const reply = (caller: Caller, address: string, texts: readonly string[]): void => {
    const args = texts.map((value) => ({ type: 's', value }) as const)
    const bytes = encodeMessage(address, args)
    if (bytes.length > datagramBytes) throw new Error(`${bytes.length} bytes do not fit a datagram`)
    send({ bytes, to: caller.peer })
  }

  const locate: Command = ([positionS = 0], caller) => {
    if (typeof positionS === 'number' && positionS >= 0 && positionS <= longestPositionS)
      void attempt(caller, '/transport/locate', () => actions.locate(positionS))
    else fail(caller, () => `/transport/locate: expected seconds from 0 to ${longestPositionS}`)
    return undefined
  }

  const record: Command = ([arg], caller) => {
    const run = (): unknown => {
      if (isRelease(arg)) return actions.recordStop()
      if (typeof arg !== 'string') return actions.record()
      if (takeName.test(arg)) return actions.record(arg)
      throw new Error('expected a name of up to 63 letters, digits, spaces and . _ - that does not start with a space or a dot')
    }
    void attempt(caller, '/transport/record', run)
    return undefined
  }

  /** The name of a marker is an argument; a button's 1 is none. */
  const marker: Command = ([arg], caller) => {
    if (isRelease(arg)) return undefined
    void attempt(caller, '/transport/marker', () => {
      if (typeof arg !== 'string') return actions.setMarker()
      if (arg.length === 0 || arg.length > longestMarker || /\p{Cc}/u.test(arg))
        throw new Error(`expected a name of 1 to ${longestMarker} characters`)
      actions.setMarker(arg)
    })
    return undefined
  }

  const stepTo = (address: string, step: (step: Step) => void): [string, Command] => [
    address,
    ([arg], caller) => {
      void attempt(caller, address, () => {
        if (typeof arg !== 'string' && !Number.isInteger(arg)) throw new Error('expected a number from 1, or a name')
        step({ to: arg as string | number })
      })
      return undefined
    },
  ]

  const subscribe: Command = ([pattern, hz = subscriptionLimits.hz.default], caller) => {
    if (typeof pattern === 'string' && typeof hz === 'number' && !Number.isNaN(hz)) return subscriptions.open(caller, pattern, hz)
    fail(caller, () => '/subscribe: expected a pattern (s) and the times a second (i or f), such as "/strip/*/faderDb" 10')
    return undefined
  }

  const unsubscribe: Command = ([pattern], caller) => {
    if (pattern === undefined || typeof pattern === 'string') subscriptions.end(caller, pattern)
    else fail(caller, () => '/unsubscribe: expected the pattern (s), or nothing to end all')
    return undefined
  }

  return new Map<string, Command>([
    action('/transport/play', () => actions.play()),
    action('/transport/stop', () => actions.stop()),
    ['/transport/locate', locate],
    ['/transport/record', record],
    action('/transport/recordStop', () => actions.recordStop()),
    ['/transport/marker', marker],
    action('/transport/clearMarkers', () => actions.clearMarkers()),
    action('/transport/nextMarker', () => actions.stepMarker({ by: 1 })),
    action('/transport/previousMarker', () => actions.stepMarker({ by: -1 })),
    stepTo('/transport/toMarker', (step) => actions.stepMarker(step)),
    action('/transport/nextSong', () => actions.stepSong({ by: 1 })),
    action('/transport/previousSong', () => actions.stepSong({ by: -1 })),
    stepTo('/transport/toSong', (step) => actions.stepSong(step)),
    action('/meters/reset', () => actions.resetMeters()),
    action('/solo/clear', (caller) => clearSolos(desk.store, caller.id)),
    ['/subscribe', subscribe],
    ['/unsubscribe', unsubscribe],
    question('/info', async () => {
      const { name, version, oscAddress, audio } = desk.info()
      return [name, version, oscAddress, audio]
    }),
    question('/status', async () => [JSON.stringify(await desk.status()) ?? 'null']),
    // Another desk's answer.
    ['/error', () => undefined],
  ])
}
