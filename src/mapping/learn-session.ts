// Learning a surface as a conversation: a control is touched, then its target is named or moved; again and again. No clock, no files.
import type { Param, Registry } from '../params/registry.js'
import type { ControlEvent } from '../surface/control-event.js'
import type { ControlData } from '../surface/device-data.js'
import { guessText } from '../surface/encoding-text.js'
import { type Guess, guessEncoding, type Question } from '../surface/guess-encoding.js'
import { controlDataOf, nameFor } from '../surface/learnt-control.js'
import type { TimedBytes } from '../surface/midi-streams.js'
import { nameOf, type Wire } from '../surface/wire.js'
import { wordsOf } from '../surface/wire-words.js'
import { readTarget } from './learn-target.js'
import type { Learnt, LearntBinding } from './learnt-file.js'

/** What the conversation says next. */
export type Said =
  | { readonly kind: 'ask'; readonly what: 'touch' | Question; readonly wires: readonly string[] }
  | { readonly kind: 'ask'; readonly what: 'target'; readonly control: string; readonly encoding: string }
  /** The next control and target that go on like the last two. */
  | { readonly kind: 'ask'; readonly what: 'series'; readonly next: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'learnt'; readonly learnt: Learnt; readonly encoding: string }

export interface LearnOptions {
  readonly registry: Registry
  /** Controls that the file has already. */
  readonly known: ReadonlyMap<string, ControlData>
  /** Controls are told by the driver; else their encoding is guessed. */
  readonly hasDriver?: boolean
  /** Why the mapping refuses what would be learnt, in words. */
  readonly check?: (learnt: Learnt) => string | undefined
}

/** A hand that rests so long has done what it was asked. */
export const restMs = 900

interface Found {
  readonly control: string
  readonly encoding: string
  readonly isButton: boolean
  /** Absent where the driver knows the control. */
  readonly guess?: Guess
}

interface Last {
  readonly guess: Guess
  readonly param: Param
}

export class LearnSession {
  private readonly known: Map<string, ControlData>
  private sweep: TimedBytes[] = []
  private hold: TimedBytes[] | undefined
  private wasTurnedBack = false
  private heardMs = Number.NEGATIVE_INFINITY
  private told: ControlEvent | undefined
  private found: Found | undefined
  private last: Last | undefined
  private series: { readonly from: Last; readonly step: (by: number) => Last | undefined } | undefined

  constructor(private readonly options: LearnOptions) {
    this.known = new Map(options.known)
  }

  begin(): Said[] {
    return [this.askTouch()]
  }

  /** Takes a message of the surface, and what its driver made of it. While a target is awaited it is nobody's. */
  hear(message: TimedBytes, events: readonly ControlEvent[] = []): void {
    if (this.found) return
    ;(this.hold ?? this.sweep).push(message)
    this.told = events.find(({ kind }) => kind !== 'touch') ?? this.told
    if (isOfAControl(message.bytes)) this.heardMs = message.atMs
  }

  /** Time has gone on: a hand that rests has done. */
  rest(nowMs: number): Said[] {
    if (this.found || nowMs - this.heardMs < restMs) return []
    this.heardMs = Number.POSITIVE_INFINITY
    this.series = undefined
    if (this.options.hasDriver) return this.foundByDriver()
    const outcome = guessEncoding({
      sweep: this.sweep,
      ...(this.hold ? { hold: this.hold } : {}),
      wasTurnedBack: this.wasTurnedBack,
    })
    if (outcome.kind === 'silent') return []
    if (outcome.kind === 'ask') return [this.ask(outcome.question, outcome.wires)]
    const { guess } = outcome
    return this.askTarget({
      guess,
      control: this.nameOf(guess),
      encoding: guessText(guess),
      isButton: guess.use.kind === 'button',
    })
  }

  /** A line that was typed: a target, nothing for none, or how far a series goes. */
  type(line: string): Said[] {
    if (this.series) return this.goOn(line)
    if (!this.found) return line.trim() === '' ? [] : [{ kind: 'refused', why: 'touch a control first' }]
    if (line.trim() === '') return this.finish(undefined, undefined)
    const target = readTarget(this.options.registry, line)
    if (target.kind === 'wrong') return [{ kind: 'refused', why: target.why }]
    if (target.kind === 'action' && !this.found.isButton)
      return [{ kind: 'refused', why: `${this.found.control} is no button: an action needs one` }]
    return this.finish(target.binding, target.kind === 'param' ? target.param : undefined)
  }

  /** Somebody else moved a parameter: that is the target. */
  moved(id: string): Said[] {
    return this.found ? this.type(id) : []
  }

  private foundByDriver(): Said[] {
    if (!this.told) return [{ kind: 'refused', why: 'the driver knows no control that says this' }, this.askTouch()]
    const { control, kind } = this.told
    return this.askTarget({ control, encoding: `${control}, which the driver knows`, isButton: kind === 'press' })
  }

  private askTarget(found: Found): Said[] {
    this.found = found
    return [{ kind: 'ask', what: 'target', control: found.control, encoding: found.encoding }]
  }

  private askTouch(): Said {
    this.sweep = []
    this.hold = undefined
    this.wasTurnedBack = false
    this.told = undefined
    this.found = undefined
    this.heardMs = Number.POSITIVE_INFINITY
    return { kind: 'ask', what: 'touch', wires: [] }
  }

