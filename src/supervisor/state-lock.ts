// One desk a state folder: a lock that the kernel lets go of when its process ends, however it ends.
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { DeskError } from '../errors.js'
import { readRunFile } from './run-file.js'

/** Takes the lock of a state folder that exists. Throws a DeskError `running` that names who holds it. */
export async function lockState(stateFolder: string): Promise<{ release(): void }> {
  const name = createHash('sha256').update(realpathSync(stateFolder)).digest('hex').slice(0, 32)
  const server = createServer((socket) => socket.destroy())
  try {
    await listening(server, `\0deskd-${name}`) // Linux's abstract namespace: no file that could be left behind
  } catch (cause) {
    const pid = readRunFile(stateFolder)?.pids.supervisor
    const who = pid === undefined ? 'a desk' : `a desk (process ${pid})`
    throw new DeskError(
      'running',
      `${who} already runs with the state folder ${stateFolder}: stop it, or give this one another --state`,
      { cause },
    )
  }
  server.unref()
  return { release: () => server.close() }
}

const listening = (server: Server, path: string): Promise<void> =>
  new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(path, done)
  })
