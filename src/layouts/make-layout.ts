// A layout for a desk and a job, as the file that an app reads.
import type { Desk } from '../config/desk-file.js'
import type { Layout, LayoutApp, LayoutJob } from './layout.js'
import { masterLayout } from './master-layout.js'
import { mixLayout } from './mix-layout.js'
import { openStageControlSession } from './open-stage-control.js'
import { touchOscFile } from './touch-osc.js'

export interface LayoutOptions {
  readonly job: LayoutJob
  /** Strips side by side, 4…16. */
  readonly columns: number
  /** Where TouchOSC is set to receive. */
  readonly replyPort: number
}

export const defaultLayoutOptions: LayoutOptions = { job: 'mix', columns: 8, replyPort: 9001 }

export const extensions: Record<LayoutApp, string> = { touchosc: '.tosc', 'open-stage-control': '.json' }

export const designLayout = (desk: Desk, { job, columns }: LayoutOptions): Layout =>
  job === 'mix' ? mixLayout(desk, columns) : masterLayout(desk)

export function makeLayout(app: LayoutApp, desk: Desk, options: LayoutOptions): Uint8Array {
  const layout = designLayout(desk, options)
  return app === 'touchosc' ? touchOscFile(layout, options) : Buffer.from(openStageControlSession(layout))
}
