// What displays show: names, and values while a control moves. A text is written anew only when what it tells has changed.
import { type Entry, isMeter, isText } from '../params/registry.js'
import type { Look } from '../surface/look.js'
import type { TextSource } from './mapping.js'
import type { Resolved } from './resolve.js'
import { shortName, shortNumber, shortValue, timecode } from './short-text.js'
import type { Shown, Sight } from './sight.js'

export function textLook(resolved: Resolved, sight: Sight): (nowMs: number) => Look | undefined {
  const { binding, column, shape } = resolved
  const chars = shape.chars ?? 16
  const rows = binding.rows.map((source) => rowRead(source, column, chars, sight))
  // A display whose every row stands for a thing that is not there is dark.
  if (rows.every((row) => row === undefined)) return () => undefined
  let last: string[] = []
  let look: Look | undefined
  return (nowMs) => {
    let isNew = look === undefined
    for (let i = 0; i < rows.length; i++) {
      const text = rows[i]?.(nowMs) ?? ''
      if (text === last[i]) continue
      if (!isNew) last = [...last]
      last[i] = text
      isNew = true
    }
    if (isNew) look = { kind: 'text', rows: [...last] }
    return last.every((text) => text === '') ? undefined : look
  }
}

type Row = (nowMs: number) => string

function rowRead(source: TextSource, column: number | undefined, chars: number, sight: Sight): Row | undefined {
  switch (source.kind) {
    case 'text':
      return source.text === '' ? undefined : () => source.text
    case 'state':
      return () => {
        const value = String(sight.states.get(source.state))
        return source.names.get(value) ?? value
      }
    case 'path': {
      const entry = sight.resolver.entry(source.path, column)
      return entry && entryRead(entry, source.as, chars, sight)
    }
    case 'control':
      return controlRead(source, column, chars, sight)
  }
}

function entryRead(entry: Entry, as: string | undefined, chars: number, { desk }: Sight): Row {
  if (as === 'name') return () => shortName(entry.id, chars)
  if (isText(entry)) return () => desk.text(entry)
  const read = isMeter(entry) ? () => desk.meter(entry) : () => desk.value(entry)
  if (as === 'timecode') return written(read, (seconds) => timecode(seconds, chars))
  if (isMeter(entry)) return written(read, (value) => shortNumber(value, entry.spec.unit, chars))
  return written(read, (value) => shortValue(entry, value, chars))
}

/** Writes a number anew only when it has changed. */
function written(read: () => number, write: (value: number) => string): Row {
  let last: number | undefined
  let text = ''
  return () => {
    const value = read()
    if (last === undefined || !Object.is(value, last)) text = write(value)
    last = value
    return text
  }
}

function controlRead(
  source: Extract<TextSource, { kind: 'control' }>,
  column: number | undefined,
  chars: number,
  sight: Sight,
): Row | undefined {
  const of = source.of === undefined ? undefined : () => sight.control(source.of!, column)
  const touched = source.touched === undefined ? undefined : () => sight.control(source.touched!, column)
  const plain = reader((resolved) => valueRead(resolved, chars, sight))
  const name = reader((resolved) => nameRead(resolved, chars, sight))
  // An arrow goes before a value.
  const hinted = reader((resolved) => valueRead(resolved, chars - 1, sight))
  return (nowMs) => {
    const [a, b] = [of?.(), touched?.()]
    const newest = !a ? b : !b ? a : activeAtMs(b, nowMs) > activeAtMs(a, nowMs) ? b : a
    if (newest && nowMs - activeAtMs(newest, nowMs) < source.holdMs) {
      if (newest.waits === undefined || !sight.hintsOnDisplay) return plain(newest.resolved)
      return `${newest.waits === 'up' ? '^' : 'v'}${hinted(newest.resolved)}`
    }
    if (!a) return ''
    return source.rest === 'value' ? plain(a.resolved) : name(a.resolved)
  }
}

const activeAtMs = (shown: Shown, nowMs: number): number => (shown.isTouched ? nowMs : shown.movedAtMs)

/** Reads what a control does, which may be another thing each time. */
function reader(rowOf: (resolved: Resolved) => Row): (resolved: Resolved | undefined) => string {
  let of: Resolved | undefined
  let row: Row = () => ''
  return (resolved) => {
    if (resolved !== of) row = resolved ? rowOf(resolved) : () => ''
    of = resolved
    return row(0)
  }
}

function valueRead({ shown, targets }: Resolved, chars: number, { desk, states }: Sight): Row {
  if (shown)
    return written(
      () => desk.value(shown.param),
      (value) => shortValue(shown.param, value, chars),
    )
  const state = targets.find((target) => target.kind === 'cycle')
  return state ? () => String(states.get(state.state)).slice(0, chars) : () => ''
}

/** What a display calls what a control does: a send by its bus's name, all else by the parameter's. */
function nameRead({ binding, shown, targets }: Resolved, chars: number, { desk, resolver }: Sight): Row {
  const bus = shown && /\.send\.(\d+)\.levelDb$/.exec(shown.param.id)?.[1]
  const busName = bus && resolver.entryOf(`bus.${bus}.name`)
  if (binding.name === undefined && busName && isText(busName)) return () => desk.text(busName)
  const state = targets.find((target) => target.kind === 'cycle')
  const name = binding.name ?? (shown ? shortName(shown.param.id, chars) : state ? shortName(state.state, chars) : '')
  return () => name
}
