// Ids and patterns, as people write them, to entries of a registry.
import { DeskError } from '../errors.js'
import { AddressSpace } from '../osc/address-space.js'
import { isPattern } from '../osc/match.js'
import { type Entry, entryOf, type Registry } from '../params/registry.js'
import { throwAll } from './changes.js'

/** The OSC address of an id; a `*` in a pattern stays within its dots. */
export const addressOfId = (id: string): string => `/${id.replaceAll('.', '/')}`

/** Entries of all ids and patterns, each once, in the order asked. Throws one DeskError for all that match nothing. */
export function selectIds(registry: Registry, ids: readonly string[]): Entry[] {
  const space = new AddressSpace(registry)
  const problems: DeskError[] = []
  const found = new Set<Entry>()
  for (const id of ids) {
    try {
      for (const entry of isPattern(id) ? matching(space, id) : [entryOf(registry, id)]) found.add(entry)
    } catch (error) {
      if (!(error instanceof DeskError)) throw error
      problems.push(error)
    }
  }
  throwAll(problems)
  return [...found]
}

function matching(space: AddressSpace, pattern: string): Entry[] {
  const selected = space.select({ path: addressOfId(pattern), view: 'plain' })
  if (typeof selected === 'string') throw new DeskError('usage', `${pattern}: ${selected}`)
  const entries = [...selected].filter((entry) => entry !== undefined)
  if (entries.length === 0) throw new DeskError('unknownId', `${pattern}: matches nothing; a * stays within its dots`)
  return entries
}
