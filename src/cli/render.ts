// `deskd render`: files, or a recorded take, through the offline engine into one file.
import { audioFiles, readHeaders } from '../config/audio-files.js'
import { wantedInstructionSet } from '../engine/instruction-set.js'
import {
  type AudioFileInfo,
  type DitherKind,
  type NativeAddon,
  nativeAddon,
  type RenderBits,
  type RenderResult,
  type RenderSpec,
  type TrackSpec,
  type WavBits,
} from '../engine/native.js'
import { renderOffline } from '../engine/render-offline.js'
import { DeskError } from '../errors.js'
import { keepCeiling } from '../mastering/keep-ceiling.js'
import { measureFile } from '../mastering/measure.js'
import type { Registry } from '../params/registry.js'
import { readTake, renderSpecOfTake } from '../takes/read-take.js'
import { masterOf } from '../takes/take-folder.js'
import { levelText, printJson, printLines, tableLines } from './print.js'
import { progressBar } from './progress-bar.js'
import { changedDesk, renderDesk } from './render-desk.js'
import { checkOutput, writeWhole } from './render-output.js'

export interface RenderOptions {
  readonly in?: readonly string[]
  readonly take?: string
  readonly out: string
  readonly desk?: string
  readonly set?: readonly string[]
  readonly buffer: number
  readonly bits?: RenderBits
  readonly dither?: DitherKind
  readonly ceiling?: number
  readonly isa?: string
  readonly json?: boolean
}

/** What `--json` prints. */
export interface RenderReport {
  readonly file: string
  readonly frames: number
  readonly sampleRateHz: number
  readonly strips: number
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
  readonly renderSeconds: number
  readonly realtimeFactor: number
}

/** An audio file on its way to a strip; `strip` counts from 0. */
interface Track extends TrackSpec {
  readonly info: AudioFileInfo
}

/** Everything one render needs, found and checked before anything is written. */
interface Job {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: readonly string[]
  readonly sampleRateHz: number
  readonly isa: string
  readonly tracks: readonly Track[]
  /** Frames that come out, for the progress bar. */
  readonly frames: number
  readonly spec: (path: string) => RenderSpec
}

export async function render(options: RenderOptions): Promise<void> {
  const addon = nativeAddon()
  const job = options.take === undefined ? filesJob(addon, options) : await takeJob(addon, options.take, options)
  checkOutput(
    options.out,
    job.tracks.map((track) => track.path),
  )
  const result = await writeWhole(options.out, (path) => write(addon, job, path, options))
  report(options, {
    file: options.out,
    frames: result.frames,
    sampleRateHz: job.sampleRateHz,
    strips: job.registry.topology.stripStereo.length,
    integratedLufs: result.integratedLufs,
    loudnessRangeLu: result.loudnessRangeLu,
    truePeakDbtp: result.truePeakDbtp,
    samplePeakDbfs: result.samplePeakDbfs,
    renderSeconds: result.renderSeconds,
    realtimeFactor: result.frames / job.sampleRateHz / result.renderSeconds,
  })
}

/** Renders, and where a ceiling is to be kept renders again until it is. The peaks are those of the file. */
async function write(addon: NativeAddon, job: Job, path: string, options: RenderOptions): Promise<RenderResult> {
  const { bits } = job.spec(path)
  if (bits === '32f' && options.dither !== undefined)
    throw new DeskError('usage', `--dither ${options.dither}: expected --bits 16, 20 or 24, found 32f`)
  const isLossy = bits !== '32f' && (bits !== '24' || (options.dither ?? 'none') !== 'none')
  const once = async (values: Float32Array): Promise<RenderResult> => {
    const result = await runJob(addon, { ...job, values }, path)
    if (!isLossy && options.ceiling === undefined) return result
    const { truePeakDbtp, samplePeakDbfs } = await measureFile(path, { brief: true })
    return { ...result, truePeakDbtp, samplePeakDbfs }
  }
  if (options.ceiling === undefined) return once(job.values)
  if (options.take !== undefined)
    throw new DeskError('usage', '--ceiling: expected --in, found --take, whose log moves the limiter by itself')
  const kept = await keepCeiling(options.ceiling, (limiterCeilingDbtp) => once(limitedAt(job, limiterCeilingDbtp)))
  return kept.written
}

