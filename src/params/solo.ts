// Solos as a whole: one that takes the place of the others, and none at all.
import { isParam, type Param, type Registry } from './registry.js'
import type { Follow, Initiator, ParameterStore } from './store.js'

/** Solo of every strip, bus and DCA. */
export const soloParams = (registry: Registry): Param[] =>
  registry.params.filter((param) => /^(strip|bus|dca)\.\d+\.solo$/.test(param.id))

/** While `monitor.exclusiveSolo` is on, a solo that goes on turns off all others. */
export function exclusiveSolo(registry: Registry): Follow {
  const solos = soloParams(registry)
  const known = new Set(solos)
  const exclusive = registry.byId.get('monitor.exclusiveSolo')
  return (param, value, store) => {
    if (value === 0 || !known.has(param) || !exclusive || !isParam(exclusive) || store.value(exclusive) === 0) return []
    return solos.filter((solo) => solo !== param && store.value(solo) !== 0).map((solo) => [solo, 0] as const)
  }
}

/** Turns all solos off. */
export function clearSolos(store: ParameterStore, initiator: Initiator): void {
  for (const solo of soloParams(store.registry)) if (store.value(solo) !== 0) store.set(solo, 0, initiator)
}
