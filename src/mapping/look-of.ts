// What a control shows of what it does: the binding the other way round. Each look is kept until what it shows has changed.
import { isMeter, isText, type Param } from '../params/registry.js'
import type { ColorName, Light, Look, RingStyle } from '../surface/look.js'
import type { DeskView } from './effect.js'
import type { LightSource } from './mapping.js'
import type { Resolved, ResolvedParam, ResolvedTarget } from './resolve.js'
import type { Sight } from './sight.js'
import { textLook } from './text-look.js'

export type Show = (nowMs: number) => Look | undefined

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
