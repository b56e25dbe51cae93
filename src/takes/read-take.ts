// Reads a take folder back, checks it, and turns it into a render that gives the live master's samples again.
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readDeskFile } from '../config/desk-file.js'
import { sha256OfFile } from '../engine/checksum.js'
import type { TrackFile } from '../engine/commands.js'
import type { DitherKind, LoggedEvent, RenderBits, RenderSpec } from '../engine/native.js'
import { actionBase, actions } from '../engine/shared-layout.js'
import { DeskError } from '../errors.js'
import type { Registry } from '../params/registry.js'
import { readEventLog } from './event-log.js'
import { readTakeFile, type TakeFile } from './take-file.js'
import { takeFiles } from './take-folder.js'

/** What a take says of its desk, without its audio. */
export interface TakeDesk {
  readonly folder: string
  readonly file: TakeFile
  readonly registry: Registry
  /** The desk at the take's first frame. */
  readonly values: Float32Array
  readonly texts: readonly string[]
  readonly events: readonly LoggedEvent[]
}

export interface Take extends TakeDesk {
  /** What played, where it was found, as it was given: not yet at the take's rate. */
  readonly tracks: readonly TrackFile[]
}

/** Reads a take's description, desk and log alone. Throws a DeskError with code `take`. */
export async function readTakeDesk(folder: string): Promise<TakeDesk> {
  const files = takeFiles(folder)
  if (!existsSync(files.take)) throw new DeskError('take', `${folder}: expected a take's folder with a take.yaml, found none`)
  const file = await readTakeFile(files.take)
  const { registry, values, texts } = readDeskFile(files.desk)
  return { folder, file, registry, values, texts, events: readEventLog(files.events, registry) }
}

/** Reads a take and verifies that its files are there and unchanged. Throws a DeskError with code `take`. */
export async function readTake(folder: string): Promise<Take> {
  const desk = await readTakeDesk(folder)
  const { file } = desk
  for (const input of file.inputs) mustExist(join(folder, input.file), 'a recorded input')
  mustExist(takeFiles(folder).arena, "the engine's state at the first frame")
  const tracks: TrackFile[] = []
  for (const track of file.tracks)
    tracks.push({
      strip: track.strip - 1,
      path: await findTrack(folder, track.file, track.sha256),
      ...(track.song ? { song: track.song } : {}),
    })
  return { ...desk, tracks }
}

function mustExist(path: string, what: string): void {
  if (!existsSync(path)) throw new DeskError('take', `${path}: expected ${what}, found nothing`)
}

/** A track where it was, or beside the take. */
async function findTrack(folder: string, path: string, sha256: string | undefined): Promise<string> {
  const places = [path, join(folder, basename(path))]
  const found = places.filter((place) => existsSync(place))
  if (found.length === 0)
    throw new DeskError('take', `${path}: expected the track that played, found nothing there or in ${folder}: put it back`)
  for (const place of found) if (sha256 === undefined || (await sha256OfFile(place)) === sha256) return place
  throw new DeskError('take', `${found[0]}: expected the track that played (SHA-256 ${sha256}), found another file of this name`)
}

export interface TakeRender {
  readonly outPath: string
  readonly bits: RenderBits
  readonly dither?: DitherKind
  readonly bufferFrames: number
  /** Instruction set of the engine that renders; the take's own when it is not given. */
  readonly isa?: string
}

/** The render of a take. Its tracks are conformed and loaded by the caller before. `frames` is the length of the master's file. */
export function renderSpecOfTake(take: Take, frames: number, { isa = take.file.isa, ...out }: TakeRender): RenderSpec {
  const files = takeFiles(take.folder)
  const { playing, positionFrames } = take.file.transport
  // The saved state holds the transport too, but is of one instruction set; another set starts from reset.
  const starts = playing && isa !== take.file.isa
  const atStart: LoggedEvent[] = starts ? [{ frame: 0, target: actionBase + actions.roll, value: positionFrames }] : []
  return {
    ...out,
    frames: take.file.frames ?? frames,
    trimLatency: false,
    skipFrames: take.file.skipFrames ?? 0,
    events: [...atStart, ...take.events],
    inputs: take.file.inputs.map(({ strip, file }) => ({ strip: strip - 1, path: join(take.folder, file) })),
    ...(existsSync(files.lead) ? { leadPath: files.lead } : {}),
    arenaPath: files.arena,
  }
}
