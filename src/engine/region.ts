// The region file that engine and control share: where it lies, how it is made, and typed views of it.
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { DeskError } from '../errors.js'
import { buildRegistry, type Meter, type Registry, textBytes } from '../params/registry.js'
import { meterValue } from '../params/value.js'
import {
  type CounterField,
  counterFields,
  countersOffset,
  eventCapacity,
  type HeaderField,
  headerBytes,
  headerFields,
  layoutHash,
  layoutOf,
  magic,
  readText,
  topologyOf,
  writeText,
} from './shared-layout.js'

/** Where a state folder's shared memory and the engine's socket lie. Sockets' paths may have 107 bytes at most. */
export function regionPaths(stateFolder: string): { region: string; socket: string } {
  const name = createHash('sha256')
    .update(`${process.getuid?.() ?? 0}:${stateFolder}`)
    .digest('hex')
    .slice(0, 16)
  return { region: `/dev/shm/deskd-${name}`, socket: `/dev/shm/deskd-${name}.sock` }
}

/** Makes a fresh region file for this user alone. A process that still maps an older one keeps that. */
export function createRegionFile(path: string, bytes: Uint8Array): void {
  try {
    rmSync(path, { force: true })
    const fd = openSync(path, 'wx', 0o600)
    try {
      let done = 0
      while (done < bytes.length) done += writeSync(fd, bytes, done)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    throw new DeskError('engine', `${path}: the shared memory cannot be made: ${(cause as Error).message}`, { cause })
  }
}

export interface Region {
  readonly registry: Registry
  readonly buffer: ArrayBuffer
  readonly sampleRateHz: number
  /** What the engine has in force, by parameter index. */
  readonly values: Float32Array
  readonly int32: Int32Array
  readonly float64: Float64Array
  counter(field: CounterField): number
  /** A meter in its unit. */
  meter(meter: Meter): number
  /** A slot of the meter table, as the engine stores it. */
  rawMeter(index: number): number
  text(index: number): string
  /** Texts live on the control side: control alone writes them. */
  setText(index: number, value: string): void
  allTexts(): string[]
}

/** Views on a mapped region. Throws a DeskError when it was laid out by another version. */
export function viewRegion(buffer: ArrayBuffer): Region {
  const bytes = new Uint8Array(buffer)
  const int32 = new Int32Array(buffer)
  const field = (name: HeaderField): number => int32[headerFields.indexOf(name)] ?? 0
  if (buffer.byteLength < headerBytes || field('magic') !== magic || field('layoutHash') !== layoutHash)
    throw new DeskError(
      'engine',
      `the shared memory was laid out by another version of deskd (hash ${field('layoutHash')}, here ${layoutHash}): start the desk again`,
    )
  const registry = buildRegistry(topologyOf(bytes))
  const layout = layoutOf(registry)
  if (
    field('totalBytes') !== layout.totalBytes ||
    buffer.byteLength < layout.totalBytes ||
    field('eventCapacity') !== eventCapacity
  )
    throw new DeskError(
      'engine',
      `the shared memory has ${buffer.byteLength} bytes, expected ${layout.totalBytes}: start the desk again`,
    )

  const float64 = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  const meters = new Float32Array(buffer, layout.metersOffset, registry.meters.length)
  const slot = (index: number): Uint8Array =>
    bytes.subarray(layout.textsOffset + index * textBytes, layout.textsOffset + (index + 1) * textBytes)
  return {
    registry,
    buffer,
    sampleRateHz: field('sampleRateHz'),
    values: new Float32Array(buffer, layout.valuesOffset, registry.params.length),
    int32,
    float64,
    counter: (name) => float64[countersOffset / 8 + counterFields.indexOf(name)] ?? 0,
    meter: (meter) => meterValue(meter, meters[meter.index] ?? 0),
    rawMeter: (index) => meters[index] ?? 0,
    text: (index) => readText(slot(index)),
    setText: (index, value) => writeText(slot(index), value),
    allTexts: () => registry.texts.map((text) => readText(slot(text.index))),
  }
}

/** Reads the counters of a region file without mapping it, so that no native code runs in the supervisor. */
export class CounterReader {
  private readonly fd: number
  private readonly bytes = Buffer.alloc(counterFields.length * 8)

  constructor(path: string) {
    this.fd = openSync(path, 'r')
  }

  read(): Record<CounterField, number> {
    readSync(this.fd, this.bytes, 0, this.bytes.length, countersOffset)
    return Object.fromEntries(counterFields.map((field, i) => [field, this.bytes.readDoubleLE(i * 8)])) as Record<
      CounterField,
      number
    >
  }

  close(): void {
    closeSync(this.fd)
  }
}
