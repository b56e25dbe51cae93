// The tree of specs flattened for one topology: every parameter with its id, address and index.

import { distance } from 'fastest-levenshtein'
import { DeskError } from '../errors.js'
import { deskTree } from './desk.js'
import type { Block, BoolSpec, EnumSpec, MeterSpec, NumberSpec, ParamSpec, Repeat, TextSpec, Topology } from './spec.js'

/** A parameter with a number behind it: 0 or 1 for a boolean, the index for an enum. */
export interface Param {
  readonly id: string
  /** The OSC address: the id with slashes. */
  readonly address: string
  /** Index into the value table. */
  readonly index: number
  readonly spec: NumberSpec | BoolSpec | EnumSpec
  readonly min: number
  readonly max: number
  readonly default: number
  /** Enum names, else empty. */
  readonly names: readonly string[]
}

export interface TextParam {
  readonly id: string
  readonly address: string
  /** Index into the text table. */
  readonly index: number
  readonly spec: TextSpec
  readonly default: string
}

export interface Meter {
  readonly id: string
  readonly address: string
  /** Index into the meter table. */
  readonly index: number
  readonly spec: MeterSpec
}

export type Entry = Param | TextParam | Meter

export interface Registry {
  readonly topology: Topology
  readonly params: readonly Param[]
  readonly texts: readonly TextParam[]
  readonly meters: readonly Meter[]
  readonly byId: ReadonlyMap<string, Entry>
}

export const isParam = (entry: Entry): entry is Param => entry.spec.kind !== 'text' && entry.spec.kind !== 'meter'
export const isText = (entry: Entry): entry is TextParam => entry.spec.kind === 'text'
export const isMeter = (entry: Entry): entry is Meter => entry.spec.kind === 'meter'

export const textBytes = 64
export const limits = { strips: 512, buses: 64, inputs: 64, outputs: 64, dcas: 24, fx: 16 } as const

export const defaultTopology: Topology = {
  stripStereo: Array.from({ length: 64 }, () => false),
  busCount: 8,
  fxCount: 4,
  inputCount: 32,
  outputCount: 8,
  dcaCount: 8,
}

export const repeatCount = (count: Repeat['count'], topology: Topology): number =>
  typeof count === 'number'
    ? count
    : {
        strips: topology.stripStereo.length,
        buses: topology.busCount,
        outputs: topology.outputCount,
        dcas: topology.dcaCount,
        fx: topology.fxCount,
      }[count]

export const isSpec = (node: Block[string]): node is ParamSpec | MeterSpec | Repeat => typeof node.kind === 'string'

/** Builds the registry of a topology. Throws a DeskError when a count is outside its limit. */
export function buildRegistry(topology: Topology): Registry {
  checkTopology(topology)
  const params: Param[] = []
  const texts: TextParam[] = []
  const meters: Meter[] = []
  const byId = new Map<string, Entry>()

  // A desk of 512 strips has seventy thousand entries: their ids and addresses grow side by side, in objects of one shape.
  const add = (id: string, address: string, spec: ParamSpec | MeterSpec, number: number): void => {
    const enter = <E extends Entry>(list: E[], entry: E): void => {
      list.push(entry)
      byId.set(id, entry)
    }
    if (spec.kind === 'meter') enter(meters, { id, address, spec, index: meters.length })
    else if (spec.kind === 'text')
      enter(texts, { id, address, spec, index: texts.length, default: spec.default.replace('#', String(number)) })
    else {
      const { min, max, default: start, names } = rangeOf(spec, topology, number)
      enter(params, { id, address, spec, index: params.length, min, max, default: start, names })
    }
  }

  const walk = (block: Block, path: string, slashed: string, number: number): void => {
    for (const name in block) {
      const node = block[name] as Block[string]
      const here = path ? `${path}.${name}` : name
      const there = `${slashed}/${name}`
      if (!isSpec(node)) walk(node, here, there, number)
      else if (node.kind === 'repeat')
        for (let i = 1; i <= repeatCount(node.count, topology); i++) {
          const copy = node.joined ? `${here}${i}` : `${here}.${i}`
          const address = node.joined ? `${there}${i}` : `${there}/${i}`
          if (isSpec(node.of)) add(copy, address, node.of as ParamSpec, i)
          else walk(node.of, copy, address, i)
        }
      else add(here, there, node, number)
    }
  }
  walk(deskTree, '', '', 0)
  return { topology, params, texts, meters, byId }
}

function rangeOf(
  spec: NumberSpec | BoolSpec | EnumSpec,
  topology: Topology,
  copy: number,
): Pick<Param, 'min' | 'max' | 'default' | 'names'> {
  if (spec.kind === 'number') return { min: spec.min, max: spec.max, default: spec.default, names: [] }
  if (spec.kind === 'bool') return { min: 0, max: 1, default: spec.default ? 1 : 0, names: [] }
  const names = namesOf(spec, topology)
  const index = typeof spec.default === 'function' ? spec.default(topology, copy) : spec.default
  return { min: 0, max: names.length - 1, default: index, names }
}

const namesCache = new WeakMap<Topology, Map<EnumSpec, readonly string[]>>()

function namesOf(spec: EnumSpec, topology: Topology): readonly string[] {
  if (typeof spec.names !== 'function') return spec.names
  const cache = namesCache.get(topology) ?? new Map<EnumSpec, readonly string[]>()
  namesCache.set(topology, cache)
  const known = cache.get(spec) ?? spec.names(topology)
  cache.set(spec, known)
  return known
}

function checkTopology(topology: Topology): void {
  const counts = [
    ['strips', topology.stripStereo.length, 1, limits.strips],
    ['buses', topology.busCount, 1, limits.buses],
    ['fx', topology.fxCount, 0, limits.fx],
    ['inputs', topology.inputCount, 0, limits.inputs],
    ['outputs', topology.outputCount, 2, limits.outputs],
    ['dcas', topology.dcaCount, 0, limits.dcas],
  ] as const
  for (const [what, found, min, max] of counts)
    if (!Number.isInteger(found) || found < min || found > max)
      throw new DeskError('outOfRange', `${what}: expected a whole number from ${min} to ${max}, found ${found}`)
}

/** The ids most like a mistyped one, best first: compared part by part, each by how much of it is wrong. */
export function nearestIds(registry: Registry, id: string, count = 3): string[] {
  const parts = id.split('.')
  const unlike = (known: string): number => {
    const others = known.split('.')
    let sum = Math.abs(others.length - parts.length)
    for (let i = 0; i < Math.min(parts.length, others.length); i++) {
      const [a, b] = [parts[i] ?? '', others[i] ?? '']
      sum += a === b ? 0 : distance(a.toLowerCase(), b.toLowerCase()) / Math.max(a.length, b.length) + 0.01
    }
    return sum
  }
  const best: { id: string; unlike: number }[] = []
  for (const known of registry.byId.keys()) {
    const entry = { id: known, unlike: unlike(known) }
    const at = best.findIndex((b) => entry.unlike < b.unlike)
    if (at >= 0) best.splice(at, 0, entry)
    else if (best.length < count) best.push(entry)
    if (best.length > count) best.length = count
  }
  return best.map((b) => b.id)
}

/** The entry of an id. Throws a DeskError that names the nearest ids. */
export function entryOf(registry: Registry, id: string): Entry {
  const entry = registry.byId.get(id)
  if (entry) return entry
  const near = nearestIds(registry, id)
  throw new DeskError('unknownId', `no parameter has the id "${id}"${near.length ? `; nearest: ${near.join(', ')}` : ''}`)
}
