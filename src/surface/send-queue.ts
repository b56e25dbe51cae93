// What waits to go out on one port: the most urgent first, the latest of each key, never faster than the hardware takes it.
import type { Message, Urgency } from './driver.js'

interface Waiting {
  readonly bytes: Uint8Array
  readonly sinceMs: number
}

const order: readonly Urgency[] = ['motor', 'light', 'text', 'meter']

/** One key goes out no more often than this: more can't be seen, and would take the place of others. */
const gapMs: Readonly<Record<Urgency, number>> = { motor: 10, light: 0, text: 30, meter: 40 }

/** What has waited longer than this has every fourth place, whatever is more urgent, so that nothing starves. */
const patienceMs = 250
const fairEvery = 4

/** What a port takes at once while it was idle, in time and at least in bytes. */
const burstMs = 20
const leastBurstBytes = 64

/** The clocks of the two ends differ, and what falls behind by a byte a second overruns in the end. */
const usedOfRate = 0.97

/** ALSA loses SysEx of 6000 bytes and more without a word. */
export const longestMessageBytes = 4096

export class SendQueue {
  /** Messages that were refused because no port would carry them. */
  refused = 0
  private readonly first: Uint8Array[] = []
  private readonly waiting: Readonly<Record<Urgency, Map<string, Waiting>>> = {
    motor: new Map(),
    light: new Map(),
    text: new Map(),
    meter: new Map(),
  }
  private readonly sentMs = new Map<string, number>()
  private readonly burstBytes: number
  private tokens: number
  private nowMs = Number.NEGATIVE_INFINITY
  private sinceFair = 0

  constructor(private readonly bytesASecond: number) {
    this.burstBytes = Math.max(leastBurstBytes, (bytesASecond * burstMs) / 1000)
    this.tokens = this.burstBytes
  }

  /** Ahead of everything, in this order. */
  putFirst(messages: readonly Message[]): void {
    for (const { bytes } of messages) if (this.fits(bytes)) this.first.push(bytes)
  }

  /** Takes the place of a message of the same key that still waits. */
  put({ key, urgency, bytes }: Message): void {
    if (!this.fits(bytes)) return
    const before = this.waiting[urgency].get(key)
    this.waiting[urgency].set(key, { bytes, sinceMs: before?.sinceMs ?? this.nowMs })
  }

  has(key: string): boolean {
    return order.some((urgency) => this.waiting[urgency].has(key))
  }

  drop(key: string): void {
    for (const urgency of order) this.waiting[urgency].delete(key)
  }

  clear(): void {
    this.first.length = 0
    for (const urgency of order) this.waiting[urgency].clear()
  }

  get waitingBytes(): number {
    let bytes = this.first.reduce((sum, message) => sum + message.length, 0)
    for (const urgency of order) for (const message of this.waiting[urgency].values()) bytes += message.bytes.length
    return bytes
  }

  lastSentMs(key: string): number {
    return this.sentMs.get(key) ?? Number.NEGATIVE_INFINITY
  }

  /** What may go out now. `onSent` is told each key with its bytes. Keys that `isHeld` stay. */
  take(nowMs: number, isHeld: (key: string) => boolean, onSent: (key: string, bytes: Uint8Array) => void): Uint8Array[] {
    if (Number.isFinite(this.nowMs)) this.refill(nowMs - this.nowMs)
    this.nowMs = nowMs
    const out: Uint8Array[] = []
    while (this.first.length > 0 && this.pay(this.first[0]!)) out.push(this.first.shift()!)
    if (this.first.length > 0) return out
    for (;;) {
      const next = this.next(nowMs, isHeld)
      if (next === undefined || !this.pay(next.bytes)) return out
      this.waiting[next.urgency].delete(next.key)
      this.sentMs.set(next.key, nowMs)
      this.sinceFair = next.isFair ? 0 : this.sinceFair + 1
      onSent(next.key, next.bytes)
      out.push(next.bytes)
    }
  }

  private next(nowMs: number, isHeld: (key: string) => boolean): (Message & { readonly isFair: boolean }) | undefined {
    let urgent: (Message & { sinceMs: number }) | undefined
    let oldest: (Message & { sinceMs: number }) | undefined
    for (const urgency of order) {
      for (const [key, { bytes, sinceMs }] of this.waiting[urgency]) {
        if (isHeld(key) || nowMs - this.lastSentMs(key) < gapMs[urgency]) continue
        const message = { key, urgency, bytes, sinceMs: Math.max(sinceMs, this.lastSentMs(key)) }
        urgent ??= message
        if (oldest === undefined || message.sinceMs < oldest.sinceMs) oldest = message
        break
      }
    }
    if (urgent === undefined || oldest === undefined) return undefined
    const isFair = this.sinceFair + 1 >= fairEvery && nowMs - oldest.sinceMs > patienceMs
    return { ...(isFair ? oldest : urgent), isFair }
  }

  private fits(bytes: Uint8Array): boolean {
    if (bytes.length <= longestMessageBytes) return true
    this.refused++
    return false
  }

  private refill(passedMs: number): void {
    this.tokens = Math.min(this.burstBytes, this.tokens + (Math.max(0, passedMs) * this.bytesASecond * usedOfRate) / 1000)
  }

  /** A message longer than a burst goes out when the port is idle, and what follows waits for it. */
  private pay(bytes: Uint8Array): boolean {
    if (this.tokens < Math.min(bytes.length, this.burstBytes)) return false
    this.tokens -= bytes.length
    return true
  }
}
