// The producer's side of the event ring: order, wrap-around, what happens when it is full.
import { describe, expect, it } from 'vitest'
import { EventRing } from '../../src/engine/event-ring.js'
import { actionBase, actions, eventCapacity, eventReadSlot, eventWriteSlot } from '../../src/engine/shared-layout.js'
import { consume, memoryRegion } from '../fixtures/memory-region.js'

describe('the event ring', () => {
  it('holds parameter, value and frame of 3 events in order', () => {
    const region = memoryRegion()
    const ring = new EventRing(region)
    ring.set(7, -5)
    ring.set(8, Number.NEGATIVE_INFINITY, 4800)
    ring.act('locate', 96000)
    expect(ring.unapplied()).toEqual([
      { target: 7, value: -5, frame: 0 },
      { target: 8, value: Number.NEGATIVE_INFINITY, frame: 4800 },
      { target: actionBase + actions.locate, value: 96000, frame: 0 },
    ])
    consume(region, 2)
    expect(ring.unapplied()).toHaveLength(1)
    expect(ring.isEmpty).toBe(false)
  })

  it('takes 16384 events, then keeps the newest value of each parameter and counts the rest', () => {
    const region = memoryRegion()
    const ring = new EventRing(region)
    for (let i = 0; i < eventCapacity; i++) ring.set(1, i)
    expect(ring.waitingCount).toBe(0)
    for (let i = 0; i < 1000; i++) ring.set(i % 10, i)
    expect(ring.waitingCount).toBe(10)
    expect(ring.coalesced).toBe(990)
    consume(region, eventCapacity)
    ring.drain()
    expect(ring.waitingCount).toBe(0)
    expect(ring.unapplied().map(({ target, value }) => [target, value])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i, 990 + i]),
    )
  })

  it('never coalesces actions', () => {
    const region = memoryRegion()
    const ring = new EventRing(region)
    for (let i = 0; i < eventCapacity; i++) ring.set(1, i)
    ring.act('locate', 1)
    ring.act('locate', 2)
    ring.act('play')
    expect(ring.waitingCount).toBe(3)
    expect(ring.coalesced).toBe(0)
  })

  it('sends what waits before what is new, one by one as room appears', () => {
    const region = memoryRegion()
    const ring = new EventRing(region)
    for (let i = 0; i <= eventCapacity; i++) ring.set(i === eventCapacity ? 5 : 1, i)
    consume(region, 1)
    ring.set(6, 60)
    const events = ring.unapplied()
    expect(events.at(-1)).toMatchObject({ target: 5 })
    expect(ring.waitingCount).toBe(1)
  })

  it('goes on over the end of 32-bit indices', () => {
    const region = memoryRegion()
    Atomics.store(region.int32, eventWriteSlot, 0x7ffffffe)
    Atomics.store(region.int32, eventReadSlot, 0x7ffffffe)
    const ring = new EventRing(region)
    for (let i = 0; i < 5; i++) ring.set(i, i * 10)
    expect(Atomics.load(region.int32, eventWriteSlot)).toBe(-0x80000000 + 3)
    expect(ring.unapplied().map(({ value }) => value)).toEqual([0, 10, 20, 30, 40])
    consume(region, 5)
    expect(ring.isEmpty).toBe(true)
  })

  it('holds 100,000 random sets against a slow engine without losing a last value', () => {
    const region = memoryRegion()
    const ring = new EventRing(region)
    const wanted = new Float64Array(50)
    const engine = new Float64Array(50)
    const take = (count: number): void => {
      const events = ring.unapplied().slice(0, count)
      for (const { target, value } of events) engine[target] = value
      consume(region, events.length)
    }
    for (let i = 0; i < 100_000; i++) {
      const target = (i * 7919) % 50
      wanted[target] = i
      ring.set(target, i)
      if (i % 5000 === 0) take(3000)
    }
    while (!ring.isEmpty || ring.waitingCount > 0) {
      take(eventCapacity)
      ring.drain()
    }
    expect(engine).toEqual(wanted)
    expect(ring.coalesced).toBeGreaterThan(0)
  })
})
