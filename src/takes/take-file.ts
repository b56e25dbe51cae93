// take.yaml: what a take was made of, so that it can be rendered again. Written at the start, completed at the end.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { DeskError } from '../errors.js'

export interface TakeTrack {
  /** Strip number from 1. */
  readonly strip: number
  /** Absolute path of the file that played, as it was given. */
  readonly file: string
  /** From 0; songs played one behind the other. Missing: the first. */
  readonly song?: number
  /** Missing while the take is being recorded. */
  readonly sha256?: string
}

export interface TakeInput {
  /** Strip number from 1. */
  readonly strip: number
  /** Path from the take's folder. */
  readonly file: string
}

export interface TakeBus {
  /** Bus number from 1. */
  readonly bus: number
  /** Path from the take's folder. */
  readonly file: string
}

export interface TakeFile {
  readonly version: 1
  /** Instruction set of the live engine: bits are promised within one. */
  readonly isa: string
  readonly sampleRateHz: number
  /** Engine frame of the files' first frame. */
  readonly startFrame: number
  /** Frames that a render runs from the saved state to the files' first frame. */
  readonly skipFrames?: number
  /** How many of the files' frames are from before the recording was asked for. */
  readonly preRollFrames?: number
  /** Frames of the timeline that it was punched to: the files' first, and the one behind their last. */
  readonly punch?: { readonly inFrame: number; readonly outFrame: number }
  /** Missing when the recording was cut off; the master's length counts then. */
  readonly frames?: number
  readonly tracks: readonly TakeTrack[]
  readonly inputs: readonly TakeInput[]
  /** Behind their faders, as late as the master is. */
  readonly buses?: readonly TakeBus[]
  readonly roundTripFrames: number
  /** Where the player was at the saved state. */
  readonly transport: { readonly playing: boolean; readonly positionFrames: number }
  /** Set while it was recorded, by frame of the files; cue points of the master too. */
  readonly markers?: readonly { readonly name: string; readonly frame: number }[]
  /** Why the recording ended by itself. */
  readonly error?: string
}

/** YAML is loaded when a take is recorded or read, not when a desk starts. */
const yaml = () => import('yaml')

export async function writeTakeFile(path: string, take: TakeFile): Promise<void> {
  const { stringify } = await yaml()
  writeFileSync(`${path}.next`, stringify(take, { lineWidth: 0 }))
  renameSync(`${path}.next`, path)
}

/** Reads and checks a take.yaml. Throws a DeskError that says what is wrong with it. */
export async function readTakeFile(path: string): Promise<TakeFile> {
  const { parse } = await yaml()
  let take: unknown
  try {
    take = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new DeskError('take', `${path}: expected a take's description, found ${(cause as Error).message.split('\n')[0]}`, {
      cause,
    })
  }
  const wrong = findWrong(take)
  if (wrong) throw new DeskError('take', `${path}: expected ${wrong}: was this written by deskd?`)
  return take as TakeFile
}

type Loose = Record<string, unknown> | null | undefined

function findWrong(value: unknown): string | undefined {
  const take = value as Loose
  const whole = (found: unknown): boolean => Number.isSafeInteger(found) && (found as number) >= 0
  const list = (found: unknown, complete: (item: Loose) => boolean): boolean => Array.isArray(found) && found.every(complete)
  const onStrip = (item: Loose): boolean => whole(item?.strip) && typeof item?.file === 'string'
  const transport = take?.transport as Loose
  if (!take || typeof take !== 'object') return 'a map'
  if (take.version !== 1) return 'version 1'
  if (typeof take.isa !== 'string') return 'isa, an instruction set'
  if (!whole(take.sampleRateHz)) return 'sampleRateHz in Hz'
  if (!whole(take.startFrame)) return 'startFrame in frames'
  if (take.frames !== undefined && !whole(take.frames)) return 'frames, a whole number'
  if (!list(take.tracks, onStrip)) return 'tracks, each with strip and file'
  if (!list(take.inputs, onStrip)) return 'inputs, each with strip and file'
  if (take.skipFrames !== undefined && !whole(take.skipFrames)) return 'skipFrames, a whole number'
  if (!whole(take.roundTripFrames)) return 'roundTripFrames in frames'
  if (typeof transport?.playing !== 'boolean' || !whole(transport.positionFrames))
    return 'transport with playing and positionFrames'
  return undefined
}
