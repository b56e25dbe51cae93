// Addresses that are no parameters: transport and other actions, subscriptions, questions about the desk.
import { type ActionName, type ArgValue, actionAddress, actionNames, argsOf, whyNot } from '../params/actions.js'
import type { OscArg } from './decode.js'
import type { DeskPort } from './desk-port.js'
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

/** A button's way of saying "let go": 0 or false. */
const isRelease = (arg: OscArg | undefined): boolean => arg === false || arg === 0

export function createCommands({ desk, subscriptions, send, fail }: Parts): ReadonlyMap<string, Command> {
  const pending = new Pending()

  /** Runs something that may take time or fail; its error goes to the caller. */
  const attempt = async (caller: Caller, address: string, run: () => unknown): Promise<void> => {
    try {
      await run()
    } catch (error) {
      fail(caller, () => `${address}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const action = (name: ActionName): [string, Command] => {
    const address = actionAddress(name)
    return [
      address,
      (args, caller) => {
        const asked = askedFor(name, args)
        if (!asked) return undefined
        const wrong = whyNot(asked.name, asked.args)
        if (wrong) fail(caller, () => `${address}: ${wrong}`)
        else
          pending.add(
            caller,
            attempt(caller, address, () => desk.run(asked.name, asked.args, caller.id)),
          )
        return undefined
      },
    ]
  }

  /** A question that has arguments is somebody's answer; answering that could go on for ever between two desks. */
  const question = (address: string, texts: (caller: Caller) => Promise<readonly string[]>): [string, Command] => [
    address,
    (args, caller) => {
      if (args.length === 0) void attempt(caller, address, async () => reply(caller, address, await texts(caller)))
      return undefined
    },
  ]

  const reply = (caller: Caller, address: string, texts: readonly string[]): void => {
    const args = texts.map((value) => ({ type: 's', value }) as const)
    const bytes = encodeMessage(address, args)
    if (bytes.length > datagramBytes) throw new Error(`${bytes.length} bytes do not fit a datagram`)
    send({ bytes, to: caller.peer })
  }

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
    ...actionNames.map(action),
    ['/subscribe', subscribe],
    ['/unsubscribe', unsubscribe],
    question('/info', async () => {
      const { name, version, oscAddress, audio } = desk.info()
      return [name, version, oscAddress, audio]
    }),
    // Answered when what this client has asked for so far is done.
    question('/settled', async (caller) => {
      await pending.of(caller)
      return ['settled']
    }),
    question('/status', async () => [JSON.stringify(await desk.status()) ?? 'null']),
    // Another desk's answer.
    ['/error', () => undefined],
  ])
}

/**
 * The action and arguments that a message asks for; undefined for a button that is let go. A button's 1 or true is no argument of an
 * action that takes none or a text, and `/transport/record` ends a recording with 0 alone.
 */
function askedFor(name: ActionName, args: readonly OscArg[]): { name: ActionName; args: ArgValue[] } | undefined {
  const [first] = args
  const [spec] = argsOf(name)
  const isButton = first === true || (typeof first === 'number' && spec?.kind !== 'number' && spec?.kind !== 'name or number')
  const values = isButton && spec?.isOptional !== false ? [] : args.slice(0, argsOf(name).length).map(argValue)
  if (name === 'transport.record')
    return isRelease(first) ? { name: 'transport.recordStop', args: [] } : { name: 'transport.recordStart', args: values }
  const takesZero = spec !== undefined && (spec.kind === 'number' || !spec.isOptional)
  return isRelease(first) && !takesZero ? undefined : { name, args: values }
}

/** NaN, which no action takes, for what is neither text nor number. */
const argValue = (arg: OscArg): ArgValue => (typeof arg === 'string' ? arg : typeof arg === 'boolean' ? Number.NaN : Number(arg))

/** What each client has asked for and is not done yet. */
class Pending {
  private readonly byCaller = new Map<string, Set<Promise<void>>>()

  add({ id }: Caller, work: Promise<void>): void {
    const works = this.byCaller.get(id) ?? new Set()
    this.byCaller.set(id, works.add(work))
    void work.then(() => {
      works.delete(work)
      if (works.size === 0) this.byCaller.delete(id)
    })
  }

  async of({ id }: Caller): Promise<void> {
    await Promise.all(this.byCaller.get(id) ?? [])
  }
}
