// Starts and ends recordings: names the files, writes the desk down as it was at the first frame, completes the take.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sha256OfFile } from '../engine/checksum.js'
import { askEngine, type StartedTake, type TrackFile } from '../engine/commands.js'
import type { NativeAddon, TakeResult, TakeSpec, WavBits } from '../engine/native.js'
import type { Region } from '../engine/region.js'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { prepareTake, takeFileAtStart, writeTakeDesk } from '../takes/prepare-take.js'
import { repairRecording } from '../takes/repair.js'
import { readTakeFile, type TakeFile, writeTakeFile } from '../takes/take-file.js'
import { freeName, isMasterAlone, isNamedAfter, takeFiles, timestampName } from '../takes/take-folder.js'
import type { Unfinished } from '../takes/unfinished.js'

export interface RecordingState {
  readonly active: boolean
  /** The file or folder being recorded, or the last one. */
  readonly target: string
  readonly frames: number
  /** Why the last recording ended by itself, or ''. */
  readonly error: string
}

export interface RecorderParts {
  readonly addon: Pick<NativeAddon, 'repairWav'>
  readonly socket: string
  readonly region: Region
  /** What a kill would leave to be mended. */
  readonly unfinished: Unfinished
  readonly tracks: readonly TrackFile[]
  readonly bits: WavBits
  /** Where takes without a name go. */
  readonly takesFolder: string
  readonly isa: () => string
  /** Told of the wanted name while something is recorded, null when it ended. */
  readonly onTarget: (wanted: string | null) => void
}

export class Recorder {
  private target = ''
  private active = false
  private error = ''
  /** One start or stop at a time, in the order they were asked for. */
  private turn: Promise<unknown> = Promise.resolve()
  private sums: Promise<void> = Promise.resolve()

  constructor(private readonly parts: RecorderParts) {}

  state(): RecordingState {
    const { active, target, error } = this
    return { active, target, frames: this.parts.region.counter('recordedFrames'), error }
  }

  /** A new control finds the recording that runs, and mends those that do not run any more. */
  adopt(): Promise<void> {
    return this.next(async () => {
      const { take, started } = await askEngine(this.parts.socket, 'info', null)
      if (take && started) {
        this.active = true
        this.target = targetOf(take)
        // A control that was killed at the take's very start did not come to describing it.
        if (!existsSync(takeFiles(this.target).take)) await this.describe(this.target, take, started)
      }
      await this.mend()
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
      if (this.active && this.parts.region.counter('recording') === 0) await this.finish().catch(() => {})
    })
  }

  /** There is a new engine: what the one before recorded ends with what reached the disk. */
  engineLost(): Promise<void> {
    return this.next(async () => {
      if (this.active) await this.complete({ error: 'the engine was replaced' })
      this.active = false
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
    const { region, socket, bits } = this.parts
    const desk = { registry: region.registry, values: region.values.slice(), texts: region.allTexts() }
    const spec = prepareTake(target, bits, desk)
    await this.describe(target, spec, await askEngine(socket, 'startTake', spec))
  }

  /** Writes desk.yaml and take.yaml of a take that has begun. */
  private async describe(target: string, spec: TakeSpec, { startFrame, valuesBase64, ...transport }: StartedTake): Promise<void> {
    if (isMasterAlone(target)) return
    const { region } = this.parts
    // What moved since it was asked for is in the engine's own table.
    const values = new Float32Array(Uint8Array.from(Buffer.from(valuesBase64, 'base64')).buffer)
    writeTakeDesk(target, { registry: region.registry, values, texts: region.allTexts() })
    const started = {
      isa: this.parts.isa(),
      sampleRateHz: region.sampleRateHz,
      startFrame,
      roundTripFrames: region.counter('roundTripFrames'),
      transport,
    }
    await writeTakeFile(takeFiles(target).take, takeFileAtStart(spec, started, this.parts.tracks))
  }

  private async finish(): Promise<void> {
    const result = await askEngine(this.parts.socket, 'stopTake', null)
    this.error = result.error
    this.parts.onTarget(null)
    await this.complete(result)
    this.active = false
    this.parts.unfinished.remove(this.target)
    if (result.error) log.error({ target: this.target, frames: result.frames }, `the recording ended: ${result.error}`)
    else log.info({ target: this.target, frames: result.frames }, 'recorded')
  }

  /** Adds the length to a take's description at once, and the checksums of its tracks when they are there. */
  private async complete({ frames, error }: Partial<TakeResult>): Promise<void> {
    if (isMasterAlone(this.target)) return
    const path = takeFiles(this.target).take
    try {
      const take = { ...(await readTakeFile(path)), ...(frames === undefined ? {} : { frames }), ...(error ? { error } : {}) }
      await writeTakeFile(path, take)
      const before = this.sums
      this.sums = addChecksums(path, take)
        .catch((cause: Error) => log.warn({ reason: cause.message }, `${path}: no checksums`))
        .then(() => before)
    } catch (cause) {
      log.error({ err: cause }, `${path} cannot be completed`)
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
