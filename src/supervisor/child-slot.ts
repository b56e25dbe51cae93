// One place for a process that has to be there: starts it, hears it, replaces it when it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { log } from '../log.js'
import type { ChildMessage, ParentMessage } from './child.js'

export interface SlotSpec {
  readonly name: 'engine' | 'control'
  /** JavaScript file to run. */
  readonly entry: string
  /** What it is told; asked for at each start. */
  readonly job: (isReplacement: boolean) => unknown
  /** File descriptor for what it prints. */
  readonly logFd: number
  readonly onMessage: (message: ChildMessage) => void
  /** It ended before it was asked to. */
  readonly onDeath: (how: string) => void
}

/** Deaths within `windowMs` that are too many. */
export const deathLimit = { count: 5, windowMs: 10000 } as const

/** Milliseconds to wait before the next start: none after a first death, then more; undefined when it dies too often. */
export function restartDelayMs(deathTimesMs: readonly number[], nowMs: number): number | undefined {
  const recent = deathTimesMs.filter((time) => nowMs - time < deathLimit.windowMs).length
  if (recent >= deathLimit.count) return undefined
  return recent <= 1 ? 0 : 100 * 2 ** (recent - 2)
}

export class ChildSlot {
  private child: ChildProcess | undefined
  private stopping = false
  private starts = 0
  /** True once the process said that it is ready. */
  isReady = false
  /** Messages heard so far. */
  heardCount = 0

  constructor(private readonly spec: SlotSpec) {}

  get pid(): number {
    return this.child?.pid ?? 0
  }

  start(): void {
    if (this.stopping) return
    const { name, entry, job, logFd } = this.spec
    this.isReady = false
    const child = spawn(process.execPath, [entry], {
      stdio: ['pipe', logFd, logFd, 'ipc'],
      env: { ...process.env, DESKD_ROLE: name },
    })
    this.child = child
    child.stdin?.on('error', () => {}) // it died before it read its job; its end is heard below
    child.stdin?.end(JSON.stringify(job(this.starts++ > 0)))
    child.on('message', (message: ChildMessage) => {
      this.heardCount++
      if (message.type === 'ready') this.isReady = true
      this.spec.onMessage(message)
    })
    child.on('error', (error) => log.error({ err: error }, `${name}: a message did not arrive`))
    child.on('exit', (code, signal) => {
      this.isReady = false
      if (!this.stopping) this.spec.onDeath(signal ? `signal ${signal}` : `exit code ${code}`)
    })
  }

  send(message: ParentMessage): void {
    if (this.child?.connected) this.child.send(message)
  }

  /** For a process that stands still. */
  kill(): void {
    this.child?.kill('SIGKILL')
  }

  /** Asks the process to end; after `limitMs` it is killed. */
  stop(limitMs: number): Promise<void> {
    this.stopping = true
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
    return new Promise((done) => {
      const timer = setTimeout(() => {
        log.warn(`${this.spec.name} did not end in ${limitMs} ms and is killed`)
        child.kill('SIGKILL')
      }, limitMs)
      child.once('exit', () => {
        clearTimeout(timer)
        done()
      })
      this.send({ type: 'stop' })
    })
  }
}
