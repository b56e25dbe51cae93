// Many changes that belong together: one that another must make room for waits for it.
import type { Param } from './registry.js'
import type { Initiator, ParameterStore } from './store.js'

/**
 * Sets all, in order; what is refused is tried again behind the others, and a bus at last by way of the master, which closes no loop.
 * Gives why the rest is refused, in words.
 */
export function setTogether(
  store: ParameterStore,
  changes: readonly (readonly [Param, number])[],
  initiator: Initiator,
): string[] {
  const refused = (left: readonly (readonly [Param, number])[]): (readonly [Param, number])[] =>
    left.filter(([param, value]) => store.set(param, value, initiator) !== undefined)
  let left = refused(changes)
  for (let before = changes.length; left.length > 0 && left.length < before; ) {
    before = left.length
    left = refused(left)
  }
  for (const [param] of left) if (/^bus\.\d+\.output$/.test(param.id)) store.set(param, 0, initiator)
  return left.flatMap(([param, value]) => store.set(param, value, initiator) ?? [])
}
