// What a touched control sent, sorted: one stream of values a wire.
import { nameOf, type Wire } from './wire.js'

/** A whole message and when it came. */
export interface TimedBytes {
  readonly atMs: number
  readonly bytes: Uint8Array
}

export interface Stream {
  readonly wire: Wire
  /** 0…127 or 0…16383; of a note the velocity, 0 when it is let go. */
  readonly values: readonly number[]
  readonly atMs: readonly number[]
  /** The most a value can be. */
  readonly full: 127 | 16383
}

interface Piece {
  /** As it came, counted over all wires. */
  readonly order: number
  readonly atMs: number
  readonly value: number
  /** Coarse half of 14 bits, or all there is. */
  readonly isCoarse: boolean
}

interface Raw {
  readonly wire: Wire
  readonly pieces: Piece[]
}

/** What is longer tells of a device, not of a control. */
const longestSysexBytes = 32

/** Streams in the order in which each began. Clocks, active sensing and long SysEx are left out. */
export function streamsOf(messages: readonly TimedBytes[]): Stream[] {
  const found = new Map<string, Raw>()
  let order = 0
  const add = (wire: Wire, atMs: number, value: number, isCoarse = true): void => {
    const raw = found.get(nameOf(wire)) ?? { wire, pieces: [] }
    found.set(nameOf(wire), raw)
    raw.pieces.push({ order: order++, atMs, value, isCoarse })
  }
  const numbered = new NumberedParameters()
  const sysex = messages.filter(({ bytes }) => bytes[0] === 0xf0 && bytes.length <= longestSysexBytes)
  for (const { atMs, bytes } of messages) {
    const [status = 0, first = 0, second = 0] = bytes
    const channel = status & 15
    const kind = status & 0xf0
    if (kind === 0x80) add({ kind: 'note', channel, number: first }, atMs, 0)
    else if (kind === 0x90) add({ kind: 'note', channel, number: first }, atMs, second)
    else if (kind === 0xa0) add({ kind: 'polyPressure', channel, number: first }, atMs, second)
    else if (kind === 0xc0) add({ kind: 'program', channel, number: first }, atMs, 127)
    else if (kind === 0xd0) add({ kind: 'channelPressure', channel }, atMs, first)
    else if (kind === 0xe0) add({ kind: 'pitchBend', channel }, atMs, first + second * 128)
    else if (kind === 0xb0) {
      const read = numbered.read(channel, first)
      if (read === 'number') numbered.choose(channel, first, second)
      else if (read) add(read, atMs, first === 96 ? 1 : first === 97 ? 127 : second, first !== 38)
      else add({ kind: 'cc', channel, number: first }, atMs, second)
    }
  }
  addSysex(sysex, add)
  joinPairs(found)
  return [...found.values()].map(streamOf)
}

/** Controllers 98 to 101 say which parameter the data that follow are for: 6 and 38 its value, 96 and 97 one tick more or less. */
class NumberedParameters {
  private readonly chosen = new Map<number, { kind: 'nrpn' | 'rpn'; coarse: number; fine: number }>()

  /** The wire of a value, `number` where the controller says a number, undefined where it is a plain one. */
  read(channel: number, controller: number): Wire | 'number' | undefined {
    if (controller >= 98 && controller <= 101) return 'number'
    const now = this.chosen.get(channel)
    if (!now || ![6, 38, 96, 97].includes(controller) || (now.coarse === 127 && now.fine === 127)) return undefined
    return { kind: now.kind, channel, number: now.coarse * 128 + now.fine, bits: 7 }
  }

  choose(channel: number, controller: number, value: number): void {
    const kind: 'nrpn' | 'rpn' = controller < 100 ? 'nrpn' : 'rpn'
    const before = this.chosen.get(channel)
    const now = before?.kind === kind ? before : { kind, coarse: 0, fine: 0 }
    const half = controller % 2 === 1 ? { coarse: value } : { fine: value }
    this.chosen.set(channel, { ...now, ...half })
  }
}

