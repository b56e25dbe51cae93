// Reads a mapping with what it extends, checks it against the surface and the desk, and tells every mistake at once.
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearestNames, YamlFile } from '../config/yaml-file.js'
import { DeskError } from '../errors.js'
import type { Registry } from '../params/registry.js'
import type { ControlId } from '../surface/control-event.js'
import type { SurfaceShape } from '../surface/driver.js'
import { channelKinds, isChannelKind } from './channels.js'
import { compileLayer, controlNames, type Frame, isChannelName, type Source } from './compile.js'
import { caps, mappingShape } from './grammar.js'
import type { Bank, Layer, Mapping } from './mapping.js'
import type { RawMapping, RawState } from './raw.js'
import { type Lines, readShape } from './read-shape.js'
import { readState, type StateSpec } from './state.js'
import { stateText } from './surroundings.js'

/** The shape of a driver's surface, undefined for a driver that there is not. `device` is what a mapping's `device:` block says. */
export type ShapeOf = (driver: string) => SurfaceShape | undefined

/** Mappings that ship: what `extends` names is looked for beside the file first, then here. */
export const shippedFolder = fileURLToPath(new URL('../../mappings/', import.meta.url))

const mostBases = 4
const reserved = ['bank', 'spill', 'view', 'held']

interface Part extends Source {
  readonly raw: RawMapping
  readonly yaml: YamlFile
}

/** Throws a DeskError with every problem of the file (or of one that it extends). */
export const readMapping = (file: string, shapeOf: ShapeOf, registry: Registry): Mapping =>
  buildMapping(readParts(file, textOf(file)), shapeOf, registry)

/** As {@link readMapping}, of a text that stands in no file yet. */
export const readMappingText = (file: string, text: string, shapeOf: ShapeOf, registry: Registry): Mapping =>
  buildMapping(readParts(file, text), shapeOf, registry)

/** The driver that a mapping is for, and its `device:` block as YAML, without checking the rest. */
export function surfaceOf(file: string): { driver: string | undefined; device: { yaml: YamlFile; value: unknown } | undefined } {
  const parts = readParts(file, textOf(file))
  const part = parts.findLast(({ raw }) => raw.device !== undefined)
  return {
    driver: parts.findLast(({ raw }) => raw.surface !== undefined)?.raw.surface,
    device: part && { yaml: part.yaml, value: part.raw.device },
  }
}

/** Every file that a mapping is made of, its own last. */
export const filesOf = (file: string): string[] => readParts(file, textOf(file)).map(({ yaml }) => yaml.file)

function textOf(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > caps.fileBytes) throw new Error(`${size} bytes, more than ${caps.fileBytes}`)
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DeskError('mapping', `${file}: expected a readable mapping, found ${(cause as Error).message}`, { cause })
  }
}

/** The file and what it extends, base first. */
function readParts(file: string, text: string): Part[] {
  const parts: Part[] = []
  for (let at: { file: string; text: string } | undefined = { file, text }; at; ) {
    if (at.text.length > caps.fileBytes)
      throw new DeskError('mapping', `${at.file}: expected at most ${caps.fileBytes} bytes, found ${at.text.length}`)
    const yaml = new YamlFile(at.file, at.text)
    const lines: Lines = new Map()
    const top = { key: '', value: yaml.root, line: 1, path: '' }
    const raw = (readShape(yaml, top, mappingShape, lines) ?? {}) as RawMapping
    const problem = (path: string, expected: string, found: string): void =>
      yaml.problem(lineOf(lines, path), path, expected, found)
    parts.unshift({ raw, yaml, isBase: parts.length > 0, problem })
    at = baseOf(raw, at.file, parts.length, problem)
  }
  return parts
}

