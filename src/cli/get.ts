// `deskd get`: what parameters and meters of a running desk stand at.
import { type OscClient, openOscClient } from '../osc/client.js'
import type { OscArg } from '../osc/decode.js'
import { type Entry, isMeter, isParam, type Registry } from '../params/registry.js'
import { formatValue } from '../params/value.js'
import { printJson, printLines, tableLines } from './print.js'
import { deskRegistry, oscAddress, type ReachOptions } from './running-desk.js'
import { addressOfId, selectIds } from './select-ids.js'

/** Opens a client of the desk that the options mean, and closes it behind the work. */
export async function withDesk<T>(options: ReachOptions, work: (client: OscClient) => Promise<T>): Promise<T> {
  const { host, port } = oscAddress(options)
  const client = await openOscClient({ address: host, port })
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

export async function get(ids: readonly string[], options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const registry = deskRegistry(options, ids)
  selectIds(registry, ids)
  const answers = await withDesk(options, (client) => client.ask(ids.map(addressOfId)))
  printValues(registry, answers, options.json)
}

export function printValues(registry: Registry, answers: ReadonlyMap<string, OscArg>, json = false): void {
  const values = [...answers].map(([address, value]) => readable(registry, address, value))
  if (json) printJson(Object.fromEntries(values.map(({ id, value }) => [id, value])))
  else printLines(tableLines(values.map(({ id, text }) => [id, text])))
}

export interface ReadableValue {
  readonly id: string
  /** As JSON shows it: a number, `true`, an enum's name, a text. */
  readonly value: unknown
  /** As people read it, with its unit. */
  readonly text: string
}

/** An answer of the desk under its id, booleans and enums by name. */
export function readable(registry: Registry, address: string, answer: OscArg): ReadableValue {
  const id = address.slice(1).replaceAll('/', '.')
  const entry = registry.byId.get(id)
  const value = entry && isParam(entry) && typeof answer === 'number' ? formatValue(entry, answer) : answer
  return { id, value, text: entry ? textOf(entry, value) : String(value) }
}

function textOf(entry: Entry, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (isMeter(entry) && typeof value === 'number') {
    const level = Number.isFinite(value) ? value.toFixed(entry.spec.unit ? 1 : Number.isInteger(value) ? 0 : 2) : '-inf'
    return `${level} ${entry.spec.unit}`.trim()
  }
  return isParam(entry) && entry.spec.kind === 'number' ? `${value} ${entry.spec.unit}`.trim() : String(value)
}
