// Gets a recording ready: file names, folders, the desk as it stands, and what the engine is told.
import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { deskText } from '../config/desk-text.js'
import { makeFolder } from '../config/make-folder.js'
import type { TrackFile } from '../engine/commands.js'
import type { TakeSpec, WavBits } from '../engine/native.js'
import type { RecordWhat } from '../engine/record-what.js'
import { DeskError } from '../errors.js'
import { isReturn } from '../params/armed-return.js'
import { isParam, type Registry } from '../params/registry.js'
import type { TakeBus, TakeFile, TakeInput } from './take-file.js'
import { inputFileName, isMasterAlone, takeFiles } from './take-folder.js'

/** A desk at one moment. */
export interface DeskSnapshot {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: readonly string[]
}

const valueById =
  ({ registry, values }: Pick<DeskSnapshot, 'registry' | 'values'>) =>
  (id: string): number => {
    const entry = registry.byId.get(id)
    return entry && isParam(entry) ? values[entry.index]! : 0
  }

const firstCardInput = 2 // behind off and track

/**
 * 0-based strips whose sources a take keeps: those that were asked for, and every card input, which a render needs. What an
 * effect returns is computed again.
 */
export function recordedStrips(desk: Pick<DeskSnapshot, 'registry' | 'values'>, what: RecordWhat = 'armed'): number[] {
  const value = valueById(desk)
  const every = what === 'inputs' || what === 'all'
  return desk.registry.topology.stripStereo
    .map((_, i) => i)
    .filter((i) => {
      const input = value(`strip.${i + 1}.input`)
      if (isReturn(desk.registry, input)) return false
      return value(`strip.${i + 1}.arm`) !== 0 || input >= firstCardInput || (every && input !== 0)
    })
}

/** 0-based buses that a take keeps. */
export function recordedBuses(desk: Pick<DeskSnapshot, 'registry' | 'values'>, what: RecordWhat = 'armed'): number[] {
  const value = valueById(desk)
  return Array.from({ length: desk.registry.topology.busCount }, (_, i) => i).filter(
    (i) => what === 'buses' || what === 'all' || value(`bus.${i + 1}.arm`) !== 0,
  )
}

/** Where a recording begins and ends by itself; undefined while punching is off. Throws a DeskError for points in the wrong order. */
export function punchOf(desk: Pick<DeskSnapshot, 'registry' | 'values'>, sampleRateHz: number): TakeSpec['punch'] {
  const value = valueById(desk)
  if (value('transport.punch.on') === 0) return undefined
  const [inS, outS] = [value('transport.punch.inS'), value('transport.punch.outS')]
  const [inFrame, outFrame] = [Math.round(inS * sampleRateHz), Math.round(outS * sampleRateHz)]
  if (outFrame > inFrame) return { inFrame, outFrame }
  throw new DeskError('outOfRange', `transport.punch: expected outS behind inS (${inS} s), found ${outS} s`)
}

/** What the engine is told for a target that is free. Makes the folders. */
export function prepareTake(target: string, bits: WavBits, desk: DeskSnapshot, what: RecordWhat = 'armed'): TakeSpec {
  try {
    if (isMasterAlone(target)) {
      makeFolder(dirname(target))
      return { masterPath: target, bits, inputs: [], buses: [] }
    }
    const files = takeFiles(target)
    makeFolder(files.inputs)
    const buses = recordedBuses(desk, what)
    if (buses.length > 0) makeFolder(files.buses)
    return {
      masterPath: files.master,
      bits,
      inputs: recordedStrips(desk, what).map((strip) => ({ strip, path: join(files.inputs, fileName(desk, 'strip', strip)) })),
      buses: buses.map((bus) => ({ bus, path: join(files.buses, fileName(desk, 'bus', bus)) })),
      eventLogPath: files.events,
      leadPath: files.lead,
      arenaPath: files.arena,
    }
  } catch (cause) {
    throw new DeskError('output', `${target}: expected a place to record to, found ${(cause as Error).message}`, { cause })
  }
}

/** The take's desk.yaml: topology, texts and every value at the first frame. */
export const writeTakeDesk = (folder: string, desk: DeskSnapshot): void =>
  writeFileSync(takeFiles(folder).desk, deskText(desk.registry, desk, { all: true }))

function fileName(desk: DeskSnapshot, kind: 'strip' | 'bus', index: number): string {
  const name = desk.registry.texts.find((text) => text.id === `${kind}.${index + 1}.name`)
  return inputFileName(index + 1, name ? (desk.texts[name.index] ?? '') : '')
}

/** The inputs and buses of a take as its take.yaml names them. */
const takeInputs = (spec: TakeSpec): TakeInput[] =>
  spec.inputs.map(({ strip, path }) => ({ strip: strip + 1, file: join('inputs', basename(path)) }))
const takeBuses = (spec: TakeSpec): TakeBus[] =>
  spec.buses.map(({ bus, path }) => ({ bus: bus + 1, file: join('buses', basename(path)) }))

/** take.yaml at the start: everything but length and checksums. */
export const takeFileAtStart = (
  spec: TakeSpec,
  started: Pick<
    TakeFile,
    'isa' | 'sampleRateHz' | 'startFrame' | 'skipFrames' | 'preRollFrames' | 'roundTripFrames' | 'transport'
  >,
  tracks: readonly TrackFile[],
): TakeFile => ({
  version: 1,
  ...started,
  tracks: tracks.map(({ strip, path, song }) => ({ strip: strip + 1, file: path, ...(song ? { song } : {}) })),
  inputs: takeInputs(spec),
  buses: takeBuses(spec),
  ...(spec.punch ? { punch: spec.punch } : {}),
})
