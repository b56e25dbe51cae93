// Buses may feed buses, but none may feed itself, over however many others.
import { isParam, type Registry } from './registry.js'
import type { Veto } from './store.js'

/**
 * The first loop among bus outputs, as bus numbers from 1 that end where they began; undefined when there is none.
 * `outputs[i]` is bus i+1's destination: 0 for the master, n for bus n.
 */
export function busLoop(outputs: readonly number[]): number[] | undefined {
  for (let start = 1; start <= outputs.length; start++) {
    const path = [start]
    for (let at = outputs[start - 1] ?? 0; at !== 0; at = outputs[at - 1] ?? 0) {
      path.push(at)
      if (at === start) return path
      if (path.length > outputs.length) break
    }
  }
  return undefined
}

/** `bus.1 → bus.3 → bus.1` */
export const loopText = (path: readonly number[]): string => path.map((bus) => `bus.${bus}`).join(' → ')

/** Indices of `bus.M.output` in the value table, in bus order. */
export const busOutputIndices = (registry: Registry): number[] =>
  Array.from({ length: registry.topology.busCount }, (_, i) => {
    const entry = registry.byId.get(`bus.${i + 1}.output`)
    return entry && isParam(entry) ? entry.index : -1
  })

/** Refuses a bus output that closes a loop. */
export function loopVeto(registry: Registry): Veto {
  const indices = busOutputIndices(registry)
  return (param, value, store) => {
    const bus = indices.indexOf(param.index)
    if (bus < 0) return undefined
    const outputs = indices.map((index, i) => (i === bus ? value : store.value(registry.params[index]!)))
    const path = busLoop(outputs)
    return path && `${param.id}: ${loopText(path)} is a loop: send one of these buses to the master first`
  }
}
