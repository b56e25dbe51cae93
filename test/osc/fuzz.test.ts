import { expect, it } from 'vitest'
import { decode } from '../../src/osc/decode.js'
import { encodeBundle, encodeMessage, type TypedArg } from '../../src/osc/encode.js'
import { registry, testServer } from './desk.js'

/** Mulberry32, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const packets = 20_000

it(`lives through ${packets} random and mutated packets with every value in its range`, async () => {
  const random = randomOf(20250601)
  const whole = (below: number): number => Math.floor(random() * below)
  const pick = <T>(items: readonly T[]): T => items[whole(items.length)] as T
  const addresses = [...registry.byId.values()].map((entry) => entry.address)
  const commands = ['/subscribe', '/unsubscribe', '/info', '/status', '/transport/locate', '/transport/record', '/meters/reset']
  const patterns = [
    '/*/*/*',
    '/strip/*/*',
    '/{*}+!',
    '/*a*a*a*a*b',
    '/strip/[!1-3]/{mute,pan}',
    '/norm/*/*/faderDb',
    '/strip/[',
    '/*/*/*/*/*/*',
  ]
  const values = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1e38, -1e38, 0, 1, -0.5, 3]

  const anAddress = (): string =>
    pick([() => pick(addresses), () => `/norm${pick(addresses)}`, () => pick(commands), () => pick(patterns)])()
  const anArg = (): TypedArg =>
    pick<() => TypedArg>([
      () => ({ type: 'f', value: pick(values) }),
      () => ({ type: 'd', value: pick(values) }),
      () => ({ type: 'i', value: whole(2 ** 31) }),
      () => ({ type: 's', value: pick(['', 'on', '-inf', 'ü\u0007\ud800', ...patterns]) }),
      () => ({ type: 'T', value: true }),
    ])()
  const aMessage = (): Uint8Array => encodeMessage(anAddress(), Array.from({ length: whole(3) }, anArg))
  const tags = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]
  const aBundle = (): Uint8Array =>
    encodeBundle(
      Array.from({ length: whole(6) }, () => (random() < 0.2 ? aBundle() : aMessage())),
      pick(tags),
    )
  const mutated = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes)
    for (let i = whole(4); i >= 0 && copy.length > 0; i--) copy[whole(copy.length)] = whole(256)
    return random() < 0.2 ? copy.subarray(0, whole(copy.length / 4 + 1) * 4) : copy
  }
  const noise = (): Uint8Array => Uint8Array.from({ length: whole(40) * 4 }, () => whole(256))
  const aPacket = (): Uint8Array => pick([aMessage, aBundle, () => mutated(aMessage()), () => mutated(aBundle()), noise])()

  const { receive, idle, store, server } = testServer()
  let malformed = 0
  for (let i = 0; i < packets; i++) {
    const bytes = aPacket()
    if (typeof decode(bytes) === 'string') malformed++
    receive(bytes, { address: '127.0.0.1', port: 40_000 + whole(50) })
    if (i % 500 === 0) await idle()
  }
  await idle()
  server.close()
  expect(server.counts).toMatchObject({ datagrams: packets, dropped: 0, malformed })
  expect(malformed).toBeGreaterThan(packets / 10)
  expect(malformed).toBeLessThan(packets / 2)
  for (const param of registry.params) {
    const value = store.value(param)
    expect(value >= Math.fround(param.min) && value <= Math.fround(param.max), `${param.id} is ${value}`).toBe(true)
    if (param.spec.kind !== 'number') expect(Number.isInteger(value), `${param.id} is ${value}`).toBe(true)
  }
  for (const text of registry.texts) expect(Buffer.byteLength(store.text(text))).toBeLessThanOrEqual(63)
})
