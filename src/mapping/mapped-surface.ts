// A surface under its mapping: what hands do becomes changes and actions, what the desk stands at becomes what the surface shows.
// Pure but for what it remembers; time is an argument.
import type { ControlEvent, ControlId } from '../surface/control-event.js'
import type { Look, Looks } from '../surface/look.js'
import { Acts } from './acts.js'
import type { DeskView, Effect } from './effect.js'
import { type Hand, hasLong, newHand, toleranceOf } from './hand.js'
import { showOf } from './look-of.js'
import { controlIn, type Layer, type Mapping } from './mapping.js'
import { knownAtMs, type Press, passed, pressed } from './press.js'
import { type Resolved, Resolver } from './resolve.js'
import type { Sight } from './sight.js'
import { SharedStates, type StateValue } from './state.js'
import { States } from './states.js'

/** How long it is shown which way to move a control that waits. */
const hintMs = 1500
/** Ticks of a turn for which an encoder's steps are made; finer ones go by smaller steps. */
const plainTicksATurn = 24

export class MappedSurface {
  private readonly states: States
  private readonly acts: Acts
  private resolver!: Resolver
  private sight!: Sight
  private hands = new Map<ControlId, Hand>()
  private list: Hand[] = []
  private looked: (Look | undefined)[] = []
  private shown: Looks = new Map()
  private active: readonly Layer[] = []
  private generation = 0
  private changesSeen = -1
  private holdTimesMs: readonly number[] = []
  /** Presses that time will tell. */
  private readonly undecided = new Set<Hand>()
  /** Controls whose values are on displays because they moved. */
  private readonly recent = new Set<Hand>()

  /** Surfaces that follow the desk or each other are given the same `shared`. Effects are to be applied before the next event. */
  constructor(
    private mapping: Mapping,
    private readonly desk: DeskView,
    shared: SharedStates = new SharedStates(),
  ) {
    this.states = new States(mapping, shared)
    this.acts = new Acts(desk, this.states)
    this.begin()
  }

  /** Goes over to another mapping for the same surface: states keep their values, what is held stays held. */
  replace(mapping: Mapping): void {
    this.mapping = mapping
    this.states.replace(mapping)
    this.begin()
  }

  /** States by name, with their values now. */
  stateValues(): ReadonlyMap<string, StateValue> {
    return new Map([...this.mapping.states.keys()].map((name) => [name, this.states.get(name)]))
  }

  /** Undefined when it was taken, else why not, in words. */
  setState(name: string, value: unknown): string | undefined {
    return this.states.set(name, value)
  }

  /** What comes of an event, and of the time before it. */
  receive(event: ControlEvent, nowMs: number): Effect[] {
    const effects: Effect[] = []
    if (this.undecided.size > 0) this.decide(nowMs, effects)
    const hand = this.hands.get(event.control)
    if (!hand) return effects
    this.refresh()
    switch (event.kind) {
      case 'position':
        if (Number.isFinite(event.position)) this.move(hand, event.position, nowMs, effects)
        break
      case 'turn':
        if (Number.isFinite(event.ticks)) this.turn(hand, event.ticks, nowMs, effects)
        break
      case 'press':
        this.press(hand, event.isPressed, nowMs, effects)
        break
      case 'touch':
        this.touch(hand, event.isTouched, nowMs)
    }
    return effects
  }

  /** What comes of time alone: long presses, and short ones that were no double ones. To be called at {@link nextAtMs}. */
  advance(nowMs: number): Effect[] {
    const effects: Effect[] = []
    this.decide(nowMs, effects)
    return effects
  }

  /** When to call {@link advance} and {@link looks} though nothing has happened; undefined: not before something does. */
  nextAtMs(): number | undefined {
    let next: number | undefined
    const at = (timeMs: number | undefined): void => {
      if (timeMs !== undefined && (next === undefined || timeMs < next)) next = timeMs
    }
    for (const hand of this.undecided) at(knownAtMs(hand.press, hasLong(hand)))
    for (const hand of this.recent)
      for (const holdMs of this.holdTimesMs) at(hand.isTouched ? undefined : hand.movedAtMs + holdMs)
    return next
  }

  /** The device has gone: nothing is held any more, and where things stand is not known. */
  letGo(nowMs: number): Effect[] {
    const effects: Effect[] = []
    for (const hand of this.list) {
      if (hand.press.isPressed) this.press(hand, false, nowMs, effects)
      if (hand.isTouched) this.touch(hand, false, nowMs)
      hand.position = undefined
      hand.waits = undefined
    }
    return effects
  }

