// Whether a path means something in every state in which it can be asked for.
import { buildRegistry, type Entry, limits, nearestIds } from '../params/registry.js'
import { type ChannelKind, channelKinds, isChannelKind, selectable } from './channels.js'
import { fill, type Template } from './path.js'
import type { StateSpec, StateValue } from './state.js'

/** A desk with one of everything: what a parameter is called does not depend on how many channels there are. */
const everything = buildRegistry({ stripStereo: [false], busCount: 1, inputCount: 1, outputCount: 2, dcaCount: 1, fxCount: 1 })

const most: Readonly<Record<string, number>> = {
  strip: limits.strips,
  bus: limits.buses,
  send: limits.buses,
  dca: limits.dcas,
  fx: limits.fx,
  output: limits.outputs,
}

/** An id as the desk with one of everything has it; undefined when no desk has so many. */
function ofEverything(id: string): string | undefined {
  let isPossible = true
  const first = id.replace(/(?<=^|\.)(strip|bus|send|dca|fx|output)\.(\d+)(?=\.|$)/g, (_, name: string, number: string) => {
    if (!(Number(number) >= 1 && Number(number) <= most[name]!)) isPossible = false
    return `${name}.1`
  })
  return isPossible ? first : undefined
}

/** The entry that any desk with enough channels has under an id. */
export function possibleEntry(id: string): Entry | undefined {
  const known = ofEverything(id)
  return known === undefined ? undefined : everything.byId.get(known)
}

export interface Places {
  readonly states: ReadonlyMap<string, StateSpec>
  /** What the columns can hold; undefined where there is no bank. */
  readonly columns: readonly string[] | undefined
  /** What the layer's conditions leave of a state. */
  readonly when: ReadonlyMap<string, readonly StateValue[]>
}

export interface PathProblem {
  /** Nothing is known of a hole: a state, or a bank. */
  readonly isHole?: boolean
  readonly expected: string
  readonly found: string
}

const firstOf = (kind: ChannelKind): string => `${channelKinds[kind].prefix}.1`
const mostCombinations = 4096

interface Hole {
  readonly values: readonly string[]
  /** A channel: it is enough that one kind has what is asked for, with others it is inert. */
  readonly isChannel: boolean
}

/** What a hole can hold; text tells why it can hold nothing. */
function holeOf(name: string, places: Places): Hole | string {
  if (name === '$')
    return places.columns
      ? { values: [...new Set(places.columns.map((over) => (isChannelKind(over) ? firstOf(over) : over)))], isChannel: true }
      : 'a bank or a state, for nothing stands on the columns'
  const spec = places.states.get(name)
  if (!spec) return `one of the states ${[...places.states.keys()].join(', ') || '(there are none)'}`
  const left = places.when.get(name)
  if (spec.kind === 'channel') {
    const kinds = left?.map((value) => (isChannelKind(String(value)) ? firstOf(String(value) as ChannelKind) : String(value)))
    return { values: kinds ?? [...selectable.map(firstOf), 'master'], isChannel: true }
  }
  if (spec.kind === 'oneOf') return { values: (left ?? spec.names).map(String), isChannel: false }
  if (spec.kind === 'index')
    return {
      values: typeof spec.of === 'number' ? (left ?? Array.from({ length: spec.of }, (_, i) => i + 1)).map(String) : ['1'],
      isChannel: false,
    }
  return 'a state with a name or a number'
}

/**
 * Entries that a path can mean, one for each kind of thing. In every combination of the states at least one kind of channel must have
 * one that is `wanted`.
 */
export function checkPath(
  template: Template,
  places: Places,
  wanted: (entry: Entry) => boolean,
  what: string,
): { entries: Entry[]; problem?: PathProblem } {
  const names = [...new Set(template.holes)]
  const holes = new Map<string, Hole>()
  for (const name of names) {
    const hole = holeOf(name, places)
    if (typeof hole === 'string')
      return { entries: [], problem: { isHole: true, expected: hole, found: `"${name}" in "${template.text}"` } }
    holes.set(name, hole)
  }
  const combinations = (isChannel: boolean): Map<string, string>[] =>
    names
      .filter((name) => holes.get(name)!.isChannel === isChannel)
      .reduce<Map<string, string>[]>(
        (all, name) =>
          all.flatMap((one) => holes.get(name)!.values.map((value) => new Map(one).set(name, value))).slice(0, mostCombinations),
        [new Map()],
      )
  const entries = new Set<Entry>()
  for (const states of combinations(false)) {
    const ids = combinations(true).map((channels) => fill(template, (hole) => states.get(hole) ?? channels.get(hole))!)
    const found = ids.map(possibleEntry).filter((entry) => entry !== undefined)
    const fitting = found.filter(wanted)
    for (const entry of fitting) entries.add(entry)
    if (fitting.length > 0) continue
    const where = [...states].map(([name, value]) => `${name}: ${value}`).join(', ')
    const near = found.length > 0 ? '' : `; nearest: ${nearestPath(template, ids)}`
    return {
      entries: [...entries],
      problem: {
        expected: `${what}${near}`,
        found: `"${template.text}"${where ? ` with ${where}` : ''}${found[0] ? `, which is a ${found[0].spec.kind}` : ''}`,
      },
    }
  }
  return { entries: [...entries] }
}

/** The nearest known id, written as the path is: with its holes where they stay the same. */
function nearestPath(template: Template, ids: readonly string[]): string {
  const [id = ''] = ids
  const [near = ''] = nearestIds(everything, ofEverything(id) ?? id, 1)
  const { fixed, holes } = template
  if (holes.length === 0 || fixed[0] !== '') return near
  const channel = id.slice(0, id.length - (fixed[1]?.length ?? 0))
  return holes.length === 1 && near.startsWith(`${channel}.`)
    ? `${holes[0] === '$' ? '$' : `{${holes[0]}}`}${near.slice(channel.length)}`
    : near
}
