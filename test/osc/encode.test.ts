import OSC from 'osc-js'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/osc/decode.js'
import { encodeBundle, encodeMessage, encodeNumber } from '../../src/osc/encode.js'

/** osc-js as the other party: it reads one message from an exact copy. */
const readByOscJs = (bytes: Uint8Array): { address: string; types: string; args: unknown[] } => {
  const packet = new (OSC as unknown as { Packet: new () => { unpack(view: DataView): void; value: never } }).Packet()
  packet.unpack(new DataView(Uint8Array.from(bytes).buffer))
  return packet.value
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('encodeMessage', () => {
  it('writes /strip/1/faderDb ,f −10 as 28 known bytes', () => {
    const bytes = encodeMessage('/strip/1/faderDb', [{ type: 'f', value: -10 }])
    expect(hex(bytes)).toBe('2f73747269702f312f66616465724462000000002c660000c1200000')
  })

  it('writes Ü as the two bytes c3 9c, padded to 4', () => {
    expect(hex(encodeMessage('/a', [{ type: 's', value: 'Üb' }]))).toBe('2f6100002c730000c39c6200')
  })

  it.each(['', 'Kick', 'Gitarre – Süß', '鼓', '🥁🎚', 'a\u0301'])('brings the text %j there and back', (value) => {
    expect(decode(encodeMessage('/a', [{ type: 's', value }]))).toEqual({ address: '/a', args: [value] })
  })

  it('writes spaces for NULs, which would end a text', () => {
    expect(decode(encodeMessage('/a', [{ type: 's', value: 'a\0b' }]))).toEqual({ address: '/a', args: ['a b'] })
  })

  it('is read by osc-js as what was meant', () => {
    const read = readByOscJs(
      encodeMessage('/subscribe', [
        { type: 's', value: '/strip/*/pan' },
        { type: 'i', value: 20 },
        { type: 'd', value: -0.1 },
        { type: 'F', value: false },
      ]),
    )
    expect(read).toMatchObject({ address: '/subscribe', types: ',sidF', args: ['/strip/*/pan', 20, -0.1, false] })
  })
})

describe('encodeNumber', () => {
  it.each([
    ['/a', 'f', 0.5],
    ['/ab', 'f', Number.NEGATIVE_INFINITY],
    ['/abc', 'i', -2147483648],
    ['/strip/12/meter/peakDb', 'f', -6.25],
  ] as const)('writes %s ,%s %d as osc-js does', (address, type, value) => {
    const bytes = encodeNumber(address, type, value)
    expect(hex(bytes)).toBe(hex(encodeMessage(address, [{ type, value }])))
    expect(readByOscJs(bytes)).toMatchObject({ address, types: `,${type}`, args: [value] })
  })
})

describe('encodeBundle', () => {
  it('writes head, time and sizes as known bytes', () => {
    expect(hex(encodeBundle([encodeNumber('/a', 'i', 1)], 0x0102_0304_0506_0708n))).toBe(
      '2362756e646c650001020304050607080000000c2f6100002c69000000000001',
    )
  })

  it('is read by osc-js message for message', () => {
    const read = readByOscJs(
      encodeBundle([encodeNumber('/a', 'i', 1), encodeMessage('/b', [{ type: 's', value: 'x' }])]),
    ) as unknown as {
      bundleElements: { address: string; args: unknown[] }[]
    }
    expect(read.bundleElements.map(({ address, args }) => [address, ...args])).toEqual([
      ['/a', 1],
      ['/b', 'x'],
    ])
  })
})
