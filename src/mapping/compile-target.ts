// What a binding does, as it is written → targets, with every mistake told.
import { type ActionName, argsOf as actionArgs, isActionName } from '../params/actions.js'
import { isParam, type Param } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'
import type { ControlKind } from '../surface/driver.js'
import { isChannelKind, kindOf } from './channels.js'
import { checkPath } from './check-path.js'
import { textKeys } from './compile-display.js'
import type { ParamTarget, PressOn, Target } from './mapping.js'
import type { Template } from './path.js'
import type { RawBinding, Scalar } from './raw.js'
import { checkHoles, pathOf, possibleState, type Surroundings, stateOf, stateText, tellPath, templateOf } from './surroundings.js'
import type { Curve } from './travel.js'
import { type Acceleration, plainAcceleration } from './turn.js'

const hasPosition = (kind: ControlKind): boolean => kind === 'fader' || kind === 'pot'
export const turns = (kind: ControlKind): boolean => kind === 'encoder' || kind === 'wheel'

/** Keys that say what a binding does, each with those that may stand beside it. */
const forms: Readonly<Record<string, readonly string[]>> = {
  param: ['ring', 'curve', 'range', 'invert', 'step', 'acceleration', 'toggle', 'momentary', 'value', 'to'],
  set: ['to', 'again'],
  cycle: ['acceleration'],
  do: ['with', 'by', 'pages', 'to', 'param', 'acceleration'],
  to: [],
  left: ['right'],
  right: ['left'],
}
const besideAll = ['name', 'push', 'long', 'double', 'light', 'color', 'blink']

export function checkKeys(raw: RawBinding, path: string, around: Surroundings): void {
  const keys = Object.keys(raw)
  const form = raw.do === undefined ? keys.find((key) => Object.hasOwn(forms, key) && !(key === 'to' && raw.set)) : 'do'
  const allowed = [...(form === undefined ? [] : [form, ...forms[form]!]), ...besideAll]
  for (const key of keys)
    if (!allowed.includes(key))
      around.problem(
        `${path}.${key}`,
        textKeys.includes(key) && form === undefined ? 'a display' : `what goes with ${form ?? 'this'}: ${allowed.join(', ')}`,
        textKeys.includes(key) && form === undefined ? `a ${around.kind}` : `"${key}"`,
      )
}

/** A binding inside another: what it does and no more. */
export function deepTargets(raw: string | RawBinding, path: string, around: Surroundings): readonly Target[] {
  if (typeof raw === 'string') return targetsOf({ param: raw }, path, around, path)
  for (const key of ['push', 'long', 'double', 'left', 'right', 'light', 'color', 'blink', 'name'] as const)
    if (raw[key] !== undefined) around.problem(`${path}.${key}`, 'what is done', `"${key}" of a binding inside another`)
  checkKeys(raw, path, around)
  return targetsOf(raw, path, around)
}

export function targetsOf(raw: RawBinding, path: string, around: Surroundings, paramPath = `${path}.param`): readonly Target[] {
  const { kind } = around
  const only = (what: string): readonly Target[] => {
    around.mismatch(path, `a parameter, which is what a ${kind} moves`, what)
    return []
  }
  const several = Array.isArray(raw.to)
    ? raw.to.flatMap((one, i) => (one === null || one === undefined ? [] : deepTargets(one, `${path}.to[${i + 1}]`, around)))
    : []
  if (raw.do !== undefined) return hasPosition(kind) ? only(`the action ${raw.do}`) : actionOf(raw.do, raw, path, around)
  if (raw.param !== undefined) return [...paramOf(raw, path, paramPath, around), ...several]
  if (raw.set !== undefined)
    return hasPosition(kind) || turns(kind) ? only(`the state ${raw.set}`) : setOf(raw.set, raw, path, around)
  if (raw.cycle !== undefined) {
    if (hasPosition(kind)) return only(`the state ${raw.cycle}`)
    return stateOf(raw.cycle, `${path}.cycle`, around) ? [{ kind: 'cycle', state: raw.cycle }] : []
  }
  // A key that is there and wrong has been told of.
  if (![...Object.keys(forms), 'light', 'push', 'long', 'double', 'color'].some((key) => Object.hasOwn(raw, key)))
    around.problem(path, 'one of param, set, cycle, do, to, left, right, light', 'none')
  return several
}

