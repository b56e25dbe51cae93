// A scene as a file: what differs from the defaults, one parameter a line in the registry's order, so that two scenes diff well.
import { textExpected, textOf } from '../config/desk-file.js'
import { paramLine, type Settings, textLine } from '../config/desk-text.js'
import { endMarker } from '../config/state-write.js'
import { type Field, type Scalar, wholeNumber, type Entry as YamlEntry, YamlFile } from '../config/yaml-file.js'
import { DeskError } from '../errors.js'
import { longestFadeS, mostScenes } from '../params/actions.js'
import { type Entry, isMeter, isText, nearestIds, type Param, type Registry, type TextParam } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'
import { readParamLines } from './param-lines.js'
import { readScope, type Scope } from './scope.js'

export interface SceneHead {
  /** Its place among the others; undefined where a hand-made file has none. */
  readonly number: number | undefined
  readonly notes: string
  /** How long its recalls take, unless they say it themselves. */
  readonly fadeS: number
  readonly scope: Scope
}

export interface Scene {
  readonly head: SceneHead
  /** Everything in its scope, what stands at its default among it. */
  readonly params: ReadonlyMap<Param, number>
  readonly texts: ReadonlyMap<TextParam, string>
  /** What this desk lacks, in words. */
  readonly leftOut: readonly string[]
}

const mostProblems = 20
const headKeys = ['number', 'notes', 'fadeS', 'scope', 'desk', 'params']

/** How much of each a desk has, by the beginning of its ids: a scene says nothing of what is beyond. */
type Counts = Readonly<Record<'strip' | 'bus' | 'fx' | 'dca' | 'output', number>>

const countsOf = ({ topology }: Registry): Counts => ({
  strip: topology.stripStereo.length,
  bus: topology.busCount,
  fx: topology.fxCount,
  dca: topology.dcaCount,
  output: topology.outputCount,
})

/** Send levels and memberships end with the number of what they lead to. */
const isBeyond = (id: string, counts: Counts): boolean =>
  [...id.matchAll(/(?:^|\.)(strip|bus|fx|dca|output|send)\.(\d+)/g)].some(
    ([, block, n]) => Number(n) > counts[block === 'send' ? 'bus' : (block as keyof Counts)],
  )

/** What a desk of another size has another default for is always written. */
const hasFixedDefault = (entry: Entry): boolean => entry.spec.kind !== 'enum' || typeof entry.spec.default !== 'function'

export function sceneText(registry: Registry, { values, texts }: Settings, head: SceneHead): string {
  const lines: string[] = []
  for (const entry of registry.byId.values()) {
    if (isMeter(entry) || !head.scope.has(entry.id)) continue
    if (isText(entry)) {
      const value = texts[entry.index]!
      if (value !== entry.default) lines.push(textLine(entry, value))
    } else {
      const value = values[entry.index]!
      if (!Object.is(value, Math.fround(entry.default)) || !hasFixedDefault(entry)) lines.push(paramLine(entry, value))
    }
  }
  const { strip, bus, fx, dca, output } = countsOf(registry)
  return [
    '# A scene. What is in its scope and not said here stands at its default.',
    ...(head.number === undefined ? [] : [`number: ${head.number}`]),
    ...(head.notes ? [`notes: ${JSON.stringify(head.notes)}`] : []),
    ...(head.fadeS ? [`fadeS: ${head.fadeS}`] : []),
    ...(head.scope.text ? [`scope: ${head.scope.text}`] : []),
    `desk: {strips: ${strip}, buses: ${bus}, fx: ${fx}, dcas: ${dca}, outputs: ${output}}`,
    lines.length > 0 ? `params:\n${lines.join('\n')}` : 'params: {}',
    endMarker,
  ].join('\n')
}

/** Reads what stands before the parameters. Throws a DeskError with all problems. */
export function readHead(file: string, text: string): SceneHead {
  const yaml = new YamlFile(file, text.slice(0, (text.search(/^params:/m) + 1 || text.length + 1) - 1))
  const head = headOf(yaml, new Map(yaml.entries(yaml.root, '').map((entry) => [entry.key, entry])))
  yaml.check('scene')
  return head
}