function baseOf(
  raw: RawMapping,
  file: string,
  depth: number,
  problem: Source['problem'],
): { file: string; text: string } | undefined {
  if (raw.extends === undefined) return undefined
  if (depth > mostBases) {
    problem('extends', `at most ${mostBases} mappings, each on another`, `"${raw.extends}" beyond that`)
    return undefined
  }
  for (const folder of [dirname(file), shippedFolder]) {
    const base = join(folder, `${raw.extends}.yaml`)
    // One's own of the same name begins with the one that ships.
    if (resolve(base) === resolve(file)) continue
    if (statSync(base, { throwIfNoEntry: false })?.isFile()) return { file: base, text: textOf(base) }
  }
  problem('extends', 'a mapping beside this one or one that ships', `"${raw.extends}"`)
  return undefined
}

/** The line of a path, or of the nearest thing it is in. */
function lineOf(lines: Lines, path: string): number {
  for (let at = path; ; at = at.replace(/(\.[^.[]*|\[\d+\])$/, '')) {
    const line = lines.get(at)
    if (line !== undefined) return line
    if (!/[.[]/.test(at)) return 1
  }
}

function buildMapping(parts: readonly Part[], shapeOf: ShapeOf, registry: Registry): Mapping {
  const own = parts.at(-1)!
  const last = <K extends keyof RawMapping>(key: K): { value: RawMapping[K] & {}; part: Part } | undefined => {
    const part = parts.findLast(({ raw }) => raw[key] !== undefined)
    return part && { value: part.raw[key]!, part }
  }
  const finish = (): void => {
    for (const { yaml } of parts) yaml.check('mapping')
  }
  const surface = last('surface')
  const shape = surface && shapeOf(surface.value)
  if (!surface) own.problem('surface', 'the id of a driver', 'none')
  else if (!shape) surface.part.problem('surface', 'a driver that there is', `"${surface.value}"`)
  if (!shape) {
    finish()
    throw new DeskError('mapping', `${own.yaml.file}: expected the id of a driver, found none`)
  }
  const bank = bankOf(parts, shape)
  const states = new Map<string, StateSpec>()
  for (const part of parts)
    for (const [name, state] of Object.entries(part.raw.state ?? {})) {
      if (reserved.includes(name))
        part.problem(`state.${name}`, 'a name that is free', `"${name}", which the bank and held controls have`)
      const spec = state && stateSpec(state, `state.${name}`, part, registry)
      if (spec) states.set(name, spec)
    }
  if (bank) for (const [name, spec] of bankStates(bank)) states.set(name, spec)
  const frame: Frame = { shape, registry, bank, states }
  const names = controlNames(shape)
  const layers: Layer[] = []
  for (const part of parts)
    for (const [i, layer] of (part.raw.layers ?? []).entries())
      if (layer) layers.push(compileLayer(layer, `layers[${i + 1}]`, frame, names, part))

  const takeover = Object.assign({}, ...parts.map(({ raw }) => raw.takeover)) as NonNullable<RawMapping['takeover']>
  const { hint = 'display' } = takeover
  const hinting = last('takeover')
  if (hinting && typeof hint === 'object')
    for (const [way, name] of Object.entries(hint))
      if (name !== undefined && !hinting.part.isBase && !names.inColumns.has(name) && !names.byId.has(name))
        hinting.part.problem(
          `takeover.hint.${way}`,
          `a control (nearest: ${nearestNames(name, [...names.inColumns.keys()]).join(', ')})`,
          `"${name}"`,
        )
  const fine = last('fine')
  const held = fine?.value.held
  if (fine && held !== undefined && !fine.part.isBase && names.byId.get(held) !== 'button')
    fine.part.problem('fine.held', `a button (nearest: ${nearestNames(held, [...names.byId.keys()]).join(', ')})`, `"${held}"`)
  finish()
  const modifiers = new Set<ControlId>(
    layers.flatMap(({ when }) => when.flatMap((condition) => (condition.kind === 'held' ? [condition.control] : []))),
  )
  if (held !== undefined) modifiers.add(held)
  return {
    file: own.yaml.file,
    surface: shape.driver,
    shape,
    registry,
    bank,
    takeover: { other: takeover.other ?? 'pickup', hint },
    fine: held === undefined ? undefined : { held, by: fine?.value.by ?? 0.1 },
    states,
    layers,
    modifiers,
  }
}

function bankOf(parts: readonly Part[], shape: SurfaceShape): Bank | undefined {
  const banks = parts.filter(({ raw }) => raw.bank !== undefined)
  if (banks.length === 0) return undefined
  const bank = Object.assign({}, ...banks.map(({ raw }) => raw.bank)) as NonNullable<RawMapping['bank']>
  const overs = banks.filter(({ raw }) => raw.bank?.over !== undefined)
  const part = overs.at(-1) ?? banks.at(-1)!
  // Views are added to those of what is extended; a plain list takes the place of them all.
  const views = overs.reduce((all, { raw }) => {
    const { over } = raw.bank!
    if (Array.isArray(over)) return new Map([['', over as readonly string[]]])
    const own = Object.entries(over as Readonly<Record<string, readonly string[]>>)
    return new Map([...(all.has('') ? [] : all), ...own])
  }, new Map<string, readonly string[]>())
  if (views.size === 0) part.problem('bank', `over: kinds of channels (${Object.keys(channelKinds).join(', ')})`, 'none')
  for (const [view, list] of views)
    for (const [i, name] of (list ?? []).entries())
      if (name !== undefined && !isChannelName(name))
        part.problem(
          view === '' ? `bank.over[${i + 1}]` : `bank.over.${view}[${i + 1}]`,
          `one of ${Object.keys(channelKinds).join(', ')}, master, or an id like bus.2 (nearest: ${nearestNames(name, Object.keys(channelKinds))[0]})`,
          `"${name}"`,
        )
  if (shape.columns === 0) part.problem('bank', 'a surface with columns', `${shape.driver}, which has none`)
  const known = new Map([...views].map(([view, list]) => [view, (list ?? []).filter((name) => name && isChannelName(name))]))
  const canSpill = [...known.values()].some((list) => list.some((name) => name === 'dcas' || name.startsWith('dca.')))
  return { views: known, width: bank.by ?? Math.max(1, shape.columns), group: bank.group, offset: bank.offset ?? 0, canSpill }
}

/** States that a bank brings: where it stands (in each view), the view, the spilled DCA. */
function bankStates(bank: Bank): [string, StateSpec][] {
  const follow = bank.group === undefined ? {} : { follow: bank.group }
  const views = [...bank.views.keys()]
  const states: [string, StateSpec][] = [
    ['bank', { kind: 'bank', ...follow }],
    ['spill', { kind: 'spill', ...follow }],
  ]
  if (views[0] !== '' && views.length > 0) states.push(['view', { kind: 'oneOf', names: views, ...follow }])
  return states
}

function stateSpec(raw: RawState, path: string, part: Part, registry: Registry): StateSpec | undefined {
  const said = (['oneOf', 'index', 'toggle'] as const).filter((key) => raw[key] !== undefined)
  if (said.length !== 1) {
    const isWrong = (['oneOf', 'index', 'toggle'] as const).some((key) => Object.hasOwn(raw, key) && raw[key] === undefined)
    if (!isWrong) part.problem(path, 'one of oneOf, index, toggle', said.join(' and ') || 'none')
    return undefined
  }
  const follow = raw.follow === undefined ? {} : { follow: raw.follow }
  const spec = bareSpec(raw)
  const start = raw.start ?? raw.toggle
  if (start === undefined) return { ...spec, ...follow }
  const value =
    spec.kind === 'index' && typeof spec.of !== 'number' && Number.isInteger(start) ? start : readState(spec, start, registry)
  if (value === undefined) part.problem(raw.start === undefined ? path : `${path}.start`, stateText(spec), JSON.stringify(start))
  return value === undefined ? { ...spec, ...follow } : { ...spec, start: value, ...follow }
}

function bareSpec({ oneOf, index }: RawState): StateSpec {
  if (oneOf) return { kind: 'oneOf', names: oneOf.filter((name) => name !== undefined) }
  if (index === undefined) return { kind: 'toggle' }
  if (index === 'channels') return { kind: 'channel' }
  return { kind: 'index', of: typeof index === 'string' && isChannelKind(index) ? index : Number(index) }
}
