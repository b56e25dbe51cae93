// Starts and ends recordings: names the files, writes the desk down as it was at the first frame, completes the take.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sha256OfFile } from '../engine/checksum.js'
import { askEngine, type StartedTake, type TrackFile } from '../engine/commands.js'
import type { HoldSpec, NativeAddon, TakeResult, TakeSpec, WavBits } from '../engine/native.js'
import type { RecordWhat } from '../engine/record-what.js'
import type { Region } from '../engine/region.js'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { isParam } from '../params/registry.js'
import { prepareTake, punchOf, recordedBuses, recordedStrips, takeFileAtStart, writeTakeDesk } from '../takes/prepare-take.js'
import { repairRecording } from '../takes/repair.js'
import { readTakeFile, type TakeFile, writeTakeFile } from '../takes/take-file.js'
import { freeName, isMasterAlone, isNamedAfter, takeFiles, timestampName } from '../takes/take-folder.js'
import type { Unfinished } from '../takes/unfinished.js'

export interface RecordingState {
  readonly active: boolean
  /** It waits for the timeline to come to its punch in. */
  readonly waiting: boolean
  /** The file or folder being recorded, or the last one. */
  readonly target: string
  readonly frames: number
  /** Seconds from before it is asked for that a recording would begin with; 0 while nothing is held. */
  readonly preRollS: number
  /** Why the last recording ended by itself, or ''. */
  readonly error: string
}

export type RecordingAddon = Pick<NativeAddon, 'repairWav' | 'writeCuePoints' | 'convertToFlac'>

export interface RecorderParts {
  readonly addon: RecordingAddon
  readonly socket: string
  readonly region: Region
  /** What a kill would leave to be mended. */
  readonly unfinished: Unfinished
  readonly tracks: readonly TrackFile[]
  readonly bits: WavBits
  readonly what: RecordWhat
  /** Takes what was recorded to its final format. */
  readonly deliver?: (target: string) => void
  /** Where takes without a name go. */
  readonly takesFolder: string
  readonly isa: () => string
  /** Told of the wanted name while something is recorded, null when it ended. */
  readonly onTarget: (wanted: string | null) => void
}

export class Recorder {
  private target = ''
  private active = false
  /** What is asked for and has not begun. */
  private waiting: TakeSpec | undefined
  /** What the engine keeps for a pre-roll, and when since. */
  private held: { readonly spec: HoldSpec; readonly sinceMs: number } | undefined
  private error = ''
  /** One start or stop at a time, in the order they were asked for. */
  private turn: Promise<unknown> = Promise.resolve()
  /** Set while this is recorded. */
  private marks: NonNullable<TakeFile['markers']> = []
  private sums: Promise<void> = Promise.resolve()

  constructor(private readonly parts: RecorderParts) {}

  state(): RecordingState {
    const { active, target, error, held } = this
    const heldS = held ? Math.floor((performance.now() - held.sinceMs) / 1000) : 0
    const preRollS = Math.max(0, Math.min(held?.spec.seconds ?? 0, heldS))
    const { counter } = this.parts.region
    const waiting = this.waiting !== undefined && counter('recording') === 0
    const frames = waiting ? 0 : counter('recordedFrames')
    return { active, waiting, target, frames, preRollS, error }
  }

  /** A new control finds the recording that runs, and mends those that do not run any more. */
  adopt(): Promise<void> {
    return this.next(async () => {
      const { take, started, held } = await askEngine(this.parts.socket, 'info', null)
      if (held) this.held = { spec: held, sinceMs: performance.now() }
      if (take) {
        this.active = true
        this.target = targetOf(take)
        if (!started) this.waiting = take
        // A control that was killed at the take's very start did not come to describing it.
        else if (!existsSync(takeFiles(this.target).take)) await this.describe(this.target, take, started)
        else this.marks = (await readTakeFile(takeFiles(this.target).take)).markers ?? []
      }
      await this.mend()
    })
  }

