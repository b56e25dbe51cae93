// Loudness over time: momentary and short-term, the integrated level, and the levels that platforms play at.
import type { Measurement } from '../measure.js'
import { area, type Frame, horizontal, label, line, linear, svg, ticks, timeAxis } from './svg.js'

const frame: Frame = { width: 1080, height: 360, left: 48, right: 132, top: 14, bottom: 30 }

const targets = [
  { lufs: -14, name: '−14 streaming' },
  { lufs: -16, name: '−16 Apple, TD1008' },
  { lufs: -23, name: '−23 EBU R 128' },
] as const

/** The highest of each of at most `count` parts of a series. */
function thinned(series: Float32Array, firstS: number, count: number): [seconds: number, lufs: number][] {
  const per = Math.max(1, Math.ceil(series.length / count))
  const points: [number, number][] = []
  for (let i = 0; i < series.length; i += per) {
    const part = series.subarray(i, i + per)
    points.push([firstS + (i + (part.length - 1) / 2) / 10, part.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)])
  }
  return points
}

export function loudnessChart(of: Measurement): string {
  const momentary = thinned(of.momentaryLufs, 0.4, 1000)
  const shortTerm = thinned(of.shortTermLufs, 3, 1000)
  const loudest = Math.max(-10, Number.isFinite(of.maxMomentaryLufs) ? of.maxMomentaryLufs : -10)
  const top = Math.ceil((loudest + 2) / 3) * 3
  const bottom = Math.min(-36, Math.floor(((Number.isFinite(of.integratedLufs) ? of.integratedLufs : -36) - 24) / 6) * 6)
  const [right, floor] = [frame.width - frame.right, frame.height - frame.bottom]
  const x = linear(0, Math.max(of.seconds, 0.1), frame.left, right)
  const y = linear(top, bottom, frame.top, floor)
  const held = (lufs: number): number => (lufs > bottom ? y(lufs) : floor)
  const place = (points: readonly [number, number][]): [number, number][] => points.map(([s, lufs]) => [x(s), held(lufs)])
  const upper = place(momentary)
  const grid = ticks(bottom, top, 6)
    .map(
      (lufs) =>
        horizontal(frame, y(lufs), 'grid') + label(frame.left - 8, y(lufs) + 4, `${lufs}`.replace('-', '−'), 'tick', 'end'),
    )
    .join('')
  // Names of lines that lie close to each other are pushed apart.
  const names = [
    ...targets.map(({ lufs, name }) => ({ lufs, name, className: 'target' })),
    ...(of.integratedLufs > bottom
      ? [
          {
            lufs: of.integratedLufs,
            name: `${of.integratedLufs.toFixed(1).replace('-', '−')} integrated`,
            className: 'integrated',
          },
        ]
      : []),
  ].sort((a, b) => b.lufs - a.lufs)
  let lowest = Number.NEGATIVE_INFINITY
  const marks = names
    .map(({ lufs, name, className }) => {
      lowest = Math.max(y(lufs) + 4, lowest + 14)
      return horizontal(frame, y(lufs), className) + label(right + 8, lowest, name, `${className}-name`, 'start')
    })
    .join('')
  const data = { at: [x(0), x(1) - x(0)], momentary: rounded(momentary), shortTerm: rounded(shortTerm) }
  const content = [
    grid,
    timeAxis(frame, of.seconds, x),
    `<path class="momentary-area" d="${area(
      upper,
      upper.map(([px]) => [px, floor]),
    )}"/>`,
    `<path class="momentary" d="${line(upper)}"/>`,
    `<path class="short-term" d="${line(place(shortTerm))}"/>`,
    marks,
    `<g class="cursor" visibility="hidden"><line class="cursor-line" y1="${frame.top}" y2="${floor}"/><text class="cursor-text" y="${frame.top + 12}"></text></g>`,
  ].join('')
  return svg(frame, 'Loudness over time', content, `class="loudness" data-curves='${JSON.stringify(data)}'`)
}

/** Seconds and LUFS for the cursor; silence is null in JSON. */
const rounded = (points: readonly [number, number][]): (number | null)[][] =>
  points.map(([s, lufs]) => [Math.round(s * 10) / 10, Number.isFinite(lufs) ? Math.round(lufs * 10) / 10 : null])
