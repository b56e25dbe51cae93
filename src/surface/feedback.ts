// Feedback of one unit: wanted looks → what differs from what it was told → paced bytes. Motors keep off the fingers.
import type { ControlEvent, ControlId } from './control-event.js'
import type { Codec, ControlShape, Driver, Message } from './driver.js'
import { type Look, type Looks, sameLook } from './look.js'
import { splitMessages } from './midi-bytes.js'
import { SendQueue } from './send-queue.js'

export interface FeedbackOptions {
  /** The codec that also decodes what the unit says. */
  readonly codec: Pick<Codec, 'encode' | 'hello' | 'keepAlive'>
  /** The unit's own controls, with the unit's own columns. */
  readonly controls: readonly ControlShape[]
  readonly bytesASecond: number
  readonly echo: Driver['echo']
}

/** A motor fader that does not tell of touch counts as touched this long after its last move. */
const untoldTouchMs = 300
/** What an untouched fader says this soon after it was driven is its motor's way, not a hand. */
const motorWayMs = 400
/** A motor stops this near to where it was sent, in steps of its fader. */
const arrivedSteps = 2

/** Looks that follow from a move are here by then, or there are none. */
const looksWithinMs = 100

interface Control {
  readonly shape: ControlShape
  look: Look | undefined
  isTouched: boolean
  /** A hand moved it, and the looks that follow from that are not here yet. */
  isStale: boolean
  movedMs: number
  /** Where it said last that it stands, 0…1; undefined before it has spoken. */
  at: number | undefined
  /** Where it was told last to stand. */
  told: number | undefined
  /** Where its motor was sent, as long as it may be on its way there. */
  drivenTo: readonly { readonly position: number; readonly ms: number }[]
  /** It was let go and not told yet where it stands. */
  isUnconfirmed: boolean
  /** Told again and again while they show something. */
  showing: readonly Message[]
  /** Keys of its motor. */
  motorKeys: readonly string[]
}

/** One for each open link. Time is an argument, in ms of any clock that only goes on. Call `take` every 5 to 10 ms. */
export class Feedback {
  private readonly controls = new Map<ControlId, Control>()
  private readonly ofMotor = new Map<string, Control>()
  private readonly falling: readonly Control[]
  private readonly untold: readonly Control[]
  private readonly atRest = new Map<string, Uint8Array>()
  private readonly queue: SendQueue
  private readonly sent = new Map<string, Uint8Array>()
  private aliveMs = Number.NEGATIVE_INFINITY

  constructor(private readonly options: FeedbackOptions) {
    this.queue = new SendQueue(options.bytesASecond)
    const now = {
      look: undefined,
      isTouched: false,
      isStale: false,
      isUnconfirmed: false,
      movedMs: Number.NEGATIVE_INFINITY,
      at: undefined,
      told: undefined,
      drivenTo: [],
      showing: [],
      motorKeys: [],
    }
    for (const shape of options.controls) this.controls.set(shape.id, { shape, ...now })
    const all = [...this.controls.values()]
    this.falling = all.filter(({ shape }) => shape.refreshMs !== undefined)
    this.untold = all.filter(({ shape }) => shape.hasMotor && !shape.hasTouch)
    for (const { shape } of this.falling)
      for (const { key, bytes } of options.codec.encode(shape.id, silence)) this.atRest.set(key, bytes)
    this.resend()
  }

  /** Messages that no port would carry, by their length. */
  get refused(): number {
    return this.queue.refused
  }

  get waitingBytes(): number {
    return this.queue.waitingBytes
  }

  /** What the unit should show from now on; a control without a look is dark. */
  want(looks: Looks): void {
    for (const [id, control] of this.controls) {
      control.isStale = false
      const look = looks.get(id)
      if (sameLook(look, control.look)) continue
      control.look = look
      for (const message of this.encode(control)) this.putIfNew(control, message)
    }
  }

  /**
   * What a hand, or the unit, just did. False when it was no hand but a motor on its way, which nobody should act on.
   * Call it before the event's effects are computed, and `want` behind them.
   */
  received(event: ControlEvent, nowMs: number): boolean {
    const control = this.controls.get(event.control)
    if (control === undefined || !control.shape.hasMotor) return true
    if (event.kind === 'touch') {
      control.isTouched = event.isTouched
      if (!event.isTouched) this.confirm(control)
    } else if (event.kind === 'position') {
      const isWay = !control.isTouched && isMotorsWay(control, event.position, nowMs)
      control.at = event.position
      if (isWay) {
        // A slow motor that tells of its way has the time that it takes.
        if (!control.shape.hasTouch)
          control.drivenTo = control.drivenTo.map((goal) => (nowMs - goal.ms < motorWayMs ? { ...goal, ms: nowMs } : goal))
        return false
      }
      this.movedByHand(control, event.position, nowMs)
    }
    return true
  }

  /** Answers to what the unit said, at once. */
  answer(messages: readonly Message[]): void {
    this.queue.putFirst(messages)
  }

