// What one tablet shows, and what it was told of it: the difference is what it hears next.
import { valueText } from '../params/display-text.js'
import { type Entry, isMeter, isText, type Meter } from '../params/registry.js'
import { meterValue, normOfMeter, normOfValue } from '../params/value.js'
import { encodeCurrent, type View, viewedAddress } from './address-space.js'
import type { OscArg } from './decode.js'
import type { DeskPort } from './desk-port.js'
import { encodeNumber } from './encode.js'

/** An entry under one of its views. */
export interface Shown {
  readonly entry: Entry
  readonly view: View
}

const viewPace = {
  /** Messages at once: a thousand strips' state is spread over a second. */
  messages: 250,
  /** Meters looked at each time; where there are more they take turns. */
  meters: 64,
  /** What a tablet says itself it is not told until it has been still for this long, and then only if the desk differs. */
  holdMs: 300,
  /** Everything is told once in this time, changed or not: datagrams get lost. */
  sweepMs: 20_000,
  /** Times a second that words of a meter change: nobody reads faster. */
  meterWordsMs: 200,
} as const

/** Digital silence is −inf, which not every app can draw. */
const quietestDb = -150

type Told = number | string | undefined

interface Item extends Shown {
  told: Told
  toldMs: number
  saidMs: number
  isWaiting: boolean
}

export class TabletView {
  private readonly byEntry = new Map<Entry, Item[]>()
  private readonly meters: Item[] = []
  private readonly states: Item[] = []
  /** States that may differ from what was told, in order. */
  private waiting: Item[] = []
  private nextMeter = 0
  private nextSwept = 0
  /** Of the sweep. */
  private owed = 0
  private lastMs: number | undefined

  constructor(
    private readonly desk: DeskPort,
    shown: readonly Shown[],
  ) {
    for (const { entry, view } of shown) {
      const item: Item = {
        entry,
        view,
        told: undefined,
        toldMs: Number.NEGATIVE_INFINITY,
        saidMs: Number.NEGATIVE_INFINITY,
        isWaiting: false,
      }
      this.byEntry.set(entry, [...(this.byEntry.get(entry) ?? []), item])
      ;(isMeter(entry) ? this.meters : this.states).push(item)
    }
    this.tellAll()
  }

  /** It knows nothing yet, or no more. */
  tellAll(): void {
    for (const item of [...this.states, ...this.meters]) item.told = undefined
    for (const item of this.states) this.wait(item)
  }

  changed(entry: Entry): void {
    for (const item of this.byEntry.get(entry) ?? []) this.wait(item)
  }

  /** The tablet said what it shows there. */
  wasSaid({ entry, view }: Shown, arg: OscArg, nowMs: number): void {
    const item = this.byEntry.get(entry)?.find((one) => one.view === view)
    if (!item || isMeter(entry)) return
    item.saidMs = nowMs
    item.told = typeof arg === 'number' || typeof arg === 'string' ? arg : typeof arg === 'boolean' ? Number(arg) : undefined
    // Looked at when it has been still: it may have been refused, or set to the nearest that there is.
    this.wait(item)
  }

  /** Messages to send now. Call it every 50 ms. */
  take(nowMs: number): Uint8Array[] {
    const sinceMs = Math.min(1000, nowMs - (this.lastMs ?? nowMs))
    this.lastMs = nowMs
    return [...this.takeStates(nowMs), ...this.takeSwept(nowMs, sinceMs), ...this.takeMeters(nowMs)]
  }

  private *takeStates(nowMs: number): Generator<Uint8Array> {
    const held: Item[] = []
    let sent = 0
    let at = 0
    for (; at < this.waiting.length && sent < viewPace.messages; at++) {
      const item = this.waiting[at]!
      if (nowMs - item.saidMs < viewPace.holdMs) {
        held.push(item)
        continue
      }
      item.isWaiting = false
      if (same(item.told, this.current(item))) continue
      sent++
      yield this.tell(item, nowMs)
    }
    this.waiting = [...held, ...this.waiting.slice(at)]
  }

  private *takeSwept(nowMs: number, sinceMs: number): Generator<Uint8Array> {
    for (this.owed += (this.states.length * sinceMs) / viewPace.sweepMs; this.owed >= 1; this.owed--) {
      const item = this.states[this.nextSwept]!
      this.nextSwept = (this.nextSwept + 1) % this.states.length
      if (!item.isWaiting) yield this.tell(item, nowMs)
    }
  }

  private *takeMeters(nowMs: number): Generator<Uint8Array> {
    for (let i = Math.min(viewPace.meters, this.meters.length); i > 0; i--) {
      const item = this.meters[this.nextMeter % this.meters.length]!
      this.nextMeter = (this.nextMeter + 1) % this.meters.length
      if (item.view === 'text' && nowMs - item.toldMs < viewPace.meterWordsMs) continue
      const value = this.current(item)
      // Lost ones heal too.
      const isOld = nowMs - item.toldMs > viewPace.sweepMs
      if (isOld || !near(item.told, value, meterStep(item))) yield this.tell(item, nowMs)
    }
  }

  private tell(item: Item, nowMs: number): Uint8Array {
    item.told = this.current(item)
    item.toldMs = nowMs
    if (isMeter(item.entry) && typeof item.told === 'number')
      return encodeNumber(viewedAddress(item.entry, item.view), 'f', item.told)
    return encodeCurrent(this.desk, item.entry, item.view)
  }

  private wait(item: Item): void {
    if (item.isWaiting) return
    item.isWaiting = true
    this.waiting.push(item)
  }

  private current({ entry, view }: Item): number | string {
    if (isText(entry)) return this.desk.store.text(entry)
    const value = isMeter(entry) ? meterValue(entry, this.desk.meter(entry.index)) : this.desk.store.value(entry)
    if (view === 'text') return valueText(entry, value)
    if (isMeter(entry)) return view === 'norm' ? (normOfMeter(entry, value) ?? 0) : value > quietestDb ? value : quietestDb
    return view === 'norm' ? normOfValue(entry, value) : value
  }
}

/** A change of a meter that is worth a message: a fifth of a dB, a 300th of a scale. */
const meterStep = ({ entry, view }: Item): number => (view === 'norm' ? 1 / 300 : (entry as Meter).spec.unit === '' ? 0.01 : 0.2)

/** To the last digit that a 32-bit float makes sure of. */
const same = (told: Told, value: number | string): boolean =>
  near(told, value, typeof value === 'number' && Number.isFinite(value) ? 1e-6 * Math.max(1, Math.abs(value)) : 0)

const near = (told: Told, value: number | string, apart: number): boolean =>
  told === value || (typeof told === 'number' && typeof value === 'number' && Math.abs(told - value) <= apart)
