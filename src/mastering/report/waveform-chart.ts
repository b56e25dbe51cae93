// The waveform of every channel, with clipped runs, true-peak overs, clicks and silent ends marked where they are.
import type { Fault, FaultPlace } from '../faults.js'
import type { Measurement } from '../measure.js'
import { area, at, clock, type Frame, horizontal, label, linear, svg, timeAxis } from './svg.js'

const rowHeight = 110
const names: readonly (readonly string[])[] = [
  [],
  [''],
  ['L', 'R'],
  ['L', 'R', 'C'],
  ['L', 'R', 'Ls', 'Rs'],
  ['L', 'R', 'C', 'Ls', 'Rs'],
  ['L', 'R', 'C', 'LFE', 'Ls', 'Rs'],
]

export const channelName = (channel: number, channels: number): string => names[channels]?.[channel] ?? `${channel + 1}`

export function waveformChart(of: Measurement, faults: readonly Fault[] = []): string {
  const frame: Frame = { width: 1080, height: of.channels * (rowHeight + 8) + 48, left: 48, right: 24, top: 18, bottom: 30 }
  const x = linear(0, Math.max(of.seconds, 1e-6), frame.left, frame.width - frame.right)
  const reach = Math.max(1, ...of.perChannel.map((channel) => 10 ** (channel.samplePeakDbfs / 20)))
  const rows = Array.from({ length: of.channels }, (_, c) => row(of, faults, c, frame, x, reach))
  return svg(frame, 'Waveform', timeAxis(frame, of.seconds, x) + rows.join(''))
}

function row(
  of: Measurement,
  faults: readonly Fault[],
  channel: number,
  frame: Frame,
  x: (seconds: number) => number,
  reach: number,
): string {
  const top = frame.top + channel * (rowHeight + 8)
  const y = linear(reach, -reach, top, top + rowHeight)
  const columns = of.waveformColumns
  const points = (values: Float32Array): [number, number][] =>
    Array.from(values.subarray(channel * columns, (channel + 1) * columns), (value, i) => [
      x(((i + 0.5) / columns) * of.seconds),
      y(value),
    ])
  const mark = (className: string, startS: number, from: number, to: number, title: string): string =>
    `<line class="${className}" x1="${at(x(startS))}" x2="${at(x(startS))}" y1="${at(from)}" y2="${at(to)}"><title>${title}</title></line>`
  const clips = of.clips
    .filter((clip) => clip.channel === channel)
    .map((clip) => mark('clip', clip.startS, top, top + rowHeight, `clipped at ${clock(clip.startS, 3)}, ${clip.frames} samples`))
  const overs = of.truePeakOvers
    .filter((over) => over.channel === channel)
    .map((over) => mark('over', over.startS, top - 6, top, `${over.levelDb.toFixed(2)} dBTP at ${clock(over.startS, 3)}`))
  const placesOf = (kind: Fault['kind']): FaultPlace[] =>
    faults.filter((fault) => fault.kind === kind && (fault.channel ?? channel) === channel).flatMap((fault) => fault.places)
  // Runs that lie lower than the file's own top: it was turned down after it was cut.
  const lower = placesOf('clips')
    .filter((place) => !of.clips.some((clip) => clip.channel === channel && clip.startS === place.startS))
    .map((place) =>
      mark('clip', place.startS, top, top + rowHeight, `clipped at ${clock(place.startS, 3)}, ${place.frames} samples`),
    )
  const clicks = placesOf('clicks').map((place) => {
    const [px, foot] = [x(place.startS), top + rowHeight]
    return `<path class="click" d="M${at(px)} ${at(foot - 9)}L${at(px + 5)} ${at(foot)}L${at(px - 5)} ${at(foot)}Z"><title>click at ${clock(place.startS, 3)}</title></path>`
  })
  const silent = placesOf('silence').map((place) => {
    const seconds = place.frames / of.sampleRateHz
    return `<rect class="silent" x="${at(x(place.startS))}" y="${top}" width="${at(x(seconds) - x(0))}" height="${rowHeight}"><title>${seconds.toFixed(2)} s of silence</title></rect>`
  })
  return [
    `<rect class="row" x="${frame.left}" y="${top}" width="${frame.width - frame.left - frame.right}" height="${rowHeight}"/>`,
    label(frame.left - 8, top + rowHeight / 2 + 4, channelName(channel, of.channels), 'tick', 'end'),
    horizontal(frame, y(0), 'grid'),
    reach > 1 ? horizontal(frame, y(1), 'full-scale') + horizontal(frame, y(-1), 'full-scale') : '',
    `<path class="wave" d="${area(points(of.waveformHighest), points(of.waveformLowest))}"/>`,
    ...silent,
    ...clips,
    ...lower,
    ...clicks,
    ...overs,
  ].join('')
}
