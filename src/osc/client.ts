// A client of a running desk, as the command line needs it: ask, set, act, watch.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { DeskError } from '../errors.js'
import type { MonitorKind, MonitorLine } from '../surface/monitor-line.js'
import { decode, isBundle, type OscArg, type OscMessage, type OscPacket } from './decode.js'
import { encodeBundle, encodeMessage, type TypedArg } from './encode.js'
import { isPattern } from './match.js'
import { type Peer, peerText } from './peer.js'

export type Settable = number | string | boolean

export interface WatchedValue {
  readonly address: string
  readonly value: OscArg
}

export interface OscClient {
  /** Values of addresses and patterns, by address. Throws `unknownId` with what the desk says, or `notRunning`. */
  ask(addresses: readonly string[], timeoutMs?: number): Promise<Map<string, OscArg>>
  /** Sets values, up to 64 at one moment. Throws `outOfRange` with what the desk says, or `notRunning`. */
  set(values: Iterable<readonly [address: string, value: Settable]>, timeoutMs?: number): Promise<void>
  /** Sends an action once, such as `/transport/locate` with 12.5, and waits until it is done. Throws as `set`. */
  act(address: string, args?: readonly Settable[], timeoutMs?: number): Promise<void>
  /** What matches the pattern now, then what changes and the meters, `hz` times a second, until the signal aborts. Throws as `ask`. */
  watch(pattern: string, hz?: number, signal?: AbortSignal): AsyncIterable<WatchedValue>
  /** The first text of the answer to a question that takes texts, such as `/surfaces/shape`. Throws `usage` with what the desk says. */
  question(address: string, texts?: readonly string[], timeoutMs?: number): Promise<string>
  /** What goes through the surfaces (`''`: all), and changes, until the signal aborts. Throws as `question`. */
  monitor(surface: string, kinds: readonly MonitorKind[], signal?: AbortSignal): AsyncIterable<Monitored>
  close(): void
}

export interface Monitored {
  readonly line: MonitorLine
  /** Lines before this one that were too many to be sent or got lost on the way. */
  readonly missed: number
}

const defaultTimeoutMs = 2000
/** UDP loses: a question not answered after this is asked again. */
const retryMs = 250
/** Few enough for any socket's buffer. */
const messagesARound = 64
const renewMs = 4000
const silenceMs = 12_000
/** For what waits for a disk. */
const longestActionMs = 30_000
/** Lines of a monitor kept for a slow reader. */
const linesWaiting = 50_000

/** Opens a client. Nothing is sent until something is asked, so there is no telling yet whether a desk runs. */
export async function openOscClient(to: Peer): Promise<OscClient> {
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4')
  try {
    socket.connect(to.port, to.address)
    await once(socket, 'connect')
  } catch (cause) {
    socket.close()
    throw new DeskError('usage', `${peerText(to)} cannot be reached: ${(cause as Error).message}; expected --osc HOST:PORT`, {
      cause,
    })
  }
  // A refused connection comes as an error; the desk may be starting, so only time decides.
  socket.on('error', () => {})
  return new Client(socket, to)
}

const typed = (value: Settable): TypedArg => {
  if (typeof value === 'string') return { type: 's', value }
  return typeof value === 'boolean' ? { type: value ? 'T' : 'F', value } : { type: 'd', value }
}

function* messagesOf(packet: OscPacket | string): Generator<OscMessage> {
  if (typeof packet === 'string') return
  if (isBundle(packet)) for (const element of packet.elements) yield* messagesOf(element)
  else yield packet
}

