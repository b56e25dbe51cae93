// What a control shows of what it does: the binding the other way round. Each look is kept until what it shows has changed.
import { type Entry, isMeter, isText, type Param } from '../params/registry.js'
import type { ColorName, Light, Look, RingStyle } from '../surface/look.js'
import type { DeskView } from './effect.js'
import type { LightSource, TextSource } from './mapping.js'
import type { Resolved, ResolvedParam, ResolvedTarget, Resolver } from './resolve.js'
import { shortName, shortNumber, shortValue, timecode } from './short-text.js'
import type { States } from './states.js'
import type { Way } from './takeover.js'

export type Show = (nowMs: number) => Look | undefined

/** A control as a display sees it. */
export interface Shown {
  readonly resolved: Resolved | undefined
  readonly isTouched: boolean
  readonly movedAtMs: number
  /** Which way to move it until it has the value. */
  readonly waits: Way | undefined
}

export interface Sight {
  readonly desk: DeskView
  readonly states: States
  readonly resolver: Resolver
  /** A control by role in a column, or by id. */
  control(name: string, column: number | undefined): Shown | undefined
  /** What lights an action's button. */
  isPressed(id: string): boolean
  readonly hintsOnDisplay: boolean
}

export function showOf(resolved: Resolved, sight: Sight): Show {
  const { shape, binding } = resolved
  switch (shape.kind) {
    case 'text':
      return textLook(resolved, sight)
    case 'meter':
      return meterLook(resolved, sight)
    case 'color':
      return colorLook(resolved, sight)
    case 'button':
    case 'light':
      return lightLook(resolved, sight)
    case 'encoder':
      return resolved.shown ? ringLook(resolved.shown, binding.ring ?? ringOf(resolved.shown.param), sight.desk) : darkLook
    case 'wheel':
      return darkLook
    default:
      if (!resolved.shown) return darkLook
      // A pot inside a ring is told how the ring shows it where the mapping says so.
      return binding.ring && shape.kind === 'pot'
        ? ringLook(resolved.shown, binding.ring, sight.desk)
        : positionLook(resolved.shown, sight.desk)
  }
}

const darkLook: Show = () => undefined

/** Makes a look only when what it is made of has changed. */
function kept<T>(read: (nowMs: number) => T, make: (value: T) => Look): Show {
  let last: T
  let look: Look | undefined
  return (nowMs) => {
    const value = read(nowMs)
    if (look && Object.is(value, last)) return look
    last = value
    look = make(value)
    return look
  }
}

const positionLook = ({ param, travel }: ResolvedParam, desk: DeskView): Show =>
  kept(
    () => desk.value(param),
    (value) => ({ kind: 'position', position: travel.positionOf(value) }),
  )

const ringLook = ({ param, travel }: ResolvedParam, style: RingStyle, desk: DeskView): Show =>
  kept(
    () => desk.value(param),
    (value) => ({
      kind: 'ring',
      style,
      position: travel.positionOf(value),
      ...(style === 'boostCut' ? { isCentred: value === param.default } : {}),
    }),
  )

/** About a centre where that is the default, single where it is one of several. */
function ringOf({ spec, min, max, default: start }: Param): RingStyle {
  if (spec.kind !== 'number' || spec.whole) return 'dot'
  return Number.isFinite(min) && Math.abs(start - (min + max) / 2) < 1e-6 ? 'boostCut' : 'wrap'
}

function meterLook({ binding, column }: Resolved, { desk, resolver }: Sight): Show {
  const meter = binding.meter && resolver.meter(binding.meter, column)
  if (!meter) return darkLook
  const clips = resolver.entryOf(meter.id.replace(/[^.]+$/, 'clips'))
  let look: Extract<Look, { kind: 'meter' }> | undefined
  return () => {
    const levelDb = desk.meter(meter)
    const isClipped = clips !== undefined && isMeter(clips) && desk.meter(clips) > 0
    if (!look || look.levelDb !== levelDb || look.isClipped !== isClipped) look = { kind: 'meter', levelDb, isClipped }
    return look
  }
}

