// What `deskd run` shows on a terminal: pure text from a copy of the shared memory.
import type { Region } from '../engine/region.js'
import { isMeter, isParam, isText } from '../params/registry.js'
import { thirdOctaveCount } from '../processors/analyser/params.js'
import type { HostPort } from '../supervisor/run-options.js'
import { levelText } from './print.js'

export interface ViewSize {
  readonly columns: number
  readonly rows: number
}

const floorDb = -60
const hosts = ['no host', 'virtual card', 'sound card']
const policies = ['SCHED_OTHER', 'SCHED_FIFO', 'SCHED_RR']

/** ANSI colours by the names of a strip's colour. */
const colorCodes: Record<string, number> = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, white: 37 }

const painted = (text: string, color: string): string => {
  const code = colorCodes[color]
  return code ? `\x1b[${code}m${text}\x1b[39m` : text
}

/** A level as a bar: empty at −60 dB, full at 0 dB. */
export function meterBar(db: number, width: number): string {
  const share = Math.min(1, Math.max(0, (db - floorDb) / -floorDb))
  const eighths = Math.round(share * width * 8)
  const whole = Math.floor(eighths / 8)
  const part = eighths % 8 ? ' ▏▎▍▌▋▊▉'.charAt(eighths % 8) : ''
  return `${'█'.repeat(whole)}${part}`.padEnd(width, '·')
}

/** A level as one character: blank at −72 dB, full at −8 dB, where bands of loud music stand. */
export const bandMark = (db: number): string => ' ▁▂▃▄▅▆▇█'.charAt(Math.round(Math.min(8, Math.max(0, (db + 72) / 8))))

/** `0:00:12.3` */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${Math.floor((seconds % 1) * 10)}`
}

const reader = (region: Region) => ({
  meter: (id: string): number => {
    const entry = region.registry.byId.get(id)
    return entry && isMeter(entry) ? region.meter(entry) : Number.NaN
  },
  value: (id: string): number => {
    const entry = region.registry.byId.get(id)
    return entry && isParam(entry) ? (region.values[entry.index] ?? entry.default) : Number.NaN
  },
  name: (id: string): string => {
    const entry = region.registry.byId.get(id)
    return entry && isText(entry) ? region.text(entry.index) : ''
  },
  option: (id: string): string => {
    const entry = region.registry.byId.get(id)
    return entry && isParam(entry) ? (entry.names[region.values[entry.index] ?? 0] ?? '') : ''
  },
})

const labelWidth = 14
const cellWidth = 46

function stripCell(region: Region, strip: number, barWidth: number): string {
  const { meter, value, name, option } = reader(region)
  const id = `strip.${strip}`
  const label = `${String(strip).padStart(3)} ${name(`${id}.name`)}`.slice(0, labelWidth).padEnd(labelWidth)
  const peakDb = meter(`${id}.meter.peakDb`)
  const marks = `${value(`${id}.mute`) ? 'M' : ' '}${value(`${id}.solo`) ? 'S' : ' '}${value(`${id}.arm`) ? 'R' : ' '}`
  return `${painted(label, option(`${id}.color`))} ${painted(meterBar(peakDb, barWidth), option(`${id}.color`))} ${levelText(peakDb)} ${marks}`
}

/** Strips in as many columns as fit; what does not fit is counted. */
function stripLines(region: Region, { columns, rows }: ViewSize): string[] {
  const count = region.registry.topology.stripStereo.length
  const across = Math.max(1, Math.floor(columns / cellWidth))
  const barWidth = Math.max(8, Math.min(40, Math.floor(columns / across) - labelWidth - 14))
  const shown = Math.min(count, across * Math.max(1, rows))
  const down = Math.ceil(shown / across)
  const lines = Array.from({ length: down }, (_, row) =>
    Array.from({ length: across }, (_, column) => column * down + row)
      .filter((i) => i < shown)
      .map((i) => stripCell(region, i + 1, barWidth))
      .join(' '),
  )
  return shown < count ? [...lines, `… and ${count - shown} more strips`] : lines
}

/** The whole picture, as many lines as fit. */
export function liveView(region: Region, osc: HostPort, size: ViewSize): string {
  const { meter, value } = reader(region)
  const { counter, sampleRateHz } = region
  const seconds = (field: 'positionFrames' | 'recordedFrames'): string => clockText(counter(field) / sampleRateHz)
  const barWidth = Math.max(8, Math.min(60, size.columns - labelWidth - 14))
  const lufs = (id: string): string => levelText(meter(`master.meter.${id}`)).trim()
  const loop = value('transport.loop.on') ? `, loop ${value('transport.loop.startS')} to ${value('transport.loop.endS')} s` : ''
  const recording = counter('recording') ? `   ● recording ${seconds('recordedFrames')}` : ''
  const lost = counter('deviceLost') ? ' (sound card lost: waiting for it)' : ''
  const head = [
    `deskd  ${hosts[counter('host')] ?? ''}${lost}  ${sampleRateHz} Hz  ${counter('bufferFrames')} frames  ${policies[counter('schedulingPolicy')] ?? ''}`,
    `${counter('playing') ? '▶' : '■'} ${seconds('positionFrames')}${loop}${recording}`,
    '',
  ]
  const peakDb = meter('master.meter.peakDb')
  const bands = Array.from({ length: thirdOctaveCount }, (_, i) => bandMark(meter(`master.meter.band.${i + 1}.levelDb`)))
  const spectrum = value('master.spectrum.on') ? [`${'20 Hz – 20 kHz'.padEnd(labelWidth)} ${bands.join('')}`] : []
  const tail = [
    '',
    ...spectrum,
    `${'Master'.padEnd(labelWidth)} ${meterBar(peakDb, barWidth)} ${levelText(peakDb)}`,
    `momentary ${lufs('momentaryLufs')}   short-term ${lufs('shortTermLufs')}   integrated ${lufs('integratedLufs')} LUFS   range ${lufs('loudnessRangeLu')} LU`,
    `true peak ${lufs('truePeakDbtp')} dBTP   correlation ${meter('master.meter.correlation').toFixed(2)}`,
    `load ${counter('loadPercent').toFixed(1)} %   xruns ${counter('xruns')}   late blocks ${counter('lateBlocks')}`,
    '',
    `OSC on ${osc.host}:${osc.port}   try: npx deskd set strip.1.faderDb=-10   stop: Ctrl-C`,
  ]
  const strips = stripLines(region, { columns: size.columns, rows: size.rows - head.length - tail.length - 2 })
  return [...head, ...strips, ...tail].join('\n')
}
