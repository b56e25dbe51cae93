// Layers as they are written → bindings by control, against the surface that they are for.
import { nearestNames } from '../config/yaml-file.js'
import { isMeter, isParam, type Registry } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'
import type { ControlId } from '../surface/control-event.js'
import type { ControlKind, SurfaceShape } from '../surface/driver.js'
import { channelKinds, isChannelKind, kindOf } from './channels.js'
import { checkPath, type Places } from './check-path.js'
import { compileBinding } from './compile-binding.js'
import { type Bank, type Bound, type Condition, controlIn, type Layer, roleOf } from './mapping.js'
import { parseTemplate } from './path.js'
import type { RawBinding, RawLayer, Scalar } from './raw.js'
import type { StateSpec, StateValue } from './state.js'
import { possibleState, stateText } from './surroundings.js'

export interface Frame {
  readonly shape: SurfaceShape
  readonly registry: Registry
  readonly bank: Bank | undefined
  readonly states: ReadonlyMap<string, StateSpec>
}

export interface Source {
  /** Controls that the surface lacks are left out: the layer was written for another one. */
  readonly isBase: boolean
  problem(path: string, expected: string, found: string): void
}

type Inner = string | RawBinding | null | undefined

/** Kinds of a surface's controls, in columns by role and all by id. */
export interface ControlNames {
  readonly inColumns: ReadonlyMap<string, ControlKind>
  readonly byId: ReadonlyMap<ControlId, ControlKind>
}

export function controlNames(shape: SurfaceShape): ControlNames {
  const inColumns = new Map<string, ControlKind>()
  const byId = new Map<ControlId, ControlKind>()
  for (const { id, kind, column } of shape.controls.values()) {
    byId.set(id, kind)
    if (column !== undefined) inColumns.set(roleOf(id, column), kind)
  }
  return { inColumns, byId }
}

export function compileLayer(raw: RawLayer, path: string, frame: Frame, names: ControlNames, source: Source): Layer {
  const when = Object.entries(raw.when ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : conditionOf(key, value, `${path}.when.${key}`, frame, names, source),
  )
  const left = new Map<string, readonly StateValue[]>()
  for (const condition of when) {
    if (condition.kind === 'state') left.set(condition.state, condition.values)
    if (condition.kind === 'channel') left.set(condition.state, condition.kinds)
  }
  const { bank } = frame
  const columns = bank && [...bank.views.values(), ...(bank.canSpill ? [['strips', 'buses']] : [])].flat()
  const places: Places = { states: frame.states, columns, when: left }
  const bindings = new Map<ControlId, Bound>()

  /** Compiles once for a role or id, and places it in the columns named. */
  const bind = (name: string, inner: Inner, at: string, inColumns: readonly number[] | undefined): void => {
    const known = inColumns ? names.inColumns : names.byId
    const kind = known.get(name)
    if (kind === undefined) {
      if (!source.isBase) source.problem(at, controlText(name, [...known.keys()], inColumns !== undefined), `"${name}"`)
      return
    }
    if (inner === undefined) return
    const column = inColumns ? undefined : frame.shape.controls.get(name)?.column
    const isInColumn = inColumns !== undefined || column !== undefined
    const isControl = (other: string): boolean => (isInColumn && names.inColumns.has(other)) || names.byId.has(other)
    const binding =
      inner === null
        ? undefined
        : compileBinding(inner, at, {
            places: isInColumn ? places : { ...places, columns: undefined },
            registry: frame.registry,
            width: bank?.width ?? 1,
            hasBank: bank !== undefined,
            kind,
            isControl,
            controlNames: () => [...(isInColumn ? names.inColumns.keys() : []), ...names.byId.keys()],
            problem: source.problem,
            mismatch: source.isBase ? () => undefined : source.problem,
          })
    const place = (id: ControlId, its: number | undefined): void => {
      if (frame.shape.controls.has(id)) bindings.set(id, { binding, column: its })
    }
    if (inColumns) for (const its of inColumns) place(controlIn(name, its), its)
    else place(name, column)
    const push = typeof inner === 'object' && inner !== null ? inner.push : undefined
    if (push === undefined) return
    const pushName = inColumns || column === undefined ? `${name}.push` : `${roleOf(name, column)}.push`
    bind(inColumns || column === undefined ? pushName : controlIn(pushName, column), push, `${at}.push`, inColumns)
  }

  const allColumns = Array.from({ length: frame.shape.columns }, (_, i) => i + 1)
  for (const [role, inner] of Object.entries(raw.column ?? {})) bind(role, inner, `${path}.column.${role}`, allColumns)
  for (const [role, spread] of Object.entries(raw.spread ?? {})) {
    if (!spread) continue
    const at = `${path}.spread.${role}`
    if (spread.length > frame.shape.columns && !source.isBase && names.inColumns.has(role))
      source.problem(at, `at most ${frame.shape.columns}, the surface's columns`, String(spread.length))
    for (const [i, inner] of spread.entries())
      if (i === 0 || names.inColumns.has(role))
        bind(role, inner, names.inColumns.has(role) ? `${at}[${i + 1}]` : at, i < frame.shape.columns ? [i + 1] : [])
  }
  for (const [id, inner] of Object.entries(raw.controls ?? {})) bind(id, inner, `${path}.controls.${id}`, undefined)
  return { when, bindings, swap: swapOf(raw, path, names, source) }
}