  /** Keeps a marker with what is being recorded, at its present frame. */
  mark(name: string): void {
    if (!this.active || this.state().waiting) return
    const frame = this.parts.region.counter('recordedFrames')
    void this.next(async () => {
      this.marks = [...this.marks.filter((mark) => mark.name !== name), { name, frame }]
      const { take } = takeFiles(this.target)
      if (existsSync(take)) await writeTakeFile(take, { ...(await readTakeFile(take)), markers: this.marks })
    })
  }

  /** Records to a free name like `wanted`, or to a folder named by the time. Gives the name it found. */
  start(wanted = join(this.parts.takesFolder, timestampName(new Date()))): Promise<string> {
    return this.next(async () => {
      if (this.active) throw new DeskError('running', `${this.target} is being recorded: stop it first`)
      const target = freeName(wanted)
      this.parts.unfinished.add(target)
      try {
        await this.begin(target)
      } catch (error) {
        this.parts.unfinished.remove(target)
        throw error
      }
      this.active = true
      this.target = target
      this.error = ''
      this.marks = []
      this.parts.onTarget(wanted)
      log.info({ target }, 'recording')
      return target
    })
  }

  /** Ends the recording and completes its files; nothing when none runs. */
  stop(): Promise<void> {
    return this.next(async () => {
      if (this.active) await this.finish()
    })
  }

  /** True while a take runs that `--record` did not ask for. */
  isExtra(asked: string | undefined): boolean {
    return this.active && !(asked !== undefined && isNamedAfter(this.target, asked))
  }

  /** Looks whether the recording ended by itself: a full disk, a folder that is gone. */
  check(): Promise<void> {
    return this.next(async () => {
      // While the engine is being replaced it does not answer; the supervisor tells of it.
      try {
        if (this.waiting) await this.lookWhetherBegun(this.waiting)
        if (this.active && !this.waiting && this.parts.region.counter('recording') === 0) await this.finish()
        if (!this.active) await this.hold()
      } catch {}
    })
  }

  /** There is a new engine: what the one before recorded ends with what reached the disk. */
  engineLost(): Promise<void> {
    return this.next(async () => {
      if (this.active && !this.waiting) await this.complete({ error: 'the engine was replaced' })
      if (this.waiting) this.removeEmpty()
      this.active = false
      this.waiting = this.held = undefined
      await this.mend()
    })
  }

  /** Resolves when the takes that ended have their checksums. */
  async summed(): Promise<void> {
    await this.sums
  }

