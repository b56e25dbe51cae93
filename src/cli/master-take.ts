// `deskd master --take`: a take mixed again with parameters changed, and mastered again.
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { readHeaders } from '../config/audio-files.js'
import { makeFolder } from '../config/make-folder.js'
import { wantedInstructionSet } from '../engine/instruction-set.js'
import { type NativeAddon, nativeAddon, type WavBits } from '../engine/native.js'
import { renderOffline } from '../engine/render-offline.js'
import { DeskError } from '../errors.js'
import { masterAlbum } from '../mastering/album/album.js'
import { measureFile } from '../mastering/measure.js'
import { changeTake, type Stretch, type TakeChange } from '../takes/change-take.js'
import { copyTake } from '../takes/copy-take.js'
import { diffTakes } from '../takes/diff-takes.js'
import { readTake, renderSpecOfTake, type Take } from '../takes/read-take.js'
import { masterOf, takeFiles } from '../takes/take-folder.js'
import { checkChanges, readChange } from './changes.js'
import { type MasterOptions, settingsOf, throwProblems } from './master.js'
import { printJson, printLines, tableLines } from './print.js'
import { progressBar } from './progress-bar.js'
import { diffLines } from './take.js'

export interface MasterTakeOptions extends MasterOptions {
  readonly take: string
  readonly set?: readonly string[]
  readonly from?: number
  readonly to?: number
}

/** The mix without its limiter, which the mastering brings: dry enough for any loudness. */
const mixName = 'mix.wav'

/**
 * Writes a folder: a changed copy of the take, whose `master.wav` is what the desk would have recorded, and `mastered.wav`
 * (or .flac), brought to the target. All of it or nothing.
 */
export async function masterTake(options: MasterTakeOptions): Promise<void> {
  const addon = nativeAddon()
  const settings = { ...settingsOf(options), topAndTail: false, mode: 'track' as const }
  const out = resolve(options.out)
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new DeskError(
      'output',
      `--out ${options.out}: expected a folder that is not there or empty, found one with files in it`,
    )
  const take = await readTake(options.take)
  const master = addon.audioFileInfo(masterOf(options.take))
  const frames = take.file.frames ?? master.frames
  const stretch = stretchOf(options, take, frames)
  const changed = changeTake(take, changesOf(options, take), stretch)
  const work = join(dirname(out), `.${basename(out)}.${process.pid}`)
  const removed = (): void => rmSync(work, { recursive: true, force: true })
  const interrupted = (): void => {
    removed()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    makeFolder(work)
    const copy = await copyTake(take, changed, work)
    const isa = wantedInstructionSet(
      addon.isaNames,
      options.isa ?? take.file.isa,
      options.isa ? '' : ' (the take was recorded with it)',
    )
    const showProgress = progressBar('mixing', 2 * frames)
    const bits = /\b16\b/.test(master.format) ? '16' : /\b24\b/.test(master.format) ? '24' : '32f'
    await renderTake(addon, copy, { frames: master.frames, isa, bits, path: takeFiles(work).master }, showProgress)
    const dry = withoutLimiter(copy)
    const mix = join(work, mixName)
    await renderTake(addon, dry, { frames: master.frames, isa, bits: '32f', path: mix }, (done) => showProgress(frames + done))
    showProgress(2 * frames)
    const mastered = await masterAlbum(
      addon,
      [mix],
      options.reference ?? [],
      join(work, 'mastered'),
      settings,
      progressBar('mastering', 1),
    )
    throwProblems(mastered)
    const piece = mastered.tracks[0]!
    const name = `mastered.${options.format}`
    renameSync(piece.out, join(work, name))
    for (const done of [mix, join(work, 'mastered')]) rmSync(done, { recursive: true })
    const differences = diffTakes(take, copy, frames)
    const [before, after] = [
      await measureFile(masterOf(options.take), { brief: true }),
      await measureFile(takeFiles(work).master, { brief: true }),
    ]
    if (existsSync(out)) rmSync(out, { recursive: true })
    renameSync(work, out)
    const report = {
      take: options.take,
      out: options.out,
      changes: options.set ?? [],
      held: changed.held,
      differences: differences.params,
      before: figuresOf(before),
      after: figuresOf(after),
      mastered: { ...piece, file: options.take, out: join(options.out, name) },
    }
    if (options.json) printJson(report)
    else {
      printLines([
        ...diffLines(differences),
        ...(changed.held > 0 ? [`held at the end of its range: ${changed.held} moves`] : []),
        ...tableLines([
          ['', 'loudness', 'range', 'true peak', 'PLR'],
          ['as recorded', ...figureTexts(report.before)],
          ['now', ...figureTexts(report.after)],
          ['mastered', ...figureTexts(piece)],
        ]),
      ])
    }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    removed()
  }
}

interface TakeFigures {
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly truePeakDbtp: number
  readonly plrLu: number
}

const figuresOf = ({ integratedLufs, loudnessRangeLu, truePeakDbtp, plrLu }: TakeFigures): TakeFigures => ({
  integratedLufs,
  loudnessRangeLu,
  truePeakDbtp,
  plrLu,
})

const figureTexts = (figures: TakeFigures): string[] => [
  `${figures.integratedLufs.toFixed(2)} LUFS`,
  `${figures.loudnessRangeLu.toFixed(1)} LU`,
  `${figures.truePeakDbtp.toFixed(2)} dBTP`,
  `${figures.plrLu.toFixed(1)} LU`,
]

function changesOf({ set = [] }: MasterTakeOptions, take: Take): TakeChange[] {
  return checkChanges(take.registry, set.map(readChange), take.file.sampleRateHz).map((change) => {
    if ('text' in change) throw new DeskError('usage', `${change.text.id} is a text: a take moves numbers alone`)
    return change
  })
}

/** In frames of the event log. */
function stretchOf({ from, to, set = [] }: MasterTakeOptions, take: Take, frames: number): Stretch {
  if ((from !== undefined || to !== undefined) && set.length === 0)
    throw new DeskError('usage', '--from and --to say where --set is at work: expected --set, found none')
  const { sampleRateHz, skipFrames = 0 } = take.file
  const frameOf = (seconds: number): number => skipFrames + Math.round(seconds * sampleRateHz)
  const stretch = { from: from ? frameOf(from) : 0, to: to === undefined ? Number.POSITIVE_INFINITY : frameOf(to) }
  if (stretch.from >= stretch.to) throw new DeskError('usage', `--from ${from}: expected a time before --to ${to}`)
  if (from !== undefined && from * sampleRateHz >= frames)
    throw new DeskError(
      'usage',
      `--from ${from}: expected a time in the take, which is ${(frames / sampleRateHz).toFixed(1)} s long`,
    )
  return stretch
}

function withoutLimiter(take: Take): Take {
  const limiter = take.registry.params.find(({ id }) => id === 'master.limiter.on')
  return limiter ? { ...take, ...changeTake(take, [{ param: limiter, value: 0, add: false }]) } : take
}

async function renderTake(
  addon: NativeAddon,
  take: Take,
  to: { readonly frames: number; readonly isa: string; readonly bits: WavBits; readonly path: string },
  onProgress: (frames: number) => void,
): Promise<void> {
  readHeaders(
    take.tracks.map(({ path }) => path),
    addon.audioFileInfo,
  )
  const spec = renderSpecOfTake(take, to.frames, { outPath: to.path, bits: to.bits, bufferFrames: 1024 })
  const { isa } = to
  await renderOffline(addon, { ...take, sampleRateHz: take.file.sampleRateHz, isa }, spec, onProgress)
}
