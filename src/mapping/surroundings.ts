// What a binding is read against, and the checks of paths, holes and states that all kinds of bindings share.
import { nearestNames } from '../config/yaml-file.js'
import type { Entry, Registry } from '../params/registry.js'
import type { ControlKind } from '../surface/driver.js'
import { kindOf } from './channels.js'
import { checkPath, type PathProblem, type Places } from './check-path.js'
import { parseTemplate, type Template } from './path.js'
import type { Scalar } from './raw.js'
import { readState, type StateSpec, type StateValue } from './state.js'

/** What a binding is read against. */
export interface Surroundings {
  readonly places: Places
  readonly registry: Registry
  readonly width: number
  readonly hasBank: boolean
  readonly kind: ControlKind
  /** Whether a display may name this control: a role in a column, an id elsewhere. */
  isControl(name: string): boolean
  controlNames(): readonly string[]
  problem(path: string, expected: string, found: string): void
  /** A problem of a control or state that is another one here; none where the layer was written for another surface. */
  mismatch(path: string, expected: string, found: string): void
}

/** A layer that was written for another surface may name states that this one has otherwise. */
export const tellPath = ({ isHole, expected, found }: PathProblem, path: string, around: Surroundings): void =>
  (isHole ? around.mismatch : around.problem)(path, expected, found)

export function stateOf(name: string, path: string, around: Surroundings): StateSpec | undefined {
  const { states } = around.places
  const spec = states.get(name)
  if (!spec) {
    const near = nearestNames(name, [...states.keys()])
    around.mismatch(path, near.length ? `a state (nearest: ${near.join(', ')})` : 'a state, of which there are none', `"${name}"`)
  }
  return spec
}

/** A value that the state can have on some desk; on this one it may be inert. */
export function possibleState(spec: StateSpec, value: Scalar, around: Pick<Surroundings, 'registry'>): StateValue | undefined {
  if (spec.kind === 'channel') return kindOf(String(value)) ? String(value) : undefined
  if (spec.kind === 'index' && typeof spec.of !== 'number')
    return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 512 ? (value as number) : undefined
  return readState(spec, value, around.registry)
}

export function stateText(spec: StateSpec): string {
  if (spec.kind === 'oneOf') return `one of ${spec.names.join(', ')}`
  if (spec.kind === 'toggle') return 'true or false'
  if (spec.kind === 'channel') return 'a channel like strip.1 or master'
  return spec.kind === 'index' && typeof spec.of === 'number' ? `a whole number from 1 to ${spec.of}` : 'a whole number'
}

export function templateOf(text: string, path: string, around: Surroundings): Template | undefined {
  const template = parseTemplate(text)
  if (!template) around.problem(path, 'braces round names of states, like {page}', `"${text}"`)
  return template
}

/** Holes of what is no parameter path. */
export function checkHoles(template: Template, path: string, around: Surroundings): boolean {
  for (const hole of template.holes)
    if (hole === '$' ? !around.places.columns : !around.places.states.has(hole)) {
      around.mismatch(
        path,
        hole === '$' ? 'a bank, for nothing stands on the columns' : 'a state',
        `"${hole}" in "${template.text}"`,
      )
      return false
    }
  return true
}

export function pathOf(
  text: string | undefined,
  path: string,
  around: Surroundings,
  wanted: (entry: Entry) => boolean,
  what: string,
): Template | undefined {
  if (text === undefined) {
    around.problem(path, what, 'none')
    return undefined
  }
  const template = templateOf(text, path, around)
  if (!template) return undefined
  const { problem } = checkPath(template, around.places, wanted, what)
  if (problem) tellPath(problem, path, around)
  return problem ? undefined : template
}
