// `deskd run`: starts the desk under its supervisor, and shows it on a terminal.
import type { RunningDesk, RunOptions } from '../supervisor/run-options.js'

export interface RunFlags {
  readonly config?: string
  readonly desk?: string
  readonly audio?: RunOptions['audio']
  readonly device?: string
  readonly sampleRate?: number
  readonly buffer?: number
  readonly play?: string
  readonly record?: string
  readonly recordFormat?: RunOptions['recordFormat']
  readonly recordWhat?: RunOptions['recordWhat']
  readonly osc?: RunOptions['osc']
  readonly state?: string
  readonly isa?: string
}

export async function run({ sampleRate, buffer, ...flags }: RunFlags): Promise<void> {
  const onTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  // Under the live view only warnings are printed; read by every process of the desk when it loads its log.
  if (onTerminal) process.env.DESKD_LOG ??= 'warn'
  const { runDesk } = await import('../supervisor/supervisor.js')
  let endView = (): void => {}
  const running = runDesk({
    ...flags,
    sampleRateHz: sampleRate,
    bufferFrames: buffer,
    demo: async (folder, sampleRateHz) => {
      const { writeDemo } = await import('./demo/write-demo.js')
      await writeDemo(folder, sampleRateHz)
    },
    onReady: (desk) => {
      if (onTerminal)
        void showLive(desk).then((end) => {
          endView = end
        })
    },
  })
  await running.finally(() => endView())
}

const refreshMs = 100

/** Draws the live view ten times a second. Gives the function that ends it. */
async function showLive({ run }: RunningDesk): Promise<() => void> {
  const { createLogUpdate } = await import('log-update')
  const { liveView } = await import('./live-view.js')
  const { RegionCopy } = await import('./running-desk.js')
  const draw = createLogUpdate(process.stdout)
  const copy = new RegionCopy(run.region)
  const timer = setInterval(() => {
    try {
      copy.read()
      draw(liveView(copy.region, run.osc, { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }))
    } catch {
      // The memory is being made anew: the next round finds it.
    }
  }, refreshMs)
  return () => {
    clearInterval(timer)
    copy.close()
    draw.done()
  }
}
