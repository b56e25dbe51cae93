// What displays, colours and lights show, as it is written → sources.
import { nearestNames } from '../config/yaml-file.js'
import { type Entry, isMeter, isParam, isText } from '../params/registry.js'
import type { ColorName } from '../surface/look.js'
import { colorNames } from './grammar.js'
import type { LightSource, TextSource } from './mapping.js'
import type { Template } from './path.js'
import type { RawBinding, RawTextSource } from './raw.js'
import { pathOf, possibleState, type Surroundings, stateOf, stateText } from './surroundings.js'

export const textKeys = ['top', 'bottom', 'rows', 'of', 'touched', 'holdMs', 'rest', 'text', 'state', 'names', 'as', 'param']

export function colorOf(text: string | undefined, path: string, around: Surroundings): ColorName | Template | undefined {
  const named = colorNames.find((name) => name === text)
  if (named) return named
  const isColor = (entry: Entry): boolean => isParam(entry) && colorNames.every((name, i) => entry.names[i] === name)
  return pathOf(text, path, around, isColor, `a colour (${colorNames.join(', ')}) or a parameter of colour`)
}

export function lightOf(text: string | undefined, path: string, around: Surroundings): LightSource | undefined {
  if (text === 'on' || text === 'off' || text === 'blink') return { kind: 'always', light: text }
  if (text === 'anySolo') return { kind: 'anySolo' }
  const template = pathOf(
    text,
    path,
    around,
    (entry) => isParam(entry) || isMeter(entry),
    'on, off, blink, a parameter or a meter',
  )
  return template && { kind: 'path', path: template }
}

export function rowsOf(raw: string | RawBinding, path: string, around: Surroundings): readonly TextSource[] {
  if (typeof raw === 'string') return [textOf(raw, path, around)]
  for (const key of Object.keys(raw))
    if (!textKeys.includes(key)) around.problem(`${path}.${key}`, `what a display shows: ${textKeys.join(', ')}`, `"${key}"`)
  if (raw.rows) return raw.rows.map((row, i) => (row === undefined ? blank : textOf(row, `${path}.rows[${i + 1}]`, around)))
  if (raw.top !== undefined || raw.bottom !== undefined)
    return [
      raw.top === undefined ? blank : textOf(raw.top, `${path}.top`, around),
      raw.bottom === undefined ? blank : textOf(raw.bottom, `${path}.bottom`, around),
    ]
  return [textOf(raw, path, around)]
}

const blank: TextSource = { kind: 'text', text: '' }

function textOf(raw: string | RawTextSource, path: string, around: Surroundings): TextSource {
  if (typeof raw === 'string')
    return { kind: 'path', path: pathOf(raw, path, around, () => true, 'a parameter, text or meter') ?? nothing, as: undefined }
  const said = ['param', 'text', 'state', 'of'].filter((key) => raw[key as 'of'] !== undefined)
  if (raw.touched !== undefined && raw.of === undefined) said.push('touched')
  if (said.length !== 1) {
    around.problem(path, 'one of param, text, state, of (or touched alone)', said.join(' and ') || 'none')
    return blank
  }
  if (raw.text !== undefined) return { kind: 'text', text: raw.text }
  if (raw.param !== undefined) {
    const wanted = (entry: Entry): boolean =>
      raw.as === 'timecode' || raw.as === 'seconds' ? !isText(entry) && 'unit' in entry.spec && entry.spec.unit === 's' : true
    const what = raw.as === 'timecode' || raw.as === 'seconds' ? 'something in s' : 'a parameter, text or meter'
    const template = pathOf(raw.param, `${path}.param`, around, wanted, what)
    return { kind: 'path', path: template ?? nothing, as: raw.as }
  }
  if (raw.state !== undefined) {
    const spec = stateOf(raw.state, `${path}.state`, around)
    for (const name of Object.keys(raw.names ?? {}))
      if (spec && possibleState(spec, name, around) === undefined)
        around.mismatch(`${path}.names.${name}`, stateText(spec), `"${name}"`)
    return {
      kind: 'state',
      state: raw.state,
      names: new Map(Object.entries(raw.names ?? {}).filter(([, name]) => name !== undefined)),
    }
  }
  for (const key of ['of', 'touched'] as const) {
    const name = raw[key]
    if (name === undefined || around.isControl(name)) continue
    around.problem(`${path}.${key}`, `a control (nearest: ${nearestNames(name, around.controlNames()).join(', ')})`, `"${name}"`)
  }
  return { kind: 'control', of: raw.of, touched: raw.touched, holdMs: raw.holdMs ?? 1500, rest: raw.rest ?? 'name' }
}

const nothing: Template = { text: '', fixed: [''], holes: [] }
