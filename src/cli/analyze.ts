// `deskd analyze`: measures files; tells it as a table, as JSON, or as a page.
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { audioFiles } from '../config/audio-files.js'
import { DeskError } from '../errors.js'
import { inParallel } from '../mastering/album/in-parallel.js'
import { type Analysis, analysisOf } from '../mastering/analysis.js'
import { type Fault, faultText, findFaults } from '../mastering/faults.js'
import { type Measurement, measureFile } from '../mastering/measure.js'
import { reportPage } from '../mastering/report/page.js'
import { levelText, printJson, printLines, tableLines } from './print.js'
import { progressBar } from './progress-bar.js'
import { checkReport, writeReport } from './report-output.js'

export interface AnalyzeOptions {
  readonly json?: boolean
  readonly report?: string
}

interface Found {
  /** Missing: they were not looked for. */
  readonly faults?: readonly Fault[]
  readonly whyNoFaults?: string
}

interface Measured extends Found {
  readonly file: string
  readonly measurement: Measurement
}

type Analyzed = Analysis & Found

/** What is wrong with some of the files is told when the others are done. */
export async function analyze(targets: readonly string[], options: AnalyzeOptions): Promise<void> {
  const files = audioFiles(targets)
  if (options.report !== undefined) checkReport(options.report, files)
  const { measured, problems } = await measureAll(files)
  if (options.report !== undefined && measured.length > 0) writeReport(options.report, reportPage(measured))
  const analyses = measured.map(({ file, measurement, ...found }): Analyzed => ({ ...analysisOf(file, measurement), ...found }))
  const isOne = targets.length === 1 && files.length === 1
  if (options.json) {
    if (!isOne) printJson(analyses)
    else if (analyses[0]) printJson(analyses[0])
  } else if (isOne) printLines(analyses.flatMap(oneFile))
  else printLines(manyFiles(analyses))
  if (problems.length > 0) throw new DeskError('audioFile', problems.join('\n'))
}

/** As many at a time as there are cores. */
async function measureAll(files: readonly string[]): Promise<{ measured: Measured[]; problems: string[] }> {
  const sizes = files.map((file) => statSync(file).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const show = progressBar('measuring', total)
  const done = files.map(() => 0)
  const tell = (i: number, share: number): void => {
    done[i] = share * sizes[i]!
    // Full is said once, at the end.
    show(
      Math.min(
        done.reduce((sum, bytes) => sum + bytes, 0),
        total * 0.999,
      ),
    )
  }
  const found = await inParallel(files, availableParallelism(), async (file, i) => {
    const one = await measured(file, (share) => tell(i, share)).catch((error: Error) => error.message)
    tell(i, 1)
    return one
  })
  show(total)
  return {
    measured: found.filter((one) => typeof one !== 'string'),
    problems: found.filter((one) => typeof one === 'string'),
  }
}

/** First the figures, then what is wrong with it. */
async function measured(file: string, tell: (share: number) => void): Promise<Measured> {
  const measurement = await measureFile(file, { onProgress: (share) => tell(0.5 * share) })
  return { file, measurement, ...(await faultsIn(file, measurement.channels, (share) => tell(0.5 + 0.5 * share))) }
}

/** A file that is too long for this machine's memory has its figures all the same. */
async function faultsIn(file: string, channels: number, onProgress: (share: number) => void): Promise<Found> {
  if (channels > 2) return { whyNoFaults: `${channels} channels, expected one or two` }
  try {
    return { faults: await findFaults(file, { onProgress }) }
  } catch (error) {
    if (!(error instanceof DeskError && error.code === 'memory')) throw error
    return { whyNoFaults: error.message.slice(file.length + 2) }
  }
}

const level = (db: number): string => levelText(db).trim()
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${level(value)}`

function oneFile(of: Analyzed): string[] {
  const rate = `${of.sampleRateHz} Hz, ${of.channels} ${of.channels === 1 ? 'channel' : 'channels'}`
  return [
    ...tableLines([
      ['file', of.file],
      ['length', `${of.seconds.toFixed(3)} s, ${of.frames} frames, ${rate}, ${of.format}`],
      ['loudness', `${level(of.integratedLufs)} LUFS, range ${of.loudnessRangeLu.toFixed(1)} LU`],
      [
        'at most',
        `momentary ${level(of.maxMomentaryLufs)} LUFS at ${timeText(of.maxMomentaryS)}, short-term ${level(of.maxShortTermLufs)} LUFS at ${timeText(of.maxShortTermS)}`,
      ],
      ['peak', `${level(of.truePeakDbtp)} dBTP, samples ${level(of.samplePeakDbfs)} dBFS${overText(of)}`],
      ['dynamics', `PLR ${level(of.plrLu)}, PSR ${level(of.psrLu)} LU, crest ${level(of.crestDb)} dB, DR${of.dynamicRangeDr}`],
      ['stereo', `correlation ${of.correlation.toFixed(2)}, balance ${signed(of.balanceDb)} dB, DC ${of.dcOffset.toFixed(6)}`],
      [
        'pointers',
        `PPM I ${signed(of.ppm1Db)} dB, IIa ${of.ppm2aMark.toFixed(1)}, IIb ${signed(of.ppm2bDb)} dB, VU ${signed(of.vuDb)}, K-20 ${signed(of.k20Db)}, K-14 ${signed(of.k14Db)}, K-12 ${signed(of.k12Db)}`,
      ],
      ['clipped', of.clippedRuns === 0 ? 'no runs' : `${of.clippedRuns} runs: ${clipTimes(of)}`],
      ...(of.faults ?? []).map((fault) => [fault.isCertain ? 'fault' : 'note', faultText(fault)]),
      ...(of.whyNoFaults === undefined ? [] : [['faults', `not looked for: ${of.whyNoFaults}`]]),
    ]),
    '',
    ...tableLines(
      of.verdicts.map((v) => [
        `${v.verdict === 'meets' ? '✓' : v.verdict === 'fails' ? '✗' : '·'} ${v.name}`,
        v.says.join('; ') || 'meets it',
      ]),
    ),
  ]
}

const overText = (of: Analysis): string =>
  of.truePeakOverCount === 0
    ? ''
    : `, ${of.truePeakOverCount} times above −1 dBTP, first at ${timeText(of.truePeakOvers[0]!.startS)}`

const clipTimes = (of: Analysis): string =>
  of.clips
    .slice(0, 5)
    .map((clip) => timeText(clip.startS))
    .join(', ') + (of.clippedRuns > 5 ? ' …' : '')

/** `1:02.345` */
export const timeText = (seconds: number): string => {
  const thousandths = Math.round(seconds * 1000)
  const rest = ((thousandths % 60000) / 1000).toFixed(3).padStart(6, '0')
  return `${Math.floor(thousandths / 60000)}:${rest}`
}

const manyFiles = (analyses: readonly Analysis[]): string[] =>
  tableLines([
    ['LUFS', 'LRA', 'dBTP', 'max M', 'max S', 'PLR', 'DR', 'corr', 'clips', 'length', 'file'],
    ...analyses.map((of) => [
      level(of.integratedLufs),
      of.loudnessRangeLu.toFixed(1),
      level(of.truePeakDbtp),
      level(of.maxMomentaryLufs),
      level(of.maxShortTermLufs),
      level(of.plrLu),
      `${of.dynamicRangeDr}`,
      of.correlation.toFixed(2),
      `${of.clippedRuns}`,
      timeText(of.seconds),
      of.file,
    ]),
  ])
