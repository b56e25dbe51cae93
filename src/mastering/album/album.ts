// A whole album: sources read, targets set, every piece passed through the chain until it complies, and put in its place.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { nameOfTrack } from '../../config/audio-files.js'
import { makeFolder } from '../../config/make-folder.js'
import type { DitherKind, NativeAddon, WavBits } from '../../engine/native.js'
import { renderOffline } from '../../engine/render-offline.js'
import { DeskError } from '../../errors.js'
import { type Measurement, measureFile } from '../measure.js'
import { albumLufs, targetsOf } from './album-loudness.js'
import { cueSheetText } from './cue-sheet.js'
import { inParallel } from './in-parallel.js'
import { type Chain, type ChainSettings, chainDesk, hasChain, limiterDesk, type MasterDesk, mostDriveDb } from './master-desk.js'
import { type MatchAmounts, matchedCeiling, matchedTarget, matchedWidth, type Reference, referenceOf } from './match.js'
import { type Goal, passUntil } from './passes.js'
import type { LoudnessMode } from './presets.js'
import { readSource, type Source } from './source.js'
import { meanTone, type Tone, toneCurve, toneOf, toneSpreadDb } from './tone.js'

export interface AlbumSettings {
  readonly targetLufs: number
  readonly ceilingDbtp: number
  readonly mode: LoudnessMode
  readonly tonePercent: number
  readonly toneMaxDb: number
  readonly match: MatchAmounts
  readonly topAndTail: boolean
  readonly format: 'wav' | 'flac'
  readonly bits: WavBits
  /** Missing: the render's own choice. */
  readonly dither?: DitherKind
  /** The files' own where missing. */
  readonly sampleRateHz?: number
  readonly chain: Chain
  readonly isa: string
  readonly workers: number
}

export interface MasteredPiece {
  readonly file: string
  readonly out: string
  readonly source: Figures
  readonly targetLufs: number
  readonly frames: number
  readonly sampleRateHz: number
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
  readonly maxShortTermLufs: number
  readonly plrLu: number
  /** Before the chain, and behind it into the limiter. */
  readonly trimDb: number
  readonly driveDb: number
  readonly limiterCeilingDbtp: number
  readonly widthPercent: number
  readonly passes: number
  readonly cutStartS: number
  readonly cutEndS: number
}

/** Of a file as it came. */
export type Figures = Pick<Measurement, 'integratedLufs' | 'loudnessRangeLu' | 'truePeakDbtp' | 'plrLu'>

export interface AlbumReport {
  readonly targetLufs: number
  readonly ceilingDbtp: number
  readonly mode: LoudnessMode
  /** Of all that was written together. */
  readonly albumLufs: number
  /** How far third-octave spectra are from their mean, or the references', dB RMS; where tone was matched. */
  readonly toneSpreadDb?: { readonly before: number; readonly after: number }
  readonly tracks: readonly MasteredPiece[]
  /** What could not be done, by file; the rest is done. */
  readonly problems: readonly { readonly file: string; readonly error: string }[]
  readonly cueSheet?: string
}

/** LU: a target for itself, and where differences between pieces are kept. */
const tolerances: Record<LoudnessMode, number> = { track: 0.07, album: 0.004, loudest: 0.004 }
const mostTrimDb = 24
/** By how much the desk's own meters and those of the written file may differ. */
const meterMarginLu = 0.005
const meterMarginDb = 0.1

interface Plan {
  readonly source: Source
  readonly out: string
  readonly goal: Goal
  readonly settings: ChainSettings
}

interface Done {
  readonly plan: Plan
  readonly piece: MasteredPiece
  readonly measured: Measurement
}

