// The system's MIDI ports as the control process sees them: kept by a process of its own, which is started anew when it dies or hangs.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs'
import { log } from '../../log.js'
import type { Link, PortName, Ports } from '../link.js'
import { type Frame, FrameReader, frame, fromMidi, jsonFrame, jsonOf, toMidi } from './frames.js'
import { Inbox } from './inbox.js'

export interface MidiOptions {
  /** How often the list of ports is looked at. */
  readonly pollMs: number
  /** The process to run; another one in tests. */
  readonly entry?: string
  readonly pingEveryMs?: number
  readonly firstBackOffMs?: number
}

const ownEntry = fileURLToPath(new URL('./midi-process.js', import.meta.url))
/** So many pings without an answer mean that it hangs. */
const mostUnanswered = 6
/** A process that starts on a busy machine takes its time. */
const mostUnansweredAtStart = 60
const longestBackOffMs = 10_000
/** One that ran this long is started anew at once. */
const healthyMs = 10_000
const mostWaitingBytes = 1 << 20

interface OpenLink {
  readonly inbox: Inbox
  readonly opened: (link: Link) => void
  readonly failed: (error: Error) => void
}

export class MidiPorts implements Ports {
  readonly ports$: Observable<readonly PortName[]>
  readonly status$: Observable<string>
  private readonly list = new BehaviorSubject<readonly PortName[]>([])
  private readonly words = new BehaviorSubject<string>('')
  private readonly links = new Map<number, OpenLink>()
  private readonly options: Required<MidiOptions>
  private child: ChildProcess | undefined
  private unanswered = 0
  private hasAnswered = false
  private nextLink = 1
  private backOffMs: number
  private restart: NodeJS.Timeout | undefined
  private readonly heartbeat: NodeJS.Timeout
  private isClosed = false

  constructor(options: MidiOptions) {
    this.options = { entry: ownEntry, pingEveryMs: 500, firstBackOffMs: 250, ...options }
    this.backOffMs = this.options.firstBackOffMs
    this.ports$ = this.list.asObservable()
    this.status$ = this.words.pipe(distinctUntilChanged())
    this.start()
    this.heartbeat = setInterval(() => this.ping(), this.options.pingEveryMs)
  }

  open(port: PortName): Promise<Link> {
    if (this.child === undefined) return Promise.reject(new Error('the MIDI process is not running'))
    const id = this.newLink()
    return new Promise((opened, failed) => {
      this.links.set(id, { inbox: new Inbox(), opened, failed })
      this.write(jsonFrame(toMidi.open, id, port))
    })
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.heartbeat)
    clearTimeout(this.restart)
    const child = this.child
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.stdin?.end()
    const limit = setTimeout(() => child.kill('SIGKILL'), 1000)
    await ended
    clearTimeout(limit)
  }

  /** The process id, while it runs. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  private start(): void {
    const child = spawn(process.execPath, [this.options.entry, String(this.options.pollMs)], {
      env: { ...process.env, DESKD_ROLE: 'midi' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const startedMs = Date.now()
    const reader = new FrameReader()
    this.child = child
    this.unanswered = 0
    this.hasAnswered = false
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const received of reader.push(chunk)) this.take(received)
      } catch (error) {
        log.error({ err: error }, 'the MIDI process is not understood')
        child.kill('SIGKILL')
      }
    })
    // RtMidi and ALSA write what they find to stderr, the same with every look.
    child.stderr.on('data', (chunk: Buffer) => log.debug({ said: chunk.toString().slice(0, 500) }, 'the MIDI process'))
    child.stdin.on('error', () => {})
    child.once('error', (error) => log.error({ err: error }, 'the MIDI process cannot be started'))
    child.once('close', (code, signal) => this.ended(child, Date.now() - startedMs, `${signal ?? `exit code ${code}`}`))
  }

  private ended(child: ChildProcess, ranMs: number, how: string): void {
    if (this.child !== child) return
    this.child = undefined
    for (const id of [...this.links.keys()]) this.end(id, 'the MIDI process ended')
    this.list.next([])
    if (this.isClosed) return
    if (ranMs > healthyMs) this.backOffMs = this.options.firstBackOffMs
    this.words.next(`the MIDI process ended (${how}) and is started anew`)
    this.restart = setTimeout(() => this.start(), this.backOffMs)
    this.backOffMs = Math.min(longestBackOffMs, this.backOffMs * 2)
  }

  /** Counts pings, not time: while this process itself was held up, none were sent. */
  private ping(): void {
    if (this.child === undefined) return
    const most = this.hasAnswered ? mostUnanswered : mostUnansweredAtStart
    if (this.unanswered >= most || (this.child.stdin?.writableLength ?? 0) > mostWaitingBytes) {
      log.warn('the MIDI process hangs and is started anew')
      this.child.kill('SIGKILL')
      return
    }
    this.unanswered++
    this.write(frame(toMidi.ping))
  }

  private take(received: Frame): void {
    const { kind, link, payload } = received
    this.hasAnswered = true
    if (kind === fromMidi.pong) this.unanswered = 0
    else if (kind === fromMidi.ports) {
      this.words.next(this.words.value.startsWith('no MIDI') ? this.words.value : '')
      this.list.next(jsonOf<PortName[]>(received))
    } else if (kind === fromMidi.status) this.words.next(Buffer.from(payload).toString())
    else if (kind === fromMidi.opened) this.opened(link)
    else if (kind === fromMidi.message) this.links.get(link)?.inbox.next(Uint8Array.from(payload))
    else if (kind === fromMidi.failed || kind === fromMidi.gone) this.end(link, Buffer.from(payload).toString())
  }

  private opened(id: number): void {
    const entry = this.links.get(id)
    entry?.opened({
      messages$: entry.inbox.messages$,
      send: (bytes) => {
        if (this.links.has(id)) this.write(frame(toMidi.send, id, bytes))
      },
      close: () => {
        if (!this.links.has(id)) return
        this.write(frame(toMidi.close, id))
        this.end(id, 'closed')
      },
    })
  }

  private end(id: number, why: string): void {
    const entry = this.links.get(id)
    this.links.delete(id)
    entry?.failed(new Error(why || 'the device is gone'))
    entry?.inbox.complete()
  }

  private write(bytes: Buffer): void {
    this.child?.stdin?.write(bytes)
  }

  private newLink(): number {
    do this.nextLink = (this.nextLink % 0xffff) + 1
    while (this.links.has(this.nextLink))
    return this.nextLink
  }
}
