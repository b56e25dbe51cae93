// The one description of the memory that engine and control share. `npm run generate` writes the C++ side from it.
import { createHash } from 'node:crypto'
import { deskTree } from '../params/desk.js'
import type { Registry } from '../params/registry.js'
import { textBytes } from '../params/registry.js'
import type { Topology } from '../params/spec.js'

/** Int32 slots of the header, in order. Offsets are in bytes from the start of the mapping. */
export const headerFields = [
  'magic',
  'layoutHash',
  'totalBytes',
  'sampleRateHz',
  'stripCount',
  'busCount',
  'fxCount',
  'inputCount',
  'outputCount',
  'dcaCount',
  'paramCount',
  'textCount',
  'meterCount',
  'eventCapacity',
  'eventsOffset',
  'valuesOffset',
  'textsOffset',
  'metersOffset',
] as const

/** Header slots that are written while running stand on cache lines of their own. */
export const eventWriteSlot = 64
export const eventReadSlot = 96
export const countersOffset = 512
export const stereoFlagsOffset = 2048
export const headerBytes = 4096

/** Float64 counters, written by the engine, read by anybody. */
export const counterFields = [
  /** Frames since the engine was first started; it goes on where a replaced engine stopped. */
  'frames',
  'xruns',
  /** Blocks that the virtual clock ran later than one buffer. */
  'lateBlocks',
  'worstLatenessMs',
  'loadPercent',
  'worstLoadPercent',
  'nonFinite',
  'eventsApplied',
  'playing',
  'positionFrames',
  'playerUnderruns',
  'recording',
  'recordedFrames',
  'recorderOverruns',
  'takeStartFrame',
  /** 0 none, 1 virtual, 2 PortAudio. */
  'host',
  /** 1 while a PortAudio device is lost and the virtual clock stands in. */
  'deviceLost',
  'bufferFrames',
  'deviceInputs',
  'deviceOutputs',
  /** SCHED_OTHER 0, SCHED_FIFO 1, SCHED_RR 2. */
  'schedulingPolicy',
  'schedulingPriority',
  'graphLatencyFrames',
  'deviceLatencyMs',
  'roundTripFrames',
  'logOverruns',
] as const

export type HeaderField = (typeof headerFields)[number]
export type CounterField = (typeof counterFields)[number]

/** One event: int32 target, int32 spare, float64 value, float64 frame (0 = at once). */
export const eventBytes = 24
export const eventCapacity = 16384

/** Targets at and above this are actions, not parameters. */
export const actionBase = 0x40000000
/** `locate` takes a position in frames. `roll` (with its position) and `halt` (1: without a fade) only stand in event logs. */
export const actions = { play: 0, stop: 1, locate: 2, resetMeters: 3, roll: 100, halt: 101 } as const

export const magic = 0x6b736564

/** 31-bit hash of everything both sides must agree on. */
export const layoutHash: number =
  createHash('sha256')
    .update(
      JSON.stringify([deskTree, headerFields, counterFields, eventBytes, actions, textBytes, headerBytes], (_, v) =>
        typeof v === 'function' ? 'by topology' : v === Number.NEGATIVE_INFINITY ? '-inf' : v,
      ),
    )
    .digest()
    .readUInt32LE(0) & 0x7fffffff

export interface SharedLayout {
  readonly eventsOffset: number
  readonly valuesOffset: number
  readonly textsOffset: number
  readonly metersOffset: number
  readonly totalBytes: number
}

const page = (bytes: number): number => Math.ceil(bytes / 4096) * 4096

export function layoutOf(registry: Registry): SharedLayout {
  const eventsOffset = headerBytes
  const valuesOffset = eventsOffset + page(eventCapacity * eventBytes)
  const textsOffset = valuesOffset + page(registry.params.length * 4)
  const metersOffset = textsOffset + page(registry.texts.length * textBytes)
  const totalBytes = metersOffset + page(registry.meters.length * 4)
  return { eventsOffset, valuesOffset, textsOffset, metersOffset, totalBytes }
}

/** A fresh shared region as bytes: header, default or given values, texts. */
export function initialRegion(registry: Registry, sampleRateHz: number, values: Float32Array, texts: readonly string[]): Buffer {
  const layout = layoutOf(registry)
  const bytes = Buffer.alloc(layout.totalBytes)
  const { topology } = registry
  const header: Record<HeaderField, number> = {
    magic,
    layoutHash,
    sampleRateHz,
    stripCount: topology.stripStereo.length,
    busCount: topology.busCount,
    fxCount: topology.fxCount,
    inputCount: topology.inputCount,
    outputCount: topology.outputCount,
    dcaCount: topology.dcaCount,
    paramCount: registry.params.length,
    textCount: registry.texts.length,
    meterCount: registry.meters.length,
    eventCapacity,
    ...layout,
  }
  headerFields.forEach((field, i) => {
    bytes.writeInt32LE(header[field], i * 4)
  })
  topology.stripStereo.forEach((stereo, i) => {
    bytes[stereoFlagsOffset + i] = stereo ? 1 : 0
  })
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, layout.valuesOffset + i * 4)
  })
  texts.forEach((text, i) => {
    writeText(bytes.subarray(layout.textsOffset + i * textBytes, layout.textsOffset + (i + 1) * textBytes), text)
  })
  return bytes
}

/** Writes a text into its slot: a length byte, then UTF-8 cut at a character's end. */
export function writeText(slot: Uint8Array, value: string): void {
  const { written } = new TextEncoder().encodeInto(value, slot.subarray(1))
  slot[0] = written
}

export const readText = (slot: Uint8Array): string =>
  new TextDecoder().decode(slot.subarray(1, 1 + Math.min(slot[0] ?? 0, textBytes - 1)))

/** The topology that a region was made for. */
export function topologyOf(bytes: Uint8Array): Topology {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const field = (name: HeaderField): number => view.getInt32(headerFields.indexOf(name) * 4, true)
  return {
    stripStereo: Array.from({ length: field('stripCount') }, (_, i) => bytes[stereoFlagsOffset + i] === 1),
    busCount: field('busCount'),
    fxCount: field('fxCount'),
    inputCount: field('inputCount'),
    outputCount: field('outputCount'),
    dcaCount: field('dcaCount'),
  }
}