  /** Mends what a kill cut off, in this run or an earlier one. What cannot be mended is told once. */
  private async mend(): Promise<void> {
    const { addon, unfinished } = this.parts
    for (const target of unfinished.list().filter((other) => !(this.active && other === this.target))) {
      try {
        const mended = (await repairRecording(addon, target)).filter(({ isMended }) => isMended)
        if (mended.length > 0) log.warn({ target, files: mended }, 'a recording that was cut off is mended')
        this.parts.deliver?.(target)
      } catch (cause) {
        if (existsSync(target)) log.error({ err: cause }, `${target} was cut off and cannot be mended`)
      }
      unfinished.remove(target)
    }
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work)
    this.turn = result.catch(() => {})
    return result
  }

  private async begin(target: string): Promise<void> {
    const { region, socket, bits, what, tracks } = this.parts
    const desk = { registry: region.registry, values: region.values.slice(), texts: region.allTexts() }
    const punch = punchOf(desk, region.sampleRateHz)
    if (punch && tracks.length === 0)
      throw new DeskError('usage', 'transport.punch.on: expected tracks, whose timeline it goes by, found none')
    const spec = { ...prepareTake(target, bits, desk, what), ...(punch ? { punch } : {}) }
    this.held = undefined
    const started = await askEngine(socket, 'startTake', spec)
    if (started) await this.describe(target, spec, started)
    else this.waiting = spec
  }

  /** A punched take is described when it has begun; it may have ended by then. */
  private async lookWhetherBegun(spec: TakeSpec): Promise<void> {
    const { started } = await askEngine(this.parts.socket, 'info', null)
    if (!started) return
    await this.describe(this.target, spec, started)
    this.waiting = undefined
  }

  /** Has the engine keep what a recording would record, where a pre-roll is wanted. */
  private async hold(): Promise<void> {
    const { region, socket, what } = this.parts
    const desk = { registry: region.registry, values: region.values }
    const param = region.registry.byId.get('transport.preRollS')
    const seconds = param && isParam(param) ? (region.values[param.index] ?? 0) : 0
    if (seconds === 0 && !this.held) return
    const spec = { strips: recordedStrips(desk, what), buses: recordedBuses(desk, what), seconds }
    if (JSON.stringify(spec) === JSON.stringify(this.held?.spec)) return
    this.held = { spec, sinceMs: performance.now() }
    try {
      await askEngine(socket, 'holdTake', spec)
      if (seconds === 0) this.held = undefined
    } catch (cause) {
      // Not tried again until something else is wanted.
      this.held = { spec, sinceMs: Number.POSITIVE_INFINITY }
      this.error = `no pre-roll is kept: ${(cause as Error).message}`
      log.error({ err: cause }, this.error)
    }
  }

  /** The files of a take that never began. */
  private removeEmpty(): void {
    rmSync(this.target, { recursive: true, force: true })
    this.error = 'nothing was recorded: the punch in was not played'
  }

  /** Writes desk.yaml and take.yaml of a take that has begun. */
  private async describe(target: string, spec: TakeSpec, began: StartedTake): Promise<void> {
    if (isMasterAlone(target)) return
    const { region } = this.parts
    const { startFrame, skipFrames, preRollFrames, valuesBase64, ...transport } = began
    // What moved since it was asked for is in the engine's own table.
    const values = new Float32Array(Uint8Array.from(Buffer.from(valuesBase64, 'base64')).buffer)
    writeTakeDesk(target, { registry: region.registry, values, texts: region.allTexts() })
    const started = {
      isa: this.parts.isa(),
      sampleRateHz: region.sampleRateHz,
      startFrame,
      skipFrames,
      preRollFrames,
      roundTripFrames: region.counter('roundTripFrames'),
      transport,
    }
    await writeTakeFile(takeFiles(target).take, takeFileAtStart(spec, started, this.parts.tracks))
  }

  private async finish(): Promise<void> {
    if (this.waiting) await this.lookWhetherBegun(this.waiting)
    const result = await askEngine(this.parts.socket, 'stopTake', null)
    this.error = result.error
    this.parts.onTarget(null)
    if (this.waiting) this.removeEmpty()
    else await this.complete(result)
    this.active = false
    this.waiting = undefined
    this.parts.unfinished.remove(this.target)
    if (result.error) log.error({ target: this.target, frames: result.frames }, `the recording ended: ${result.error}`)
    else log.info({ target: this.target, frames: result.frames }, 'recorded')
  }

  /** Adds the length to a take's description at once, then cue points, checksums of its tracks, and its final format. */
  private async complete({ frames, error }: Partial<TakeResult>): Promise<void> {
    const { target } = this
    const { take: path, master } = takeFiles(target)
    try {
      if (this.marks.length > 0 && frames !== undefined)
        await this.parts.addon.writeCuePoints(isMasterAlone(target) ? target : master, this.marks)
      // What was cut off is mended before it goes on.
      const deliver = (): void => {
        if (frames !== undefined) this.parts.deliver?.(target)
      }
      if (isMasterAlone(target)) return deliver()
      const take = { ...(await readTakeFile(path)), ...(frames === undefined ? {} : { frames }), ...(error ? { error } : {}) }
      await writeTakeFile(path, take)
      const before = this.sums
      this.sums = addChecksums(path, take)
        .catch((cause: Error) => log.warn({ reason: cause.message }, `${path}: no checksums`))
        .then(deliver)
        .then(() => before)
    } catch (cause) {
      log.error({ err: cause }, `${target} cannot be completed`)
    }
  }
}

async function addChecksums(path: string, take: TakeFile): Promise<void> {
  const tracks = []
  for (const track of take.tracks) tracks.push({ ...track, sha256: await sha256OfFile(track.file) })
  if (tracks.length > 0) await writeTakeFile(path, { ...take, tracks })
}

/** The name a running take goes by. */
const targetOf = (take: TakeSpec): string => (take.eventLogPath ? join(take.eventLogPath, '..') : take.masterPath)
