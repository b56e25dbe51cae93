// One surface at work: what its units say becomes effects, what the desk stands at becomes bytes for its units.
import type { Effect } from '../mapping/effect.js'
import type { MappedSurface } from '../mapping/mapped-surface.js'
import type { Param } from '../params/registry.js'
import { type Assembly, assemble, type PlacedUnit } from '../surface/assemble.js'
import type { ControlEvent } from '../surface/control-event.js'
import type { Codec, Driver, SurfaceShape } from '../surface/driver.js'
import { Feedback } from '../surface/feedback.js'
import type { Link } from '../surface/link.js'
import type { Look, Looks } from '../surface/look.js'
import type { MatchedSurface } from '../surface/match.js'
import type { Hold, UnitStatus } from '../surface/surface-tools.js'
import type { SurfaceTap } from './surface-tap.js'

interface Unit {
  readonly codec: Codec
  readonly feedback: Feedback
  readonly link: Link
}

/** Whole messages of hardware, what they were read as, what that changed. */
export interface SurfaceCounts {
  messages: number
  events: number
  effects: number
}

/** What becomes of hands. */
export interface HandParts {
  /** Carries out what a hand asked for. The initiator keeps its echo and its undo apart from others'. */
  readonly act: (effect: Effect, initiator: string) => void
  /** A finger came onto what moves a parameter, or left it. */
  readonly touched: (param: Param, initiator: string, isTouched: boolean) => void
  /** All its fingers are gone. */
  readonly released: (initiator: string) => void
}

interface LiveSurfaceParts extends HandParts {
  readonly matched: MatchedSurface
  /** What the ports take, where the configuration says. */
  readonly bytesASecond: number | undefined
  readonly tap: SurfaceTap
  readonly counts: SurfaceCounts
}

/** Meters, and what moves by itself, are looked at this often. */
const meterEveryMs = 33

export class LiveSurface {
  readonly initiator: string
  readonly assembly: Assembly
  /** Undefined while there is no mapping that can be used. */
  mapped: MappedSurface | undefined
  /** Where its units are plugged in now. */
  matched: MatchedSurface
  private readonly units: (Unit | undefined)[]
  private held: Looks | undefined
  private isDirty = true
  private lookedMs = Number.NEGATIVE_INFINITY

  constructor(private readonly parts: LiveSurfaceParts) {
    this.matched = parts.matched
    const { name, driver, units } = parts.matched
    this.initiator = `surface:${name}`
    this.assembly = assemble(
      driver,
      units.map(({ spec }) => spec.role),
    )
    this.units = units.map(() => undefined)
  }

  get name(): string {
    return this.matched.name
  }

  get driver(): Driver {
    return this.matched.driver
  }

  get shape(): SurfaceShape {
    return this.assembly.shape
  }

  get isHeld(): boolean {
    return this.held !== undefined
  }

  /** A unit is there: it is told everything. */
  plug(unit: string, link: Link): void {
    const index = this.indexOf(unit)
    const { spec } = this.assembly.units[index]!
    const codec = spec.createCodec()
    const bytesASecond = this.parts.bytesASecond ?? spec.bytesASecond
    const feedback = new Feedback({ codec, controls: spec.controls, bytesASecond, echo: this.driver.echo })
    this.units[index] = { codec, feedback, link }
    this.isDirty = true
  }

  /** Goes on with the units that another had: the surface has been put together anew. */
  take(before: LiveSurface): void {
    for (const [index, unit] of before.units.entries()) {
      const id = before.matched.units[index]!.id
      if (unit && this.indexOf(id) >= 0) this.plug(id, unit.link)
    }
  }

  /** A unit is gone: nothing holds its controls any more. */
  unplug(unit: string, nowMs: number): void {
    this.units[this.indexOf(unit)] = undefined
    if (!this.units.some((one) => one !== undefined)) this.letGo(nowMs)
  }

  /** Something that it may show has changed. */
  stir(): void {
    this.isDirty = true
  }

