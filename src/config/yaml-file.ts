// Reads YAML or JSON with line numbers, and collects every problem instead of stopping at the first.
import { readFileSync } from 'node:fs'
import { distance } from 'fastest-levenshtein'
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { DeskError, type ErrorCode, type Problem, problemsError } from '../errors.js'

export type Scalar = string | number | boolean | null

/** One key of a map, or one item of a list. */
export interface Entry {
  readonly key: string
  readonly value: unknown
  readonly line: number
  /** Path of the value: `osc.port`, `strips[3].name`. */
  readonly path: string
}

/** What a field accepts: `read` gives undefined for anything else. */
export interface Field<T> {
  readonly expected: string
  read(value: Scalar): T | undefined
}

export class YamlFile {
  readonly problems: Problem[] = []
  readonly root: unknown
  private readonly lines = new LineCounter()
  private readonly document: Document

  constructor(
    readonly file: string,
    text: string,
  ) {
    // The package's own look for keys that are there twice takes a map's length squared.
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false })
    this.root = this.document.contents
    for (const error of this.document.errors)
      this.problem(this.lines.linePos(error.pos[0]).line, '', 'YAML', error.message.split('\n')[0] ?? error.message)
    this.findTwins()
  }

  private findTwins(): void {
    visit(this.document, {
      Map: (_, map) => {
        const seen = new Set<unknown>()
        for (const { key } of map.items) {
          const value = isScalar(key) ? key.value : key
          if (seen.has(value)) this.problem(this.lineOf(key), String(value), 'each key once', `"${value}" again`)
          seen.add(value)
        }
      },
    })
  }

  problem(line: number, path: string, expected: string, found: string): void {
    this.problems.push({ line, path, expected, found })
  }

  /** Throws all problems at once, in the file's order, if there are any. */
  check(code: ErrorCode): void {
    if (this.problems.length === 0) return
    throw problemsError(
      code,
      this.file,
      this.problems.toSorted((a, b) => a.line - b.line),
    )
  }

  lineOf(node: unknown): number {
    const range = (node as Node | null)?.range
    return range ? this.lines.linePos(range[0]).line : 1
  }

  /** Keys of a map. Nothing at all counts as an empty map; anything else is a problem. */
  entries(value: unknown, path: string, expected = 'a map'): Entry[] {
    const node = this.resolve(value)
    if (node === null || (isScalar(node) && node.value === null)) return []
    if (!isMap(node)) {
      this.problem(this.lineOf(node), path, expected, this.describe(node))
      return []
    }
    return node.items.map((pair) => {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key)
      return { key, value: pair.value, line: this.lineOf(pair.key), path: path ? `${path}.${key}` : key }
    })
  }

  /** Items of a list; undefined when it is none. */
  items(value: unknown, path: string): Entry[] | undefined {
    const node = this.resolve(value)
    if (!isSeq(node)) return undefined
    return node.items.map((item, i) => ({ key: String(i + 1), value: item, line: this.lineOf(item), path: `${path}[${i + 1}]` }))
  }

  /** A plain value; undefined for a map or a list. */
  scalar(value: unknown): Scalar | undefined {
    const node = this.resolve(value)
    if (node === null || node === undefined) return null
    if (!isScalar(node)) return undefined
    const found = node.value
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? found : null
  }

  /** A value as plain data, aliases followed. */
  data(value: unknown): unknown {
    return isNode(value) ? value.toJS(this.document) : undefined
  }

  /** The line of what stands at a path below a value, or of the nearest thing that there is on the way. */
  lineBelow(value: unknown, path: readonly string[]): number {
    let [node, line] = [this.resolve(value), this.lineOf(value)]
    for (const key of path) {
      if (!isMap(node) && !isSeq(node)) break
      const next = this.resolve(node.get(isSeq(node) ? Number(key) - 1 : key, true))
      if (next === undefined) break
      node = next
      line = this.lineOf(node)
    }
    return line
  }

  isMap(value: unknown): boolean {
    return isMap(this.resolve(value))
  }

  /** Reads one field; a wrong value is a problem and gives undefined. */
  field<T>(entry: Entry, field: Field<T>): T | undefined {
    const scalar = this.scalar(entry.value)
    const read = scalar === undefined ? undefined : field.read(scalar)
    if (read === undefined) this.problem(entry.line, entry.path, field.expected, this.describe(entry.value))
    return read
  }

  unknownKey(entry: Entry, valid: Iterable<string>): void {
    this.problem(entry.line, entry.path, knownKeys(entry.key, [...valid]), `"${entry.key}"`)
  }

  describe(value: unknown): string {
    const node = this.resolve(value)
    if (isMap(node)) return 'a map'
    if (isSeq(node)) return 'a list'
    const scalar = this.scalar(node)
    if (scalar === null) return 'nothing'
    return typeof scalar === 'string' ? JSON.stringify(scalar) : String(scalar)
  }

  private resolve(value: unknown): unknown {
    return isAlias(value) ? value.resolve(this.document) : value
  }
}

/** Reads a file's text. Throws a DeskError with the reason in words. */
export function readYaml(file: string, code: ErrorCode): YamlFile {
  try {
    return new YamlFile(file, readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new DeskError(code, `${file}: expected a readable file, found ${(cause as Error).message}`, { cause })
  }
}

function knownKeys(key: string, valid: readonly string[]): string {
  if (valid.length <= 8) return `one of ${valid.join(', ')}`
  return `a known name (nearest: ${nearestNames(key, valid).join(', ')})`
}

/** The three names most like a mistyped one, best first; a name that was cut short is like the whole one. */
export const nearestNames = (name: string, valid: readonly string[]): string[] =>
  valid
    .map((known) => ({ known, apart: known.startsWith(name) ? 1 : distance(known.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.apart - b.apart)
    .slice(0, 3)
    .map(({ known }) => known)

export const wholeNumber = (min: number, max: number, unit = ''): Field<number> => ({
  expected: `a whole number from ${min} to ${max}${unit && ` ${unit}`}`,
  read: (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max ? (value as number) : undefined,
})

export const words: Field<string> = {
  expected: 'text',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

export const yesNo: Field<boolean> = {
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

export const oneOf = <T extends string>(names: readonly T[]): Field<T> => ({
  expected: `one of ${names.join(', ')}`,
  read: (value) => names.find((name) => name === String(value)),
})