  private ask(what: Question, wires: readonly Wire[]): Said {
    if (what === 'one') this.askTouch()
    if (what === 'turnBack') this.wasTurnedBack = true
    if (what === 'hold') this.hold = []
    this.heardMs = Number.POSITIVE_INFINITY
    return { kind: 'ask', what, wires: wires.map(nameOf) }
  }

  private finish(binding: LearntBinding | undefined, param: Param | undefined): Said[] {
    const { guess, control, encoding } = this.found!
    const bound = binding === undefined ? {} : { binding }
    const learnt = guess ? this.learntOf(guess, param, bound) : { control, ...bound }
    const refused = this.options.check?.(learnt)
    if (refused !== undefined) return [{ kind: 'refused', why: refused }]
    if (learnt.data) this.known.set(learnt.control, learnt.data)
    const before = this.last
    this.last = param && guess && { guess, param }
    const series = before && this.last && seriesOf(before, this.last, this.options.registry)
    const next = series?.step(1)
    const touch = this.askTouch()
    if (next) this.series = series
    return [{ kind: 'learnt', learnt, encoding }, next ? { kind: 'ask', what: 'series', next: next.param.id } : touch]
  }

  private learntOf(guess: Guess, param: Param | undefined, bound: Pick<Learnt, 'binding'>): Learnt {
    const isLevel = param?.spec.kind === 'number' && param.spec.taper === 'fader'
    return { control: this.nameOf(guess, isLevel), data: controlDataOf(guess, isLevel), ...bound }
  }

  /** `8`: as the last two up to strip 8. Anything else is a refusal; nothing is a no. */
  private goOn(line: string): Said[] {
    const { series } = this
    if (!series || line.trim() === '') {
      this.series = undefined
      return [this.askTouch()]
    }
    const to = Number(line)
    const first = numberIn(series.from.param.id, series.step(1)!.param.id)
    const count = to - first + 1
    if (!Number.isInteger(to) || count < 1 || !series.step(count))
      return [{ kind: 'refused', why: `expected a number from ${first} on that there is, or nothing, found "${line.trim()}"` }]
    this.series = undefined
    const all = Array.from({ length: count }, (_, i) => series.step(i + 1)!)
    this.last = undefined
    const said = all.map(({ guess, param }): Said => {
      const learnt = this.learntOf(guess, param, { binding: param.id })
      this.known.set(learnt.control, learnt.data!)
      return { kind: 'learnt', learnt, encoding: guessText(guess) }
    })
    return [...said, this.askTouch()]
  }

  /** A control that is known by its wire keeps its name. */
  private nameOf(guess: Guess, isLevel = false): string {
    const wire = wordsOf(guess.wire)
    for (const [control, data] of this.known) if (data.wire === wire) return control
    const name = nameFor(guess, isLevel)
    for (let number = 1; ; number++) if (!this.known.has(`${name}${number}`)) return `${name}${number}`
  }
}

const isOfAControl = ([status = 0]: Uint8Array): boolean => (status >= 0x80 && status < 0xf0) || status === 0xf0

/** What goes on like two neighbours: the next wire with the next parameter; undefined where they are none. */
function seriesOf(a: Last, b: Last, registry: Registry): { from: Last; step: (by: number) => Last | undefined } | undefined {
  if (a.guess.use.kind !== b.guess.use.kind || nameOf(wireAt(a.guess.wire, 1) ?? a.guess.wire) !== nameOf(b.guess.wire)) {
    return undefined
  }
  const number = numberIn(a.param.id, b.param.id)
  if (Number.isNaN(number)) return undefined
  return {
    from: b,
    step: (by) => {
      const wire = wireAt(b.guess.wire, by)
      const touch = b.guess.touch && wireAt(b.guess.touch, by)
      const param = registry.byId.get(numbered(a.param.id, b.param.id, number + by))
      if (!wire || (b.guess.touch && !touch) || !param || !('min' in param)) return undefined
      return { guess: { ...b.guess, wire, ...(touch ? { touch } : {}) }, param }
    },
  }
}

/** The number that differs between `strip.1.pan` and `strip.2.pan`: 2; NaN where it is not one more, or something else differs. */
function numberIn(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  const differing = right.flatMap((part, i) => (part === left[i] ? [] : [i]))
  const at = differing[0] ?? -1
  if (left.length !== right.length || differing.length !== 1 || Number(right[at]) !== Number(left[at]) + 1) return Number.NaN
  return Number(right[at])
}

function numbered(a: string, b: string, number: number): string {
  const left = a.split('.')
  return b
    .split('.')
    .map((part, i) => (part === left[i] ? part : String(number)))
    .join('.')
}

/** The wire so many further on: by number, or by channel where it has none. */
function wireAt(wire: Wire, by: number): Wire | undefined {
  if (wire.kind === 'sysex') return undefined
  if (!('number' in wire)) return wire.channel + by <= 15 ? { ...wire, channel: wire.channel + by } : undefined
  const most = wire.kind === 'cc14' ? 31 : wire.kind === 'nrpn' || wire.kind === 'rpn' ? 16383 : 127
  return wire.number + by <= most ? { ...wire, number: wire.number + by } : undefined
}