  /** Takes the bytes of a unit and carries out all that they ask for. */
  received(unit: string, bytes: Uint8Array, nowMs: number): void {
    const index = this.indexOf(unit)
    const at = this.units[index]
    if (!at) return
    const { codec, feedback } = at
    const { counts, tap } = this.parts
    const placed = this.assembly.units[index]!
    if (codec.answer) feedback.answer(codec.answer(bytes))
    if (codec.startsAnew?.(bytes)) feedback.resend()
    const heard = codec.decode(bytes)
    const made: Effect[] = []
    for (const event of heard)
      if (feedback.received(event, nowMs) && !this.held) this.mapEvent(placed.toSurface(event), nowMs, made)
    if (heard.length > 0) this.isDirty = true
    counts.messages++
    counts.events += heard.length
    counts.effects += made.length
    if (tap.wants('in')) tap.heard(this.name, index + 1, bytes, heard.map(placed.toSurface), made)
  }

  private mapEvent(event: ControlEvent, nowMs: number, made: Effect[]): void {
    if (!this.mapped) return
    // What a finger came onto is what it leaves, wherever the bank has gone.
    const param = event.kind === 'touch' ? this.mapped.resolved(event.control)?.shown?.param : undefined
    if (event.kind === 'touch' && param) this.parts.touched(param, this.initiator, event.isTouched)
    for (const effect of this.mapped.receive(event, nowMs)) {
      made.push(effect)
      this.parts.act(effect, this.initiator)
    }
  }

  private letGo(nowMs: number): void {
    for (const effect of this.mapped?.letGo(nowMs) ?? []) this.parts.act(effect, this.initiator)
    this.parts.released(this.initiator)
  }

  /** Carries out what comes of time alone: long presses, displays that go back to names. */
  advance(nowMs: number): void {
    if (nowMs < (this.mapped?.nextAtMs() ?? Number.POSITIVE_INFINITY)) return
    for (const effect of this.mapped?.advance(nowMs) ?? []) this.parts.act(effect, this.initiator)
    this.isDirty = true
  }

  /** How long it has waited to be looked at, in ms; 0 when there is nothing new. */
  waitingMs(nowMs: number): number {
    if (!this.units.some((unit) => unit !== undefined)) return 0
    const sinceMs = nowMs - this.lookedMs
    return this.isDirty || sinceMs >= meterEveryMs ? sinceMs : 0
  }

  /** Looks at what it should show now. */
  look(nowMs: number): void {
    this.isDirty = false
    this.lookedMs = nowMs
    const looks = this.held ?? this.mapped?.looks(nowMs) ?? new Map<string, Look>()
    for (const [index, unit] of this.units.entries()) unit?.feedback.want(ownLooks(this.assembly.units[index]!, looks))
  }

  /** Sends what its ports have room for. */
  send(nowMs: number): void {
    for (const [index, unit] of this.units.entries()) {
      if (!unit) continue
      for (const bytes of unit.feedback.take(nowMs)) {
        unit.link.send(bytes)
        this.parts.tap.sent(this.name, index + 1, bytes)
      }
    }
  }

  /** Out of its mapping until it is let go; undefined when it is already. */
  hold(nowMs: number): Hold | undefined {
    if (this.held) return undefined
    this.letGo(nowMs)
    const show = (looks: Looks): void => {
      this.held = looks
      this.isDirty = true
    }
    show(new Map())
    return {
      show,
      release: () => {
        this.held = undefined
        for (const unit of this.units) unit?.feedback.resend()
        this.isDirty = true
      },
    }
  }

  unitStatus(): UnitStatus[] {
    return this.matched.units.map(({ spec, port, home }, index) => {
      const isConnected = this.units[index] !== undefined
      const where = port ?? home
      const why = isConnected ? '' : port ? 'its port is being opened' : 'not plugged in'
      return { role: spec.role, port: where ? `${where.name} ${where.place}`.trim() : '', isConnected, why }
    })
  }

  private indexOf(unit: string): number {
    return this.matched.units.findIndex(({ id }) => id === unit)
  }
}

/** What of a surface's looks a unit shows, by its own names. */
function ownLooks({ toUnit }: PlacedUnit, looks: Looks): Looks {
  const own = new Map<string, Look>()
  for (const [control, look] of looks) {
    const id = toUnit(control)
    if (id !== undefined) own.set(id, look)
  }
  return own
}
