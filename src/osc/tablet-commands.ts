// What a tablet whose controls are parameters says of itself: /tablet/hello, /tablet/here, /tablet/bye.
import type { Command } from './commands.js'
import type { Caller } from './peer.js'
import type { TabletFeedback } from './tablet-feedback.js'

interface Parts {
  readonly tablets: TabletFeedback
  readonly fail: (caller: Caller, reason: () => string) => void
}

const isPort = (arg: unknown): arg is number => Number.isInteger(arg) && (arg as number) > 1023 && (arg as number) < 65536

export function createTabletCommands({ tablets, fail }: Parts): ReadonlyMap<string, Command> {
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
  ])
}
