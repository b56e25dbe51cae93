// What a person names as the target of a control that is learnt: a parameter, or an action with what it takes.
import { nearestNames } from '../config/yaml-file.js'
import { type ActionName, actionNames, argsOf, isActionName, whyNot } from '../params/actions.js'
import { isMeter, isParam, nearestIds, type Param, type Registry } from '../params/registry.js'
import type { LearntBinding } from './learnt-file.js'

export type Target =
  | { readonly kind: 'param'; readonly param: Param; readonly binding: LearntBinding }
  | { readonly kind: 'action'; readonly binding: LearntBinding }
  /** Not understood: why, and what comes nearest. */
  | { readonly kind: 'wrong'; readonly why: string }

/** Reads `strip.1.faderDb`, `/strip/1/faderDb`, `transport.play`, `scene.recall Chorus`. */
export function readTarget(registry: Registry, written: string): Target {
  const [word = '', ...rest] = written.trim().split(/\s+/)
  const id = word.replace(/^\//, '').replaceAll('/', '.')
  const entry = registry.byId.get(id)
  if (entry && isParam(entry)) {
    if (rest.length > 0) return { kind: 'wrong', why: `${id}: expected the id alone, found "${rest.join(' ')}" behind it` }
    return { kind: 'param', param: entry, binding: id }
  }
  if (entry) return { kind: 'wrong', why: `${id} is a ${isMeter(entry) ? 'meter' : 'text'}, which no control can move` }
  if (isActionName(id)) return readAction(id, rest.join(' '))
  const near = nearestNames(id, [...nearestIds(registry, id), ...nearestNames(id, actionNames)])
  return { kind: 'wrong', why: `no parameter or action is called "${id}"; nearest: ${near.join(', ')}` }
}

function readAction(name: ActionName, rest: string): Target {
  const [first] = argsOf(name)
  const value = rest !== '' && first?.kind !== 'text' && !Number.isNaN(Number(rest)) ? Number(rest) : rest
  const wrong = whyNot(name, rest === '' ? [] : [value])
  if (wrong !== undefined)
    return { kind: 'wrong', why: `${name}: ${wrong}, found ${rest === '' ? 'nothing' : `"${rest}"`} behind it` }
  return { kind: 'action', binding: { do: name, ...(rest === '' ? {} : { with: value }) } }
}