function swapOf(raw: RawLayer, path: string, names: ControlNames, source: Source): Layer['swap'] {
  if (!raw.swap) return undefined
  const [a, b] = raw.swap
  const kinds = [a, b].map((name) => names.inColumns.get(name) ?? names.byId.get(name))
  for (const [i, kind] of kinds.entries())
    if (kind === undefined && !source.isBase)
      source.problem(`${path}.swap[${i + 1}]`, controlText([a, b][i]!, [...names.inColumns.keys()], true), `"${[a, b][i]}"`)
  const moves = (kind: ControlKind | undefined): boolean => kind === 'fader' || kind === 'pot' || kind === 'encoder'
  if (kinds.every((kind) => kind !== undefined) && moves(kinds[0]) !== moves(kinds[1]))
    source.problem(`${path}.swap`, 'two controls of a kind', kinds.join(' and '))
  return kinds.includes(undefined) ? undefined : [a, b]
}

function controlText(name: string, known: readonly string[], inColumn: boolean): string {
  const near = nearestNames(name, known)
  return `a control ${inColumn ? 'that the columns have' : 'of the surface'}${near.length ? ` (nearest: ${near.join(', ')})` : ''}`
}

function conditionOf(
  key: string,
  written: Scalar | readonly Scalar[],
  path: string,
  frame: Frame,
  names: ControlNames,
  source: Source,
): Condition[] {
  const values = (Array.isArray(written) ? written : [written]).filter((value) => value !== undefined) as Scalar[]
  if (key === 'held') {
    const held = values.map(String)
    const unknown = held.filter((id) => names.byId.get(id) !== 'button')
    const buttons = [...names.byId].filter(([, kind]) => kind === 'button').map(([id]) => id)
    if (!source.isBase)
      for (const id of unknown) source.problem(path, `a button (nearest: ${nearestNames(id, buttons).join(', ')})`, `"${id}"`)
    return held.map((control) => ({ kind: 'held', control }))
  }
  const spec = frame.states.get(key)
  if (spec?.kind === 'channel') {
    for (const value of values)
      if (value !== 'master' && !isChannelKind(String(value)))
        source.problem(path, `a kind of channel: ${Object.keys(channelKinds).join(', ')}, master`, JSON.stringify(value))
    return [{ kind: 'channel', state: key, kinds: values.map(String) }]
  }
  if (spec) {
    const read = values.map((value) => {
      const possible = possibleState(spec, value, frame)
      if (possible === undefined && !source.isBase) source.problem(path, stateText(spec), JSON.stringify(value))
      return possible
    })
    return [{ kind: 'state', state: key, values: read.filter((value) => value !== undefined) }]
  }
  const template = key.includes('.') ? parseTemplate(key) : undefined
  if (!template || template.holes.includes('$')) {
    // A state that this mapping has otherwise: never so.
    if (source.isBase && !key.includes('.')) return [{ kind: 'state', state: key, values: [] }]
    const near = nearestNames(key, [...frame.states.keys(), 'held'])
    source.problem(path, `a state, held, or a parameter path (nearest: ${near.join(', ')})`, `"${key}"`)
    return []
  }
  const places: Places = { states: frame.states, columns: undefined, when: new Map() }
  const isChoice = (entry: Parameters<typeof isParam>[0]): boolean => isParam(entry) && entry.spec.kind !== 'number'
  const { entries, problem } = checkPath(
    template,
    places,
    (entry) => isChoice(entry) || isMeter(entry),
    'a parameter that is on or off or an enum, or a meter',
  )
  if (problem) source.problem(path, problem.expected, problem.found)
  const [first] = entries
  for (const value of values)
    if (first && isParam(first) && parseValue(first, value) === undefined)
      source.problem(path, rangeText(first), JSON.stringify(value))
    else if (first && isMeter(first) && typeof value !== 'boolean') source.problem(path, 'true or false', JSON.stringify(value))
  return [{ kind: 'param', path: template, values }]
}

export const isChannelName = (name: string): boolean => isChannelKind(name) || kindOf(name) !== undefined
