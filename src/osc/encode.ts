// OSC messages and bundles → bytes.
import OSC from 'osc-js'

export interface TypedArg {
  readonly type: 'f' | 'd' | 'i' | 's' | 'T' | 'F'
  readonly value: number | string | boolean
}

/** The largest payload of a UDP datagram over IPv4. */
export const datagramBytes = 65507

export const atOnce = 1n

/** One message, built by osc-js. Texts may hold any character but NUL. */
export function encodeMessage(address: string, args: readonly TypedArg[] = []): Uint8Array {
  return new OSC.TypedMessage(utf8Units(address), args.map(withUtf8Units)).pack()
}

// osc-js writes the low byte of every UTF-16 unit. Given one unit for each UTF-8 byte, what it writes is UTF-8.
const utf8Units = (text: string): string => Buffer.from(text.replaceAll('\0', ' '), 'utf8').toString('latin1')

const withUtf8Units = (arg: TypedArg): TypedArg =>
  typeof arg.value === 'string' ? { type: arg.type, value: utf8Units(arg.value) } : arg

/**
 * One number under an ASCII address. Own bytes, as this is the bulk of what a desk sends (meters, answers to patterns):
 * osc-js builds some 150,000 messages a second, this some millions.
 */
export function encodeNumber(address: string, type: 'f' | 'i', value: number): Uint8Array {
  const head = (address.length + 4) & ~3
  const bytes = Buffer.alloc(head + 8)
  bytes.write(address, 'latin1')
  bytes.writeUInt32BE(type === 'f' ? 0x2c660000 : 0x2c690000, head)
  if (type === 'f') bytes.writeFloatBE(value, head + 4)
  else bytes.writeInt32BE(value, head + 4)
  return bytes
}

/** A bundle of encoded messages or bundles. Own bytes: osc-js rounds time tags to seconds. `timetag` is 64-bit NTP. */
export function encodeBundle(elements: readonly Uint8Array[], timetag: bigint = atOnce): Uint8Array {
  const head = Buffer.from('#bundle\0________')
  head.writeBigUInt64BE(timetag, 8)
  const parts: Uint8Array[] = [head]
  for (const element of elements) {
    const size = Buffer.alloc(4)
    size.writeInt32BE(element.length)
    parts.push(size, element)
  }
  return Buffer.concat(parts)
}
