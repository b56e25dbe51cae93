// What the engine process and the control process have in common: their job, and their line to the supervisor.
import { readFileSync } from 'node:fs'
import { DeskError, type ErrorCode, exitCodeOf } from '../errors.js'
import { log } from '../log.js'

/** What a new engine should be brought to: playing from a position, recording. */
export interface Resume {
  readonly play: boolean
  readonly positionFrames: number
  /** A file or folder to record to, as `--record` names it. */
  readonly record?: string
}

/** From a child to the supervisor. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly isa?: string; readonly host?: string; readonly oscPort?: number }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** Control, every second. */
  | { readonly type: 'alive' }
  /** Control: what is being recorded now, so that it goes on if the engine is replaced. */
  | { readonly type: 'recording'; readonly target: string | null }

/** From the supervisor to a child. */
export type ParentMessage =
  | { readonly type: 'engine'; readonly pid: number; readonly isa: string; readonly resume?: Resume }
  | { readonly type: 'stop' }

export const tellSupervisor = (message: ChildMessage): void => {
  if (process.connected) process.send?.(message)
}

/** The job that the supervisor wrote to standard input. */
export const childJob = <T>(): T => JSON.parse(readFileSync(0, 'utf8')) as T

/** Runs a child's main function; what it throws goes to the supervisor in words before the process exits. */
export function runChild(main: () => Promise<void>): void {
  const failed = (error: unknown): void => {
    const code: ErrorCode = error instanceof DeskError ? error.code : 'engine'
    const message = error instanceof Error ? error.message : String(error)
    const exit = (): never => process.exit(exitCodeOf(error))
    const isTold = process.connected && error instanceof DeskError
    if (!isTold) log.fatal({ err: error }, message)
    if (!process.connected) exit()
    process.send?.({ type: 'failed', code, message } satisfies ChildMessage, exit)
  }
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  // Ctrl-C reaches every process of the terminal; the supervisor alone decides in which order they end.
  process.on('SIGINT', () => {})
  main().catch(failed)
}

const sigtermWaitMs = 1000

/** Calls `stop` once, when the supervisor asks, dies, or on SIGTERM; exits behind it, at the latest after `limitMs`. */
export function onStop(stop: () => Promise<void>, limitMs: number): void {
  let stopping = false
  const end = (): void => {
    if (stopping) return
    stopping = true
    // A sound server that is gone can hold the teardown for ever: then only SIGKILL ends it.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), limitMs).unref()
    stop()
      .catch((error) => log.error({ err: error }, 'stopping failed'))
      .finally(() => process.exit(0))
  }
  // Sent to the whole group, SIGTERM reaches the supervisor too, and its order of ending comes first.
  process.on('SIGTERM', () => setTimeout(end, sigtermWaitMs))
  process.on('disconnect', end)
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'stop') end()
  })
}
