// What is wrong with a sound file, where and how bad; and what mending it did.
import { type NativeFault, type NativeMending, nativeAddon } from '../engine/native.js'
import { dbOfAmplitude } from '../units.js'
import { withMemory } from './memory.js'

/** What `deskd repair --only` may name. */
export const mendableKinds = ['dc', 'hum', 'clips', 'clicks', 'balance', 'polarity', 'silence'] as const
export type MendableKind = (typeof mendableKinds)[number]

export interface FaultPlace {
  readonly startS: number
  readonly startFrame: number
  readonly frames: number
}

interface Common {
  /** From 0; missing: the file as a whole. */
  readonly channel?: number
  /** Mended unless kinds are named; else it may be meant, and is mended when it is named. */
  readonly isCertain: boolean
  /** In time, the first 1000; empty: all through the file. */
  readonly places: readonly FaultPlace[]
}

export type Fault = Common &
  (
    | { readonly kind: 'dc' /** Mean, full scale is 1. */; readonly dcOffset: number; readonly levelDbfs: number }
    | {
        readonly kind: 'hum'
        /** As measured: 49.97. */
        readonly mainsHz: number
        readonly linesHz: readonly number[]
        /** RMS of all lines. */
        readonly levelDbfs: number
      }
    | { readonly kind: 'clips' /** Runs of 3 samples and more. */; readonly runs: number; readonly levelDbfs: number }
    | { readonly kind: 'clicks'; readonly clicks: number /** Of the strongest. */; readonly levelDbfs: number }
    /** Right over left where both play the same; ±Infinity: a side is dead. */
    | { readonly kind: 'balance'; readonly balanceDb: number }
    | { readonly kind: 'polarity'; readonly correlation: number }
    /** 1: both sides are the same; below 0: much is lost in mono. Not mended. */
    | { readonly kind: 'mono'; readonly correlation: number }
    | { readonly kind: 'silence'; readonly seconds: number }
    /** Samples that are no numbers; they become silence. */
    | { readonly kind: 'nonFinite'; readonly samples: number }
  )

export interface MendedFault {
  readonly fault: Fault
  /** In the unit of the fault's own figure: dBFS of DC, hum, restored peaks; dB of balance; correlation. */
  readonly after: number
  /** Clipped runs or clicks that are left, else 0 or 1. */
  readonly left: number
  /** One line for people. */
  readonly text: string
}

export interface Mending {
  readonly mended: readonly MendedFault[]
  /** Of the whole file, so that what was restored fits below full scale; 0: unchanged. */
  readonly gainDb: number
  readonly bits: string
  readonly isDithered: boolean
  /** What the written file still has. */
  readonly left: readonly Fault[]
}

/** Most that finding and mending hold at a time, in what the samples take as floats; and what they take besides. */
const findingTimes = 1.75
const mendingTimes = 2.25
const besideBytes = 64e6

const decodedBytes = (path: string): number => {
  const { frames, channels } = nativeAddon().audioFileInfo(path)
  return 4 * frames * channels
}

/**
 * Finds the faults of a WAV, RF64, AIFF or FLAC file of one or two channels. Rejects with what is wrong with the file itself, and with a
 * DeskError (`memory`) where it is too long for this machine.
 */
export async function findFaults(
  path: string,
  { onProgress = () => {} }: { readonly onProgress?: (share: number) => void } = {},
): Promise<readonly Fault[]> {
  const { faults, sampleRateHz } = await withMemory(path, besideBytes + findingTimes * decodedBytes(path), () =>
    nativeAddon().findFaults(path, onProgress),
  )
  return faults.map((fault) => faultOf(fault, sampleRateHz))
}

export interface MendSpec {
  /** Empty: everything that is certain. */
  readonly only: readonly MendableKind[]
  readonly isFlac: boolean
  /** Writes `outPath` even where nothing was wrong: it is another container. */
  readonly isConverted: boolean
  readonly onProgress?: (share: number) => void
}

/** Mends `path` into `outPath`, which is written only where something was mended. Rejects as `findFaults` does. */
export async function mendFile(path: string, outPath: string, spec: MendSpec): Promise<Mending> {
  const { onProgress = () => {}, ...how } = spec
  const bytes = besideBytes + mendingTimes * decodedBytes(path)
  return mendingOf(await withMemory(path, bytes, () => nativeAddon().mendFile(path, outPath, how, onProgress)))
}

function mendingOf(native: NativeMending): Mending {
  const { sampleRateHz } = native
  return {
    gainDb: native.gainDb,
    bits: native.bits,
    isDithered: native.isDithered,
    left: native.left.map((fault) => faultOf(fault, sampleRateHz)),
    mended: native.mended.map(({ fault: found, amountAfter, countAfter, isFiltered }) => {
      const fault = faultOf(found, sampleRateHz)
      const isAmplitude = fault.kind === 'dc' || fault.kind === 'clips' || fault.kind === 'clicks'
      const after = isAmplitude ? dbOfAmplitude(Math.abs(amountAfter)) : amountAfter
      return { fault, after, left: countAfter, text: mendedText(fault, after, countAfter, isFiltered) }
    }),
  }
}

