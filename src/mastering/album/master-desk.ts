// The desk that a piece is mastered on: its file on one strip at unity, and the master's chain.
import { plainDesk, readDeskFile } from '../../config/desk-file.js'
import { DeskError } from '../../errors.js'
import { entryOf, isParam, isText, type Param, type Registry } from '../../params/registry.js'
import type { Topology } from '../../params/spec.js'
import { parseValue } from '../../params/value.js'
import type { PassGains } from './passes.js'
import { fitToneBands } from './tone-eq.js'

const topology = (isStereo: boolean): Topology => ({
  stripStereo: [isStereo],
  busCount: 1,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 0,
  fxCount: 0,
})

/** What a chain's file says of the master, by id. */
export type Chain = ReadonlyMap<string, number>

/** What the passes are made with, not what a chain says. */
const givenBySettings = new Set([
  'master.faderDb',
  'master.mute',
  'master.limiter.on',
  'master.limiter.ceilingDbtp',
  'master.limiter.oversampling',
])

/**
 * Reads the master's parameters of a desk file: a chain written by hand, or a whole desk, of which the rest is left out.
 * Throws a DeskError with what is wrong with it.
 */
export function readChain(file: string, sampleRateHz: number): Chain {
  const desk = readDeskFile(file, topology(true), sampleRateHz)
  const chain = new Map<string, number>()
  for (const param of desk.registry.params)
    if (param.id.startsWith('master.') && !givenBySettings.has(param.id)) chain.set(param.id, desk.values[param.index]!)
  return chain
}

/** The limiter as careful as the desk has it. */
const careful: Readonly<Record<string, string | boolean>> = {
  'master.limiter.oversampling': '8x',
  'master.limiter.autoRelease': true,
}

/** Without a chain of one's own: the limiter alone. */
export function limiterAlone(): Chain {
  const { registry } = plainDesk(topology(true))
  const chain = new Map<string, number>()
  for (const param of registry.params) {
    const written = careful[param.id]
    const value = written === undefined ? undefined : parseValue(param, written)
    if (value !== undefined) chain.set(param.id, value)
  }
  return chain
}

/** Everything on, its EQ at ±1 dB and the dynamic EQ at ±3 dB by turns: what a bench takes for the whole chain. */
export function wholeChain(): Chain {
  const { registry } = plainDesk(topology(true))
  const chain = new Map(limiterAlone())
  for (const { id } of registry.params) {
    if (isStage(id)) chain.set(id, 1)
    const band = /^master\.(eq\.band|dynEq\.node)(\d+)\.(gainDb|rangeDb)$/.exec(id)
    if (band) chain.set(id, (Number(band[2]) % 2 === 0 ? 1 : -1) * (band[3] === 'gainDb' ? 1 : 3))
  }
  return chain
}

export interface MasterDesk {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: readonly string[]
}

/** Before the limiter: once for a piece. */
export interface ChainSettings {
  /** Before everything: brings each piece to where the chain's thresholds are meant for. */
  readonly trimDb: number
  readonly widthPercent: number
  /** dB of each third octave; empty for no change. */
  readonly toneDb: readonly number[]
}

/** True where something stands before the limiter, so that a piece has to go through it first. */
export const hasChain = (chain: Chain, { widthPercent, toneDb }: ChainSettings): boolean =>
  widthPercent !== 100 || toneDb.length > 0 || [...chain].some(([id, value]) => isStage(id) && value !== 0)

const isStage = (id: string): boolean => /^master\.\w+\.on$/.test(id) && !/\.(limiter|spectrum|ballistics)\./.test(id)

/** Everything but the limiter. */
export function chainDesk(isStereo: boolean, chain: Chain, settings: ChainSettings): MasterDesk {
  const { registry, values, texts } = plainDesk(topology(isStereo))
  const set = setterOf(registry, values)
  for (const [id, value] of chain) values[paramOf(registry, id).index] = value
  set('strip.1.trimDb', settings.trimDb)
  if (isStereo) set('strip.1.widthPercent', settings.widthPercent)
  if (settings.toneDb.length > 0) {
    const eq = toneEqOf(registry, values)
    set(`${eq.id}.on`, true)
    for (const [i, band] of fitToneBands(settings.toneDb, eq.bands).entries()) {
      const at = `${eq.id}.band${i + 1}`
      set(`${at}.on`, true)
      set(`${at}.type`, band.type)
      set(`${at}.frequencyHz`, band.frequencyHz)
      set(`${at}.q`, band.q)
      set(`${at}.gainDb`, band.gainDb)
    }
  }
  return { registry, values, texts }
}

const mostTrimDb = 24
const mostFaderDb = 10
/** What a limiter can be driven by. */
export const mostDriveDb = mostTrimDb + mostFaderDb

/** The limiter alone, as the chain has it, driven by a gain. */
export function limiterDesk(isStereo: boolean, chain: Chain, gains: PassGains): MasterDesk {
  const { registry, values, texts } = plainDesk(topology(isStereo))
  const set = setterOf(registry, values)
  for (const [id, value] of chain) if (id.startsWith('master.limiter.')) values[paramOf(registry, id).index] = value
  // The trim in steps of a dB, the rest on the fader.
  const trimDb = Math.max(-mostTrimDb, Math.min(mostTrimDb, Math.round(gains.driveDb)))
  set('strip.1.trimDb', trimDb)
  set('master.faderDb', gains.driveDb - trimDb)
  set('master.limiter.on', true)
  set('master.limiter.oversampling', '8x')
  set('master.limiter.ceilingDbtp', gains.limiterCeilingDbtp)
  return { registry, values, texts }
}

const setterOf =
  (registry: Registry, values: Float32Array) =>
  (id: string, written: number | string | boolean): void => {
    const param = paramOf(registry, id)
    const value = parseValue(param, written)
    if (value === undefined) throw new DeskError('outOfRange', `${id}: ${written} is none of its values`)
    values[param.index] = value
  }

/** The master's EQ where the chain leaves it alone, else the strip's, which has fewer bands. */
function toneEqOf(registry: Registry, values: Float32Array): { readonly id: string; readonly bands: number } {
  const id = values[paramOf(registry, 'master.eq.on').index] === 0 ? 'master.eq' : 'strip.1.eq'
  return { id, bands: registry.params.filter((param) => param.id.startsWith(`${id}.band`) && param.id.endsWith('.q')).length }
}

function paramOf(registry: Registry, id: string): Param {
  const entry = entryOf(registry, id)
  if (isParam(entry) && !isText(entry)) return entry
  throw new DeskError('usage', `${id}: expected a parameter`)
}