class Client implements OscClient {
  private readonly listeners = new Set<(message: OscMessage) => void>()
  /** Rounds go one after the other, so that each knows its own errors. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly socket: Socket,
    private readonly to: Peer,
  ) {
    socket.on('message', (bytes) => {
      for (const message of messagesOf(decode(bytes))) for (const listener of [...this.listeners]) listener(message)
    })
  }

  async ask(addresses: readonly string[], timeoutMs = defaultTimeoutMs): Promise<Map<string, OscArg>> {
    const answers = new Map<string, OscArg>()
    const note = ({ address, args: [value] }: OscMessage): void => {
      if (value !== undefined && (address !== '/info' || addresses.includes(address))) answers.set(address, value)
    }
    for (const some of chunks(addresses)) {
      const unanswered = (): string[] => some.filter((address) => !isPattern(address) && !answers.has(address))
      const questions = (): Uint8Array[] => [...unanswered(), ...some.filter(isPattern)].map((address) => encodeMessage(address))
      await this.exchange({ packets: questions, note, isDone: () => unanswered().length === 0, code: 'unknownId', timeoutMs })
    }
    return answers
  }

  async set(values: Iterable<readonly [string, Settable]>, timeoutMs = defaultTimeoutMs): Promise<void> {
    for (const some of chunks([...values])) {
      const bundle = encodeBundle(some.map(([address, value]) => encodeMessage(address, [typed(value)])))
      await this.exchange({ packets: () => [bundle], code: 'outOfRange', timeoutMs })
    }
  }

  async act(address: string, args: readonly Settable[] = [], timeoutMs = defaultTimeoutMs): Promise<void> {
    const once = [encodeMessage(address, args.map(typed))]
    // Twice is not once: only the first round carries the action.
    await this.exchange({ packets: () => once.splice(0), code: 'outOfRange', timeoutMs })
    let isSettled = false
    const note = ({ address }: OscMessage): void => {
      isSettled ||= address === '/settled'
    }
    const question = [encodeMessage('/settled')]
    const isDone = (): boolean => isSettled
    await this.exchange({ packets: () => question, note, isDone, code: 'outOfRange', timeoutMs: longestActionMs })
  }

  async question(address: string, texts: readonly string[] = [], timeoutMs = defaultTimeoutMs): Promise<string> {
    let answer: string | undefined
    const note = (message: OscMessage): void => {
      if (message.address === address) answer = String(message.args[0])
    }
    const packets = (): Uint8Array[] => [encodeMessage(address, texts.map(typed))]
    await this.exchange({ packets, note, isDone: () => answer !== undefined, code: 'usage', timeoutMs })
    return answer ?? ''
  }

  async *monitor(surface: string, kinds: readonly MonitorKind[], signal?: AbortSignal): AsyncGenerator<Monitored, void> {
    const subscribe = encodeMessage('/monitor/subscribe', [typed(surface), typed(kinds.join(' '))])
    const waiting: Monitored[] = []
    let told = 0
    let missed = 0
    let wake = (): void => {}
    let heardMs = performance.now()
    const listen = ({ address, args: [count, json] }: OscMessage): void => {
      heardMs = performance.now()
      if (address === '/monitor') {
        // The count begins anew with the desk.
        missed += Number(count) > told ? Number(count) - told - 1 : 0
        told = Number(count)
        if (waiting.length >= linesWaiting) missed++
        else {
          waiting.push({ line: JSON.parse(String(json)) as MonitorLine, missed })
          missed = 0
        }
      }
      wake()
    }
    this.listeners.add(listen)
    signal?.addEventListener('abort', () => wake())
    const renew = setInterval(() => {
      this.send(subscribe)
      this.send(encodeMessage('/info'))
      wake()
    }, renewMs)
    try {
      await this.exchange({ packets: () => [subscribe], code: 'usage', timeoutMs: defaultTimeoutMs })
      while (!signal?.aborted) {
        yield* waiting.splice(0)
        if (performance.now() - heardMs > silenceMs) throw this.silent(silenceMs)
        if (waiting.length === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      clearInterval(renew)
      this.listeners.delete(listen)
      this.send(encodeMessage('/monitor/unsubscribe'))
    }
  }

  async *watch(pattern: string, hz = 10, signal?: AbortSignal): AsyncGenerator<WatchedValue, void> {
    const subscribe = encodeMessage('/subscribe', [typed(pattern), typed(hz)])
    const pending = new Map<string, OscArg>()
    let wake = (): void => {}
    let heardMs = performance.now()
    const listen = ({ address, args: [value] }: OscMessage): void => {
      heardMs = performance.now()
      if (value !== undefined && address !== '/info' && address !== '/error') pending.set(address, value)
      wake()
    }
    this.listeners.add(listen)
    signal?.addEventListener('abort', () => wake())
    const renew = setInterval(() => {
      this.send(subscribe)
      this.send(encodeMessage('/info'))
      wake()
    }, renewMs)
    try {
      await this.exchange({ packets: () => [subscribe], code: 'unknownId', timeoutMs: defaultTimeoutMs })
      while (!signal?.aborted) {
        for (const [address, value] of pending) {
          pending.delete(address)
          yield { address, value }
        }
        if (performance.now() - heardMs > silenceMs) throw this.silent(silenceMs)
        if (pending.size === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      clearInterval(renew)
      this.listeners.delete(listen)
      this.send(encodeMessage('/unsubscribe', [typed(pattern)]))
    }
  }

  close(): void {
    this.socket.close()
  }

  private send(bytes: Uint8Array): void {
    this.socket.send(bytes, () => {})
  }

  private silent(timeoutMs: number): DeskError {
    return new DeskError(
      'notRunning',
      `no desk answers at ${peerText(this.to)} within ${timeoutMs / 1000} s: start one with deskd run, or say where it listens with --osc HOST:PORT`,
    )
  }

  /** Sends packets, again where they are lost, until the desk has dealt with them and all is there; its errors are thrown. */
  private exchange(asked: Exchange): Promise<void> {
    const turn = this.last.then(() => this.rounds(asked))
    this.last = turn.catch(() => {})
    return turn
  }

  private async rounds(asked: Exchange): Promise<void> {
    const deadlineMs = performance.now() + asked.timeoutMs
    for (let leftMs = asked.timeoutMs; leftMs > 0; leftMs = deadlineMs - performance.now())
      if (await this.round(asked, Math.min(leftMs, retryMs))) return
    throw this.silent(asked.timeoutMs)
  }

  /** A desk deals with a client's messages in order, so the answer to a last `/info` says that the others have been dealt with. */
  private round({ packets, note, isDone = () => true, code }: Exchange, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const errors: string[] = []
      let dealtWith = false
      const finish = (): void => {
        clearTimeout(timer)
        this.listeners.delete(listen)
        if (errors.length > 0) reject(new DeskError(code, errors.join('\n')))
        else resolve(dealtWith && isDone())
      }
      const listen = (message: OscMessage): void => {
        if (message.address === '/error') errors.push(String(message.args[0]))
        else note?.(message)
        dealtWith ||= message.address === '/info'
        if (dealtWith && (errors.length > 0 || isDone())) finish()
      }
      const timer = setTimeout(finish, timeoutMs)
      this.listeners.add(listen)
      for (const bytes of [...packets(), encodeMessage('/info')]) this.send(bytes)
    })
  }
}

interface Exchange {
  readonly packets: () => readonly Uint8Array[]
  readonly note?: (message: OscMessage) => void
  readonly isDone?: () => boolean
  /** Of the error that the desk's `/error` becomes. */
  readonly code: 'unknownId' | 'outOfRange' | 'usage'
  readonly timeoutMs: number
}

const chunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / messagesARound) }, (_, i) =>
    items.slice(i * messagesARound, (i + 1) * messagesARound),
  )
