// `deskd status`: how a running desk is doing.
import type { Status } from '../control/status.js'
import { withDesk } from './get.js'
import { clockText } from './live-view.js'
import { printJson, printLines, tableLines } from './print.js'
import type { ReachOptions } from './running-desk.js'

export async function status(options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const found = await askStatus(options)
  if (options.json) printJson(found)
  else printLines(tableLines(rowsOf(found)))
}

/** Throws a DeskError when no desk runs, or none answers. */
export async function askStatus(options: ReachOptions): Promise<Status> {
  const answers = await withDesk(options, (client) => client.ask(['/status']))
  return JSON.parse(String(answers.get('/status'))) as Status
}

const recordingText = ({ active, target, frames, error }: Status['recording']): string =>
  [active ? `to ${target}, ${frames} frames` : 'off', ...(error ? [`ended: ${error}`] : [])].join('; ')

const rowsOf = ({ control, engine, transport, recording, strips, buses, osc }: Status): string[][] => [
  ['engine', `process ${engine.pid}, ${engine.isa}, ${strips} strips, ${buses} buses`],
  [
    'sound',
    `${engine.host}${engine.deviceLost ? ' (lost, waiting for it)' : ''}, ${engine.sampleRateHz} Hz, ${engine.bufferFrames} frames`,
  ],
  ['latency', `${engine.latencyMs} ms`],
  ['load', `${engine.loadPercent} %, at most ${engine.worstLoadPercent} %`],
  ['dropped', `${engine.xruns} xruns, ${engine.lateBlocks} late blocks`],
  ['thread', `${engine.schedulingPolicy}, priority ${engine.schedulingPriority}`],
  ['frames', String(engine.frames)],
  ['transport', `${transport.playing ? 'playing' : 'stopped'} at ${clockText(transport.positionS)}`],
  ['recording', recordingText(recording)],
  ['control', `process ${control.pid}, OSC on ${osc.host}:${osc.port}`],
]