function limitedAt(job: Job, ceilingDbtp: number): Float32Array {
  const values = job.values.slice()
  const at = (id: string): number => job.registry.byId.get(id)!.index
  values[at('master.limiter.on')] = 1
  values[at('master.limiter.ceilingDbtp')] = ceilingDbtp
  return values
}

/** A desk runs at 44.1 to 192 kHz: the first file's rate where it is one of these. */
const deskRate = (firstHz: number): number => (firstHz >= 44100 && firstHz <= 192000 ? firstHz : 48000)

function filesJob(addon: NativeAddon, options: RenderOptions): Job {
  const isa = wantedInstructionSet(addon.isaNames, options.isa)
  if (options.in === undefined)
    throw new DeskError('usage', 'expected --in with folders or files, or --take with a take folder, found neither')
  const files = audioFiles(options.in)
  const infos = readHeaders(files, addon.audioFileInfo)
  const sampleRateHz = deskRate(infos[0]?.sampleRateHz ?? 0)
  const desk = changedDesk(
    renderDesk(
      options.desk,
      infos.map((info) => info.channels === 2),
      sampleRateHz,
    ),
    options.set ?? [],
    sampleRateHz,
  )
  const tracks = files.map((path, strip) => ({ path, strip, info: infos[strip]! }))
  return {
    ...desk,
    sampleRateHz,
    isa,
    tracks,
    frames: Math.max(...infos.map((info) => Math.ceil((info.frames * sampleRateHz) / info.sampleRateHz))),
    spec: (outPath) => ({
      outPath,
      bits: options.bits ?? '24',
      ...(options.dither ? { dither: options.dither } : {}),
      bufferFrames: options.buffer,
      frames: 0,
      trimLatency: true,
      events: [],
    }),
  }
}

async function takeJob(addon: NativeAddon, folder: string, options: RenderOptions): Promise<Job> {
  const given = (['in', 'desk', 'set'] as const).filter((name) => options[name] !== undefined)
  if (given.length > 0)
    throw new DeskError('usage', `--take brings its own inputs and desk: expected no --${given.join(', no --')}`)
  const take = await readTake(folder)
  const master = addon.audioFileInfo(masterOf(folder))
  const paths = take.tracks.map((track) => track.path)
  const infos = readHeaders(paths, addon.audioFileInfo)
  return {
    ...take,
    sampleRateHz: take.file.sampleRateHz,
    isa: wantedInstructionSet(
      addon.isaNames,
      options.isa ?? take.file.isa,
      options.isa ? '' : ' (the take was recorded with it)',
    ),
    tracks: take.tracks.map((track, i) => ({ ...track, info: infos[i]! })),
    frames: take.file.frames ?? master.frames,
    spec: (outPath) =>
      renderSpecOfTake(take, master.frames, {
        outPath,
        bits: options.bits ?? bitsOf(master.format),
        ...(options.dither ? { dither: options.dither } : {}),
        bufferFrames: options.buffer,
      }),
  }
}

/** The format of a master as its header names it. */
const bitsOf = (format: string): WavBits => (/\b16\b/.test(format) ? '16' : /\b24\b/.test(format) ? '24' : '32f')

async function runJob(addon: NativeAddon, job: Job, outPath: string): Promise<RenderResult> {
  const showProgress = progressBar('rendering', job.frames)
  const result = await renderOffline(addon, job, job.spec(outPath), showProgress)
  showProgress(job.frames)
  return result
}

function report(options: RenderOptions, result: RenderReport): void {
  if (options.json) {
    printJson(result)
    return
  }
  const seconds = result.frames / result.sampleRateHz
  printLines(
    tableLines([
      ['file', result.file],
      ['length', `${seconds.toFixed(3)} s, ${result.frames} frames at ${result.sampleRateHz} Hz, ${result.strips} strips`],
      ['loudness', `${levelText(result.integratedLufs).trim()} LUFS, range ${result.loudnessRangeLu.toFixed(1)} LU`],
      ['peak', `${levelText(result.truePeakDbtp).trim()} dBTP, samples ${levelText(result.samplePeakDbfs).trim()} dBFS`],
      ['rendered', `in ${result.renderSeconds.toFixed(2)} s, ${result.realtimeFactor.toFixed(0)}× real time`],
    ]),
  )
}