function faultOf(native: NativeFault, sampleRateHz: number): Fault {
  const common: Common = {
    ...(native.channel >= 0 ? { channel: native.channel } : {}),
    isCertain: native.isCertain,
    places: native.places.map(({ frame, frames }) => ({ startS: frame / sampleRateHz, startFrame: frame, frames })),
  }
  const { kind, amount, count } = native
  const levelDbfs = dbOfAmplitude(Math.abs(amount))
  switch (kind) {
    case 'dc':
      return { kind, ...common, dcOffset: amount, levelDbfs }
    case 'hum':
      return { kind, ...common, mainsHz: native.hz, linesHz: native.linesHz, levelDbfs: amount }
    case 'clips':
      return { kind, ...common, runs: count, levelDbfs }
    case 'clicks':
      return { kind, ...common, clicks: count, levelDbfs }
    case 'balance':
      return { kind, ...common, balanceDb: amount }
    case 'polarity':
    case 'mono':
      return { kind, ...common, correlation: amount }
    case 'silence':
      return { kind, ...common, seconds: amount }
    case 'nonFinite':
      return { kind, ...common, samples: count }
  }
}

const db = (level: number): string => `${level.toFixed(1)} dB`
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
const sideOf = (fault: Fault): string => (fault.channel === undefined ? '' : `, ${fault.channel === 0 ? 'left' : 'right'}`)

/** Where it begins and how often, for people. */
function whereText({ places }: Fault): string {
  if (places.length === 0) return ''
  const shown = places.slice(0, 3).map((place) => `${place.startS.toFixed(3)} s`)
  return ` at ${shown.join(', ')}${places.length > 3 ? ' …' : ''}`
}

/** A fault in words: what, where, how bad. */
export function faultText(fault: Fault): string {
  const where = `${whereText(fault)}${sideOf(fault)}`
  switch (fault.kind) {
    case 'dc':
      return `DC of ${fault.dcOffset.toFixed(4)} (${fault.levelDbfs.toFixed(1)} dBFS)${where}`
    case 'hum':
      return `mains hum of ${fault.levelDbfs.toFixed(1)} dBFS at ${fault.linesHz.map((hz) => hz.toFixed(2)).join(', ')} Hz${where}`
    case 'clips':
      return `${many(fault.runs, 'clipped run')} at ${fault.levelDbfs.toFixed(2)} dBFS${where}`
    case 'clicks':
      return `${many(fault.clicks, 'click')} of up to ${fault.levelDbfs.toFixed(1)} dBFS${where}`
    case 'balance':
      if (Number.isFinite(fault.balanceDb))
        return `the middle stands ${db(Math.abs(fault.balanceDb))} to the ${fault.balanceDb > 0 ? 'right' : 'left'}`
      return `the ${fault.balanceDb > 0 ? 'left' : 'right'} side is dead`
    case 'polarity':
      return `one side is inverted: correlation ${fault.correlation.toFixed(2)}`
    case 'mono':
      return fault.correlation > 0
        ? 'both sides are the same: a mono file in stereo'
        : `much is lost in mono: correlation ${fault.correlation.toFixed(2)}`
    case 'silence':
      return `${fault.seconds.toFixed(2)} s of silence at the ends${where}`
    case 'nonFinite':
      return `${many(fault.samples, 'sample')} that are no numbers`
  }
}

function mendedText(fault: Fault, after: number, left: number, isFiltered: boolean): string {
  const side = sideOf(fault)
  switch (fault.kind) {
    case 'dc':
      return `DC of ${fault.levelDbfs.toFixed(1)} dBFS is ${after.toFixed(1)} dBFS${isFiltered ? ', low cut at 4 Hz' : ''}${side}`
    case 'hum':
      return `mains hum of ${fault.levelDbfs.toFixed(1)} dBFS is ${after.toFixed(1)} dBFS, ${many(fault.linesHz.length, 'line')} subtracted${side}`
    case 'clips':
      return `${many(fault.runs, 'clipped run')} of ${fault.levelDbfs.toFixed(2)} dBFS restored up to ${after.toFixed(2)} dBFS, ${left} left${side}`
    case 'clicks':
      return `${many(fault.clicks, 'click')} replaced, ${left} left${side}`
    case 'balance':
      if (Number.isFinite(fault.balanceDb)) return `the louder side is ${db(Math.abs(fault.balanceDb))} lower`
      return `the dead ${fault.balanceDb > 0 ? 'left' : 'right'} side is the other one's copy`
    case 'polarity':
      return `the right side is turned round: correlation ${fault.correlation.toFixed(2)} is ${after.toFixed(2)}`
    case 'silence':
      return `${fault.seconds.toFixed(2)} s of silence at the ends trimmed, .02 s before and .2 s behind kept`
    case 'nonFinite':
      return `${many(fault.samples, 'sample')} that were no numbers are silence`
    case 'mono':
      return ''
  }
}
