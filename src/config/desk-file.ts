// The desk file: how many strips and buses there are, and what they start at. Every problem is found before audio starts.
import { dirname, resolve } from 'node:path'
import { armedReturn } from '../params/armed-return.js'
import { busLoop, busOutputIndices, loopText } from '../params/bus-loop.js'
import {
  buildRegistry,
  defaultTopology,
  isMeter,
  isText,
  limits,
  type Param,
  type Registry,
  type TextParam,
  textBytes,
} from '../params/registry.js'
import type { Topology } from '../params/spec.js'
import { defaultTexts, defaultValues } from '../params/store.js'
import { parseValue, rangeText } from '../params/value.js'
import { type Entry, nearestNames, readYaml, type Scalar, wholeNumber, words, YamlFile, yesNo } from './yaml-file.js'

/** A desk: its shape, what everything stands at, and what plays. */
export interface Desk {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: string[]
  /** Absolute path of the track of a strip, by strip number from 1. */
  readonly tracks: ReadonlyMap<number, string>
  /** True where the file says how many strips there are. */
  readonly stripsGiven: boolean
}

/** Keys of their own; beside them stand the desk's parameters, nested (`master: {mute: true}`) or as ids (`master.mute: true`). */
const topKeys = ['strips', 'buses', 'inputs', 'outputs', 'dcas', 'fx', 'params', 'tracks']

/**
 * Reads a desk file. What it does not say comes from `fallback`; delays in samples need the sample rate.
 * Throws one DeskError with all problems.
 */
export const readDeskFile = (file: string, fallback: Topology = defaultTopology, sampleRateHz?: number): Desk =>
  readDesk(readYaml(file, 'desk'), fallback, sampleRateHz)

export const readDeskText = (file: string, text: string, fallback: Topology = defaultTopology, sampleRateHz?: number): Desk =>
  readDesk(new YamlFile(file, text), fallback, sampleRateHz)

/** The desk that nobody has written a file for. */
export function plainDesk(topology: Topology): Desk {
  const registry = buildRegistry(topology)
  return { registry, values: defaultValues(registry), texts: defaultTexts(registry), tracks: new Map(), stripsGiven: false }
}

function readDesk(yaml: YamlFile, fallback: Topology, sampleRateHz?: number): Desk {
  const top = new Map(yaml.entries(yaml.root, '', 'a map with strips, buses, params …').map((entry) => [entry.key, entry]))
  const strips = countOrList(yaml, top.get('strips'), limits.strips)
  const buses = countOrList(yaml, top.get('buses'), limits.buses)
  // `fx: 2` or a list says how many there are; `fx: {1: …}` are parameters of theirs, as `fx.1.type` is.
  const fxEntry = top.get('fx')
  const fxParams = fxEntry && yaml.isMap(fxEntry.value) ? fxEntry : undefined
  const fx = countOrList(yaml, fxParams ? undefined : fxEntry, limits.fx, 0)
  const count = (key: 'inputs' | 'outputs' | 'dcas', min: number, otherwise: number): number => {
    const entry = top.get(key)
    return (entry && yaml.field(entry, wholeNumber(min, limits[key]))) ?? otherwise
  }
  const desk = plainDesk({
    stripStereo:
      strips?.list?.map((item) => isStereo(yaml, item)) ?? (strips ? Array(strips.count).fill(false) : fallback.stripStereo),
    busCount: buses?.count ?? fallback.busCount,
    fxCount: fx?.count ?? fallback.fxCount,
    inputCount: count('inputs', 0, fallback.inputCount),
    outputCount: count('outputs', 2, fallback.outputCount),
    dcaCount: count('dcas', 0, fallback.dcaCount),
  })

  const setter = new Setter(yaml, desk, sampleRateHz)
  strips?.list?.forEach((item, i) => {
    setter.block(item, `strip.${i + 1}`, ['stereo'])
  })
  buses?.list?.forEach((item, i) => {
    setter.block(item, `bus.${i + 1}`, [])
  })
  fx?.list?.forEach((item, i) => {
    setter.block(item, `fx.${i + 1}`, [])
  })
  if (fxParams) setter.block(fxParams, 'fx', [])
  setter.top([...top.values()].filter((entry) => !topKeys.includes(entry.key)))
  const params = top.get('params')
  if (params) setter.block(params, '', [])
  checkLoop(yaml, desk, setter)
  checkReturns(yaml, desk, setter)

  const tracks = readTracks(yaml, top.get('tracks'), desk.registry)
  yaml.check('desk')
  return { ...desk, tracks, stripsGiven: strips !== undefined }
}

/** `strips: 12`, or a list with one entry a strip. */
function countOrList(
  yaml: YamlFile,
  entry: Entry | undefined,
  max: number,
  min = 1,
): { count: number; list?: Entry[] } | undefined {
  if (!entry) return undefined
  const list = yaml.items(entry.value, entry.path)
  const expected = `a whole number from ${min} to ${max}, or a list of as many`
  if (!list) {
    const count = yaml.field(entry, { ...wholeNumber(min, max), expected })
    return count === undefined ? undefined : { count }
  }
  if (list.length >= min && list.length <= max) return { count: list.length, list }
  yaml.problem(entry.line, entry.path, expected, `a list of ${list.length}`)
  return undefined
}

function isStereo(yaml: YamlFile, item: Entry): boolean {
  if (!yaml.isMap(item.value)) return false
  const stereo = yaml.entries(item.value, item.path).find((entry) => entry.key === 'stereo')
  return (stereo && yaml.field(stereo, yesNo)) ?? false
}

