// The engine and the control of one desk: started together, replaced one by one, stopped in order.
import { join } from 'node:path'
import type { Config } from '../config/config-file.js'
import type { ControlJob } from '../control/control-process.js'
import type { EngineJob } from '../engine/engine-process.js'
import { CounterReader } from '../engine/region.js'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import type { ChildMessage, Resume } from './child.js'
import { ChildSlot, deathLimit, restartDelayMs } from './child-slot.js'
import type { RunPlan } from './plan-run.js'
import { writeRunFile } from './run-file.js'
import type { HostPort, RunFile, RunningDesk } from './run-options.js'
import { controlStalledMs, engineStalledMs, lookEveryMs, StallWatch } from './stall-watch.js'
import type { RunParts } from './supervisor.js'

const stopLimitMs = 5000
/** Until then control may still be bringing a new engine to where the last one was. */
const resumeTimeMs = 1000

export class ProcessPair {
  private readonly engine: ChildSlot
  private readonly control: ChildSlot
  private readonly deaths = { engine: [] as number[], control: [] as number[] }
  private readonly counters: CounterReader
  private readonly stall = { engine: new StallWatch(engineStalledMs), control: new StallWatch(controlStalledMs) }
  private readonly startedAt = new Date().toISOString()
  private isa = ''
  private osc: HostPort
  /** What a new engine still has to be brought to. */
  private resume: Resume | undefined
  private lastResume: { readonly resume: Resume; readonly sentAtMs: number } | undefined
  /** What is being recorded, as it was asked for. */
  private recording: string | null = null
  private wasReady = false
  private stopping = false
  private finish: (error?: DeskError) => void = () => {}

  constructor(
    private readonly config: Config,
    private readonly plan: RunPlan,
    parts: Pick<RunParts, 'entries' | 'logFd'>,
    private readonly paths: { readonly region: string; readonly socket: string },
    private readonly onReady: ((desk: RunningDesk) => void) | undefined,
  ) {
    this.osc = { host: config.osc.host, port: config.osc.port }
    this.resume = {
      play: plan.tracks.length > 0,
      positionFrames: 0,
      ...(config.record === undefined ? {} : { record: config.record }),
    }
    this.counters = new CounterReader(paths.region)
    const slot = (name: 'engine' | 'control', job: (isReplacement: boolean) => unknown): ChildSlot =>
      new ChildSlot({
        name,
        entry: parts.entries[name],
        logFd: parts.logFd,
        job,
        onMessage: (message) => this.heard(name, message),
        onDeath: (how) => this.died(name, how),
      })
    this.engine = slot('engine', (isReplacement) => this.engineJob(isReplacement && this.wasReady))
    this.control = slot('control', () => this.controlJob())
  }

  /** Resolves behind a clean stop; throws when the desk cannot start or cannot be kept alive. */
  async run(): Promise<void> {
    const finished = new Promise<void>((done, fail) => {
      this.finish = (error) => (error ? fail(error) : done())
    })
    this.engine.start()
    this.control.start()
    const watch = setInterval(() => this.look(), lookEveryMs)
    try {
      await finished
    } finally {
      clearInterval(watch)
      this.stopping = true
      // Control first: it ends the recording and writes the state while the engine still runs.
      await this.control.stop(stopLimitMs)
      await this.engine.stop(stopLimitMs)
      this.counters.close()
    }
  }

  stop(): void {
    this.finish()
  }

  private heard(name: 'engine' | 'control', message: ChildMessage): void {
    if (message.type === 'alive') return
    if (message.type === 'recording') this.recording = message.target
    else if (message.type === 'failed') this.failed(name, new DeskError(message.code, message.message))
    else {
      if (message.isa !== undefined) this.isa = message.isa
      if (message.oscPort !== undefined) this.osc = { ...this.osc, port: message.oscPort }
      this.stall[name].reset()
      if (this.engine.isReady && this.control.isReady) this.introduce()
    }
  }

