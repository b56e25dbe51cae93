// `deskd set`: changes parameters of a running desk, and says what they stand at then.

import { DeskError } from '../errors.js'
import type { OscClient, Settable } from '../osc/client.js'
import type { Param } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'
import { checkChanges, readChanges, type WantedChange } from './changes.js'
import { printValues, withDesk } from './get.js'
import { deskRegistry, deskSampleRateHz, type ReachOptions } from './running-desk.js'

export async function set(words: readonly string[], options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const written = readChanges(words)
  const registry = deskRegistry(
    options,
    written.map(({ id }) => id),
  )
  const changes = checkChanges(registry, written, deskSampleRateHz(options))
  const answers = await withDesk(options, async (client) => {
    await client.set(await wantedValues(client, changes))
    return client.ask([...new Set(changes.map(addressOf))])
  })
  printValues(registry, answers, options.json)
}

const addressOf = (change: WantedChange): string => ('text' in change ? change.text : change.param).address

/** Address and value of every change, in order; what is to be added is added to what the desk stands at. */
async function wantedValues(client: OscClient, changes: readonly WantedChange[]): Promise<[string, Settable][]> {
  const added = changes.flatMap((change) => ('param' in change && change.add ? [change.param.address] : []))
  const now = added.length > 0 ? await client.ask([...new Set(added)]) : new Map()
  return changes.map((change) => {
    const address = addressOf(change)
    if ('text' in change) return [address, change.value]
    const value = change.add ? sum(change.param, Number(now.get(address)), change.value) : change.value
    now.set(address, value)
    return [address, settable(change.param, value)]
  })
}

function sum(param: Param, now: number, difference: number): number {
  const value = parseValue(param, now + difference)
  if (value !== undefined) return value
  throw new DeskError('outOfRange', `${param.id}: expected ${rangeText(param)}, found ${now + difference} after the sum`)
}

/** Enums by name: some names are numbers, and a number would be taken for the name before the index. */
const settable = (param: Param, value: number): Settable => {
  if (param.spec.kind === 'bool') return value !== 0
  return param.names[value] ?? value
}
