// Writes desks and states so that a person can read and diff them: one parameter a line, in the registry's order.
import { isMeter, isText, type Param, type Registry, type TextParam } from '../params/registry.js'
import { defaultTexts, defaultValues } from '../params/store.js'
import { formatValue } from '../params/value.js'
import { endMarker } from './state-write.js'

/** What everything stands at. */
export interface Settings {
  readonly values: Float32Array
  readonly texts: readonly string[]
}

export const defaultSettings = (registry: Registry): Settings => ({
  values: defaultValues(registry),
  texts: defaultTexts(registry),
})

/** A `params:` block of what differs from `base`, or of everything without one; '' when there is nothing to say. */
export function paramsText(registry: Registry, settings: Settings, base?: Settings): string {
  const lines: string[] = []
  for (const entry of registry.byId.values()) {
    if (isMeter(entry)) continue
    if (isText(entry)) {
      const value = settings.texts[entry.index]!
      if (value !== base?.texts[entry.index]) lines.push(textLine(entry, value))
    } else {
      const value = settings.values[entry.index]!
      if (!Object.is(value, base?.values[entry.index])) lines.push(paramLine(entry, value))
    }
  }
  return lines.length ? `params:\n${lines.join('\n')}\n` : ''
}

/** One line of a `params:` block. */
export const paramLine = (param: Param, value: number): string => `  ${param.id}: ${scalarText(formatValue(param, value))}`
export const textLine = (text: TextParam, value: string): string => `  ${text.id}: ${JSON.stringify(value)}`

/** Names that YAML would read as numbers are quoted. */
const scalarText = (value: string | number | boolean): string =>
  typeof value === 'string' && value !== '-inf' && !/^[a-z][\w.]*$/i.test(value) ? JSON.stringify(value) : String(value)

/** A desk file: topology, what differs from the defaults (or, with `all`, everything), tracks. */
export function deskText(
  registry: Registry,
  settings: Settings,
  options: { readonly all?: boolean; readonly tracks?: ReadonlyMap<number, string> } = {},
): string {
  const { stripStereo, busCount, inputCount, outputCount, dcaCount, fxCount } = registry.topology
  const strips = stripStereo.includes(true)
    ? `strips:\n${stripStereo.map((stereo) => `  - {stereo: ${stereo}}`).join('\n')}`
    : `strips: ${stripStereo.length}`
  const tracks = [...(options.tracks ?? [])].map(([strip, file]) => `  ${strip}: ${JSON.stringify(file)}`)
  return [
    strips,
    `buses: ${busCount}`,
    `fx: ${fxCount}`,
    `inputs: ${inputCount}`,
    `outputs: ${outputCount}`,
    `dcas: ${dcaCount}`,
    ...(tracks.length ? ['tracks:', ...tracks] : []),
    paramsText(registry, settings, options.all ? undefined : defaultSettings(registry)),
  ].join('\n')
}

/** The state: what was changed since the desk was put together from `base` (defaults, track names, desk file). */
export const stateText = (registry: Registry, settings: Settings, base: Settings): string =>
  `# What was changed on this desk. It wins over the desk file; delete it to start from the desk file again.\n${
    paramsText(registry, settings, base) || 'params: {}\n'
  }${endMarker}`