/** Reads a scene for a desk. Throws a DeskError with its problems, with file and line. */
export function readScene(file: string, text: string, registry: Registry, sampleRateHz?: number): Scene {
  if (!text.endsWith(`\n${endMarker}`))
    throw new DeskError('scene', `${file}: expected "..." on its last line, found none: the file was cut off`)
  const fast = readParamLines(text)
  const yaml = new YamlFile(file, fast?.head ?? text)
  const top = new Map(yaml.entries(yaml.root, '', 'a map with number, scope, params …').map((entry) => [entry.key, entry]))
  const head = headOf(yaml, top)
  const here = countsOf(registry)
  const counts = readCounts(yaml, top.get('desk'), here)
  const lineOfFirst = fast ? fast.head.split('\n').length + 1 : 0
  const given = fast
    ? [...fast.entries].map(([id, scalar], i) => ({ id, scalar, line: lineOfFirst + i }))
    : yaml.entries(top.get('params')?.value ?? null, 'params').map((entry) => ({
        id: entry.key,
        scalar: yaml.scalar(entry.value),
        line: entry.line,
      }))

  const params = new Map<Param, number>()
  const texts = new Map<TextParam, string>()
  const isSmaller = Object.entries(here).some(([block, count]) => counts[block as keyof Counts] < count)
  for (const entry of registry.byId.values()) {
    if (isMeter(entry) || !head.scope.has(entry.id) || (isSmaller && isBeyond(entry.id, counts))) continue
    if (isText(entry)) texts.set(entry, entry.default)
    else params.set(entry, Math.fround(entry.default))
  }
  const leftOut: string[] = []
  for (const { id, scalar, line } of given) {
    if (yaml.problems.length >= mostProblems) break
    const entry = registry.byId.get(id)
    const found = JSON.stringify(scalar) ?? 'a map or a list'
    if (!entry && isBeyond(id, here) && !isBeyond(id, counts)) leftOut.push(`${id} is not on this desk`)
    else if (!entry || isMeter(entry))
      yaml.problem(line, id, `the id of a parameter (nearest: ${nearestIds(registry, id).join(', ')})`, `"${id}"`)
    else if (!head.scope.has(id)) leftOut.push(`${id} is not in the scene's scope`)
    else if (isText(entry)) {
      const value = textOf(scalar)
      if (value === undefined) yaml.problem(line, id, textExpected, found)
      else texts.set(entry, value)
    } else {
      const value = readValue(entry, scalar, sampleRateHz)
      if (value !== undefined) params.set(entry, value)
      else if (isByTopology(entry)) {
        params.delete(entry)
        leftOut.push(`${id}: this desk has no ${found}`)
      } else yaml.problem(line, id, rangeText(entry), found)
    }
  }
  yaml.check('scene')
  return { head, params, texts, leftOut }
}

const readValue = (param: Param, scalar: Scalar | undefined, sampleRateHz?: number): number | undefined =>
  scalar === undefined || scalar === null ? undefined : parseValue(param, scalar, sampleRateHz)

/** Inputs, buses and the like: what another desk has, this one may lack. */
const isByTopology = ({ spec }: Param): boolean => spec.kind === 'enum' && typeof spec.names === 'function'

const seconds: Field<number> = {
  expected: `seconds from 0 to ${longestFadeS}`,
  read: (value) => (typeof value === 'number' && value >= 0 && value <= longestFadeS ? value : undefined),
}

const plainText: Field<string> = { expected: 'text', read: (value) => (value === null ? undefined : String(value)) }

function headOf(yaml: YamlFile, top: ReadonlyMap<string, YamlEntry>): SceneHead {
  for (const entry of top.values()) if (!headKeys.includes(entry.key)) yaml.unknownKey(entry, headKeys)
  const read = <T>(key: string, field: Field<T>): T | undefined => {
    const entry = top.get(key)
    return entry && yaml.field(entry, field)
  }
  const written = read('scope', plainText) ?? ''
  let scope = readScope('')
  try {
    scope = readScope(written)
  } catch (error) {
    yaml.problem(top.get('scope')?.line ?? 1, 'scope', (error as Error).message.replace(/^scope: expected /, ''), `"${written}"`)
  }
  return {
    number: read('number', wholeNumber(1, mostScenes)),
    notes: read('notes', plainText) ?? '',
    fadeS: read('fadeS', seconds) ?? 0,
    scope,
  }
}

const countKeys = { strips: 'strip', buses: 'bus', fx: 'fx', dcas: 'dca', outputs: 'output' } as const

/** How large the desk was that the scene was stored on; what it does not say is as here. */
function readCounts(yaml: YamlFile, desk: YamlEntry | undefined, here: Counts): Counts {
  const counts = { ...here }
  for (const entry of desk ? yaml.entries(desk.value, 'desk') : []) {
    const block = countKeys[entry.key as keyof typeof countKeys]
    if (block) counts[block] = yaml.field(entry, wholeNumber(0, 512)) ?? here[block]
    else yaml.unknownKey(entry, Object.keys(countKeys))
  }
  return counts
}
