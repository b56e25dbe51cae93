// How endless encoders say by how many ticks they were turned, in 7 bits.

/**
 * - `twosComplement`: 1…63 up, 127…64 down
 * - `signBit`: bit 6 set is down (Mackie); a bare sign counts as one tick
 * - `signBit2`: bit 6 set is up (X-Touch in plain MIDI: 65 up, 1 down)
 * - `binaryOffset`: 64 stands still, 65 up, 63 down
 */
export type RelativeEncoding = 'twosComplement' | 'signBit' | 'signBit2' | 'binaryOffset'

export const relativeEncodings: readonly RelativeEncoding[] = ['twosComplement', 'signBit', 'signBit2', 'binaryOffset']

const magnitude = (value: number): number => Math.max(1, value & 0x3f)

/** Ticks of a byte, clockwise above 0. */
export const ticksOf: Record<RelativeEncoding, (value: number) => number> = {
  twosComplement: (value) => (value < 64 ? value : value - 128),
  signBit: (value) => (value & 0x40 ? -magnitude(value) : magnitude(value)),
  signBit2: (value) => (value & 0x40 ? magnitude(value) : -magnitude(value)),
  binaryOffset: (value) => value - 64,
}

/** The byte that says so many ticks; more than 63 do not fit into one. */
export const byteOfTicks = (encoding: RelativeEncoding, ticks: number): number => {
  const bounded = Math.max(-63, Math.min(63, ticks))
  const size = Math.abs(bounded)
  switch (encoding) {
    case 'twosComplement':
      return bounded & 0x7f
    case 'signBit':
      return bounded < 0 ? 0x40 | size : size
    case 'signBit2':
      return bounded > 0 ? 0x40 | size : size
    case 'binaryOffset':
      return bounded + 64
  }
}
