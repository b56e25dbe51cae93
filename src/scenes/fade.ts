// A cross-fade from where things stand to a scene: what moves, what switches, and when. It keeps no clock.
import type { Param, Registry } from '../params/registry.js'
import { normOfValue, valueOfNorm } from '../params/value.js'
import { type FadeChange, FadePlan, type Glide, type Goals, levelId } from './fade-plan.js'

/** As much as is set at a step; of more, each takes its turn. 10 ms apart that is 50,000 a second. */
const glidesAStep = 500

export class Fade {
  /** What is set before anything moves: values that nobody hears yet, then what opens. */
  readonly first: readonly FadeChange[]
  private glides: Glide[]
  private middle: readonly FadeChange[]
  private last: readonly FadeChange[]
  private turn = 0

  constructor(
    private readonly goals: Goals,
    standsAt: (param: Param) => number,
    registry: Registry,
    private readonly startMs: number,
    private readonly durationMs: number,
  ) {
    const plan = new FadePlan(goals, standsAt, registry, startMs)
    this.first = [...plan.before, ...plan.opening]
    this.glides = plan.glides
    this.middle = plan.middle
    this.last = [...plan.closing, ...plan.behind]
  }

  get isOver(): boolean {
    return this.glides.length + this.middle.length + this.last.length === 0
  }

  /** Milliseconds that are left; 1 until the last step is made. */
  leftMs(nowMs: number): number {
    return this.isOver ? 0 : Math.max(1, this.startMs + this.durationMs - nowMs)
  }

  /** Everything that the fade moves at some time, with what it stands at in the end. */
  touched(): FadeChange[] {
    const params = new Set([...this.first, ...this.middle, ...this.last].map(([param]) => param))
    for (const { param } of this.glides) params.add(param)
    return [...params].map((param) => [param, this.goals.get(param)!])
  }

  /** What to set now, in order. */
  step(nowMs: number): FadeChange[] {
    const changes: FadeChange[] = []
    const passed = (nowMs - this.startMs) / this.durationMs
    if (passed >= 0.5) {
      changes.push(...this.middle)
      this.middle = []
    }
    if (passed >= 1) {
      changes.push(...this.glides.map(({ param, end }) => [param, end] as const), ...this.last)
      this.glides = []
      this.last = []
      return changes
    }
    const count = Math.min(glidesAStep, this.glides.length)
    for (let i = 0; i < count; i++) {
      const glide = this.glides[this.turn++ % this.glides.length]!
      changes.push([glide.param, valueOfNorm(glide.param, this.normAt(glide, nowMs))])
    }
    this.turn %= Math.max(1, this.glides.length)
    return changes
  }

  /** Lets go of what others took. A level that was to fall to silence goes where it belongs when its switch is taken. */
  letGo(isTaken: (param: Param) => boolean, nowMs: number): void {
    const open = new Set(this.last.flatMap(([param]) => (isTaken(param) ? [levelId(param)] : [])))
    const isLeft = ([param]: FadeChange): boolean => !isTaken(param)
    this.middle = this.middle.filter(isLeft)
    this.last = this.last.filter(isLeft)
    this.glides = this.glides
      .filter(({ param }) => !isTaken(param))
      .map((glide) => {
        if (!open.has(glide.param.id)) return glide
        const end = this.goals.get(glide.param)!
        const from = this.normAt(glide, nowMs)
        return { param: glide.param, from, to: normOfValue(glide.param, end), startMs: nowMs, end }
      })
  }

  stop(): void {
    this.letGo(() => true, 0)
  }

  private normAt({ from, to, startMs }: Glide, nowMs: number): number {
    const wholeMs = this.startMs + this.durationMs - startMs
    return wholeMs <= 0 ? to : from + (to - from) * Math.min(1, Math.max(0, (nowMs - startMs) / wholeMs))
  }
}
