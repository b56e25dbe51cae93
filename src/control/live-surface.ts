// One surface at work: what its units say becomes effects, what the desk stands at becomes bytes for its units.
import type { Effect } from '../mapping/effect.js'
import type { MappedSurface } from '../mapping/mapped-surface.js'
import type { Assembly, PlacedUnit } from '../surface/assemble.js'
import type { ControlEvent } from '../surface/control-event.js'
import type { Codec, SurfaceShape } from '../surface/driver.js'
import { Feedback } from '../surface/feedback.js'
import type { Link } from '../surface/link.js'
import type { Look, Looks } from '../surface/look.js'

interface Unit {
  readonly placed: PlacedUnit
  readonly codec: Codec
  readonly feedback: Feedback
  readonly link: Link
}

export interface LiveSurfaceParts {
  readonly name: string
  readonly assembly: Assembly
  readonly mapped: MappedSurface
  readonly echo: 'always' | 'onRelease' | 'never'
  /** Carries out what a hand asked for; the initiator keeps echoes and undo apart. */
  readonly act: (effect: Effect, initiator: string) => void
}

/** Meters and what moves by itself are looked at this often. */
export const meterEveryMs = 33

export class LiveSurface {
  readonly initiator: string
  private readonly units: (Unit | undefined)[]
  private isDirty = true
  private lastLooksMs = Number.NEGATIVE_INFINITY

  constructor(private readonly parts: LiveSurfaceParts) {
    this.initiator = `surface:${parts.name}`
    this.units = parts.assembly.units.map(() => undefined)
  }

  get name(): string {
    return this.parts.name
  }

  get mapped(): MappedSurface {
    return this.parts.mapped
  }

  get shape(): SurfaceShape {
    return this.parts.assembly.shape
  }

  /** A unit is there: it is told everything. */
  plug(index: number, link: Link, bytesASecond: number): void {
    const placed = this.parts.assembly.units[index]!
    const codec = placed.spec.createCodec()
    const feedback = new Feedback({ codec, controls: placed.spec.controls, bytesASecond, echo: this.parts.echo })
    this.units[index] = { placed, codec, feedback, link }
    this.isDirty = true
  }

  unplug(index: number): void {
    this.units[index]?.link.close()
    this.units[index] = undefined
  }

  isPlugged(index: number): boolean {
    return this.units[index] !== undefined
  }

  /** Something it may show has changed. */
  touch(): void {
    this.isDirty = true
  }

  /** Bytes of a unit, with the effects of all they say carried out. Gives what they were read as. */
  received(index: number, bytes: Uint8Array, nowMs: number): ControlEvent[] {
    const unit = this.units[index]
    if (!unit) return []
    const { codec, feedback, placed } = unit
    if (codec.answer) feedback.answer(codec.answer(bytes))
    const events = codec.decode(bytes)
    for (const event of events) {
      if (!feedback.received(event, nowMs)) continue
      for (const effect of this.mapped.receive(placed.toSurface(event), nowMs)) this.parts.act(effect, this.initiator)
      this.isDirty = true
    }
    return events
  }

  /** Sends what is due. Call it every 5 to 10 ms. */
  tick(nowMs: number): void {
    if (!this.units.some((unit) => unit !== undefined)) return
    if (this.isDirty || nowMs - this.lastLooksMs >= meterEveryMs) this.show(nowMs)
    for (const unit of this.units) if (unit) for (const bytes of unit.feedback.take(nowMs)) unit.link.send(bytes)
  }

  close(): void {
    for (let index = 0; index < this.units.length; index++) this.unplug(index)
  }

  private show(nowMs: number): void {
    this.isDirty = false
    this.lastLooksMs = nowMs
    const looks = this.mapped.looks(nowMs)
    for (const unit of this.units) unit?.feedback.want(looksOf(unit.placed, looks))
  }
}

/** What of a surface's looks a unit shows, by its own names. */
function looksOf({ toUnit }: PlacedUnit, looks: Looks): Looks {
  const own = new Map<string, Look>()
  for (const [control, look] of looks) {
    const id = toUnit(control)
    if (id !== undefined) own.set(id, look)
  }
  return own
}
