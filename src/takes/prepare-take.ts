// Gets a recording ready: file names, folders, the desk as it stands, and what the engine is told.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deskText } from '../config/desk-text.js'
import { makeFolder } from '../config/make-folder.js'
import type { TrackFile } from '../engine/commands.js'
import type { TakeSpec, WavBits } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { isParam, type Registry } from '../params/registry.js'
import type { TakeFile, TakeInput } from './take-file.js'
import { inputFileName, isMasterAlone, takeFiles } from './take-folder.js'

/** A desk at one moment. */
export interface DeskSnapshot {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: readonly string[]
}

/** 0-based strips whose sources a take keeps: the armed ones, and every card input that could be heard. */
export function recordedStrips({ registry, values }: DeskSnapshot): number[] {
  const value = (id: string): number => {
    const entry = registry.byId.get(id)
    return entry && isParam(entry) ? values[entry.index]! : 0
  }
  const firstCardInput = 2 // behind off and track
  return registry.topology.stripStereo
    .map((_, i) => i)
    .filter((i) => value(`strip.${i + 1}.arm`) !== 0 || value(`strip.${i + 1}.input`) >= firstCardInput)
}

/** What the engine is told for a target that is free. Makes the folders. */
export function prepareTake(target: string, bits: WavBits, desk: DeskSnapshot): TakeSpec {
  try {
    if (isMasterAlone(target)) {
      makeFolder(dirname(target))
      return { masterPath: target, bits, inputs: [] }
    }
    const files = takeFiles(target)
    makeFolder(files.inputs)
    return {
      masterPath: files.master,
      bits,
      inputs: recordedStrips(desk).map((strip) => ({ strip, path: join(files.inputs, inputName(desk, strip)) })),
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

function inputName(desk: DeskSnapshot, strip: number): string {
  const name = desk.registry.texts.find((text) => text.id === `strip.${strip + 1}.name`)
  return inputFileName(strip + 1, name ? (desk.texts[name.index] ?? '') : '')
}

/** The inputs of a take as its take.yaml names them. */
export const takeInputs = (spec: TakeSpec): TakeInput[] =>
  spec.inputs.map(({ strip, path }) => ({ strip: strip + 1, file: join('inputs', path.slice(dirname(path).length + 1)) }))

/** take.yaml at the start: everything but length and checksums. */
export const takeFileAtStart = (
  spec: TakeSpec,
  started: Pick<TakeFile, 'isa' | 'sampleRateHz' | 'startFrame' | 'roundTripFrames' | 'transport'>,
  tracks: readonly TrackFile[],
): TakeFile => ({
  version: 1,
  ...started,
  tracks: tracks.map(({ strip, path }) => ({ strip: strip + 1, file: path })),
  inputs: takeInputs(spec),
})