/** A colour by name or by a parameter of colour; undefined where the channel has none. */
function colorRead({ binding, column }: Resolved, { desk, resolver }: Sight): (() => ColorName) | undefined {
  const { color } = binding
  if (typeof color === 'string') return () => color
  const param = color && resolver.param(color, column)
  return param && (() => (param.names[desk.value(param)] ?? 'off') as ColorName)
}

function colorLook(resolved: Resolved, sight: Sight): Show {
  const read = colorRead(resolved, sight)
  return read ? kept(read, (color) => ({ kind: 'color', color })) : darkLook
}

function lightLook(resolved: Resolved, sight: Sight): Show {
  const { binding, column, targets, shape } = resolved
  const color = colorRead(resolved, sight)
  const lit = binding.light ? lightRead(binding.light, column, sight) : targetLit(targets[0], shape.id, sight)
  if (!lit) return darkLook
  const on: Light = binding.blink ? 'blink' : 'on'
  let last: boolean | Light | undefined
  let lastColor: ColorName | undefined
  let look: Look | undefined
  return () => {
    const said = lit()
    const its = color?.()
    if (look && said === last && its === lastColor) return look
    last = said
    lastColor = its
    const light: Light = typeof said === 'boolean' ? (said ? on : 'off') : said
    look = { kind: 'light', light, ...(its === undefined ? {} : { color: its }) }
    return look
  }
}

function lightRead(
  source: LightSource,
  column: number | undefined,
  { desk, resolver }: Sight,
): (() => Light | boolean) | undefined {
  if (source.kind === 'always') return () => source.light
  if (source.kind === 'anySolo') return () => resolver.isAnySoloed()
  const entry = resolver.entry(source.path, column)
  if (!entry || isText(entry)) return undefined
  return isMeter(entry) ? () => desk.meter(entry) > 0 : () => desk.value(entry) > 0
}

/** Meters that light the buttons of actions; `!` while they are at 0. */
const actionLights: Readonly<Record<string, string>> = {
  'transport.play': 'transport.playing',
  'transport.toggle': 'transport.playing',
  'transport.stop': '!transport.playing',
  'transport.record': 'transport.recording',
}

function targetLit(target: ResolvedTarget | undefined, id: string, sight: Sight): (() => boolean) | undefined {
  const { desk, states, resolver } = sight
  if (!target) return undefined
  switch (target.kind) {
    case 'param': {
      const { param, press, pressValue, isInverted } = target
      if (press.kind === 'value') return pressValue === undefined ? undefined : () => desk.value(param) === pressValue
      if (param.spec.kind === 'number') return () => desk.value(param) !== param.default
      return () => desk.value(param) > 0 !== isInverted
    }
    case 'set':
      return () => states.get(target.state) === target.to
    case 'cycle':
      return () => {
        const value = states.get(target.state)
        return value === true || (typeof value === 'string' && value !== states.startOf(target.state))
      }
    case 'spill':
      return () => target.dca !== 0 && states.get('spill') === target.dca
    case 'action': {
      const source = actionLights[target.name]
      if (target.name === 'solo.clear') return () => resolver.isAnySoloed()
      const meter = source === undefined ? undefined : resolver.entryOf(source.replace('!', ''))
      if (!source || !meter || !isMeter(meter)) return () => sight.isPressed(id)
      return source.startsWith('!') ? () => !(desk.meter(meter) > 0) : () => desk.meter(meter) > 0
    }
    default:
      return () => sight.isPressed(id)
  }
}

function textLook(resolved: Resolved, sight: Sight): Show {
  const { binding, column, shape } = resolved
  const chars = shape.chars ?? 16
  const rows = binding.rows.map((source) => rowRead(source, column, chars, sight))
  // A display whose every row stands for a thing that is not there is dark.
  if (rows.every((row) => row === undefined)) return darkLook
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
