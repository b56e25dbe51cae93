// `deskd params`: every parameter and meter with its range, unit and default.
import { buildRegistry, type Entry, isMeter, isParam, isText, type Registry } from '../params/registry.js'
import { formatValue, rangeText } from '../params/value.js'
import { printJson, printLines, tableLines } from './print.js'
import { deskRegistry, type ReachOptions } from './running-desk.js'
import { selectIds } from './select-ids.js'

export interface ParamsOptions extends ReachOptions {
  readonly json?: boolean
}

export async function params(filter: string | undefined, options: ParamsOptions): Promise<void> {
  if (options.json) {
    printJson(chosen(deskRegistry(options), filter).map(paramRow))
    return
  }
  // For people one of each is shown, unless they ask for more.
  const registry =
    filter === undefined
      ? buildRegistry({ stripStereo: [false], busCount: 1, inputCount: 2, outputCount: 2, dcaCount: 1, fxCount: 1 })
      : deskRegistry(options, [filter])
  const rows = chosen(registry, filter).map((entry) => {
    const row = paramRow(entry)
    return [row.id, row.kind, 'default' in row ? word(row.default) : '', row.label, rangeOf(entry)]
  })
  printLines(tableLines([['id', 'kind', 'default', 'what', 'range'], ...rows]))
  if (filter === undefined)
    printLines(['', 'Shown for one strip, one bus, one effect and two outputs; there are more: deskd params strip.2'])
}

/** What the filter means: a pattern, else every id that contains it. */
function chosen(registry: Registry, filter: string | undefined): Entry[] {
  const all = [...registry.byId.values()]
  if (filter === undefined) return all
  const word = filter.toLowerCase()
  const containing = all.filter((entry) => entry.id.toLowerCase().includes(word))
  return containing.length > 0 ? containing : selectIds(registry, [filter])
}

const word = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value))

const rangeOf = (entry: Entry): string => (isParam(entry) ? rangeText(entry) : isText(entry) ? 'up to 63 bytes' : entry.spec.unit)

/** An entry as `--json` prints it. */
export function paramRow(entry: Entry) {
  const { id, address, spec } = entry
  const common = { id, address, kind: spec.kind, label: spec.label }
  if (isMeter(entry)) return { ...common, unit: entry.spec.unit }
  if (isText(entry)) return { ...common, default: entry.default, maxBytes: 63 }
  if (!isParam(entry)) return common
  const fixed = entry.spec.fixed ? { fixed: true } : {}
  const value = { default: formatValue(entry, entry.default), ...fixed }
  if (entry.spec.kind === 'number') {
    const { unit, taper } = entry.spec
    return { ...common, unit, min: entry.min, max: entry.max, taper, ...value }
  }
  return entry.spec.kind === 'enum' ? { ...common, names: entry.names, ...value } : { ...common, ...value }
}
