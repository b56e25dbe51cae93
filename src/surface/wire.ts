// Wires: which MIDI messages a control speaks, as data, and the bytes of a value on one.

/** Channels count from 0 here, as on the wire. */
export type Wire =
  | { readonly kind: 'note'; readonly channel: number; readonly number: number }
  | { readonly kind: 'cc'; readonly channel: number; readonly number: number }
  /** A pair of controllers, `number` and `number + 32`. Most devices send the coarse half first. */
  | { readonly kind: 'cc14'; readonly channel: number; readonly number: number; readonly isFineFirst?: boolean }
  /** 14 bits by data entry 6 and 38, 7 bits by 6 alone. */
  | { readonly kind: 'nrpn' | 'rpn'; readonly channel: number; readonly number: number; readonly bits: 7 | 14 }
  | { readonly kind: 'pitchBend'; readonly channel: number }
  | { readonly kind: 'program'; readonly channel: number; readonly number: number }
  | { readonly kind: 'channelPressure'; readonly channel: number }
  | { readonly kind: 'polyPressure'; readonly channel: number; readonly number: number }
  /** Whole message with F0 and F7; `valueAt` is where a value of 7 bits stands, −1 where there is none. */
  | { readonly kind: 'sysex'; readonly bytes: readonly number[]; readonly valueAt: number }

export const note = (number: number, channel = 0): Wire => ({ kind: 'note', channel, number })
export const cc = (number: number, channel = 0): Wire => ({ kind: 'cc', channel, number })
export const cc14 = (number: number, channel = 0, isFineFirst = false): Wire => ({ kind: 'cc14', channel, number, isFineFirst })
export const nrpn = (number: number, channel = 0, bits: 7 | 14 = 14): Wire => ({ kind: 'nrpn', channel, number, bits })
export const rpn = (number: number, channel = 0, bits: 7 | 14 = 14): Wire => ({ kind: 'rpn', channel, number, bits })
export const pitchBend = (channel: number): Wire => ({ kind: 'pitchBend', channel })
export const program = (number: number, channel = 0): Wire => ({ kind: 'program', channel, number })
export const channelPressure = (channel = 0): Wire => ({ kind: 'channelPressure', channel })
export const polyPressure = (number: number, channel = 0): Wire => ({ kind: 'polyPressure', channel, number })
/** `sysex('F0 00 20 29 02 11 78 00 vv F7')`: `vv` is the value. */
export const sysex = (pattern: string): Wire => {
  const words = pattern.trim().split(/\s+/)
  return {
    kind: 'sysex',
    bytes: words.map((word) => (word === 'vv' ? 0 : Number.parseInt(word, 16))),
    valueAt: words.indexOf('vv'),
  }
}

/** The greatest value that a wire carries; the least is 0. */
export const topOf = (wire: Wire): number => {
  switch (wire.kind) {
    case 'cc14':
    case 'pitchBend':
      return 16383
    case 'nrpn':
    case 'rpn':
      return wire.bits === 14 ? 16383 : 127
    default:
      return 127
  }
}

/** Two wires of one name would be mistaken for one another. */
export const nameOf = (wire: Wire): string => {
  switch (wire.kind) {
    case 'sysex':
      return `sysex ${wire.bytes.map((byte, at) => (at === wire.valueAt ? 'vv' : hex(byte))).join(' ')}`
    case 'pitchBend':
    case 'channelPressure':
      return `${wire.kind} ch ${wire.channel + 1}`
    default:
      return `${wire.kind} ${wire.number} ch ${wire.channel + 1}`
  }
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

/** What says `value` (0…`topOf(wire)`) on a wire, one message or several; 0 on a note is its release. */
export const bytesOf = (wire: Wire, value: number): Uint8Array[] => {
  const coarse = (value >> 7) & 0x7f
  const fine = value & 0x7f
  switch (wire.kind) {
    case 'note':
      return [Uint8Array.of(0x90 | wire.channel, wire.number, fine)]
    case 'cc':
      return [control(wire.channel, wire.number, fine)]
    case 'cc14': {
      const pair = [control(wire.channel, wire.number, coarse), control(wire.channel, wire.number + 32, fine)]
      return wire.isFineFirst ? pair.reverse() : pair
    }
    case 'nrpn':
    case 'rpn': {
      const select = wire.kind === 'nrpn' ? 98 : 100
      const chosen = [
        control(wire.channel, select + 1, wire.number >> 7),
        control(wire.channel, select, wire.number & 0x7f),
        control(wire.channel, 6, wire.bits === 14 ? coarse : fine),
      ]
      return wire.bits === 14 ? [...chosen, control(wire.channel, 38, fine)] : chosen
    }
    case 'pitchBend':
      return [Uint8Array.of(0xe0 | wire.channel, fine, coarse)]
    case 'program':
      return [Uint8Array.of(0xc0 | wire.channel, wire.number)]
    case 'channelPressure':
      return [Uint8Array.of(0xd0 | wire.channel, fine)]
    case 'polyPressure':
      return [Uint8Array.of(0xa0 | wire.channel, wire.number, fine)]
    case 'sysex': {
      const bytes = Uint8Array.from(wire.bytes)
      if (wire.valueAt >= 0) bytes[wire.valueAt] = fine
      return [bytes]
    }
  }
}

const control = (channel: number, number: number, value: number): Uint8Array => Uint8Array.of(0xb0 | channel, number, value)
