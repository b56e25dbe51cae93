// From a fader's bytes to the event ring of a desk that runs, with 16 surfaces whose meters move, in turns with a plain echo.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RingReader, startDesk, untilSeen } from './running-desk.mjs'
import { quantile, row } from './table.mjs'

const beside = (name) => new URL(name, import.meta.url).pathname
const surfaceCount = 16
const stripCount = 32
/** Pink noise comes back over the card's outputs to every strip: all meters move, none is heard. */
const noisyStrip = { input: 'in1', mute: true }
const noise = { 'oscillator.on': true, 'oscillator.type': 'pink', 'oscillator.levelDb': -20, 'master.oscillator': true }
const connectLimitMs = 10_000

/** Fader of column 1 to 8 at a position no other move had, as pitch bend, with a finger on it. */
const faderBytes = (i) => {
  const position = 4000 + ((i * 37) % 8000)
  return Buffer.from([0xe0 + (i % 8), position & 0x7f, position >> 7])
}

async function asked(child) {
  child.send('?')
  const [answer] = await once(child, 'message')
  return answer
}

async function untilAll(surfaces) {
  const end = performance.now() + connectLimitMs
  while ((await asked(surfaces)).connected < surfaceCount - 1) {
    if (performance.now() > end) throw new Error(`not all surfaces were opened within ${connectLimitMs} ms`)
    await sleep(50)
  }
}

async function measured(run, hand, surfaces, folder, quick) {
  const echoPath = join(folder, 'echo.sock')
  const echoProcess = fork(beside('socket-echo.mjs'), [echoPath])
  await once(echoProcess, 'message')
  const echo = connect(echoPath)
  const ring = new RingReader(run.region)
  try {
    await Promise.all([once(echo, 'connect'), untilAll(surfaces)])
    await sleep(1500)
    // A finger on each of the eight: what a motor does on its way is no hand.
    for (let column = 0; column < 8; column++) hand.write(Buffer.from([0x90, 0x68 + column, 0x7f]))
    await sleep(100)
    const ofRing = (i) => {
      ring.next()
      const began = performance.now()
      hand.write(faderBytes(i))
      return untilSeenLater(began, ring)
    }
    const ofEcho = async (i) => {
      const began = performance.now()
      const heard = once(echo, 'data')
      echo.write(faderBytes(i))
      await heard
      return performance.now() - began
    }
    for (let i = 0; i < 100; i++) await ofRing(i)
    const [before, began] = [(await asked(surfaces)).heardBytes, performance.now()]
    const times = { ring: [], echo: [] }
    for (let i = 0; i < (quick ? 500 : 4000); i++) {
      times.ring.push(await ofRing(i))
      await sleep(1 + Math.random() * 2)
      times.echo.push(await ofEcho(i))
      await sleep(1 + Math.random() * 2)
    }
    const bytesASecond = ((await asked(surfaces)).heardBytes - before) / ((performance.now() - began) / 1000)
    return { ...times, bytesASecond }
  } finally {
    echo.destroy()
    echoProcess.kill()
    closeSync(ring.fd)
  }
}

/** The write has to leave this process first. */
async function untilSeenLater(began, ring) {
  await new Promise(setImmediate)
  return untilSeen(began, () => ring.next().length > 0)
}

export async function surfaceLatencyRows({ quick }) {
  process.stderr.write('surface-latency\n')
  const folder = mkdtempSync(join(tmpdir(), 'deskd-bench-'))
  const paths = Array.from({ length: surfaceCount }, (_, i) => join(folder, `surface-${i}.sock`))
  const handServer = createServer().listen(paths[0])
  const handed = once(handServer, 'connection')
  const surfaces = fork(beside('socket-surfaces.mjs'), paths.slice(1))
  let desk
  try {
    const config = {
      loopback: true,
      surfaces: paths.map((path, i) => ({
        name: `surface-${i}`,
        driver: 'behringer-x-touch',
        units: [{ role: 'main', port: `unix:${path}` }],
      })),
    }
    desk = await startDesk(folder, Array(stripCount).fill(noisyStrip), config, noise)
    const [hand] = await handed
    hand.resume()
    const { ring, echo, bytesASecond } = await measured(desk, hand, surfaces, folder, quick)
    const part = (times, q) => quantile(times, q).toFixed(2)
    const p50 = `p50 ${part(ring, 0.5)} against ${part(echo, 0.5)} ms`
    const p99 = `p99 ${part(ring, 0.99)} against ${part(echo, 0.99)} ms of a socket echo`
    const load = `${surfaceCount} surfaces are told ${bytesASecond.toFixed(0)} bytes a second`
    return [
      row("a fader's bytes to event ring, p99 over the echo", quantile(ring, 0.99) - quantile(echo, 0.99), 'ms', {
        bound: 2,
        detail: `${p99}, ${p50}; ${ring.length} moves; ${load}`,
      }),
    ]
  } finally {
    surfaces.kill()
    await desk?.stop()
    handServer.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