/** SysEx that is always the same is a button, such that differs in one byte has its value there. */
function addSysex(sysex: readonly TimedBytes[], add: (wire: Wire, atMs: number, value: number) => void): void {
  const [first] = sysex
  if (!first) return
  const alike = sysex.filter(({ bytes }) => bytes.length === first.bytes.length)
  const differing = [...first.bytes.keys()].filter((at) => alike.some(({ bytes }) => bytes[at] !== first.bytes[at]))
  const [valueAt = -1, ...more] = differing
  for (const { atMs, bytes } of more.length > 0 ? [] : alike) {
    const fixed = [...bytes].map((byte, at) => (at === valueAt ? 0 : byte))
    add({ kind: 'sysex', bytes: fixed, valueAt }, atMs, valueAt < 0 ? 127 : bytes[valueAt]!)
  }
}

/** Controllers n and n + 32 that speak together are one of 14 bits. */
function joinPairs(found: Map<string, Raw>): void {
  for (const [key, { wire, pieces }] of [...found]) {
    if (wire.kind !== 'cc' || wire.number > 31) continue
    const fineKey = nameOf({ ...wire, number: wire.number + 32 })
    const fine = found.get(fineKey)
    if (!fine) continue
    const both = [...pieces, ...fine.pieces.map((piece) => ({ ...piece, isCoarse: false }))]
    found.delete(fineKey)
    found.set(key, { wire: { ...wire, kind: 'cc14' }, pieces: both.sort((a, b) => a.order - b.order) })
  }
}

function streamOf({ wire, pieces }: Raw): Stream {
  if (pieces.every((piece) => piece.isCoarse)) {
    const full = wire.kind === 'pitchBend' ? 16383 : 127
    return { wire, values: pieces.map((piece) => piece.value), atMs: pieces.map((piece) => piece.atMs), full }
  }
  const isFineFirst = !isCoarseFirst(pieces)
  const whole: Wire =
    wire.kind === 'cc14' ? { ...wire, isFineFirst } : wire.kind === 'nrpn' || wire.kind === 'rpn' ? { ...wire, bits: 14 } : wire
  return { wire: whole, ...combined(pieces, !isFineFirst), full: 16383 }
}

/** Values of 14 bits: one when the second half of a pair is there, or where a half came alone. */
function combined(pieces: readonly Piece[], isCoarseFirst: boolean): Pick<Stream, 'values' | 'atMs'> {
  const values: number[] = []
  const atMs: number[] = []
  let coarse = pieces.find((piece) => piece.isCoarse)?.value ?? 0
  let fine = pieces.find((piece) => !piece.isCoarse)?.value ?? 0
  pieces.forEach((piece, i) => {
    if (piece.isCoarse) coarse = piece.value
    else fine = piece.value
    const next = pieces[i + 1]
    if (piece.isCoarse === isCoarseFirst && next && next.isCoarse !== isCoarseFirst) return
    values.push(coarse * 128 + fine)
    atMs.push(piece.atMs)
  })
  return { values, atMs }
}

/** Halves of one value follow closer upon one another than two values do; where they don't, the first half came first. */
function isCoarseFirst(pieces: readonly Piece[]): boolean {
  const meanGapMs = (fromCoarse: boolean): number => {
    const gaps = pieces.slice(1).flatMap((piece, i) => {
      const before = pieces[i]!
      return before.isCoarse === fromCoarse && piece.isCoarse !== fromCoarse ? [piece.atMs - before.atMs] : []
    })
    return gaps.length === 0 ? Number.POSITIVE_INFINITY : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  }
  const [coarseToFine, fineToCoarse] = [meanGapMs(true), meanGapMs(false)]
  return coarseToFine === fineToCoarse ? pieces[0]!.isCoarse : coarseToFine < fineToCoarse
}
