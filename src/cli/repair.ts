// `deskd repair`: a file without its faults, and what was changed.
import { copyFileSync } from 'node:fs'
import { extname } from 'node:path'
import { nativeAddon } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { type Fault, faultText, type MendableKind, type MendedFault, mendFile } from '../mastering/faults.js'
import { printJson, printLines, tableLines } from './print.js'
import { progressBar } from './progress-bar.js'
import { checkOutput, writeWhole } from './render-output.js'

export interface RepairOptions {
  readonly out: string
  readonly only?: readonly MendableKind[]
  readonly json?: boolean
}

/** What `--json` prints. */
export interface RepairReport {
  readonly file: string
  readonly out: string
  /** Nothing was wrong: the output is the input, sample for sample. */
  readonly isUnchanged: boolean
  readonly mended: readonly MendedFault[]
  /** Of the whole file; 0: as it was. */
  readonly gainDb: number
  /** Of what was written: 16, 24, 32f. */
  readonly bits: string
  readonly isDithered: boolean
  /** What is still there, or was not asked for. */
  readonly left: readonly Fault[]
}

const writable = { pattern: /\.(wav|wave|rf64|flac)$/i, words: '.wav or .flac' }
const containerOf = (format: string): 'wav' | 'flac' | 'other' =>
  /^(WAV|RF64)/.test(format) ? 'wav' : format.startsWith('FLAC') ? 'flac' : 'other'

export async function repair(file: string, options: RepairOptions): Promise<void> {
  const { out, only = [] } = options
  const { format } = headerOf(file)
  checkOutput(out, [file], writable)
  const isFlac = extname(out).toLowerCase() === '.flac'
  const isConverted = containerOf(format) !== (isFlac ? 'flac' : 'wav')
  const onProgress = progressBar('mending', 1)
  const mending = await writeWhole(out, async (path) => {
    try {
      const result = await mendFile(file, path, { only, isFlac, isConverted, onProgress })
      if (result.mended.length === 0 && !isConverted) copyFileSync(file, path)
      return result
    } catch (error) {
      throw ofInput(error as Error, file)
    }
  })
  onProgress(1)
  const isUnchanged = mending.mended.length === 0
  report({ file, out, isUnchanged, ...mending }, options.json ?? false)
}

function headerOf(file: string) {
  try {
    return nativeAddon().audioFileInfo(file)
  } catch (error) {
    throw error instanceof DeskError ? error : new DeskError('audioFile', (error as Error).message)
  }
}

/** What the addon said of the input; what it says of the output `writeWhole` knows. */
const ofInput = (error: Error, file: string): Error =>
  !(error instanceof DeskError) && error.message.startsWith(file)
    ? new DeskError('audioFile', error.message, { cause: error })
    : error

function report(result: RepairReport, asJson: boolean): void {
  if (asJson) {
    printJson(result)
    return
  }
  const gain =
    result.gainDb === 0 ? [] : [['gain', `${result.gainDb.toFixed(2)} dB, so that what was restored fits below full scale`]]
  printLines(
    tableLines([
      ['file', result.file],
      ...result.mended.map(({ text }) => ['mended', text]),
      ...gain,
      ...result.left.map((fault) => ['left', faultText(fault)]),
      [
        'written',
        `${result.out}, ${result.isUnchanged ? 'as it was: nothing to mend' : `${result.bits} bit${result.isDithered ? ', dithered' : ''}`}`,
      ],
    ]),
  )
}