/** `onProgress` hears how much of all is done, 0…1. Throws a DeskError only for what concerns all of them. */
export async function masterAlbum(
  addon: NativeAddon,
  files: readonly string[],
  references: readonly string[],
  outFolder: string,
  settings: AlbumSettings,
  onProgress: (share: number) => void = () => {},
): Promise<AlbumReport> {
  makeFolder(outFolder)
  const work = mkdtempSync(join(outFolder, '.master-'))
  const removed = (): void => rmSync(work, { recursive: true, force: true })
  const interrupted = (): void => {
    removed()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const shares = files.map(() => 0)
  const tell = (i: number, share: number): void => {
    shares[i] = share
    onProgress(shares.reduce((sum, one) => sum + one, 0) / shares.length)
  }
  const problems: { file: string; error: string }[] = []
  const failed = (i: number, error: unknown): undefined => {
    tell(i, 1)
    problems.push({ file: files[i]!, error: (error as Error).message })
    return undefined
  }
  try {
    const reference = references.length > 0 ? await readReferences(references, settings.workers) : undefined
    const sources = await inParallel(files, settings.workers, async (file, i) => {
      const folder = join(work, String(i))
      mkdirSync(folder)
      const { sampleRateHz, topAndTail } = settings
      const options = {
        folder,
        topAndTail,
        brief: settings.tonePercent === 0,
        ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
      }
      return readSource(addon, file, options, (share) => tell(i, 0.25 * share)).catch((error) => failed(i, error))
    })
    const plans = plansFor(sources, outFolder, settings, reference)
    const done = await inParallel(plans, settings.workers, async (plan, i) => {
      if (!plan) return undefined
      const path = join(work, String(i), 'master.wav')
      return masterPiece(addon, plan, path, settings, (share) => tell(i, 0.25 + 0.75 * share)).catch((error) =>
        failed(i, new DeskError('outOfRange', `${plan.source.file}: ${(error as Error).message}`, { cause: error })),
      )
    })
    const finished = done.filter((one) => one !== undefined)
    for (const [i, one] of done.entries()) if (one) await deliver(addon, join(work, String(i), 'master.wav'), one, settings)
    onProgress(1)
    const cueSheet = finished.length > 0 ? writeCueSheet(outFolder, finished) : undefined
    return {
      targetLufs: settings.targetLufs,
      ceilingDbtp: settings.ceilingDbtp,
      mode: settings.mode,
      albumLufs: albumLufs(finished.map((one) => one.measured)),
      ...toneSpread(finished, settings, reference),
      tracks: finished.map((one) => one.piece),
      problems: problems.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file)),
      ...(cueSheet ? { cueSheet } : {}),
    }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    removed()
  }
}

const readReferences = async (files: readonly string[], workers: number): Promise<Reference> =>
  referenceOf(
    await inParallel(files, workers, (file) =>
      measureFile(file).catch((cause: Error) => {
        throw new DeskError('audioFile', cause.message.includes(file) ? cause.message : `${file}: ${cause.message}`, { cause })
      }),
    ),
  )

const tonesOf = (measured: readonly Measurement[]): Tone[] => measured.map((one) => toneOf(one.thirdOctavesDb))

function plansFor(
  sources: readonly (Source | undefined)[],
  outFolder: string,
  settings: AlbumSettings,
  reference: Reference | undefined,
): (Plan | undefined)[] {
  const there = sources.filter((source) => source !== undefined)
  const measured = there.map((source) => source.measured)
  const target = reference ? matchedTarget(settings.targetLufs, reference, settings.match.level) : settings.targetLufs
  const targets = targetsOf(measured, settings.mode, target)
  const tones = tonesOf(measured)
  const goalTone = reference?.tone ?? meanTone(tones)
  const names = new Set<string>()
  return sources.map((source) => {
    if (!source) return undefined
    const at = there.indexOf(source)
    const targetLufs = targets[at]!
    const { ceilingDbtp, match } = settings
    const limiterCeilingDbtp = reference ? matchedCeiling(ceilingDbtp, targetLufs, reference, match.limiter) : ceilingDbtp
    const gainDb = targetLufs - source.measured.integratedLufs
    return {
      source,
      out: freeOutName(outFolder, source.file, settings.format, names),
      goal: { targetLufs, ceilingDbtp, limiterCeilingDbtp, toleranceLu: tolerances[settings.mode], mostDriveDb },
      settings: {
        trimDb: Math.max(-mostTrimDb, Math.min(mostTrimDb, gainDb)),
        widthPercent: reference ? matchedWidth(source.measured, reference, match.width) : 100,
        toneDb:
          settings.tonePercent > 0
            ? toneCurve(tones[at]!, goalTone, { percent: settings.tonePercent, maxDb: settings.toneMaxDb })
            : [],
      },
    }
  })
}

/** Pieces of the same name from several folders are told apart. */
function freeOutName(folder: string, file: string, format: string, taken: Set<string>): string {
  const stem = basename(file, extname(file))
  for (let n = 1; ; n++) {
    const name = `${stem}${n > 1 ? `-${n}` : ''}.${format}`
    if (taken.has(name)) continue
    taken.add(name)
    return join(folder, name)
  }
}

