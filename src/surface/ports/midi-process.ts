// The MIDI process: RtMidi and nothing else, so that a driver that hangs holds up nobody. Frames come and go by standard input and output.
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { PortName } from '../link.js'
import { longestMessageBytes } from '../send-queue.js'
import { type Frame, FrameReader, frame, fromMidi, jsonFrame, jsonOf, toMidi } from './frames.js'
import { type BackendLink, type MidiBackend, rtMidi } from './midi-backend.js'
import type { FoundPort } from './port-list.js'

/** USB devices deliver what they sent before anybody listened: what comes this soon after opening is old. */
const settleMs = 100
/** A device that comes or goes shows by halves for a moment: a new list is told once it was seen twice. */
const confirmMs = 50
/** Without a sequencer there is nothing to see for long. */
const slowPollMs = 5000
/** RtMidi collects SysEx without end; a process that is this large is started anew. */
const mostMemoryBytes = 500e6

interface OpenPort {
  readonly port: FoundPort
  readonly link: BackendLink
  isSettled: boolean
}

export function serveMidi(backend: MidiBackend, input: Readable, output: Writable, pollMs: number): void {
  const open = new Map<number, OpenPort>()
  let found: FoundPort[] = []
  let told = ''
  let seen = ''
  let status = ''

  const close = (id: number): void => {
    const entry = open.get(id)
    open.delete(id)
    try {
      entry?.link.close()
    } catch {}
  }

  const look = (): void => {
    let problem = ''
    try {
      found = backend.list()
    } catch (error) {
      found = []
      problem = `no MIDI: ${(error as Error).message}`
    }
    for (const [id, { port }] of open) {
      const same = found.find(({ identity, name }) => identity === port.identity && name === port.name)
      if (same !== undefined && backend.isConnected(port)) continue
      close(id)
      output.write(frame(fromMidi.gone, id))
    }
    if (problem !== status) output.write(frame(fromMidi.status, 0, Buffer.from(problem)))
    status = problem
    const names = JSON.stringify(found.map(({ name, place, canReceive, canSend }) => ({ name, place, canReceive, canSend })))
    const isConfirmed = names === seen
    seen = names
    if (isConfirmed && names !== told) output.write(frame(fromMidi.ports, 0, Buffer.from(names)))
    if (isConfirmed) told = names
    if (process.memoryUsage.rss() > mostMemoryBytes) process.exit(1)
    setTimeout(look, !isConfirmed ? confirmMs : problem === '' ? pollMs : Math.max(pollMs, slowPollMs))
  }

  const openPort = (id: number, wanted: PortName): void => {
    try {
      const port = found.find(({ name, place }) => name === wanted.name && place === wanted.place)
      if (port === undefined) throw new Error(`${wanted.name} is not there`)
      const receive = (bytes: Uint8Array): void => {
        if (open.get(id)?.isSettled && bytes.length <= longestMessageBytes) output.write(frame(fromMidi.message, id, bytes))
      }
      open.set(id, { port, link: backend.open(port, receive), isSettled: false })
      setTimeout(() => {
        const entry = open.get(id)
        if (entry === undefined) return
        entry.isSettled = true
        output.write(frame(fromMidi.opened, id))
      }, settleMs)
    } catch (error) {
      output.write(frame(fromMidi.failed, id, Buffer.from((error as Error).message)))
    }
  }

  const take = (received: Frame): void => {
    const { kind, link, payload } = received
    if (kind === toMidi.ping) output.write(frame(fromMidi.pong))
    else if (kind === toMidi.open) openPort(link, jsonOf<PortName>(received))
    else if (kind === toMidi.close) close(link)
    else if (kind === toMidi.send)
      try {
        open.get(link)?.link.send(payload)
      } catch (error) {
        close(link)
        output.write(jsonFrame(fromMidi.gone, link, (error as Error).message))
      }
  }

  const reader = new FrameReader()
  input.on('data', (chunk: Buffer) => {
    for (const received of reader.push(chunk)) take(received)
  })
  input.on('end', () => process.exit(0))
  output.on('error', () => process.exit(0))
  endWithParent()
  look()
}

/** Ends the process without its parent even while a call into a driver hangs. */
function endWithParent(): void {
  const watch = `const parent = process.ppid
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 500)`
  new Worker(watch, { eval: true, stdin: false }).unref()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // Ctrl-C reaches every process of the terminal; the desk decides when this one ends.
  process.on('SIGINT', () => {})
  serveMidi(rtMidi, process.stdin, process.stdout, Number(process.argv[2]))
}
