// The parts that layouts share: a channel's column, a scale, the master's column with the transport.
import type { Desk } from '../config/desk-file.js'
import { isParam, isText, type Param } from '../params/registry.js'
import { normOfFaderDb, normOfValue } from '../params/value.js'
import { channelColors, type Frame, type Rgb, theme, type Widget } from './layout.js'

export const addressOf = (id: string): string => `/${id.replaceAll('.', '/')}`
export const normOf = (id: string): string => `/norm${addressOf(id)}`
export const wordsOf = (id: string): string => `/text${addressOf(id)}`

/** What a desk has, and what of it the desk file says. */
export class Source {
  constructor(readonly desk: Desk) {}

  has(id: string): boolean {
    return this.desk.registry.byId.has(id)
  }

  param(id: string): Param {
    const entry = this.desk.registry.byId.get(id)
    if (!entry || !isParam(entry)) throw new Error(`a layout shows ${id}, which is no parameter`)
    return entry
  }

  text(id: string): string {
    const entry = this.desk.registry.byId.get(id)
    return entry && isText(entry) ? (this.desk.texts[entry.index] ?? entry.default) : id
  }

  color(id: string): Rgb {
    const param = this.param(id)
    return channelColors[param.names[this.desk.values[param.index] ?? 0] ?? 'off'] ?? theme.control
  }

  /** Where its default is, 0…1. */
  home(id: string): number {
    const param = this.param(id)
    return normOfValue(param, param.default)
  }
}

export const frame = (x: number, y: number, width: number, height: number): Frame => ({ x, y, width, height })

/** Levels that lie on the eighths of the fader law: its marks. */
export const faderMarks = ['+10', '+5', '0', '-5', '-10', '-20', '-30', '-50', '-inf'] as const

/** Words beside a fader that stands in `beside`, right-aligned in a column from `x`. */
export function faderScale(id: string, x: number, width: number, beside: Frame): Widget[] {
  const height = 16
  return faderMarks.map((mark) => {
    const position = normOfFaderDb(mark === '-inf' ? Number.NEGATIVE_INFINITY : Number(mark))
    const middle = beside.y + beside.height * (1 - position)
    const y = Math.min(beside.y + beside.height - height, Math.max(beside.y, middle - height / 2))
    return {
      kind: 'text',
      id: `${id}/${mark}`,
      frame: frame(x, y, width, height),
      text: mark,
      size: 11,
      align: 'right',
      color: theme.dim,
    }
  })
}

export function fader(source: Source, id: string, at: Frame, color: Rgb): Widget {
  return { kind: 'fader', id, frame: at, address: normOf(id), color, home: source.home(id), parts: faderMarks.length - 1 }
}

export const toggle = (id: string, label: string, at: Frame, color: Rgb): Widget => ({
  kind: 'toggle',
  id,
  frame: at,
  address: addressOf(id),
  label,
  color,
})

export const words = (id: string, at: Frame, size = 13, color: Rgb = theme.text): Widget => ({
  kind: 'text',
  id: `${id} in words`,
  frame: at,
  address: wordsOf(id),
  text: '',
  size,
  color,
})

export const label = (id: string, text: string, at: Frame, size = 13, color: Rgb = theme.dim): Widget => ({
  kind: 'text',
  id,
  frame: at,
  text,
  size,
  color,
})

export const meter = (id: string, at: Frame, color: Rgb = theme.meter): Widget => ({
  kind: 'meter',
  id,
  frame: at,
  address: normOf(id),
  color,
})

/** The height that a channel's column needs at least. */
export const columnFaderTop = 190

/** Name, pan, solo and mute, level in words, fader and meter of a strip, bus or DCA (`strip.3`). */
export function channelColumn(source: Source, channel: string, x: number, width: number, height: number): Widget[] {
  const gap = 6
  const inner = width - 2 * gap
  const left = x + gap
  const half = (inner - gap) / 2
  const faderAt = columnFader(x, width, height)
  const hasPan = source.has(`${channel}.pan`)
  const peak = `${channel}.meter.peakDb`
  return [
    {
      kind: 'text',
      id: `${channel}.name`,
      frame: frame(left, 8, inner, 32),
      address: addressOf(`${channel}.name`),
      text: source.text(`${channel}.name`),
      size: 15,
      background: source.color(`${channel}.color`),
    },
    ...(hasPan ? panOf(source, channel, left, inner) : []),
    toggle(`${channel}.solo`, 'S', frame(left, 112, half, 44), theme.solo),
    toggle(`${channel}.mute`, 'M', frame(left + half + gap, 112, half, 44), theme.mute),
    words(`${channel}.faderDb`, frame(left, 162, inner, 22), 14),
    fader(source, `${channel}.faderDb`, faderAt, theme.level),
    ...(source.has(peak) ? [meter(peak, frame(faderAt.x + faderAt.width + gap, faderAt.y, 14, faderAt.height))] : []),
  ]
}

/** Where the fader of a channel's column is. */
export const columnFader = (x: number, width: number, height: number): Frame =>
  frame(x + 6, columnFaderTop, width - 12 - 14 - 6, height - columnFaderTop - 8)

const panOf = (source: Source, channel: string, x: number, width: number): Widget[] => [
  {
    kind: 'fader',
    id: `${channel}.pan`,
    frame: frame(x, 46, width, 40),
    address: normOf(`${channel}.pan`),
    color: theme.dim,
    isHorizontal: true,
    isCentred: true,
    home: source.home(`${channel}.pan`),
  },
  words(`${channel}.pan`, frame(x, 88, width, 20), 12, theme.dim),
]

export const masterWidth = 132

/** What stands on the right of every page: transport, hello to the desk, the master's fader. */
export function masterColumn(source: Source, job: string, x: number, height: number): Widget[] {
  const left = x + 6
  const inner = masterWidth - 12
  const half = (inner - 6) / 2
  const push = (
    id: string,
    name: string,
    at: Frame,
    color: Rgb,
    address: string,
    args: readonly (string | number)[] = [],
  ): Widget => ({
    kind: 'push',
    id,
    frame: at,
    address,
    args,
    label: name,
    color,
  })
  const right = left + half + 6
  const faderAt = frame(left + 34, 294, inner - 34 - 6 - 16, height - 294 - 8)
  return [
    words('transport.positionS', frame(left, 8, inner, 28), 18),
    push('transport.play', 'PLAY', frame(left, 42, half, 44), theme.meter, '/transport/play'),
    push('transport.stop', 'STOP', frame(right, 42, half, 44), theme.control, '/transport/stop'),
    push('transport.record', 'REC', frame(left, 92, half, 44), theme.mute, '/transport/record'),
    push('tablet.hello', 'SYNC', frame(right, 92, half, 44), theme.control, '/tablet/hello', [job]),
    label('master', 'Master', frame(left, 144, inner, 28), 16, theme.text),
    toggle('master.mute', 'MUTE', frame(left, 176, inner, 44), theme.mute),
    words('master.faderDb', frame(left, 226, inner, 22), 15),
    push('meters.reset', 'RESET METERS', frame(left, 250, inner, 40), theme.control, '/meters/reset'),
    ...faderScale('master.faderDb scale', left, 30, faderAt),
    fader(source, 'master.faderDb', faderAt, theme.level),
    meter('master.meter.peakDb', frame(faderAt.x + faderAt.width + 6, faderAt.y, 16, faderAt.height)),
  ]
}
