// The slow commands of the engine process, over a Unix socket: one JSON line there, one back, then the socket is closed.
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { DeskError, type ErrorCode, errorCodes } from '../errors.js'
import type { DeviceInfo, HoldSpec, TakeResult, TakeSpec, TakeStart } from './native.js'

/** A file on a strip, as it was given; the engine brings it to the desk's rate. */
export interface TrackFile {
  readonly path: string
  /** 0-based strip index. */
  readonly strip: number
  /** From 0; songs play one behind the other. Missing: the first. */
  readonly song?: number
}

/** What a take began with, as it goes over the socket: the value table as 32-bit floats in base64. */
export type StartedTake = Omit<TakeStart, 'values'> & { readonly valuesBase64: string }

export interface EngineInfo {
  readonly pid: number
  readonly isa: string
  /** Frames at which the songs begin, and the last one's end. */
  readonly songStarts: readonly number[]
  /** What is held for a pre-roll. */
  readonly held?: HoldSpec
  /** The take being recorded, and what it began with, unless it waits for its punch in. */
  readonly take?: TakeSpec
  readonly started?: StartedTake
  /** Why the take ended by itself, or ''. */
  readonly takeError: string
}

/** Name → what goes in, what comes out. */
export interface EngineCommands {
  info: { in: null; out: EngineInfo }
  loadTracks: { in: readonly TrackFile[]; out: null }
  holdTake: { in: HoldSpec; out: null }
  startTake: { in: TakeSpec; out: StartedTake | null }
  stopTake: { in: null; out: TakeResult }
  devices: { in: null; out: DeviceInfo[] }
}

export type CommandName = keyof EngineCommands
export type CommandHandlers = { [K in CommandName]: (input: EngineCommands[K]['in']) => Promise<EngineCommands[K]['out']> }

type Reply = { out: unknown } | { error: { code: ErrorCode; message: string } }

const longestLine = 1 << 20

/** Serves the commands on a socket that only this user can open. */
export async function serveCommands(path: string, handlers: CommandHandlers): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    onLine(socket, async (line) => {
      socket.end(`${JSON.stringify(await answer(handlers, line))}\n`)
    })
  })
  rmSync(path, { force: true })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(path, done)
  })
  chmodSync(path, 0o600)
  return server
}

async function answer(handlers: CommandHandlers, line: string): Promise<Reply> {
  try {
    const { name, in: input } = JSON.parse(line) as { name: CommandName; in: never }
    if (!Object.hasOwn(handlers, name))
      throw new DeskError('usage', `engine: expected one of ${Object.keys(handlers).join(', ')}, found ${name}`)
    return { out: (await handlers[name](input)) ?? null }
  } catch (error) {
    return { error: { code: error instanceof DeskError ? error.code : 'engine', message: (error as Error).message } }
  }
}

/** Asks the engine process. Throws its DeskError, or one with code `engine` when it does not answer in time. */
export function askEngine<K extends CommandName>(
  path: string,
  name: K,
  input: EngineCommands[K]['in'],
  timeoutMs = 10000,
): Promise<EngineCommands[K]['out']> {
  return new Promise((done, fail) => {
    const socket = connect(path)
    const failed = (why: string): void => {
      socket.destroy()
      fail(new DeskError('engine', `the engine does not answer ${name}: ${why}`))
    }
    const timer = setTimeout(() => failed(`nothing came in ${timeoutMs} ms`), timeoutMs)
    socket.on('error', (error) => failed(error.message))
    socket.on('close', () => {
      clearTimeout(timer)
      failed('it closed the connection')
    })
    socket.on('connect', () => socket.write(`${JSON.stringify({ name, in: input })}\n`))
    onLine(socket, async (line) => {
      const reply = JSON.parse(line) as Reply
      if ('out' in reply) done(reply.out as EngineCommands[K]['out'])
      else fail(new DeskError(Object.hasOwn(errorCodes, reply.error.code) ? reply.error.code : 'engine', reply.error.message))
      socket.destroy()
    })
  })
}

function onLine(socket: Socket, take: (line: string) => Promise<void>): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) {
      socket.removeAllListeners('data')
      void take(text.slice(0, end))
    } else if (text.length > longestLine) socket.destroy()
  })
}
