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

const recordingText = ({ active, waiting, target, frames, preRollS, flac, error }: Status['recording']): string =>
  [
    waiting ? `to ${target}, waiting for the punch in` : active ? `to ${target}, ${frames} frames` : 'off',
    ...(preRollS > 0 ? [`${preRollS} s of pre-roll held`] : []),
    ...(flac.file ? [`FLAC of ${flac.file}, ${flac.percent} %`] : []),
    ...(flac.stays.length > 0 ? [`stays WAV: ${flac.stays.join(', ')}`] : []),
    ...(error ? [`ended: ${error}`] : []),
  ].join('; ')

const transportText = ({ playing, positionS, song }: Status['transport']): string => {
  const place = song ? `, ${clockText(song.positionS)} into ${song.name} (${song.number} of ${song.of})` : ''
  return `${playing ? 'playing' : 'stopped'} at ${clockText(positionS)}${place}`
}

const rowsOf = ({ control, engine, transport, recording, strips, buses, osc, undo, scene }: Status): string[][] => [
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
  ['transport', transportText(transport)],
  ['recording', recordingText(recording)],
  ['scene', `${scene.current || 'none'}${scene.fadeS > 0 ? `, ${scene.fadeS} s of its fade to go` : ''}`],
  ['undo', `${undo.undo} steps, ${undo.redo} to redo`],
  ['control', `process ${control.pid}, OSC on ${osc.host}:${osc.port}`],
]
