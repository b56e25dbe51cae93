// A strip that gets a stereo file is stereo, whatever the desk file says of it.
import { buildRegistry } from '../params/registry.js'
import type { Desk } from './desk-file.js'

/** The same desk with more strips stereo. Enum values keep their names: output sources are counted by channel. */
export function withStereoStrips(desk: Desk, stereo: ReadonlySet<number>): Desk {
  const before = desk.registry
  const stripStereo = before.topology.stripStereo.map((isStereo, i) => isStereo || stereo.has(i))
  if (stripStereo.every((isStereo, i) => isStereo === before.topology.stripStereo[i])) return desk
  const registry = buildRegistry({ ...before.topology, stripStereo })
  const values = Float32Array.from(registry.params, (param, i) => {
    const value = desk.values[i] ?? param.default
    const name = before.params[i]?.names[value]
    if (name === undefined) return value
    const at = param.names.indexOf(name)
    return at >= 0 ? at : Math.max(0, param.names.indexOf(`${name}.left`))
  })
  return { ...desk, registry, values }
}
