// Work in slices, so that nothing holds the event loop: first come first served for each lane, the lanes in turn. What comes
// in goes before what subscribers are told, so that a move waits for no meters; but each slice tells something.
import { log } from '../log.js'

/** Does its work at once and gives undefined, or gives an iterator that does it step by step. A step is far below a millisecond. */
export type Job = () => Iterator<unknown> | undefined

interface Item {
  readonly job: Job
  readonly messages: number
  readonly bytes: number
  running?: Iterator<unknown>
}

interface Lane {
  readonly id: string
  readonly items: Fifo<Item>
}

export const queueLimits = { messages: 100_000, bytes: 32 * 2 ** 20 } as const

/** After this no further job is begun in a slice … */
const sliceMs = 1
/** … and after this the running one is interrupted. So what belongs together (a bundle) stays together unless it is huge. */
const jobMs = 2

export class WorkQueue {
  private readonly received = new Lanes()
  private readonly feedback = new Lanes()
  private immediate: NodeJS.Immediate | undefined
  private messages = 0
  private bytes = 0

  /** Messages that wait. */
  get pending(): number {
    return this.messages
  }

  /** Puts a job in its lane. `messages` and `bytes` count against the limits; gives false when there is no room. */
  push(laneId: string, job: Job, messages = 0, bytes = 0): boolean {
    if (messages > 0 && (this.messages + messages > queueLimits.messages || this.bytes + bytes > queueLimits.bytes)) return false
    this.messages += messages
    this.bytes += bytes
    this.received.add(laneId, { job, messages, bytes })
    this.immediate ??= setImmediate(this.slice)
    return true
  }

  /** Puts a job of telling a subscriber in its lane. */
  pushFeedback(laneId: string, job: Job): void {
    this.feedback.add(laneId, { job, messages: 0, bytes: 0 })
    this.immediate ??= setImmediate(this.slice)
  }

  close(): void {
    clearImmediate(this.immediate)
    this.received.clear()
    this.feedback.clear()
  }

  private readonly slice = (): void => {
    this.immediate = undefined
    const start = performance.now()
    this.run(this.received, start)
    this.run(this.feedback, start)
    if (this.received.first || this.feedback.first) this.immediate = setImmediate(this.slice)
  }

  /** Begins one job in any case, more while there is time. */
  private run(lanes: Lanes, start: number): void {
    let lane = lanes.shift()
    while (lane) {
      this.work(lane, start)
      lanes.putBack(lane)
      lane = performance.now() - start < sliceMs ? lanes.shift() : undefined
    }
  }

  /** Brings the lane's first job on, to its end if time allows. */
  private work(lane: Lane, start: number): void {
    const item = lane.items.first
    if (!item) return
    try {
      if (!item.running) {
        const running = item.job()
        if (running) item.running = running
      }
      while (item.running && !item.running.next().done) if (performance.now() - start >= jobMs) return
    } catch (error) {
      log.error({ err: error }, 'an OSC packet failed; this is a fault in deskd')
    }
    lane.items.shift()
    this.messages -= item.messages
    this.bytes -= item.bytes
  }
}

/** Lanes that have work, in turn. */
class Lanes {
  private readonly byId = new Map<string, Lane>()
  private readonly turns = new Fifo<Lane>()

  get first(): Lane | undefined {
    return this.turns.first
  }

  add(id: string, item: Item): void {
    let lane = this.byId.get(id)
    if (!lane) {
      lane = { id, items: new Fifo() }
      this.byId.set(id, lane)
      this.turns.push(lane)
    }
    lane.items.push(item)
  }

  shift(): Lane | undefined {
    return this.turns.shift()
  }

  /** Behind the others if it has more to do; else it is forgotten. */
  putBack(lane: Lane): void {
    if (lane.items.first) this.turns.push(lane)
    else this.byId.delete(lane.id)
  }

  clear(): void {
    this.byId.clear()
    while (this.turns.shift());
  }
}

/** A linked list: an array's shift() is slow when it is long. */
class Fifo<T> {
  private head: Link<T> | undefined
  private tail: Link<T> | undefined

  get first(): T | undefined {
    return this.head?.value
  }

  push(value: T): void {
    const link: Link<T> = { value }
    if (this.tail) this.tail.next = link
    else this.head = link
    this.tail = link
  }

  shift(): T | undefined {
    const { head } = this
    this.head = head?.next
    if (!this.head) this.tail = undefined
    return head?.value
  }
}

interface Link<T> {
  readonly value: T
  next?: Link<T>
}