function paramOf(raw: RawBinding, path: string, paramPath: string, around: Surroundings): readonly ParamTarget[] {
  const template = templateOf(raw.param!, paramPath, around)
  if (!template) return []
  const { entries, problem } = checkPath(template, around.places, isParam, 'a parameter')
  if (problem) tellPath(problem, paramPath, around)
  const params = entries.filter(isParam)
  const [first] = params
  const { kind } = around
  const ranged = checkRange(raw, path, params, around)
  if (raw.curve === 'linear' && !ranged && params.some((param) => param.min === Number.NEGATIVE_INFINITY))
    around.problem(`${path}.curve`, 'a range, for this parameter goes down to -inf', 'none')
  const onPress = ['toggle', 'momentary', 'value'].filter((key) => raw[key as 'toggle'] !== undefined)
  for (const key of onPress) if (kind !== 'button') around.mismatch(`${path}.${key}`, 'a button', `a ${kind}`)
  for (const key of ['curve', 'range'] as const)
    if (raw[key] !== undefined && kind === 'button') around.mismatch(`${path}.${key}`, 'a fader, pot or encoder', `a ${kind}`)
  for (const key of ['ring', 'acceleration'] as const)
    if (raw[key] !== undefined && kind === 'button') around.mismatch(`${path}.${key}`, 'a fader, pot or encoder', `a ${kind}`)
  if (raw.momentary && first && first.spec.kind !== 'bool')
    around.problem(`${path}.momentary`, 'a parameter that is on or off', `${first.id}, which is none`)
  if (onPress.length > 1) around.problem(path, `one of ${onPress.join(', ')}`, 'several')
  if (raw.value !== undefined && first && typeof (first.spec as { names?: unknown }).names !== 'function')
    if (parseValue(first, raw.value) === undefined) around.problem(`${path}.value`, rangeText(first), JSON.stringify(raw.value))
  if (kind === 'button' && first?.spec.kind === 'number' && raw.value === undefined && raw.step === undefined && !raw.momentary)
    around.problem(path, 'value or step, for a press on a number', 'neither')
  return [
    {
      kind: 'param',
      path: template,
      travel: {
        ...(raw.curve ? { curve: raw.curve as Curve } : {}),
        ...(ranged ? { range: ranged } : {}),
        ...(raw.invert ? { invert: true } : {}),
      },
      step: raw.step,
      acceleration: accelerationOf(raw.acceleration, path, around),
      press: pressOf(raw),
    },
  ]
}

function pressOf(raw: RawBinding): PressOn {
  if (raw.momentary) return { kind: 'momentary' }
  if (raw.value !== undefined) return { kind: 'value', value: raw.value }
  return { kind: raw.step === undefined ? 'next' : 'step' }
}

function checkRange(raw: RawBinding, path: string, params: readonly Param[], around: Surroundings): [number, number] | undefined {
  if (!raw.range || raw.range.some((end) => end === undefined)) return undefined
  const ends = raw.range.map((end) => (end === '-inf' ? Number.NEGATIVE_INFINITY : Number(end))) as [number, number]
  const [param] = params
  if (param?.spec.kind !== 'number') {
    if (param) around.problem(`${path}.range`, 'a parameter that is a number', `a ${param.spec.kind}`)
    return undefined
  }
  if (ends[0] === ends[1]) around.problem(`${path}.range`, 'two different values', `twice ${ends[0]}`)
  const outside = ends.find((end) => !params.some(({ min, max }) => end >= min && end <= max))
  if (outside !== undefined) around.problem(`${path}.range`, `values within ${rangeText(param)}`, String(outside))
  return ends
}

function accelerationOf(raw: RawBinding['acceleration'], path: string, around: Surroundings): Acceleration | undefined {
  if (raw === false) return undefined
  if (raw === undefined || raw === true) return plainAcceleration
  const full = { ...plainAcceleration, ...raw }
  if (full.to <= full.from) around.problem(`${path}.acceleration`, `to above from (${full.from})`, String(full.to))
  return full
}

