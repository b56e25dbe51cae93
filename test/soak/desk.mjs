// A desk as a user starts it, watched from outside: counters in its memory, memory of its processes, who of them is still the same.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CounterReader, viewRegion } from '../../dist/engine/region.js'
import { encodeMessage } from '../../dist/osc/encode.js'

const main = new URL('../../dist/main.js', import.meta.url).pathname

const freePort = () =>
  new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })

/** Resident memory of a process in MB; undefined when there is none. */
function residentMb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return undefined
  }
}

export class SoakDesk {
  /** Starts `deskd run` with these arguments and the text of a desk file; resolves when it runs. */
  static async start(name, args, deskText) {
    const desk = new SoakDesk(name)
    writeFileSync(join(desk.folder, 'desk.yaml'), deskText)
    desk.port = await freePort()
    const more = ['--state', desk.folder, '--osc', `127.0.0.1:${desk.port}`, '--desk', join(desk.folder, 'desk.yaml')]
    desk.child = spawn(process.execPath, [main, 'run', '--audio', 'virtual', ...more, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    desk.child.stderr.on('data', (bytes) => {
      desk.said += bytes
    })
    desk.ended = new Promise((resolve) => desk.child.once('exit', (code, signal) => resolve(signal ?? code)))
    for (let i = 0; i < 600; i++) {
      await sleep(50)
      if (desk.child.exitCode !== null) break
      try {
        desk.started = desk.run()
        desk.counters = new CounterReader(desk.started.region)
        if (desk.counters.read().frames > 0) return desk
      } catch {}
    }
    throw new Error(`${name} does not start: ${desk.said}`)
  }

  constructor(name) {
    this.name = name
    this.folder = mkdtempSync(join(tmpdir(), `deskd-soak-${name}-`))
    this.said = ''
  }

  run() {
    return JSON.parse(readFileSync(join(this.folder, 'run.json'), 'utf8'))
  }

  registry() {
    const bytes = readFileSync(this.started.region)
    return viewRegion(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)).registry
  }

  count() {
    return this.counters.read()
  }

  /** MB of supervisor, engine and control. */
  memory() {
    return Object.fromEntries(Object.entries(this.started.pids).map(([part, pid]) => [part, residentMb(pid)]))
  }

  /** Processes that are not those it started with. */
  replaced() {
    const { pids } = this.run()
    return Object.keys(pids).filter((part) => pids[part] !== this.started.pids[part] || residentMb(pids[part]) === undefined)
  }

  /** SIGINT; gives the exit code, or the signal that ended it. */
  async stop() {
    this.child.kill('SIGINT')
    const how = await Promise.race([this.ended, sleep(15_000, 'no end', { ref: false })])
    if (how === 'no end') this.child.kill('SIGKILL')
    this.counters?.close()
    rmSync(this.folder, { recursive: true, force: true })
    return how
  }
}

/** A socket that knows when the desk has dealt with what it sent: an `/info` behind it is answered. */
export class OscSender {
  constructor(port) {
    this.socket = createSocket({ type: 'udp4', sendBufferSize: 1 << 20, recvBufferSize: 1 << 20 })
    this.socket.connect(port, '127.0.0.1')
    this.connected = new Promise((resolve) => this.socket.once('connect', resolve))
    this.heard = () => {}
    this.socket.on('message', (bytes) => {
      if (bytes.subarray(0, 6).toString('latin1') === '/info\0') this.heard()
    })
    this.socket.on('error', () => {})
    this.received = 0
  }

  send(bytes) {
    this.socket.send(bytes, () => {})
  }

  /** False when nothing came for two seconds. */
  async settled() {
    for (let tries = 0; tries < 8; tries++) {
      const answered = new Promise((resolve) => {
        this.heard = () => resolve(true)
      })
      this.send(encodeMessage('/info'))
      if (await Promise.race([answered, sleep(250, false)])) return true
    }
    return false
  }

  close() {
    this.socket.close()
  }
}
