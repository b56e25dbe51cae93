// `deskd take …`: recordings that exist. What there is, what is in one, what differs between two; `repair` mends them.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { nativeAddon } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { diffTakes, type ParamDifference, type TakeDifference } from '../takes/diff-takes.js'
import { movesOf } from '../takes/moves.js'
import { readTakeDesk, type TakeDesk } from '../takes/read-take.js'
import { readTakeFile } from '../takes/take-file.js'
import { masterOf, takeFiles } from '../takes/take-folder.js'
import { printJson, printLines, tableLines } from './print.js'

interface JsonOption {
  readonly json?: boolean
}

/** `61.5` s as `1:01.500` */
export const timeText = (seconds: number): string => {
  const ms = Math.round(seconds * 1000)
  return `${Math.floor(ms / 60000)}:${((ms % 60000) / 1000).toFixed(3).padStart(6, '0')}`
}

/** Folders with a take.yaml, the given ones and those right in them. */
function takeFolders(folders: readonly string[]): string[] {
  const isTake = (folder: string): boolean => existsSync(takeFiles(folder).take)
  return folders.flatMap((folder) => {
    if (!existsSync(folder) || !statSync(folder).isDirectory())
      throw new DeskError('take', `${folder}: expected a folder, found ${existsSync(folder) ? 'a file' : 'nothing'}`)
    if (isTake(folder)) return [folder]
    const inside = readdirSync(folder).map((name) => join(folder, name))
    return inside.filter(isTake).sort()
  })
}

export async function list(folders: readonly string[], options: JsonOption): Promise<void> {
  const takes = await Promise.all(
    takeFolders(folders.length > 0 ? folders : ['.']).map(async (folder) => {
      const file = await readTakeFile(takeFiles(folder).take)
      const { mtime } = statSync(takeFiles(folder).take)
      return {
        folder,
        recorded: mtime.toISOString(),
        seconds: framesOf(folder, file.frames) / file.sampleRateHz,
        sampleRateHz: file.sampleRateHz,
        tracks: file.tracks.length,
        inputs: file.inputs.length,
        markers: file.markers?.length ?? 0,
        ...(file.error ? { error: file.error } : {}),
      }
    }),
  )
  if (options.json) printJson(takes)
  else
    printLines(
      tableLines(
        takes.map((take) => [
          take.folder,
          timeText(take.seconds),
          `${take.sampleRateHz} Hz`,
          `${take.tracks} tracks`,
          `${take.inputs} inputs`,
          take.recorded.slice(0, 16).replace('T', ' '),
          take.error ?? '',
        ]),
      ),
    )
}

/** The master's length where a kill left none in take.yaml. */
function framesOf(folder: string, frames: number | undefined): number {
  if (frames !== undefined) return frames
  try {
    return nativeAddon().audioFileInfo(masterOf(folder)).frames
  } catch {
    return 0
  }
}

export async function show(folder: string, options: JsonOption): Promise<void> {
  const take = await readTakeDesk(folder)
  const { file } = take
  const moved = [...movesOf(take.registry, take.values, take.events).values()]
    .filter(({ moves }) => moves.length > 0)
    .map(({ param, moves }) => ({ id: param.id, moves: moves.length }))
    .sort((a, b) => b.moves - a.moves)
  const shown = {
    folder,
    seconds: framesOf(folder, file.frames) / file.sampleRateHz,
    sampleRateHz: file.sampleRateHz,
    isa: file.isa,
    tracks: file.tracks.map(({ strip, file: path }) => ({ strip, file: path })),
    inputs: file.inputs,
    buses: file.buses ?? [],
    markers: file.markers ?? [],
    moved,
    ...(file.error ? { error: file.error } : {}),
  }
  if (options.json) {
    printJson(shown)
    return
  }
  printLines([
    ...tableLines([
      ['take', folder],
      ['length', `${timeText(shown.seconds)} at ${file.sampleRateHz} Hz, ${file.isa}`],
      ...(file.error ? [['ended', file.error]] : []),
      ...shown.tracks.map((track) => ['track', `${track.strip}  ${track.file}`]),
      ...shown.inputs.map((input) => ['input', `${input.strip}  ${input.file}`]),
      ...shown.markers.map((marker) => ['marker', `${timeText(marker.frame / file.sampleRateHz)}  ${marker.name}`]),
    ]),
    ...tableLines(moved.map(({ id, moves }) => ['moved', id, `${moves} times`])),
  ])
}

export async function diff(first: string, second: string, options: JsonOption): Promise<void> {
  const [a, b] = [await readTakeDesk(first), await readTakeDesk(second)]
  const found = diffTakes(a, b, Math.max(lengthOf(a), lengthOf(b)))
  if (options.json) printJson(found)
  else printLines(diffLines(found))
}

const lengthOf = ({ folder, file }: TakeDesk): number => framesOf(folder, file.frames)

export function diffLines({ params, onlyFirst, onlySecond }: TakeDifference): string[] {
  if (params.length + onlyFirst.length + onlySecond.length === 0) return ['no parameter differs']
  return [
    ...tableLines(params.map((param) => [param.id, byText(param), whenText(param)])),
    ...(onlyFirst.length > 0 ? [`only in the first: ${onlyFirst.join(', ')}`] : []),
    ...(onlySecond.length > 0 ? [`only in the second: ${onlySecond.join(', ')}`] : []),
  ]
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value)}`

function byText({ offset, least, most, first }: ParamDifference): string {
  if (offset !== undefined) return signed(offset)
  if (least !== undefined && most !== undefined) return `${signed(least)} to ${signed(most)}`
  return `${first[0]} → ${first[1]}`
}

function whenText({ spans }: ParamDifference): string {
  const texts = spans.slice(0, 3).map(({ fromS, toS }) => `${timeText(fromS)}–${timeText(toS)}`)
  return texts.join(', ') + (spans.length > 3 ? ` and ${spans.length - 3} more` : '')
}