  /** What the surface should show; the same map while nothing has changed. */
  looks(nowMs: number): Looks {
    this.refresh()
    let isNew = false
    for (let i = 0; i < this.list.length; i++) {
      const hand = this.list[i]!
      const look = this.lookOf(hand, nowMs)
      if (look === this.looked[i]) continue
      this.looked[i] = look
      isNew = true
    }
    const hints = this.hints(nowMs)
    if (isNew || hints) {
      const map = new Map<ControlId, Look>()
      for (let i = 0; i < this.list.length; i++) if (this.looked[i]) map.set(this.list[i]!.shape.id, this.looked[i]!)
      for (const [id, look] of hints ?? []) map.set(id, look)
      this.shown = map
      this.wereHints = hints !== undefined
    } else if (this.wereHints) {
      this.wereHints = false
      this.shown = new Map(this.list.flatMap((hand, i) => (this.looked[i] ? [[hand.shape.id, this.looked[i]!]] : [])))
    }
    for (const hand of this.recent)
      if (!hand.isTouched && this.holdTimesMs.every((holdMs) => nowMs >= hand.movedAtMs + holdMs)) this.recent.delete(hand)
    return this.shown
  }

  /** What one control should show, but for hints of takeover. */
  look(control: ControlId, nowMs: number): Look | undefined {
    this.refresh()
    const hand = this.hands.get(control)
    return hand && this.lookOf(hand, nowMs)
  }

  /** What a control does now, told for tests and tools. */
  resolved(control: ControlId): Resolved | undefined {
    this.refresh()
    const hand = this.hands.get(control)
    return hand && this.now(hand)
  }

  private wereHints = false

  private begin(): void {
    const { mapping, desk, states } = this
    this.resolver = new Resolver(mapping, states, desk, (control) => this.hands.get(control)?.press.isPressed === true)
    this.sight = {
      desk,
      states,
      resolver: this.resolver,
      control: (name, column) => this.hands.get(controlIn(name, column)) ?? this.hands.get(name),
      isPressed: (id) => this.hands.get(id)?.press.isPressed === true,
      hintsOnDisplay: mapping.takeover.hint === 'display',
    }
    const before = this.hands
    this.hands = new Map()
    for (const shape of mapping.shape.controls.values())
      this.hands.set(
        shape.id,
        before.get(shape.id)?.shape === shape ? before.get(shape.id)! : newHand(shape, (hand) => this.now(hand)),
      )
    this.list = [...this.hands.values()]
    this.looked = this.list.map(() => undefined)
    this.shown = new Map()
    const holds = mapping.layers.flatMap(({ bindings }) =>
      [...bindings.values()].flatMap(({ binding }) =>
        (binding?.rows ?? []).flatMap((row) => (row.kind === 'control' ? [row.holdMs] : [])),
      ),
    )
    this.holdTimesMs = [...new Set([...holds, ...(typeof mapping.takeover.hint === 'object' ? [hintMs] : [])])]
    for (const hand of this.list) hand.show = undefined
    this.changesSeen = -1
    this.refresh()
  }

  /** Notices what has changed of states and conditions; what the controls do is then worked out anew, each when it is asked for. */
  private refresh(): void {
    const { states } = this
    const isOther = states.lookAtMembers(this.desk)
    const isElse = this.resolver.lookAtConditions()
    if (!isOther && !isElse && states.changes === this.changesSeen) return
    this.changesSeen = states.changes
    this.renew()
  }

  private renew(): void {
    this.generation++
    this.active = this.resolver.active()
  }

  /** What a control does: as long as it is held, what it did when it was taken. */
  private now(hand: Hand): Resolved | undefined {
    if (hand.isHeld) return hand.held
    if (hand.generation !== this.generation) {
      hand.generation = this.generation
      hand.current = this.resolver.resolve(hand.shape, this.active)
      hand.carry = 0
    }
    return hand.current
  }

  private lookOf(hand: Hand, nowMs: number): Look | undefined {
    const resolved = this.now(hand)
    if (!resolved) {
      if (hand.press.isPressed && this.mapping.modifiers.has(hand.shape.id)) return litModifier
      return undefined
    }
    if (!hand.show || hand.showOf !== resolved) {
      hand.show = showOf(resolved, this.sight)
      hand.showOf = resolved
    }
    return hand.show(nowMs)
  }