function setOf(state: string, raw: RawBinding, path: string, around: Surroundings): readonly Target[] {
  const spec = stateOf(state, `${path}.set`, around)
  if (!spec) return []
  const again = raw.again === undefined || raw.again === null ? [] : deepTargets(raw.again, `${path}.again`, around)
  if (typeof raw.to === 'string' && /[${]/.test(raw.to)) {
    const template = templateOf(raw.to, `${path}.to`, around)
    const hole = template && checkHoles(template, `${path}.to`, around)
    return template && hole ? [{ kind: 'set', state, to: template, again }] : []
  }
  const value = typeof raw.to === 'object' || raw.to === undefined ? undefined : possibleState(spec, raw.to, around)
  if (value === undefined) {
    around.mismatch(
      `${path}.to`,
      `${stateText(spec)} (the state ${state})`,
      raw.to === undefined ? 'none' : JSON.stringify(raw.to),
    )
    return []
  }
  return [{ kind: 'set', state, to: value, again }]
}

function actionOf(name: string, raw: RawBinding, path: string, around: Surroundings): readonly Target[] {
  const beside = (...keys: readonly string[]): void => {
    for (const key of ['with', 'by', 'pages', 'to', 'param'])
      if (raw[key as 'with'] !== undefined && !keys.includes(key))
        around.problem(
          `${path}.${key}`,
          keys.length ? `${keys.join(' or ')} with ${name}` : `nothing more with ${name}`,
          `"${key}"`,
        )
  }
  if (name !== 'reset' && !isActionName(name) && !around.hasBank) {
    around.mismatch(`${path}.do`, 'a bank that the action moves', 'none')
    return []
  }
  if (name === 'bank.move') {
    beside('by', 'pages')
    if ((raw.by === undefined) === (raw.pages === undefined))
      around.problem(path, 'by (channels) or pages', raw.by === undefined ? 'neither' : 'both')
    return [{ kind: 'bankMove', by: raw.by ?? (raw.pages ?? 0) * around.width }]
  }
  if (name === 'bank.to' || name === 'dca.spill') {
    beside('to')
    const isSpill = name === 'dca.spill'
    const expected = isSpill
      ? 'the number of a DCA, 0 for none, or $ where DCAs are on the columns'
      : 'a kind of channel, a channel or $'
    if (isSpill && typeof raw.to === 'number' && Number.isInteger(raw.to) && raw.to >= 0 && raw.to <= 24)
      return [{ kind: 'spill', to: raw.to }]
    const template = typeof raw.to === 'string' ? templateOf(raw.to, `${path}.to`, around) : undefined
    const isKnown =
      template && (template.holes.length > 0 ? checkHoles(template, `${path}.to`, around) : isPlace(raw.to as string, isSpill))
    if (!isKnown) around.problem(`${path}.to`, expected, raw.to === undefined ? 'none' : JSON.stringify(raw.to))
    return isKnown ? [{ kind: isSpill ? 'spill' : 'bankTo', to: template }] : []
  }
  if (name === 'reset') {
    beside('param')
    if (raw.param === undefined) return [{ kind: 'reset', path: undefined }]
    const template = pathOf(raw.param, `${path}.param`, around, isParam, 'a parameter')
    return template ? [{ kind: 'reset', path: template }] : []
  }
  if (!isActionName(name)) return []
  beside('with')
  return argsOf(name, raw, path, around)
}

const isPlace = (to: string, isSpill: boolean): boolean =>
  isSpill ? /^dca\.\d+$/.test(to) : isChannelKind(to) || kindOf(to) !== undefined

function argsOf(name: ActionName, raw: RawBinding, path: string, around: Surroundings): readonly Target[] {
  const wanted = actionArgs(name)
  const given = raw.with === undefined ? [] : Array.isArray(raw.with) ? (raw.with as readonly Scalar[]) : [raw.with as Scalar]
  // Ticks of an encoder are counted in what is given: one, if nothing is.
  const counted = turns(around.kind) && wanted[0]?.kind === 'number' && given.length === 0 ? [1] : given
  const needed = wanted.filter(({ isOptional }) => !isOptional).length
  if (counted.length < needed || counted.length > wanted.length) {
    const what = wanted.length ? wanted.map(({ expected }) => expected).join('; then ') : `nothing more with ${name}`
    around.problem(`${path}.with`, what, given.length ? `${given.length} values` : 'none')
    return []
  }
  const args: (number | Template)[] = []
  for (const [i, value] of counted.entries()) {
    const template = typeof value === 'string' ? templateOf(value, `${path}.with`, around) : undefined
    if (template && template.holes.length > 0) {
      if (checkHoles(template, `${path}.with`, around)) args.push(template)
    } else if (typeof value === 'boolean' || !wanted[i]!.fits(value))
      around.problem(`${path}.with`, wanted[i]!.expected, JSON.stringify(value))
    else if (typeof value === 'number') args.push(value)
    else if (template) args.push(template)
  }
  return args.length === counted.length ? [{ kind: 'action', name, args }] : []
}
