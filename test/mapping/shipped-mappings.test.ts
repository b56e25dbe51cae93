// A sweep over every mapping that ships: it loads, and in every reachable state each control comes back to where it was put.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMapping } from '../../src/mapping/load.js'
import { type Binding, controlIn, type Layer, type Mapping } from '../../src/mapping/mapping.js'
import { fill } from '../../src/mapping/path.js'
import type { StateValue } from '../../src/mapping/state.js'
import { choicesOf, startOf } from '../../src/mapping/state.js'
import { buildRegistry } from '../../src/params/registry.js'
import { defaultValues } from '../../src/params/store.js'
import type { ControlShape } from '../../src/surface/driver.js'
import { PlainDeskView, PlayedSurface } from '../fixtures/plain-desk-view.js'
import { drivers, mappingFiles, shapeOf } from '../fixtures/shipped-mappings.js'

const registry = buildRegistry({
  stripStereo: Array.from({ length: 12 }, (_, i) => i % 2 === 1),
  busCount: 4,
  inputCount: 4,
  outputCount: 4,
  dcaCount: 2,
  fxCount: 4,
})

/** Values that stand for all of a state: every name, the first and last of many, a channel of each kind. */
function valuesOf(mapping: Mapping, name: string): readonly StateValue[] {
  const spec = mapping.states.get(name)!
  if (spec.kind === 'bank') return [0, 8, 16]
  if (spec.kind === 'channel') return ['strip.1', 'bus.4', 'dca.2', 'fx.1', 'master']
  const all = choicesOf(spec, registry)!
  return spec.kind === 'oneOf' ? all : [...new Set([all[0]!, all.at(-1)!])]
}

const defaults = defaultValues(registry)

type Setting = ReadonlyMap<string, StateValue>

/** A way in which layers can be active: states that conditions ask for, a held control, parameters that conditions ask for. */
interface Situation {
  readonly states: Setting
  readonly held: string | undefined
  readonly params: readonly (readonly [id: string, value: string | number | boolean])[]
}

const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((all, list) => all.flatMap((one) => list.map((item) => [...one, item])), [[]])

/** Controls by the layers that have a say in what they do: one group for each such set. */
function groups(mapping: Mapping): { layers: readonly Layer[]; controls: readonly ControlShape[] }[] {
  const found = new Map<string, { layers: readonly Layer[]; controls: ControlShape[] }>()
  for (const shape of mapping.shape.controls.values()) {
    const { id, column } = shape
    const names = new Set([id, id.replace(/\.push$/, '')])
    for (const { swap } of mapping.layers)
      if (swap?.some((role) => names.has(controlIn(role, column)))) for (const role of swap) names.add(controlIn(role, column))
    const layers = mapping.layers.filter(
      ({ bindings, swap }) =>
        [...names].some((name) => bindings.has(name)) || swap?.some((role) => names.has(controlIn(role, column))),
    )
    const key = layers.map((layer) => mapping.layers.indexOf(layer)).join(' ')
    const group = found.get(key) ?? { layers, controls: [] }
    found.set(key, group)
    group.controls.push(shape)
  }
  return [...found.values()]
}

function situations(mapping: Mapping, layers: readonly Layer[]): Situation[] {
  const conditions = layers.flatMap(({ when }) => when)
  const held = [...new Set(conditions.flatMap((condition) => (condition.kind === 'held' ? [condition.control] : [])))]
  const asked = [...new Set(conditions.flatMap((condition) => ('state' in condition ? [condition.state] : [])))]
  const settings = product(asked.map((name) => valuesOf(mapping, name).map((value) => [name, value] as const)))
  const params = new Map(
    conditions.flatMap((condition) => (condition.kind === 'param' ? [[condition.path.text, condition.path] as const] : [])),
  )
  return settings.flatMap((setting) => {
    const states = new Map(setting)
    const choices = [...params.values()].map((path) => {
      const id = fill(path, (hole) => String(states.get(hole) ?? startOf(mapping.states.get(hole)!)))!
      const values = conditions.flatMap((condition) =>
        condition.kind === 'param' && condition.path.text === path.text ? condition.values : [],
      )
      return [undefined, ...values.map((value) => [id, value] as const)]
    })
    return product(choices).flatMap((chosen) =>
      [undefined, ...held].map((one) => ({ states, held: one, params: chosen.filter((one) => one !== undefined) })),
    )
  })
}

/** What the other states can be, one after the other: they say which channel, band or send a path means. */
function* variations(mapping: Mapping, { states }: Situation): Generator<Setting> {
  yield new Map()
  for (const name of mapping.states.keys())
    if (!states.has(name)) for (const value of valuesOf(mapping, name).slice(1)) yield new Map([[name, value]])
}

