// Reads the state file back and lays it over a desk. Where ids match the state wins; what no longer exists is a warning.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { busLoop, busOutputIndices, loopText } from '../params/bus-loop.js'
import { isMeter, isText, type Registry } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'
import { textExpected, textOf } from './desk-file.js'
import type { Settings } from './desk-text.js'
import { endMarker, previousStateFileName, stateFileName } from './state-write.js'
import { type Scalar, YamlFile } from './yaml-file.js'

export interface StateFile {
  /** What the file says, by id. */
  readonly entries: ReadonlyMap<string, Scalar>
  /** What went wrong on the way, in words. */
  readonly warnings: readonly string[]
}

/** The newest whole state in a folder; nothing when there is none yet. */
export function readState(folder: string): StateFile {
  const warnings: string[] = []
  for (const name of [stateFileName, previousStateFileName]) {
    const file = join(folder, name)
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warnings.push(`${file}: ${(error as Error).message}`)
      continue
    }
    const entries = parseState(file, text, warnings)
    if (!entries) continue
    if (name === previousStateFileName) warnings.push(`${file}: the generation before is used`)
    return { entries, warnings }
  }
  return { entries: new Map(), warnings }
}

function parseState(file: string, text: string, warnings: string[]): Map<string, Scalar> | undefined {
  if (!text.endsWith(`\n${endMarker}`)) {
    warnings.push(`${file}: expected "..." on its last line, found none: the file was cut off`)
    return undefined
  }
  const yaml = new YamlFile(file, text)
  const entries = new Map<string, Scalar>()
  for (const top of yaml.entries(yaml.root, ''))
    if (top.key !== 'params') yaml.unknownKey(top, ['params'])
    else for (const entry of yaml.entries(top.value, '')) entries.set(entry.key, yaml.scalar(entry.value) ?? null)
  if (yaml.problems.length === 0) return entries
  warnings.push(...yaml.problems.map((p) => `${file}:${p.line}: expected ${p.expected}, found ${p.found}`))
  return undefined
}

/** A desk's settings with the state over them. Gives new settings and what was left out, in words. */
export function mergeState(
  registry: Registry,
  base: Settings,
  state: StateFile['entries'],
): { settings: Settings; warnings: string[] } {
  const values = base.values.slice()
  const texts = [...base.texts]
  const warnings: string[] = []
  for (const [id, scalar] of state) {
    const entry = registry.byId.get(id)
    if (!entry || isMeter(entry)) warnings.push(`state: ${id} is not on this desk and is left out`)
    else if (isText(entry)) {
      const text = textOf(scalar)
      if (text === undefined) warnings.push(`state: ${id}: expected ${textExpected}, found ${JSON.stringify(scalar)}; left out`)
      else texts[entry.index] = text
    } else {
      const value = scalar === null ? undefined : parseValue(entry, scalar)
      if (value === undefined)
        warnings.push(`state: ${id}: expected ${rangeText(entry)}, found ${JSON.stringify(scalar)}; left out`)
      else values[entry.index] = value
    }
  }
  breakLoop(registry, base, values, warnings)
  return { settings: { values, texts }, warnings }
}

/** Two files without a loop can make one together: then the desk file's routing stands. */
function breakLoop(registry: Registry, base: Settings, values: Float32Array, warnings: string[]): void {
  const indices = busOutputIndices(registry)
  const path = busLoop(indices.map((index) => values[index]!))
  if (!path) return
  for (const index of indices) values[index] = base.values[index]!
  warnings.push(`state: ${loopText(path)} would be a loop; the buses go where the desk file sends them`)
}
