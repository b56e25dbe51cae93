// `deskd layout`: writes a layout for a tablet from what the desk has.
import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { type Desk, plainDesk, readDeskFile } from '../config/desk-file.js'
import { DeskError } from '../errors.js'
import type { LayoutApp, LayoutJob } from '../layouts/layout.js'
import { extensions, makeLayout } from '../layouts/make-layout.js'
import { defaultTopology } from '../params/registry.js'
import { printJson, printLines } from './print.js'
import { type ReachOptions, RegionCopy, runFile } from './running-desk.js'

export interface LayoutCommandOptions extends ReachOptions {
  readonly job: LayoutJob
  readonly out: string
  readonly desk?: string
  readonly columns: number
  readonly replyPort: number
  readonly json?: boolean
}

export function layout(app: LayoutApp, options: LayoutCommandOptions): void {
  const { out, job } = options
  if (extname(out) !== extensions[app])
    throw new DeskError('usage', `--out: expected a name that ends in ${extensions[app]}, which ${app} opens; found "${out}"`)
  const desk = options.desk === undefined ? deskOrPlain(options) : readDeskFile(options.desk)
  const bytes = makeLayout(app, desk, options)
  try {
    writeFileSync(out, bytes)
  } catch (cause) {
    throw new DeskError('output', `${out}: ${(cause as Error).message}`, { cause })
  }
  if (options.json) printJson({ out, app, job, bytes: bytes.length })
  else printLines([`${out}: ${job} for ${desk.registry.topology.stripStereo.length} strips, ${bytes.length} bytes`])
}

/** The desk that runs here, else the one that nobody has written a file for. */
export const deskOrPlain = (options: ReachOptions): Desk => runningDesk(options) ?? plainDesk(defaultTopology)

/** The desk that runs here, with its names and colours as they are now. */
function runningDesk(options: ReachOptions): Desk | undefined {
  const run = runFile(options)
  if (!run) return undefined
  try {
    const copy = new RegionCopy(run.region)
    copy.close()
    const { registry, values } = copy.region
    return { registry, values: values.slice(), texts: copy.region.allTexts(), tracks: new Map(), stripsGiven: true }
  } catch {
    // It stops or starts at this moment.
    return undefined
  }
}
