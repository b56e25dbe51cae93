// A line of a monitor as people read it.
import { isParam, type Registry } from '../params/registry.js'
import type { ControlEvent } from '../surface/control-event.js'
import type { Made, MonitorLine } from '../surface/monitor-line.js'

/** `14:03:07.120  x-touch  < E0 0C 64  fader.1 78.2 %  → strip.1.faderDb 1.3 dB` */
export function monitorText(line: MonitorLine, registry: Registry): string {
  const time = clockOf(line.atMs)
  if (line.kind === 'change') return `${time}  ${valueText(line.id, line.value, registry)}  by ${line.by}`
  const where = `${line.surface}${line.unit > 1 ? `/${line.unit}` : ''}`
  const head = `${time}  ${where}  ${line.kind === 'in' ? '<' : '>'} ${line.bytes}`
  if (line.kind === 'out') return head
  const events = line.events.map(eventText).join(', ')
  const made = line.made.map((one) => madeText(one, registry)).join(', ')
  return [head, events, made && `→ ${made}`].filter((part) => part !== '').join('  ')
}

/** Local time with milliseconds. */
export function clockOf(atMs: number): string {
  const date = new Date(atMs)
  const digits = (value: number, width = 2): string => String(value).padStart(width, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value)).join(':')
  return `${clock}.${digits(date.getMilliseconds(), 3)}`
}

export function eventText(event: ControlEvent): string {
  switch (event.kind) {
    case 'position':
      return `${event.control} ${(event.position * 100).toFixed(1)} %`
    case 'turn':
      return `${event.control} ${event.ticks > 0 ? '+' : '−'}${Math.abs(event.ticks)}`
    case 'press':
      return `${event.control} ${event.isPressed ? 'pressed' : 'let go'}`
    case 'touch':
      return `${event.control} ${event.isTouched ? 'touched' : 'let go'}`
  }
}

const madeText = (made: Made, registry: Registry): string =>
  'id' in made ? valueText(made.id, made.value, registry) : [made.action, ...made.args].join(' ')

function valueText(id: string, value: number | boolean | string, registry: Registry): string {
  const entry = registry.byId.get(id)
  const isNumber = entry && isParam(entry) && entry.spec.kind === 'number'
  const unit = isNumber && entry.spec.kind === 'number' ? entry.spec.unit : ''
  const shown = typeof value === 'boolean' ? (value ? 'on' : 'off') : typeof value === 'number' ? Number(value.toFixed(2)) : value
  return `${id} ${shown} ${unit}`.trim()
}
