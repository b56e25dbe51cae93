// The averaged spectrum: third octaves as bars, 24ths of an octave as a line; the lines of mains hum where there is any.
import { thirdOctaveHz } from '../../processors/analyser/params.js'
import type { Fault } from '../faults.js'
import type { Measurement } from '../measure.js'
import { at, type Frame, horizontal, label, line, linear, logarithmic, svg, ticks, vertical } from './svg.js'

const frame: Frame = { width: 1080, height: 300, left: 48, right: 24, top: 14, bottom: 30 }
const named = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]

export function spectrumChart(of: Measurement, faults: readonly Fault[] = []): string {
  const highest = Math.max(-60, ...of.thirdOctavesDb)
  const top = Math.ceil((highest + 3) / 6) * 6
  const bottom = top - 72
  const floor = frame.height - frame.bottom
  const x = logarithmic(17.8, 22400, frame.left, frame.width - frame.right)
  const y = linear(top, bottom, frame.top, floor)
  const bars = of.thirdOctavesDb.map((db, i) => {
    if (!(db > bottom)) return ''
    const centre = thirdOctaveHz(i + 1)
    const [from, to] = [x(centre * 10 ** -0.05) + 1, x(centre * 10 ** 0.05) - 1]
    return `<rect class="bar" x="${at(from)}" width="${at(to - from)}" y="${at(y(db))}" height="${at(floor - y(db))}" rx="2"><title>${hertz(centre)}: ${db.toFixed(1).replace('-', '−')} dBFS</title></rect>`
  })
  // A third of an octave holds eight 24ths.
  const fine = of.spectrumDb.map((db, i): [number, number] => {
    const level = db + 10 * Math.log10(8)
    return [
      x(20 * 2 ** ((i + 0.5) / 24)),
      level > bottom ? y(Math.min(level, top)) : level === Number.NEGATIVE_INFINITY ? level : floor,
    ]
  })
  const content = [
    ...ticks(bottom, top, 12).map(
      (db) => horizontal(frame, y(db), 'grid') + label(frame.left - 8, y(db) + 4, `${db}`.replace('-', '−'), 'tick', 'end'),
    ),
    ...named.map((hz) => vertical(frame, x(hz), 'grid') + label(x(hz), floor + 18, hertz(hz))),
    ...bars,
    `<path class="fine" d="${line(fine)}"/>`,
    ...[...new Set(faults.flatMap((fault) => (fault.kind === 'hum' ? fault.linesHz : [])))].map(
      (hz) =>
        `<path class="hum" d="M${at(x(hz))} ${frame.top}V${at(floor)}"><title>mains hum at ${hz.toFixed(2)} Hz</title></path>`,
    ),
  ].join('')
  return svg(frame, 'Averaged spectrum', content)
}

const hertz = (hz: number): string =>
  hz >= 999 ? `${Number((hz / 1000).toPrecision(3))} kHz` : `${Number(hz.toPrecision(3))} Hz`