  /** Tells everything anew, as if the unit had been told nothing yet. */
  resend(): void {
    this.queue.clear()
    this.sent.clear()
    this.queue.putFirst(this.options.codec.hello())
    for (const control of this.controls.values()) for (const message of this.encode(control)) this.queue.put(message)
  }

  /** The messages to send now, in order. */
  take(nowMs: number): Uint8Array[] {
    this.keepAlive(nowMs)
    this.tellAgain(nowMs)
    this.endUntoldTouch(nowMs)
    const sent = this.queue.take(
      nowMs,
      (key) => this.isHeld(key, nowMs),
      (key, bytes) => this.wasSent(key, bytes, nowMs),
    )
    return sent.flatMap(splitMessages)
  }

  private wasSent(key: string, bytes: Uint8Array, nowMs: number): void {
    this.sent.set(key, bytes)
    const control = this.ofMotor.get(key)
    if (control === undefined) return
    control.isUnconfirmed = false
    if (control.look?.kind !== 'position') return
    const onWay = control.drivenTo.filter(({ ms }) => nowMs - ms < motorWayMs)
    control.drivenTo = [...onWay, { position: control.look.position, ms: nowMs }]
    // Before it has spoken it stands where it was told.
    control.at ??= control.told
    control.told = control.look.position
  }

  private encode(control: Control): Message[] {
    const messages = this.options.codec.encode(control.shape.id, control.look)
    if (control.shape.hasMotor) this.noteMotor(control, messages)
    if (control.shape.refreshMs !== undefined)
      control.showing = messages.filter(({ key, bytes }) => !sameBytes(this.atRest.get(key), bytes))
    return messages
  }

  private noteMotor(control: Control, messages: readonly Message[]): void {
    control.motorKeys = messages.filter(({ urgency }) => urgency === 'motor').map(({ key }) => key)
    for (const key of control.motorKeys) this.ofMotor.set(key, control)
  }

  private putIfNew(control: Control, message: Message): void {
    const isTold = sameBytes(this.sent.get(message.key), message.bytes)
    const isOwed = message.urgency === 'motor' && control.isUnconfirmed
    // What falls by itself no longer shows what it was told.
    const hasFallen = control.shape.refreshMs !== undefined && this.queue.has(message.key)
    if (!isTold || isOwed || hasFallen) this.queue.put(message)
    else this.queue.drop(message.key)
  }

  private isHeld(key: string, nowMs: number): boolean {
    const control = this.ofMotor.get(key)
    if (control === undefined) return false
    return control.isTouched || (control.isStale && nowMs - control.movedMs < looksWithinMs)
  }

  /** The fader stands where the hand put it: what it was told last is no longer so. */
  private movedByHand(control: Control, position: number, nowMs: number): void {
    control.isStale = true
    control.movedMs = nowMs
    if (!control.shape.hasTouch) control.isTouched = true
    const stands = this.options.codec.encode(control.shape.id, { kind: 'position', position })
    this.noteMotor(control, stands)
    for (const message of stands.filter(({ urgency }) => urgency === 'motor')) {
      const isNew = !sameBytes(this.sent.get(message.key), message.bytes)
      this.sent.set(message.key, message.bytes)
      if (isNew && this.options.echo === 'always') this.queue.put({ ...message, key: `${message.key} echo` })
    }
    // A glove or a pen moves it and is not felt.
    if (!control.isTouched) this.confirm(control)
  }

  /** Let go, a fader is told where it stands, or its motor takes it back to where it was told before. */
  private confirm(control: Control): void {
    control.isUnconfirmed = this.options.echo !== 'never'
    for (const message of this.encode(control)) this.putIfNew(control, message)
  }

  private endUntoldTouch(nowMs: number): void {
    for (const control of this.untold) {
      if (!control.isTouched || nowMs - control.movedMs < untoldTouchMs) continue
      control.isTouched = false
      this.confirm(control)
    }
  }

  /** Meters that fall by themselves are told again while there is something to show. */
  private tellAgain(nowMs: number): void {
    for (const { shape, showing } of this.falling)
      for (const message of showing) if (nowMs - this.queue.lastSentMs(message.key) >= shape.refreshMs!) this.queue.put(message)
  }

  private keepAlive(nowMs: number): void {
    const { keepAlive } = this.options.codec
    if (keepAlive === undefined || nowMs - this.aliveMs < keepAlive.everyMs) return
    this.aliveMs = nowMs
    this.queue.putFirst(keepAlive.messages)
  }
}

const silence: Look = { kind: 'meter', levelDb: Number.NEGATIVE_INFINITY, isClipped: false }

/**
 * Of a fader that tells of touch all of it; of another that it arrives, and what comes nearer on the side from where it comes: a hand
 * that goes there with it loses nothing.
 */
const isMotorsWay = ({ shape, drivenTo, at }: Control, said: number, nowMs: number): boolean =>
  drivenTo.some(({ position, ms }) => {
    if (nowMs - ms >= motorWayMs) return false
    const [left, before] = [said - position, (at ?? position) - position]
    const isNearer = left * before >= 0 && Math.abs(left) < Math.abs(before)
    return shape.hasTouch === true || isNearer || Math.abs(left) * (shape.steps ?? 16384) < arrivedSteps
  })

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i])
