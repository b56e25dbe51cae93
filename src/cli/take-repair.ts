// `deskd take repair` (and `deskd takes repair`): mends recordings that a kill cut off.
import { nativeAddon } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { type MendedFile, repairRecording } from '../takes/repair.js'
import { printJson, printLines, tableLines } from './print.js'

export async function repair(targets: readonly string[], options: { readonly json?: boolean }): Promise<void> {
  const addon = nativeAddon()
  const files: MendedFile[] = []
  const problems: string[] = []
  for (const target of targets) {
    try {
      files.push(...(await repairRecording(addon, target)))
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
  if (options.json) printJson(files)
  else printLines(tableLines(files.map((file) => [file.path, `${file.frames} frames`, whatWasDone(file)])))
  if (problems.length > 0) throw new DeskError('take', problems.join('\n'))
}

const whatWasDone = ({ isMended, framesBefore }: MendedFile): string =>
  isMended ? `mended: its header said ${framesBefore}` : 'whole'
