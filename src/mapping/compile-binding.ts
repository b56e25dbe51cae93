// One binding as it is written → targets, texts and lights, with every mistake told.
import { isMeter } from '../params/registry.js'
import { colorOf, lightOf, rowsOf } from './compile-display.js'
import { checkKeys, deepTargets, targetsOf, turns } from './compile-target.js'
import type { Binding, Target } from './mapping.js'
import type { RawBinding } from './raw.js'
import { pathOf, type Surroundings } from './surroundings.js'

export const dark: Binding = {
  targets: [],
  long: [],
  double: [],
  left: [],
  right: [],
  rows: [],
  meter: undefined,
  light: undefined,
  color: undefined,
  blink: false,
  ring: undefined,
  name: undefined,
}

export function compileBinding(raw: string | RawBinding, path: string, around: Surroundings): Binding {
  const { kind } = around
  if (kind === 'text') return { ...dark, rows: rowsOf(raw, path, around) }
  if (kind === 'meter') {
    const source = typeof raw === 'string' ? raw : raw.param
    return { ...dark, meter: pathOf(source, path, around, isMeter, 'a meter') }
  }
  if (kind === 'color') {
    const source = typeof raw === 'string' ? raw : (raw.color ?? raw.param)
    return { ...dark, color: colorOf(source, path, around) }
  }
  if (kind === 'light') {
    const source = typeof raw === 'string' ? raw : (raw.light ?? raw.param)
    const color = typeof raw === 'string' || raw.color === undefined ? undefined : colorOf(raw.color, `${path}.color`, around)
    return { ...dark, light: lightOf(source, path, around), color, blink: typeof raw !== 'string' && raw.blink === true }
  }
  if (typeof raw === 'string') return { ...dark, targets: targetsOf({ param: raw }, path, around, path) }
  checkKeys(raw, path, around)
  const inner = (key: 'long' | 'double' | 'left' | 'right'): readonly Target[] => {
    const binding = raw[key]
    if (binding === undefined || binding === null) return []
    const fits = key === 'left' || key === 'right' ? turns(kind) : kind === 'button'
    if (!fits)
      around.mismatch(`${path}.${key}`, key === 'left' || key === 'right' ? 'an encoder or wheel' : 'a button', `a ${kind}`)
    return deepTargets(binding, `${path}.${key}`, { ...around, kind: 'button' })
  }
  return {
    ...dark,
    targets: targetsOf(raw, path, around),
    long: inner('long'),
    double: inner('double'),
    left: inner('left'),
    right: inner('right'),
    light: raw.light === undefined ? undefined : lightOf(raw.light, `${path}.light`, around),
    color: raw.color === undefined ? undefined : colorOf(raw.color, `${path}.color`, around),
    blink: raw.blink === true,
    ring: raw.ring,
    name: raw.name,
  }
}
