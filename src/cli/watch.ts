// `deskd watch`: follows parameters and meters of a running desk until Ctrl-C.
import { openOscClient } from '../osc/client.js'
import { readable } from './get.js'
import { printJson, printLines } from './print.js'
import { deskRegistry, oscAddress, type ReachOptions } from './running-desk.js'
import { addressOfId, selectIds } from './select-ids.js'

export interface WatchOptions extends ReachOptions {
  readonly hz: number
  readonly json?: boolean
}

export async function watch(ids: readonly string[], options: WatchOptions): Promise<void> {
  const registry = deskRegistry(options, ids)
  selectIds(registry, ids)
  const { host, port } = oscAddress(options)
  const stopped = new AbortController()
  const stop = (): void => stopped.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)

  const follow = async (id: string): Promise<void> => {
    const client = await openOscClient({ address: host, port })
    try {
      for await (const { address, value } of client.watch(addressOfId(id), options.hz, stopped.signal)) {
        const shown = readable(registry, address, value)
        if (options.json) printJson({ id: shown.id, value: shown.value })
        else printLines([`${shown.id}  ${shown.text}`])
      }
    } finally {
      client.close()
    }
  }
  try {
    await Promise.all(ids.map(follow))
  } finally {
    stop()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}