/** What a turned, moved or pressed control leaves on the desk and shows of it. Counts what it tried. */
function roundTrips(played: PlayedSurface, where: string, controls: readonly ControlShape[]): number {
  const { desk, surface } = played
  let tried = 0
  for (const { id, kind, steps = 128 } of controls) {
    const shown = surface.resolved(id)?.shown
    if (!shown) continue
    const { param, travel } = shown
    const before = desk.value(param)
    if (kind === 'fader' || kind === 'pot') {
      // Twice: the first may be waiting to be taken over.
      for (const at of [0, 1 / (steps - 1), 0.25, 0.5, 0.7421875, 1]) {
        const position = Math.round(at * (steps - 1)) / (steps - 1)
        const wanted = travel.positionOf(desk.value(param))
        played.move(id, wanted)
        played.move(id, position)
        const look = surface.look(id, played.nowMs)
        if (look?.kind !== 'position' && (kind === 'fader' || look?.kind !== 'ring'))
          throw new Error(`${where}: ${id} shows ${look?.kind}`)
        const value = desk.value(param)
        const isSame = Math.abs(look.position - position) < 0.5 / (steps - 1)
        const standsFor = Object.is(travel.valueOf(look.position), value) && Object.is(travel.valueOf(position), value)
        if (!isSame && !standsFor)
          throw new Error(`${where}: ${id} at ${position} sets ${param.id} to ${value}, which stands at ${look.position}`)
        tried++
      }
    } else if (kind === 'encoder') {
      for (const ticks of [40, -100, 33]) {
        const at = desk.value(param)
        played.turn(id, ticks)
        const value = desk.value(param)
        const look = surface.look(id, played.nowMs)
        if (look?.kind !== 'ring') throw new Error(`${where}: ${id} shows ${look?.kind}`)
        if (Math.abs(travel.positionOf(value) - look.position) > 1e-9) throw new Error(`${where}: ${id} shows ${look.position}`)
        if ((value - at) * ticks < 0)
          throw new Error(`${where}: ${id} turned by ${ticks} took ${param.id} from ${at} to ${value}`)
        if (
          Object.is(value, at) &&
          value !== param.max &&
          value !== param.min &&
          value !== shown.range?.[0] &&
          value !== shown.range?.[1]
        )
          throw new Error(`${where}: ${id} turned by ${ticks} left ${param.id} at ${at}`)
        tried++
      }
    } else if (kind === 'button' && param.spec.kind === 'bool') {
      const lit = (): boolean => {
        const look = surface.look(id, played.nowMs)
        return look?.kind === 'light' && look.light !== 'off'
      }
      const at = lit()
      // With a long or double press, what the short one does is known when it is over.
      played.tap(id)
      played.wait(1000)
      if (shown.press.kind === 'next') {
        if (desk.value(param) === before) throw new Error(`${where}: ${id} leaves ${param.id} at ${before}`)
        if (surface.resolved(id)!.binding.light === undefined && lit() === at) throw new Error(`${where}: ${id} is lit as it was`)
      }
      tried++
    }
    desk.values[param.index] = before
  }
  return tried
}

describe.each(mappingFiles.map((file) => [basename(file), file] as const))('%s', (name, file) => {
  it('says its schema to editors', () => {
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('# yaml-language-server: $schema=mapping.schema.json')
  })

  it('comes back to where each control was put, in every reachable state', () => {
    const mapping = readMapping(file, shapeOf, registry)
    const known = new Map<string, Set<Binding>>()
    const triedParams = new Map<Binding, Set<string>>()
    let tried = 0
    const all = groups(mapping).flatMap(({ layers, controls }) =>
      situations(mapping, layers).map((situation) => ({ situation, controls })),
    )
    const desk = new PlainDeskView(registry)
    const played = new PlayedSurface(mapping, desk)
    const starts = played.surface.stateValues()
    const setStates = (values: Setting): void => {
      for (const [state, value] of values)
        if (played.surface.setState(state, value) !== undefined) throw new Error(`${state}: ${value}`)
    }
    for (const { situation, controls } of all) {
      setStates(starts)
      setStates(situation.states)
      desk.values.set(defaults)
      for (const [id, value] of situation.params) desk.set(id, value)
      for (const held of mapping.modifiers) played.press(held, held === situation.held)
      // What is bound as it was before has been tried.
      const news = controls.filter(({ id }) => {
        const binding = played.surface.resolved(id)?.binding
        if (!binding || id === situation.held || known.get(id)?.has(binding)) return false
        known.set(id, (known.get(id) ?? new Set()).add(binding))
        return true
      })
      if (news.length === 0) continue
      for (const variation of variations(mapping, situation)) {
        setStates(variation)
        const where = `${name} with ${JSON.stringify([...situation.states, ...variation, ...situation.params, situation.held])}`
        const others = news.filter(({ id }) => {
          const resolved = played.surface.resolved(id)
          if (!resolved?.shown) return false
          const params = triedParams.get(resolved.binding) ?? new Set()
          triedParams.set(resolved.binding, params)
          const what = `${id} ${resolved.shown.param.id}`
          return !params.has(what) && params.add(what)
        })
        tried += roundTrips(played, where, others)
        setStates(new Map([...variation.keys()].map((state) => [state, starts.get(state)!])))
      }
    }
    const bound = [...known.keys()].filter((id) => mapping.shape.controls.get(id)!.kind !== 'button').length
    expect(tried).toBeGreaterThan(bound)
  })
})

describe('mappings that ship', () => {
  it('are there for every driver', () => {
    const mapped = mappingFiles.map((file) => readMapping(file, shapeOf, registry).surface)
    expect(drivers.map(({ id }) => id).filter((id) => !mapped.includes(id))).toEqual([])
  })
})
