// Datagram → OSC 1.0 messages and bundles. Bad bytes give a reason, never an exception.
// Own, because osc-js ignores element sizes and byteOffset, rounds time tags and decodes some 50,000 messages a second.

/** `h` comes as a number, `t` as a bigint, `N` as null, `I` as infinity; `b`, `m` and `r` as bytes; arrays are flattened. */
export type OscArg = number | string | boolean | null | bigint | Uint8Array

export interface OscMessage {
  readonly address: string
  readonly args: readonly OscArg[]
}

export interface OscBundle {
  /** 64-bit NTP time; 1 is "at once". */
  readonly timetag: bigint
  readonly elements: readonly OscPacket[]
}

export type OscPacket = OscMessage | OscBundle

/** What one datagram may hold at most. */
export const packetLimits = { bytes: 65535, addressLength: 256, args: 64, elements: 4096, depth: 8 } as const

export const isBundle = (packet: OscPacket): packet is OscBundle => 'elements' in packet

export const bundleMark = 0x23 // '#'
const bundleHead = Buffer.from('#bundle\0')

class Malformed extends Error {}

/** The packet of a datagram, or in words why there is none. */
export function decode(bytes: Uint8Array): OscPacket | string {
  const { length } = bytes
  if (length === 0) return 'an empty datagram'
  if (length > packetLimits.bytes) return `${length} bytes, more than ${packetLimits.bytes}`
  if (length % 4 !== 0) return `${length} bytes, no multiple of 4`
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, length)
  try {
    return new Reader(buffer).packet(0, length, 0)
  } catch (error) {
    if (error instanceof Malformed) return error.message
    throw error
  }
}

/** How many messages a datagram claims to hold, at least 1; a walk over sizes, for queues that count before they decode. */
export function claimedMessages(bytes: Uint8Array): number {
  if (bytes[0] !== bundleMark) return 1
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let count = 0
  for (let at = 16; at + 8 <= bytes.length; ) {
    if (bytes[at + 4] === bundleMark) at += 20
    else {
      count++
      at += 4 + Math.max(4, view.getInt32(at))
    }
  }
  return Math.max(1, count)
}

class Reader {
  private at = 0
  private end = 0
  private elements = 0
  constructor(private readonly bytes: Buffer) {}

  packet(start: number, end: number, depth: number): OscPacket {
    if (++this.elements > packetLimits.elements) throw new Malformed(`more than ${packetLimits.elements} elements`)
    return this.bytes[start] === bundleMark ? this.bundle(start, end, depth + 1) : this.message(start, end)
  }

  private bundle(start: number, end: number, depth: number): OscBundle {
    if (depth > packetLimits.depth) throw new Malformed(`bundles nested deeper than ${packetLimits.depth}`)
    if (end - start < 16 || bundleHead.compare(this.bytes, start, start + 8) !== 0) throw new Malformed('a broken bundle head')
    const timetag = this.bytes.readBigUInt64BE(start + 8)
    const elements: OscPacket[] = []
    let at = start + 16
    while (at < end) {
      const size = this.bytes.readInt32BE(at)
      if (size < 4 || size % 4 !== 0 || size > end - at - 4) throw new Malformed(`a bundle element of ${size} bytes`)
      elements.push(this.packet(at + 4, at + 4 + size, depth))
      at += 4 + size
    }
    return { timetag, elements }
  }

  private message(start: number, end: number): OscMessage {
    this.at = start
    this.end = end
    if (this.bytes[start] !== 0x2f) throw new Malformed('an address that does not start with /')
    const address = this.text()
    if (address.length > packetLimits.addressLength)
      throw new Malformed(`an address longer than ${packetLimits.addressLength} characters`)
    // Some clients (X32-Edit) leave out the type tags.
    if (this.at >= end || this.bytes[this.at] !== 0x2c) return { address, args: [] }
    const tagsStart = this.at + 1
    const tagsEnd = this.skipText()
    const args: OscArg[] = []
    let arrays = 0
    for (let i = tagsStart; i < tagsEnd; i++) {
      const tag = this.bytes[i]
      if (tag === 0x5b) arrays++
      else if (tag === 0x5d) {
        if (--arrays < 0) throw new Malformed('an array that ends before it starts')
      } else if (args.length === packetLimits.args) throw new Malformed(`more than ${packetLimits.args} arguments`)
      else args.push(this.arg(tag ?? 0))
    }
    if (arrays !== 0) throw new Malformed('an array without an end')
    return { address, args }
  }

  private arg(tag: number): OscArg {
    switch (tag) {
      case 0x66: // f
        return this.bytes.readFloatBE(this.take(4))
      case 0x69: // i
        return this.bytes.readInt32BE(this.take(4))
      case 0x73: // s
      case 0x53: // S
        return this.text()
      case 0x54: // T
        return true
      case 0x46: // F
        return false
      case 0x4e: // N
        return null
      case 0x49: // I
        return Number.POSITIVE_INFINITY
      case 0x64: // d
        return this.bytes.readDoubleBE(this.take(8))
      case 0x68: // h
        return Number(this.bytes.readBigInt64BE(this.take(8)))
      case 0x74: // t
        return this.bytes.readBigUInt64BE(this.take(8))
      case 0x63: // c
        return this.character()
      case 0x6d: // m
      case 0x72: // r
        return this.raw(4)
      case 0x62: // b
        return this.blob()
      default:
        throw new Malformed(`an unknown type tag "${String.fromCharCode(tag)}"`)
    }
  }

  /** Moves past `size` bytes and gives where they start. */
  private take(size: number): number {
    const start = this.at
    if (size > this.end - start) throw new Malformed('arguments that end before their type tags')
    this.at = start + size
    return start
  }

  private character(): string {
    const code = this.bytes.readUInt32BE(this.take(4))
    if (code > 0x10ffff) throw new Malformed('a character outside Unicode')
    return String.fromCodePoint(code)
  }

  private raw(size: number): Uint8Array {
    const start = this.take((size + 3) & ~3)
    return new Uint8Array(this.bytes.subarray(start, start + size))
  }

  private blob(): Uint8Array {
    const size = this.bytes.readInt32BE(this.take(4))
    if (size < 0 || size > this.end - this.at) throw new Malformed(`a blob of ${size} bytes`)
    return this.raw(size)
  }

  private text(): string {
    const { bytes, at: start, end } = this
    let at = start
    let bits = 0
    for (let byte = bytes[at]; at < end && byte !== 0; byte = bytes[++at]) bits |= byte ?? 0
    this.endText(at)
    return bytes.toString(bits < 0x80 ? 'latin1' : 'utf8', start, at)
  }

  /** Moves past a text and gives where its zero stands. */
  private skipText(): number {
    const zero = this.bytes.indexOf(0, this.at)
    const at = zero < 0 ? this.end : zero
    this.endText(at)
    return at
  }

  private endText(zero: number): void {
    if (zero >= this.end) throw new Malformed('a text without an end')
    this.at = (zero + 4) & ~3
  }
}
