// Writes what was learnt into a mapping file: comments, order and everything else of it stay as they are.
import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument, type ToStringOptions, YAMLMap } from 'yaml'
import { DeskError } from '../errors.js'
import type { ControlData } from '../surface/device-data.js'

/** What a control is bound to, as mappings write it. */
export type LearntBinding = string | { readonly do: string; readonly with?: number | string }

export interface Learnt {
  readonly control: string
  /** Absent where the driver knows the control. */
  readonly data?: ControlData
  /** Absent where it is to be known but does nothing yet. */
  readonly binding?: LearntBinding
}

/** What a file begins with that is not there yet. */
export interface NewMapping {
  /** Id of the driver, or of the device that is learnt. */
  readonly surface: string
  /** A mapping that ships for the driver. */
  readonly extends?: string
  readonly device?: { readonly name: string; readonly ports: readonly string[] }
}

type Path = readonly (string | number)[]

/** The file with what was learnt: a control of that name is replaced, another is added. Throws a DeskError where it is no mapping. */
export function withLearnt(text: string | undefined, file: string, start: NewMapping, learnt: Learnt): string {
  const before = text ?? newText(start)
  const document = parseDocument(before)
  const [error] = document.errors
  if (error) throw new DeskError('mapping', `${file}: expected YAML, found ${error.message.split('\n')[0]}`)
  if (!isMap(document.contents)) throw new DeskError('mapping', `${file}: expected a map, found none`)
  const { control, data, binding } = learnt
  const known = data ? withDevice(before, control, data) : before
  return binding === undefined ? known : withKey(known, placeOf(known, control), control, binding)
}

/** What bytes tell; what else stands in a control's line (lights, a scale) was written by a person. */
const told: readonly string[] = ['kind', 'wire', 'touch', 'low', 'high', 'steps', 'reversed', 'encoding', 'behaviour']

function withDevice(text: string, control: string, data: ControlData): string {
  const old = learntControls(text).get(control)
  const kept = old?.kind === data.kind ? Object.entries(old).filter(([key]) => !told.includes(key)) : []
  const now = { ...data, ...Object.fromEntries(kept) }
  return isDeepStrictEqual(old, now) ? text : withKey(text, ['device', 'controls'], control, now)
}

/** Controls that the file's device has, by name. */
export function learntControls(text: string): ReadonlyMap<string, ControlData> {
  const controls = parseDocument(text).toJS()?.device?.controls
  return new Map(Object.entries((controls ?? {}) as Record<string, ControlData>))
}

function newText({ surface, extends: base, device }: NewMapping): string {
  const head = base === undefined ? '' : `extends: ${base}\n`
  if (!device) return `${head}surface: ${surface}\n`
  const [name, ports] = [JSON.stringify(device.name), device.ports.map((port) => JSON.stringify(port)).join(', ')]
  return `# Learnt with deskd learn. More can be learnt into it, or written by hand.
surface: ${surface}
device:
  name: ${name}
  ports: [ ${ports} ]
`
}

/** Where a control is bound already, else the first layer that is always active, else a new one below all others. */
function placeOf(text: string, control: string): Path {
  const layers = parseDocument(text).get('layers')
  const items = isSeq(layers) ? layers.items : []
  const isAlways = (layer: unknown): layer is YAMLMap => isMap(layer) && !layer.has('when')
  const bound = items.findIndex((layer) => isAlways(layer) && layer.hasIn(['controls', control]))
  return ['layers', bound >= 0 ? bound : items.findIndex(isAlways), 'controls']
}

/** The text with one key set. Where it can be done by a line of its own, or in its place, not a character else changes. */
function withKey(text: string, path: Path, key: string, value: unknown): string {
  const document = parseDocument(text)
  const style = styleOf(text)
  const spliced = splice(text, document, path, key, value, style)
  setKey(document, path, key, value)
  const isSame = spliced !== undefined && isDeepStrictEqual(parseDocument(spliced).toJS(), document.toJS())
  return isSame ? spliced : document.toString(style)
}

function setKey(document: Document, path: Path, key: string, value: unknown): void {
  const [list, index, name] = path
  if (index === -1) {
    const layers = document.get(list)
    const layer = document.createNode({ [String(name)]: { [key]: flow(document, value) } })
    if (isSeq(layers) && layers.items.length > 0) layers.items.unshift(layer)
    else document.set(list, document.createNode([layer]))
    return
  }
  if (!isMap(document.getIn(path))) document.setIn(path, new YAMLMap(document.schema))
  const map = document.getIn(path) as YAMLMap
  // In one line it would grow long.
  if (!map.has(key)) map.flow = false
  map.set(key, flow(document, value))
}

/** Undefined where the key's map is not there or stands in one line. */
function splice(
  text: string,
  document: Document,
  path: Path,
  key: string,
  value: unknown,
  style: ToStringOptions,
): string | undefined {
  const map = document.getIn(path)
  const last = isMap(map) && !map.flow ? map.items.at(-1) : undefined
  if (!isMap(map) || !last || !isScalar(last.key)) return undefined
  const written = inOneLine(value, style)
  const old = map.get(key, true)
  if (isNode(old) && old.range) return text.slice(0, old.range[0]) + written + text.slice(old.range[1])
  const end = isNode(last.value) ? last.value.range?.[1] : undefined
  const keyAt = last.key.range?.[0]
  if (old !== undefined || end === undefined || keyAt === undefined) return undefined
  const indent = text.slice(text.lastIndexOf('\n', keyAt - 1) + 1, keyAt).replace(/[^ ]/g, ' ')
  const lineEnd = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end)
  const at = lineEnd < 0 ? text.length : lineEnd
  return `${text.slice(0, at)}\n${indent}${key}: ${written}${text.slice(at) || '\n'}`
}

function inOneLine(value: unknown, style: ToStringOptions): string {
  const document = parseDocument('')
  document.contents = flow(document, value) as typeof document.contents
  return document.toString(style).trimEnd()
}

function flow(document: Document, value: unknown): unknown {
  const node = document.createNode(value)
  if (isMap(node)) node.flow = true
  return node
}

/** As the file is written by whoever wrote it. */
function styleOf(text: string): ToStringOptions {
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2
  return {
    lineWidth: 0,
    flowCollectionPadding: !/[{[][^\s{[\]}]/.test(text.replace(/'[^']*'|"[^"]*"|#.*/g, '')),
    indentSeq: !/^( *)[^\s#-][^\n]*:\n\1- /m.test(text),
    indent: Math.min(8, Math.max(1, indent)),
  }
}
