// `deskd render`: files, or a recorded take, through the offline engine into one file.
import { audioFiles, readHeaders } from '../config/audio-files.js'
import { wantedInstructionSet } from '../engine/instruction-set.js'
import {
  type AudioFileInfo,
  type NativeAddon,
  nativeAddon,
  type RenderResult,
  type RenderSpec,
  type TrackSpec,
  type WavBits,
} from '../engine/native.js'
import { renderOffline } from '../engine/render-offline.js'
import { DeskError } from '../errors.js'
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
  readonly bits?: WavBits
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
  const result = await writeWhole(options.out, (path) => runJob(addon, job, path))
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
