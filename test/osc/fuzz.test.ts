import { expect, it } from 'vitest'
import { decode } from '../../src/osc/decode.js'
import { fuzzPackets, randomOf } from '../soak/fuzz-packets.mjs'
import { registry, testServer } from './desk.js'

/** `npm run soak` sends a million to a desk that runs. */
const packets = 50_000

it(`lives through ${packets} random and mutated packets with every value in its range`, async () => {
  const random = randomOf(20250601)
  const whole = (below: number): number => Math.floor(random() * below)
  const addresses = [...registry.byId.values()].map((entry) => entry.address)
  const commands = ['/subscribe', '/unsubscribe', '/info', '/status', '/transport/locate', '/transport/record', '/meters/reset']
  const aPacket: () => Uint8Array = fuzzPackets(random, addresses, commands)

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
