// The one producer of the event ring: parameter changes and actions on their way to the engine. It never blocks.
import type { Region } from './region.js'
import { actionBase, actions, eventBytes, eventCapacity, eventReadSlot, eventWriteSlot, headerFields } from './shared-layout.js'

export type Action = keyof typeof actions

export interface RingEvent {
  readonly target: number
  readonly value: number
  /** Engine frame from which it holds; 0 for at once. */
  readonly frame: number
}

/**
 * Indices run freely as 32-bit integers; the slot is the index modulo the capacity. The write index is published after the event.
 * What finds no room waits here, the newest value of each parameter alone, and goes out with the next push or `drain`.
 */
export class EventRing {
  /** Changes that were replaced by a newer one before they found room. */
  coalesced = 0
  private actionCount = 0
  private readonly waiting = new Map<number, RingEvent>()
  private readonly firstByte: number

  constructor(private readonly region: Pick<Region, 'int32' | 'float64'>) {
    this.firstByte = region.int32[headerFields.indexOf('eventsOffset')]!
  }

  set(paramIndex: number, value: number, frame = 0): void {
    this.push(paramIndex, { target: paramIndex, value, frame })
  }

  /** Actions are never coalesced: each has a key of its own among the waiting. */
  act(action: Action, value = 0, frame = 0): void {
    this.actionCount++
    this.push(-this.actionCount, { target: actionBase + actions[action], value, frame })
  }

  /** Events that wait for room. */
  get waitingCount(): number {
    return this.waiting.size
  }

  /** True once the engine has applied everything in the ring. */
  get isEmpty(): boolean {
    return this.used() === 0
  }

  /** Sends what waits, as far as there is room. */
  drain(): void {
    for (const [key, event] of this.waiting) {
      if (this.used() >= eventCapacity) return
      this.write(event)
      this.waiting.delete(key)
    }
  }

  /** What is in the ring and not applied yet: a new control lays it over the value table. */
  unapplied(): RingEvent[] {
    const read = Atomics.load(this.region.int32, eventReadSlot)
    return Array.from({ length: this.used() }, (_, i) => this.readAt((read + i) | 0))
  }

  private push(key: number, event: RingEvent): void {
    this.drain()
    if (this.waiting.size === 0 && this.used() < eventCapacity) this.write(event)
    else {
      if (this.waiting.delete(key)) this.coalesced++
      this.waiting.set(key, event)
    }
  }

  private used(): number {
    return (Atomics.load(this.region.int32, eventWriteSlot) - Atomics.load(this.region.int32, eventReadSlot)) | 0
  }

  private byteOf(index: number): number {
    return this.firstByte + (index & (eventCapacity - 1)) * eventBytes
  }

  private write(event: RingEvent): void {
    const { int32, float64 } = this.region
    const index = Atomics.load(int32, eventWriteSlot)
    const byte = this.byteOf(index)
    int32[byte / 4] = event.target
    float64[byte / 8 + 1] = event.value
    float64[byte / 8 + 2] = event.frame
    Atomics.store(int32, eventWriteSlot, (index + 1) | 0)
  }

  private readAt(index: number): RingEvent {
    const byte = this.byteOf(index)
    const { int32, float64 } = this.region
    return { target: int32[byte / 4]!, value: float64[byte / 8 + 1]!, frame: float64[byte / 8 + 2]! }
  }
}
