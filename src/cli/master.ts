// `deskd master`: files brought to a loudness below a ceiling, one by one or as an album, measured as they were written.
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { audioFiles } from '../config/audio-files.js'
import { makeFolder } from '../config/make-folder.js'
import { wantedInstructionSet } from '../engine/instruction-set.js'
import { type DitherKind, nativeAddon, type WavBits } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { type AlbumReport, type AlbumSettings, masterAlbum } from '../mastering/album/album.js'
import { limiterAlone, readChain } from '../mastering/album/master-desk.js'
import { type LoudnessMode, type PresetName, presets } from '../mastering/album/presets.js'
import type { MasterTakeOptions } from './master-take.js'
import { printJson, printLines, tableLines } from './print.js'
import { progressBar } from './progress-bar.js'

export interface MasterOptions {
  readonly out: string
  readonly preset?: PresetName
  readonly target?: number
  readonly ceiling?: number
  readonly mode: LoudnessMode
  readonly reference?: readonly string[]
  readonly chain?: string
  readonly toneMatch?: number
  readonly toneMax: number
  readonly levelMatch?: number
  readonly widthMatch?: number
  readonly limiterMatch?: number
  readonly keepEnds?: boolean
  readonly format: 'wav' | 'flac'
  readonly bits?: WavBits
  readonly dither?: DitherKind
  readonly rate?: number
  readonly isa?: string
  readonly json?: boolean
}

export async function master(words: readonly string[], options: MasterOptions & Partial<MasterTakeOptions>): Promise<void> {
  const { take } = options
  if (take !== undefined) {
    if (words.length > 0) throw new DeskError('usage', `--take brings its own audio: expected no files, found ${words.join(' ')}`)
    return (await import('./master-take.js')).masterTake({ ...options, take })
  }
  for (const name of ['set', 'from', 'to'] as const)
    if (options[name] !== undefined) throw new DeskError('usage', `--${name} changes a take: expected --take, found none`)
  const settings = settingsOf(options)
  if (words.length === 0) throw new DeskError('usage', 'expected files to master, or --take with a take folder, found neither')
  const files = words.flatMap((word) => (existsSync(word) && statSync(word).isDirectory() ? audioFiles([word]) : [resolve(word)]))
  checkOutFolder(options.out, files)
  const showProgress = progressBar('mastering', 1)
  const report = await masterAlbum(nativeAddon(), files, options.reference ?? [], resolve(options.out), settings, showProgress)
  if (options.json) printJson({ ...(options.preset ? { preset: options.preset } : {}), ...report })
  else printLines(reportLines(report))
  throwProblems(report)
}

/** What the options ask for, checked. */
export function settingsOf(options: MasterOptions): AlbumSettings {
  const preset = presets[options.preset ?? 'streaming']
  const rate = options.rate ?? ('sampleRateHz' in preset ? preset.sampleRateHz : undefined)
  const hasReference = (options.reference ?? []).length > 0
  if (!hasReference)
    for (const name of ['levelMatch', 'widthMatch', 'limiterMatch'] as const)
      if (options[name] !== undefined)
        throw new DeskError('usage', `--${name.replace('M', '-m')}: expected --reference with a file to match, found none`)
  if (options.format === 'flac' && options.bits === '32f')
    throw new DeskError('usage', '--format flac: expected --bits 16 or 24, found 32f')
  const isTargetGiven = options.target !== undefined || options.preset !== undefined
  return {
    targetLufs: options.target ?? preset.targetLufs,
    ceilingDbtp: options.ceiling ?? preset.ceilingDbtp,
    mode: options.mode,
    tonePercent: options.toneMatch ?? (hasReference ? 100 : 0),
    toneMaxDb: options.toneMax,
    match: {
      level: options.levelMatch ?? (isTargetGiven ? 0 : 100),
      width: options.widthMatch ?? 100,
      limiter: options.limiterMatch ?? 0,
    },
    topAndTail: !options.keepEnds,
    format: options.format,
    bits: options.bits ?? preset.bits,
    ...(options.dither ? { dither: options.dither } : {}),
    ...(rate === undefined ? {} : { sampleRateHz: rate }),
    chain: options.chain === undefined ? limiterAlone() : readChain(options.chain, rate ?? 48000),
    isa: wantedInstructionSet(nativeAddon().isaNames, options.isa),
    workers: availableParallelism(),
  }
}

/** Throws a DeskError where nothing can be written, or where it would be written over what is read. */
export function checkOutFolder(out: string, inputs: readonly string[]): void {
  const refuse = (expected: string, found: string): never => {
    throw new DeskError('output', `--out ${out}: expected ${expected}, found ${found}`)
  }
  if (existsSync(out) && !statSync(out).isDirectory()) refuse('a folder', 'a file of that name')
  try {
    makeFolder(out)
    accessSync(out, constants.W_OK)
  } catch (error) {
    refuse('a folder to write in', (error as Error).message)
  }
  const real = realpathSync(out)
  if (inputs.some((input) => existsSync(input) && dirname(realpathSync(input)) === real))
    refuse('a folder of its own', 'that of the files themselves')
}

/** The exit code says that not all is done. */
export function throwProblems({ problems }: Pick<AlbumReport, 'problems'>): void {
  if (problems.length > 0) throw new DeskError('audioFile', problems.map(({ error }) => error).join('\n'))
}

const oneDecimal = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '-inf')
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`

export function reportLines(report: AlbumReport): string[] {
  const rows = report.tracks.map((piece) => [
    piece.out,
    `${oneDecimal(piece.source.integratedLufs)} → ${piece.integratedLufs.toFixed(2)} LUFS`,
    `range ${piece.loudnessRangeLu.toFixed(1)} LU`,
    `${piece.truePeakDbtp.toFixed(2)} dBTP`,
    `PLR ${piece.plrLu.toFixed(1)} LU`,
    `gain ${signed(piece.trimDb + piece.driveDb)} dB`,
    `${piece.passes} ${piece.passes === 1 ? 'pass' : 'passes'}`,
    cutText(piece),
  ])
  const { toneSpreadDb } = report
  return [
    ...tableLines(rows),
    ...(report.tracks.length > 1 ? [`album  ${report.albumLufs.toFixed(2)} LUFS, all together`] : []),
    ...(toneSpreadDb ? [`tone   spread ${toneSpreadDb.before.toFixed(2)} → ${toneSpreadDb.after.toFixed(2)} dB`] : []),
  ]
}

const cutText = ({ cutStartS, cutEndS }: { cutStartS: number; cutEndS: number }): string =>
  cutStartS + cutEndS > 0 ? `cut ${cutStartS.toFixed(2)} s, ${cutEndS.toFixed(2)} s` : ''
