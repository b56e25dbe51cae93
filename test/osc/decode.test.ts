import OSC from 'osc-js'
import { describe, expect, it } from 'vitest'
import { claimedMessages, decode, type OscArg, packetLimits } from '../../src/osc/decode.js'
import { encodeBundle, encodeMessage } from '../../src/osc/encode.js'

/** Bytes from text, where `_` is a zero byte and `\x..` any other. */
const golden = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part.replaceAll('_', '\0'), 'latin1') : Buffer.from(part))),
  )

const argsOf = (bytes: Uint8Array): readonly OscArg[] => {
  const packet = decode(bytes)
  if (typeof packet === 'string' || 'elements' in packet) throw new Error(String(packet))
  return packet.args
}

describe('decode', () => {
  it('reads −10 as float, int, double and 64-bit int', () => {
    expect(decode(golden('/strip/1/faderDb____', ',f__', [0xc1, 0x20, 0, 0]))).toEqual({
      address: '/strip/1/faderDb',
      args: [-10],
    })
    expect(argsOf(golden('/a__', ',i__', [0xff, 0xff, 0xff, 0xf6]))).toEqual([-10])
    expect(argsOf(golden('/a__', ',d__', [0xc0, 0x24, 0, 0, 0, 0, 0, 0]))).toEqual([-10])
    expect(argsOf(golden('/a__', ',h__', [255, 255, 255, 255, 255, 255, 255, 0xf6]))).toEqual([-10])
  })

  it('reads −inf and NaN as they are', () => {
    expect(argsOf(golden('/a__', ',ff_', [0xff, 0x80, 0, 0], [0x7f, 0xc0, 0, 0]))).toEqual([Number.NEGATIVE_INFINITY, Number.NaN])
  })

  it('reads T F N I without bytes, c m r b t with theirs', () => {
    expect(argsOf(golden('/a__', ',TFNI___'))).toEqual([true, false, null, Number.POSITIVE_INFINITY])
    const args = argsOf(
      golden(
        '/a__',
        ',cmrbt__',
        [0, 0, 0, 0x41],
        [0, 0x90, 60, 100],
        [1, 2, 3, 4],
        [0, 0, 0, 3, 7, 8, 9, 0],
        [0, 0, 0, 0, 0, 0, 1, 0],
      ),
    )
    expect(args).toEqual(['A', Uint8Array.of(0, 0x90, 60, 100), Uint8Array.of(1, 2, 3, 4), Uint8Array.of(7, 8, 9), 256n])
  })

  it('reads texts as UTF-8', () => {
    const bytes = golden('/a__', ',sS_', [0xc3, 0x9c, 0x62, 0x65, 0x72, 0, 0, 0], 'abc_')
    expect(argsOf(bytes)).toEqual(['Über', 'abc'])
  })

  it('flattens arrays and refuses those without their other half', () => {
    expect(argsOf(golden('/a__', ',[TF]T__'))).toEqual([true, false, true])
    expect(decode(golden('/a__', ',[T_'))).toMatch(/array/)
    expect(decode(golden('/a__', ',T]_'))).toMatch(/array/)
  })

  it('takes a message without type tags as one without arguments', () => {
    expect(decode(golden('/info___'))).toEqual({ address: '/info', args: [] })
    expect(decode(golden('/info___', ',___'))).toEqual({ address: '/info', args: [] })
  })

  it('honours the byteOffset of a view into a pool', () => {
    const pool = new Uint8Array(64).fill(0x58)
    pool.set(golden('/a__', ',i__', [0, 0, 0, 7]), 13)
    expect(argsOf(pool.subarray(13, 25))).toEqual([7])
  })

  it('reads nested bundles with 64 bits of time', () => {
    const inner = encodeBundle([encodeMessage('/b')], 0xed00_0000_8000_0001n)
    expect(decode(encodeBundle([encodeMessage('/a'), inner, encodeMessage('/c')]))).toEqual({
      timetag: 1n,
      elements: [
        { address: '/a', args: [] },
        { timetag: 0xed00_0000_8000_0001n, elements: [{ address: '/b', args: [] }] },
        { address: '/c', args: [] },
      ],
    })
  })

  it('stops at 8 levels of bundles', () => {
    const nested = (levels: number): Uint8Array => (levels === 0 ? encodeMessage('/a') : encodeBundle([nested(levels - 1)]))
    expect(typeof decode(nested(8))).toBe('object')
    expect(decode(nested(9))).toMatch(/deeper than 8/)
  })

  it('stops at 64 arguments, 256 characters of address, 4096 elements, 65535 bytes', () => {
    expect(argsOf(golden('/a__', `,${'T'.repeat(64)}___`))).toHaveLength(64)
    expect(decode(golden('/a__', `,${'T'.repeat(65)}__`))).toMatch(/64 arguments/)
    expect(typeof decode(golden(`/${'a'.repeat(255)}____`))).toBe('object')
    expect(decode(golden(`/${'a'.repeat(256)}___`))).toMatch(/256 characters/)
    const small = golden('/a__')
    expect(typeof decode(encodeBundle(Array(packetLimits.elements - 1).fill(small)))).toBe('object')
    expect(decode(encodeBundle(Array(packetLimits.elements).fill(small)))).toMatch(/4096 elements/)
    expect(decode(Buffer.alloc(65536))).toMatch(/65535/)
  })

  it.each([
    ['nothing', golden('')],
    ['a length that is no multiple of 4', golden('/a_')],
    ['no slash', golden('abc_')],
    ['an address without an end', golden('/abc')],
    ['type tags without an end', golden('/a__', ',fff')],
    ['an unknown tag', golden('/a__', ',q__')],
    ['a float cut off', golden('/a__', ',ff_', [0, 0, 0, 0])],
    ['a text without an end', golden('/a__', ',s__', 'abcd')],
    ['a blob of −1 bytes', golden('/a__', ',b__', [255, 255, 255, 255])],
    ['a blob longer than the rest', golden('/a__', ',b__', [0, 0, 0, 5, 1, 2, 3, 4])],
    ['a character outside Unicode', golden('/a__', ',c__', [0, 0x11, 0, 0])],
    ['a bundle without time', golden('#bundle_')],
    ['a broken bundle head', golden('#bungle_', [0, 0, 0, 0, 0, 0, 0, 1])],
    ['an element of 0 bytes', golden('#bundle_', [0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0])],
    ['an element of −4 bytes', golden('#bundle_', [0, 0, 0, 0, 0, 0, 0, 1], [255, 255, 255, 252])],
    ['an element longer than its bundle', golden('#bundle_', [0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 8], '/a__')],
    ['an element of 6 bytes', golden('#bundle_', [0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 6], '/a______')],
  ])('gives a reason for %s', (_, bytes) => {
    expect(decode(bytes)).toEqual(expect.any(String))
  })

  it('does not let an element read into its neighbour', () => {
    const cut = golden('/a__', ',f__')
    expect(decode(encodeBundle([cut, golden('/b__')]))).toMatch(/end before/)
  })

  it('reads what osc-js writes', () => {
    const message = new OSC.TypedMessage('/strip/1/name', [
      { type: 's', value: 'Kick' },
      { type: 'i', value: -5 },
      { type: 'f', value: 0.25 },
      { type: 'd', value: 0.1 },
      { type: 'T', value: true },
    ])
    expect(decode(message.pack())).toEqual({ address: '/strip/1/name', args: ['Kick', -5, 0.25, 0.1, true] })
  })
})

describe('claimedMessages', () => {
  it('counts 1 for a message and every message of nested bundles', () => {
    const message = encodeMessage('/a')
    expect(claimedMessages(message)).toBe(1)
    expect(claimedMessages(encodeBundle([message, encodeBundle([message, message]), message]))).toBe(4)
  })
})
