// From a datagram to the event ring of a desk that runs, with 16 surfaces on it, in turns with a plain UDP echo.
import { fork, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventBytes, eventCapacity, eventWriteSlot, headerBytes } from '../../dist/engine/shared-layout.js'
import { encodeMessage } from '../../dist/osc/encode.js'
import { quantile, row } from './table.mjs'

const beside = (name) => new URL(name, import.meta.url).pathname
const main = beside('../../dist/main.js')
const stripCount = 32
const surfaceCount = 16
const limitMs = 1000

const pollMs = 0.05

/** Looks again and again without keeping a processor from the others. Gives milliseconds. */
function untilSeen(began, isSeen) {
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  while (!isSeen()) {
    if (performance.now() - began > limitMs) throw new Error(`no answer within ${limitMs} ms`)
    Atomics.wait(nobody, 0, 0, pollMs)
  }
  return performance.now() - began
}

/** A desk of 32 strips on the virtual card. Gives what its run.json says, and how to end it. */
async function startDesk(folder) {
  const [state, desk] = [join(folder, 'state'), join(folder, 'desk.yaml')]
  writeFileSync(desk, JSON.stringify({ strips: Array(stripCount).fill({}) }))
  const args = ['run', '--audio', 'virtual', '--desk', desk, '--state', state, '--osc', `127.0.0.1:${await freePort()}`]
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

async function connected(port) {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** The values that reached the ring since the last look. */
class RingReader {
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

/** A move of a fader that no other has made. */
const moveOf = (i) => ({ address: `/strip/${1 + (i % stripCount)}/faderDb`, value: Math.fround(-1 - (i % 5000) / 100) })

function ringTimes(ring, desk) {
  return (i) => {
    const { address, value } = moveOf(i)
    const bytes = encodeMessage(address, [{ type: 'f', value }])
    const began = performance.now()
    desk.send(bytes)
    return untilSeen(began, () => ring.next().some((found) => Math.abs(found - value) < 1e-4))
  }
}

function echoTimes(echo) {
  return async (i) => {
    const { address, value } = moveOf(i)
    const bytes = encodeMessage(address, [{ type: 'f', value }])
    const began = performance.now()
    const heard = once(echo, 'message')
    echo.send(bytes)
    await heard
    return performance.now() - began
  }
}

async function heardBy(surfaces) {
  surfaces.send('how many?')
  const [count] = await once(surfaces, 'message')
  return count
}

async function measured(run, quick) {
  const ring = new RingReader(run.region)
  const echoProcess = fork(beside('osc-echo.mjs'))
  const surfaces = fork(beside('osc-surfaces.mjs'), [String(surfaceCount), String(run.osc.port)])
  const sockets = []
  try {
    const [echoPort] = await once(echoProcess, 'message')
    sockets.push(await connected(run.osc.port), await connected(echoPort))
    const [ofRing, ofEcho] = [ringTimes(ring, sockets[0]), echoTimes(sockets[1])]
    await sleep(1500)
    for (let i = 0; i < 100; i++) await ofRing(4000 + i)
    const [heardBefore, began] = [await heardBy(surfaces), performance.now()]
    const times = { ring: [], echo: [] }
    for (let i = 0; i < (quick ? 500 : 4000); i++) {
      times.ring.push(await ofRing(i))
      await sleep(1 + Math.random() * 2)
      times.echo.push(await ofEcho(i))
      await sleep(1 + Math.random() * 2)
    }
    const heardASecond = ((await heardBy(surfaces)) - heardBefore) / ((performance.now() - began) / 1000)
    return { ...times, heardASecond }
  } finally {
    for (const socket of sockets) socket.close()
    for (const child of [echoProcess, surfaces]) child.kill()
    closeSync(ring.fd)
  }
}

export async function oscLatencyRows({ quick }) {
  process.stderr.write('osc-latency\n')
  const folder = mkdtempSync(join(tmpdir(), 'deskd-bench-'))
  let desk
  try {
    desk = await startDesk(folder)
    const { ring, echo, heardASecond } = await measured(desk, quick)
    const part = (times, q) => quantile(times, q).toFixed(2)
    const p50 = `p50 ${part(ring, 0.5)} against ${part(echo, 0.5)} ms`
    const p99 = `p99 ${part(ring, 0.99)} against ${part(echo, 0.99)} ms of a UDP echo`
    const load = `${surfaceCount} surfaces hear ${heardASecond.toFixed(0)} datagrams a second`
    return [
      row('OSC datagram to event ring, p99 over the echo', quantile(ring, 0.99) - quantile(echo, 0.99), 'ms', {
        bound: 2,
        detail: `${p99}, ${p50}; ${ring.length} datagrams; ${load}`,
      }),
    ]
  } finally {
    await desk?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
