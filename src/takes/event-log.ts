// events.log of a take: `frame<TAB>id<TAB>value` a line, frames from the take's start, as the engine applied them.
import { readFileSync } from 'node:fs'
import type { LoggedEvent } from '../engine/native.js'
import { actionBase, actions } from '../engine/shared-layout.js'
import { DeskError } from '../errors.js'
import { isParam, type Registry } from '../params/registry.js'

/** What the transport did, by the id it is logged under. */
export const actionTargets: Record<string, number> = {
  'transport.roll': actionBase + actions.roll,
  'transport.halt': actionBase + actions.halt,
  'meters.reset': actionBase + actions.resetMeters,
}

/** Reads a take's events. A line that was cut off at the end by a kill is left out. */
export function readEventLog(path: string, registry: Registry): LoggedEvent[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DeskError('take', `${path}: expected the take's event log, found ${(cause as Error).message}`, { cause })
  }
  const lines = text.split('\n')
  lines.pop() // what follows the last end of line: nothing, or half a line
  return lines.flatMap((line, i) => parseEvent(line, `${path}:${i + 1}`, registry))
}

function parseEvent(line: string, where: string, registry: Registry): LoggedEvent[] {
  if (line === '' || line.startsWith('#')) return []
  const [frameText, id = '', valueText = ''] = line.split('\t')
  const frame = Number(frameText)
  const value = valueText === '-inf' ? Number.NEGATIVE_INFINITY : Number(valueText)
  if (frameText === '' || !Number.isSafeInteger(frame) || frame < 0 || Number.isNaN(value))
    throw new DeskError('take', `${where}: expected frame, id and value with tabs between, found ${JSON.stringify(line)}`)
  const action = actionTargets[id]
  if (action !== undefined) return [{ frame, target: action, value }]
  const entry = registry.byId.get(id)
  if (!entry || !isParam(entry)) throw new DeskError('take', `${where}: expected a parameter of the take's desk, found "${id}"`)
  return [{ frame, target: entry.index, value }]
}