/** Takes values from nested maps or dotted ids into a desk. */
class Setter {
  /** Line on which each id was set. */
  readonly lines = new Map<string, number>()
  /** Every beginning of an id, with the names that can follow. */
  private readonly branches = new Map<string, Set<string>>()

  constructor(
    private readonly yaml: YamlFile,
    private readonly desk: Desk,
    private readonly sampleRateHz: number | undefined,
  ) {
    for (const entry of desk.registry.byId.values()) {
      if (isMeter(entry)) continue
      const names = entry.id.split('.')
      for (let i = 0; i < names.length; i++) {
        const branch = names.slice(0, i).join('.')
        const known = this.branches.get(branch) ?? new Set()
        this.branches.set(branch, known.add(names[i]!))
      }
    }
  }

  top(entries: readonly Entry[]): void {
    for (const entry of entries) this.take(entry, entry.key, '', topKeys)
  }

  block(block: Entry, prefix: string, alsoKnown: readonly string[]): void {
    for (const entry of this.yaml.entries(block.value, block.path)) {
      if (alsoKnown.includes(entry.key)) continue
      this.take(entry, prefix ? `${prefix}.${entry.key}` : entry.key, prefix, alsoKnown)
    }
  }

  private take(entry: Entry, id: string, prefix: string, alsoKnown: readonly string[]): void {
    const known = this.desk.registry.byId.get(id)
    if (this.branches.has(id)) this.block(entry, id, [])
    else if (known && !isMeter(known)) this.set(entry, id, known)
    else this.unknown(entry, id, prefix, alsoKnown)
  }

  private set(entry: Entry, id: string, known: Param | TextParam): void {
    const { values, texts } = this.desk
    const earlier = this.lines.get(id)
    if (earlier !== undefined) {
      this.yaml.problem(entry.line, entry.path, `${id} once`, `it set on line ${earlier} too`)
      return
    }
    this.lines.set(id, entry.line)
    const scalar = this.yaml.scalar(entry.value)
    if (isText(known)) {
      const text = textOf(scalar)
      if (text === undefined) this.yaml.problem(entry.line, entry.path, textExpected, this.yaml.describe(entry.value))
      else texts[known.index] = text
    } else {
      const value = scalar === undefined || scalar === null ? undefined : parseValue(known, scalar, this.sampleRateHz)
      if (value === undefined) this.yaml.problem(entry.line, entry.path, rangeText(known), this.yaml.describe(entry.value))
      else values[known.index] = value
    }
  }

  private unknown(entry: Entry, id: string, prefix: string, alsoKnown: readonly string[]): void {
    // A dotted key is compared with whole ids, a plain one with what can stand beside it.
    const dotted = entry.key.includes('.')
    const valid = dotted ? [...this.desk.registry.byId.keys()] : [...(this.branches.get(prefix) ?? []), ...alsoKnown]
    const near = nearestNames(dotted ? id : entry.key, dotted ? closeInLength(valid, id) : valid)
    this.yaml.problem(
      entry.line,
      entry.path,
      `a known name${near.length ? ` (nearest: ${near.join(', ')})` : ''}`,
      `"${entry.key}"`,
    )
  }
}

/** Keeps the search for the nearest of thousands of ids short. */
const closeInLength = (ids: readonly string[], id: string): string[] =>
  ids.filter((known) => Math.abs(known.length - id.length) <= 4)

export const textExpected = `text of at most ${textBytes - 1} bytes`

/** A text as a file says it: a number is a name too. */
export function textOf(scalar: Scalar | undefined): string | undefined {
  if (typeof scalar !== 'string' && typeof scalar !== 'number') return undefined
  const text = String(scalar)
  return Buffer.byteLength(text) < textBytes && !/\p{Cc}/u.test(text) ? text : undefined
}

function checkReturns(yaml: YamlFile, desk: Desk, setter: Setter): void {
  for (let strip = 1; strip <= desk.registry.topology.stripStereo.length; strip++) {
    const why = armedReturn(desk.registry, strip, (param) => desk.values[param.index]!)
    const id = `strip.${strip}.arm`
    if (why) yaml.problem(setter.lines.get(id) ?? 1, id, 'off', `on, but ${why}`)
  }
}

function checkLoop(yaml: YamlFile, desk: Desk, setter: Setter): void {
  const path = busLoop(busOutputIndices(desk.registry).map((index) => desk.values[index]!))
  if (!path) return
  const id = `bus.${path[0]}.output`
  yaml.problem(setter.lines.get(id) ?? 1, id, 'buses that end in the master', `the loop ${loopText(path)}`)
}

function readTracks(yaml: YamlFile, tracks: Entry | undefined, registry: Registry): Map<number, string> {
  const found = new Map<number, string>()
  if (!tracks) return found
  const strips = registry.topology.stripStereo.length
  for (const entry of yaml.entries(tracks.value, tracks.path, 'a map of strip numbers to audio files')) {
    const strip = wholeNumber(1, strips).read(Number(entry.key))
    const file = yaml.field(entry, { ...words, expected: 'the path of an audio file' })
    if (strip === undefined) yaml.problem(entry.line, entry.path, `a strip from 1 to ${strips}`, `"${entry.key}"`)
    else if (file !== undefined) found.set(strip, resolve(dirname(resolve(yaml.file)), file))
  }
  return found
}
