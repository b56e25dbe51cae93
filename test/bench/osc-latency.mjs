// From a datagram to the event ring of a desk that runs, with 16 surfaces on it, in turns with a plain UDP echo.
import { fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeMessage } from '../../dist/osc/encode.js'
import { RingReader, startDesk, untilSeen } from './running-desk.mjs'
import { quantile, row } from './table.mjs'

const beside = (name) => new URL(name, import.meta.url).pathname
const stripCount = 32
const surfaceCount = 16

async function connected(port) {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
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
    desk = await startDesk(folder, Array(stripCount).fill({}))
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