  /** Tells control of the engine, whichever of them is new. */
  private introduce(): void {
    const { pid } = this.engine
    this.control.send({ type: 'engine', pid, isa: this.isa, ...(this.resume ? { resume: this.resume } : {}) })
    if (this.resume) this.lastResume = { resume: this.resume, sentAtMs: performance.now() }
    this.resume = undefined
    const run = this.runFile()
    this.publish(run)
    if (this.wasReady) return
    this.wasReady = true
    log.info({ osc: run.osc, state: this.config.state }, 'the desk runs')
    this.onReady?.({ run, stateFolder: this.config.state, stop: () => this.stop() })
  }

  /** A full disk is no reason to end. */
  private publish(run: RunFile): void {
    try {
      writeRunFile(this.config.state, run)
    } catch (error) {
      log.error({ err: error }, 'run.json cannot be written: the command line needs --osc to reach the desk')
    }
  }

  /** Before the desk is up a mistake ends it; later the process is tried again. */
  private failed(name: string, error: DeskError): void {
    if (this.wasReady) log.error({ code: error.code }, `${name}: ${error.message}`)
    else this.finish(error)
  }

  private died(name: 'engine' | 'control', how: string): void {
    if (this.stopping) return
    if (!this.wasReady) {
      // What it said before it ended comes over the same line and is told first.
      setTimeout(() => this.finish(new DeskError('engine', `the ${name} process ended before it was ready: ${how}`)), 50)
      return
    }
    if (name === 'engine') this.noteWhereItWas()
    const now = performance.now()
    this.deaths[name].push(now)
    const delayMs = restartDelayMs(this.deaths[name], now)
    if (delayMs === undefined) {
      const { count, windowMs } = deathLimit
      this.finish(
        new DeskError(
          'engine',
          `the ${name} process ended ${count} times in ${windowMs / 1000} s, last with ${how}: the desk gives up`,
        ),
      )
      return
    }
    log.error({ how, delayMs }, `the ${name} process ended and is replaced`)
    setTimeout(() => this[name].start(), delayMs)
  }

  /** What the counters held when the engine died; a second death before that was taken up changes nothing. */
  private noteWhereItWas(): void {
    if (this.resume) return
    const { playing, positionFrames } = this.counters.read()
    const last = this.lastResume
    const takenUp = playing !== 0 || !last?.resume.play || performance.now() - last.sentAtMs > resumeTimeMs
    this.resume = takenUp
      ? { play: playing !== 0, positionFrames, ...(this.recording === null ? {} : { record: this.recording }) }
      : last.resume
  }

  private look(): void {
    const counts = { engine: this.counters.read().frames, control: this.control.heardCount }
    for (const name of ['engine', 'control'] as const) {
      if (!this[name].isReady || !this.stall[name].look(counts[name])) continue
      log.error(`the ${name} process stands still and is replaced`)
      this.stall[name].reset()
      this[name].kill()
    }
  }

  private runFile(): RunFile {
    const { startedAt, osc, paths } = this
    return { pids: { supervisor: process.pid, engine: this.engine.pid, control: this.control.pid }, osc, ...paths, startedAt }
  }

  private engineJob(isReplacement: boolean): EngineJob {
    const { audio, device, bufferFrames, loopback, roundTripFrames, state, isa } = this.config
    const host = { audio, device, bufferFrames, loopback, ...(roundTripFrames === undefined ? {} : { roundTripFrames }) }
    return { ...this.paths, ...host, isa, tracks: this.plan.tracks, cacheFolder: join(state, 'cache'), isReplacement }
  }

  private controlJob(): ControlJob {
    const { osc, midi, surfaces, state, record, recordBits, recordFormat, recordWhat } = this.config
    const { values, texts } = this.plan.base
    return {
      ...this.paths,
      stateFolder: state,
      osc: { ...osc, port: this.osc.port },
      midi,
      surfaces,
      base: { values: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'), texts },
      tracks: this.plan.tracks,
      songs: this.plan.songs,
      ...(record === undefined ? {} : { record }),
      recordBits,
      recordFormat,
      recordWhat,
    }
  }
}
