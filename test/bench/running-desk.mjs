// A desk that runs, and what reaches its event ring: for rows of latency.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventBytes, eventCapacity, eventWriteSlot, headerBytes } from '../../dist/engine/shared-layout.js'

const main = new URL('../../dist/main.js', import.meta.url).pathname
const limitMs = 1000

const pollMs = 0.05

/** Looks again and again without keeping a processor from the others. Gives milliseconds. */
export function untilSeen(began, isSeen) {
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  while (!isSeen()) {
    if (performance.now() - began > limitMs) throw new Error(`no answer within ${limitMs} ms`)
    Atomics.wait(nobody, 0, 0, pollMs)
  }
  return performance.now() - began
}

/** A desk on the virtual card: its strips and other parameters as a desk file says them, its host configuration. Gives what its run.json says, and how to end it. */
export async function startDesk(folder, strips, config = {}, params = {}) {
  const [state, desk] = [join(folder, 'state'), join(folder, 'desk.yaml')]
  writeFileSync(desk, JSON.stringify({ strips, params }))
  writeFileSync(join(folder, 'host.yaml'), JSON.stringify(config))
  const where = ['--config', join(folder, 'host.yaml'), '--desk', desk, '--state', state]
  const args = ['run', '--audio', 'virtual', ...where, '--osc', `127.0.0.1:${await freePort()}`]
  const child = spawn(process.execPath, [main, ...args], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  const runFile = join(state, 'run.json')
  for (let waited = 0; !existsSync(runFile); waited += 20) {
    if (waited > 20_000) {
      await stop()
      throw new Error('the desk did not start within 20 s')
    }
    await sleep(20)
  }
  return { ...JSON.parse(readFileSync(runFile, 'utf8')), stop }
}

async function freePort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

/** The values that reached the ring since the last look. */
export class RingReader {
  #bytes = Buffer.alloc(8)

  constructor(path) {
    this.fd = openSync(path, 'r')
    this.seen = this.#index()
  }

  next() {
    const end = this.#index()
    const values = []
    for (; this.seen !== end; this.seen = (this.seen + 1) | 0) {
      readSync(this.fd, this.#bytes, 0, 8, headerBytes + (this.seen & (eventCapacity - 1)) * eventBytes + 8)
      values.push(this.#bytes.readDoubleLE())
    }
    return values
  }

  #index() {
    readSync(this.fd, this.#bytes, 0, 4, eventWriteSlot * 4)
    return this.#bytes.readInt32LE()
  }
}
