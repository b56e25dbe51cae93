// What an effect returns is no recording: a take computes it again. So a strip that takes one cannot be armed.
import { isParam, type Param, type Registry } from './registry.js'
import type { Veto } from './store.js'

const paramAt = (registry: Registry, id: string): Param | undefined => {
  const entry = registry.byId.get(id)
  return entry && isParam(entry) ? entry : undefined
}

/** True for the value of a strip's input that is an effect's return. */
export const isReturn = ({ topology }: Registry, input: number): boolean => input >= 2 + topology.inputCount // behind off and track

/** Why a strip (from 1) that is armed and takes a return must not be; undefined while it is not both. */
export function armedReturn(registry: Registry, strip: number, value: (param: Param) => number): string | undefined {
  const arm = paramAt(registry, `strip.${strip}.arm`)
  const input = paramAt(registry, `strip.${strip}.input`)
  if (!arm || !input || value(arm) === 0 || !isReturn(registry, value(input))) return undefined
  return `strip.${strip} takes ${input.names[value(input)]}, which a take computes again and does not record: arm what feeds it`
}

/** Refuses to arm a return, and to make an armed strip one. */
export const armedReturnVeto =
  (registry: Registry): Veto =>
  (param, value, store) => {
    const strip = /^strip\.(\d+)\.(?:arm|input)$/.exec(param.id)?.[1]
    const why = strip && armedReturn(registry, Number(strip), (of) => (of.index === param.index ? value : store.value(of)))
    return why ? `${param.id}: ${why}` : undefined
  }