async function masterPiece(
  addon: NativeAddon,
  plan: Plan,
  path: string,
  settings: AlbumSettings,
  onProgress: (share: number) => void,
): Promise<Done> {
  const { source, goal } = plan
  const render = (desk: MasterDesk, from: string, to: string, bits: WavBits, told: (share: number) => void) =>
    renderOffline(
      addon,
      { ...desk, sampleRateHz: source.sampleRateHz, isa: settings.isa, tracks: [{ path: from, strip: 0 }] },
      {
        outPath: to,
        bits,
        ...(settings.dither ? { dither: settings.dither } : {}),
        bufferFrames: 1024,
        frames: 0,
        trimLatency: true,
        events: [],
      },
      (frames) => told(frames / source.measured.frames),
    )
  const isStereo = (of: string): boolean => addon.audioFileInfo(of).channels === 2
  // What stands before the limiter does not depend on how it is driven: once is enough.
  const isChained = hasChain(settings.chain, plan.settings)
  const chained = isChained ? join(dirname(path), 'chained.wav') : source.path
  const lufs = isChained
    ? (
        await render(chainDesk(isStereo(source.path), settings.chain, plan.settings), source.path, chained, '32f', (share) =>
          onProgress(0.4 * share),
        )
      ).integratedLufs
    : source.measured.integratedLufs
  const { gains, reading, passes } = await passUntil(goal, goal.targetLufs - lufs, async (gains, number) => {
    // Half of what is left, each time.
    const tell = (share: number): void => onProgress(1 - (isChained ? 0.6 : 1) * 2 ** -(number - 1 + share))
    const desk = limiterDesk(isStereo(chained), settings.chain, gains)
    const rendered = await render(desk, chained, path, settings.bits, (share) => tell(0.8 * share))
    // The desk's own meter shows what is off; what may comply is measured as it was written.
    const missing = Math.abs(rendered.integratedLufs - goal.targetLufs) - goal.toleranceLu
    if (missing > meterMarginLu || rendered.truePeakDbtp > goal.ceilingDbtp + meterMarginDb) return rendered
    return measureFile(path, { brief: settings.tonePercent === 0, onProgress: (share) => tell(0.8 + 0.2 * share) })
  })
  const measured = 'thirdOctavesDb' in reading ? reading : await measureFile(path)
  onProgress(1)
  const { integratedLufs, loudnessRangeLu, truePeakDbtp, plrLu } = source.measured
  return {
    plan,
    measured,
    piece: {
      file: source.file,
      out: plan.out,
      source: { integratedLufs, loudnessRangeLu, truePeakDbtp, plrLu },
      targetLufs: plan.goal.targetLufs,
      frames: measured.frames,
      sampleRateHz: measured.sampleRateHz,
      integratedLufs: measured.integratedLufs,
      loudnessRangeLu: measured.loudnessRangeLu,
      truePeakDbtp: measured.truePeakDbtp,
      samplePeakDbfs: measured.samplePeakDbfs,
      maxShortTermLufs: measured.maxShortTermLufs,
      plrLu: measured.plrLu,
      trimDb: isChained ? plan.settings.trimDb : 0,
      driveDb: gains.driveDb,
      limiterCeilingDbtp: gains.limiterCeilingDbtp,
      widthPercent: plan.settings.widthPercent,
      passes,
      cutStartS: source.cutStartS,
      cutEndS: source.cutEndS,
    },
  }
}

/** Under its name only when it is whole. */
async function deliver(addon: NativeAddon, path: string, { plan }: Done, { format }: AlbumSettings): Promise<void> {
  await addon.writeWavTags(path, plan.source.tags)
  if (format === 'wav') renameSync(path, plan.out)
  else {
    const flac = join(dirname(path), 'master.flac')
    if (!(await addon.convertToFlac(path, flac, () => {})))
      throw new DeskError('output', `${plan.out}: expected samples that FLAC holds, found others: use --format wav`)
    renameSync(flac, plan.out)
  }
}

function writeCueSheet(outFolder: string, done: readonly Done[]): string {
  const path = join(outFolder, 'album.cue')
  const tagged = done.map(({ plan }) => plan.source.tags)
  const shared = (of: (string | undefined)[]): string | undefined => (of.every((one) => one === of[0]) ? of[0] : undefined)
  const title = shared(tagged.map((tags) => tags.album))
  const artist = shared(tagged.map((tags) => tags.artist))
  const text = cueSheetText({
    ...(title ? { title } : {}),
    ...(artist ? { artist } : {}),
    tracks: done.map(({ plan: { out, source } }) => ({
      file: basename(out),
      title: source.tags.title ?? nameOfTrack(source.file),
      ...(source.tags.artist ? { artist: source.tags.artist } : {}),
    })),
  })
  writeFileSync(`${path}.next`, text)
  renameSync(`${path}.next`, path)
  return path
}

function toneSpread(
  done: readonly Done[],
  settings: AlbumSettings,
  reference: Reference | undefined,
): Pick<AlbumReport, 'toneSpreadDb'> {
  if (settings.tonePercent === 0 || done.length === 0) return {}
  const before = tonesOf(done.map(({ plan }) => plan.source.measured))
  const after = tonesOf(done.map(({ measured }) => measured))
  return { toneSpreadDb: { before: toneSpreadDb(before, reference?.tone), after: toneSpreadDb(after, reference?.tone) } }
}
