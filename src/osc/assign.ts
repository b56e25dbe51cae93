// The first argument of a message → a change in the store, or in words why not.
import { type Entry, isMeter, isText, type Param } from '../params/registry.js'
import type { Initiator } from '../params/store.js'
import { parseValue, rangeText, valueOfNorm } from '../params/value.js'
import type { View } from './address-space.js'
import type { OscArg } from './decode.js'
import type { DeskPort } from './desk-port.js'

export const notANumber = 'not a number'

/** Sets an entry. Gives a reason when the value is refused, else undefined. */
export function assign(desk: DeskPort, entry: Entry, arg: OscArg, view: View, initiator: Initiator): string | undefined {
  if (view === 'text') return 'shows words; set the address without /text'
  if (isMeter(entry)) return 'is a meter, which can be asked and not set'
  if (isText(entry)) {
    if (typeof arg !== 'string') return 'expected a text (s)'
    desk.store.setText(entry, arg, initiator)
    return undefined
  }
  const value = view === 'norm' ? valueOfNormArg(entry, arg) : valueOfArg(entry, arg, desk.sampleRateHz)
  if (value === undefined) return view === 'norm' ? 'expected a number from 0 to 1' : `expected ${rangeText(entry)}`
  if (Number.isNaN(value)) return notANumber
  return desk.store.set(entry, value, initiator)
}

function valueOfArg(param: Param, arg: OscArg, sampleRateHz: number): number | undefined {
  if (typeof arg === 'number') return arg
  if (typeof arg === 'boolean') return param.spec.kind === 'bool' ? Number(arg) : undefined
  return typeof arg === 'string' ? parseValue(param, arg, sampleRateHz) : undefined
}

const valueOfNormArg = (param: Param, arg: OscArg): number | undefined =>
  typeof arg === 'number' || typeof arg === 'boolean' ? valueOfNorm(param, Number(arg)) : undefined