  private move(hand: Hand, position: number, nowMs: number, effects: Effect[]): void {
    const before = hand.position
    hand.position = position
    const resolved = this.now(hand)
    if (!resolved) return
    this.note(hand, nowMs)
    const { hasMotor = false } = hand.shape
    hand.waits = this.acts.move(
      resolved,
      { position, before, hasMotor, tolerance: toleranceOf(hand.shape), mode: this.mapping.takeover.other },
      effects,
    )
  }

  private turn(hand: Hand, ticks: number, nowMs: number, effects: Effect[]): void {
    const resolved = this.now(hand)
    const isOtherWay = ticks * hand.lastTicks < 0
    const sinceMs = isOtherWay ? Number.POSITIVE_INFINITY : nowMs - hand.turnedAtMs
    if (isOtherWay) hand.carry = 0
    hand.turnedAtMs = nowMs
    hand.lastTicks = ticks
    if (!resolved || ticks === 0) return
    this.note(hand, nowMs)
    const share = plainTicksATurn / Math.max(plainTicksATurn, hand.shape.ticksATurn ?? plainTicksATurn)
    // Whole steps are counted once for all that they move.
    hand.carry += ticks * share
    const wholeSteps = Math.trunc(hand.carry + Math.sign(ticks) * 1e-9)
    hand.carry -= wholeSteps
    const { fine } = this.mapping
    const fineBy = fine && this.hands.get(fine.held)?.press.isPressed ? fine.by : undefined
    this.acts.turn(resolved, { ticks, wholeSteps, share, sinceMs, fineBy }, effects)
  }

  private press(hand: Hand, isPressed: boolean, nowMs: number, effects: Effect[]): void {
    if (isPressed && !hand.isHeld) {
      hand.held = this.now(hand)
      hand.isHeld = true
    }
    const { held } = hand
    const press = pressed(hand.press, isPressed, nowMs, hasLong(hand), (held?.double.length ?? 0) > 0)
    if (held) this.fire(held, press, effects)
    if (knownAtMs(hand.press, hasLong(hand)) === undefined) this.undecided.delete(hand)
    else this.undecided.add(hand)
    this.release(hand)
    if (this.mapping.modifiers.has(hand.shape.id)) this.renew()
  }

  private touch(hand: Hand, isTouched: boolean, nowMs: number): void {
    if (isTouched && !hand.isHeld) {
      hand.held = this.now(hand)
      hand.isHeld = true
    }
    hand.isTouched = isTouched
    this.note(hand, nowMs)
    this.release(hand)
  }

  /** Back to what the layers say, unless something still holds it. */
  private release(hand: Hand): void {
    if (!hand.isHeld || hand.isTouched || hand.press.isPressed || this.undecided.has(hand)) return
    hand.isHeld = false
    hand.held = undefined
  }

  private decide(nowMs: number, effects: Effect[]): void {
    for (const hand of this.undecided) {
      const press = passed(hand.press, nowMs, hasLong(hand))
      if (press === undefined) continue
      this.undecided.delete(hand)
      this.refresh()
      if (hand.held) this.fire(hand.held, press, effects)
      this.release(hand)
    }
  }

  private fire(resolved: Resolved, press: Press | undefined, effects: Effect[]): void {
    if (press === undefined) return
    const targets = press === 'long' ? resolved.long : press === 'double' ? resolved.double : resolved.targets
    for (const target of targets) this.acts.press(target, press !== 'up', effects)
  }

  private note(hand: Hand, nowMs: number): void {
    hand.movedAtMs = nowMs
    if (this.holdTimesMs.length > 0) this.recent.add(hand)
  }

  /** Lights that tell which way to move what waits. */
  private hints(nowMs: number): Map<ControlId, Look> | undefined {
    const { hint } = this.mapping.takeover
    if (typeof hint === 'string' || this.recent.size === 0) return undefined
    const lights = new Map<ControlId, Look>()
    for (const hand of this.recent)
      if (hand.waits !== undefined && nowMs < hand.movedAtMs + hintMs) {
        const { column } = hand.shape
        const id = controlIn(hint[hand.waits], column)
        lights.set(this.hands.has(id) ? id : hint[hand.waits], { kind: 'light', light: 'blink' })
      }
    return lights.size > 0 ? lights : undefined
  }
}

const litModifier: Look = { kind: 'light', light: 'on' }
