// What a cross-fade does when: sorted out before it begins.
import { kindOf } from '../params/kinds.js'
import { isParam, type Param, type Registry } from '../params/registry.js'
import { normOfValue, valueOfNorm } from '../params/value.js'

export type Goals = ReadonlyMap<Param, number>

/** A way through the parameter's taper, 0…1, over a part of the fade. */
export interface Glide {
  readonly param: Param
  readonly from: number
  readonly to: number
  readonly startMs: number
  /** Where it ends, in the parameter's unit. */
  readonly end: number
}

export type FadeChange = readonly [Param, number]

/** How a switch stands at the start and at the end. */
interface Ends {
  readonly now: boolean
  readonly later: boolean
}

/** The block that an id is in; '' at the top. */
const above = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('.')))

/** The level that a switch opens and closes: a fader's of a mute, a send's of its on. */
export function levelId({ id }: Param): string | undefined {
  if (id.endsWith('.mute')) return id.replace(/mute$/, 'faderDb')
  return /\.send\.\d+\.on$/.test(id) ? id.replace(/on$/, 'levelDb') : undefined
}

/** The switch of a level, and where it stands when nothing passes. */
function switchId({ id }: Param): { readonly id: string; readonly silent: number } | undefined {
  if (id.endsWith('.faderDb')) return { id: id.replace(/faderDb$/, 'mute'), silent: 1 }
  return /\.send\.\d+\.levelDb$/.test(id) ? { id: id.replace(/levelDb$/, 'on'), silent: 0 } : undefined
}

/**
 * Sorts changes by when they are made:
 * levels that come up from silence open at the start and rise from the bottom, those that go away fall and close at the end;
 * a channel that comes up takes the rest of its sound at the start, one that goes away keeps it to the end;
 * a block that is off takes its values before it goes on, one that goes off keeps them until it is off; all other numbers glide, but for
 * times of delays and what is inside effects, which switch in the middle as choices do.
 */
export class FadePlan {
  readonly before: FadeChange[] = []
  readonly opening: FadeChange[] = []
  readonly glides: Glide[] = []
  readonly middle: FadeChange[] = []
  readonly closing: FadeChange[] = []
  readonly behind: FadeChange[] = []
  private readonly switches = new Map<string, Ends>()

  constructor(
    private readonly goals: Goals,
    private readonly standsAt: (param: Param) => number,
    private readonly registry: Registry,
    private readonly startMs: number,
  ) {
    const changed = [...goals].filter(([param, goal]) => !Object.is(standsAt(param), goal)).map(([param]) => param)
    const levels = new Set(changed.flatMap((param) => (switchId(param) ? param : (this.param(levelId(param)) ?? []))))
    for (const level of levels) this.level(level)
    for (const param of changed) if (!levels.has(param) && !levels.has(this.param(levelId(param))!)) this.other(param)
  }

  private level(level: Param): void {
    const opener = switchId(level)!
    const gate = this.param(opener.id)
    const [now, goal] = this.ends(level)
    const [gateNow, gateGoal] = gate ? this.ends(gate) : [1 - opener.silent, 1 - opener.silent]
    const [wasSilent, becomesSilent] = [gateNow === opener.silent, gateGoal === opener.silent]
    const isFree = this.goals.has(level)
    if (wasSilent && !becomesSilent) {
      this.opening.push([gate!, gateGoal])
      if (isFree) {
        this.before.push([level, valueOfNorm(level, 0)])
        this.glide(level, 0, goal)
      }
    } else if (!wasSilent && becomesSilent) {
      this.closing.push([gate!, gateGoal])
      if (isFree) {
        this.glides.push({
          param: level,
          from: normOfValue(level, now),
          to: 0,
          startMs: this.startMs,
          end: valueOfNorm(level, 0),
        })
        this.behind.push([level, goal])
      }
    } else if (Object.is(now, goal)) return
    else if (wasSilent) this.before.push([level, goal])
    else this.glide(level, normOfValue(level, now), goal)
  }

  private other(param: Param): void {
    const [now, goal] = this.ends(param)
    const change: FadeChange = [param, goal]
    const isSwitch = param.id.endsWith('.on') && param.spec.kind === 'bool'
    // A mute group that is on closes.
    const opens = isSwitch && (goal !== 0) !== param.id.startsWith('muteGroup.')
    const [start, end] = isSwitch ? [this.opening, this.closing] : [this.before, this.behind]
    const channel = this.muteOf(/^(?:(?:strip|bus)\.\d+|master)/.exec(param.id)?.[0])
    const block = this.powerOf(isSwitch ? above(above(param.id)) : above(param.id))
    if (param.spec.fixed || !block.now || (channel.now && !channel.later)) start.push(change)
    else if (!block.later || (!channel.now && channel.later)) end.push(change)
    else if (isSwitch) (opens ? this.opening : this.closing).push(change)
    else if (param.spec.kind !== 'number' || param.spec.delay || kindOf(param.id) === 'fx') this.middle.push(change)
    else this.glide(param, normOfValue(param, now), goal)
  }

  private glide(param: Param, from: number, goal: number): void {
    this.glides.push({ param, from, to: normOfValue(param, goal), startMs: this.startMs, end: goal })
  }

  /** Whether a block is on, with all it is in. */
  private powerOf(block: string): Ends {
    if (block === '') return { now: true, later: true }
    return this.remembered(`${block}.on`, (on) => {
      const outer = this.powerOf(above(block))
      const [now, goal] = on ? this.ends(on) : [1, 1]
      return { now: outer.now && now !== 0, later: outer.later && goal !== 0 }
    })
  }

  /** Whether a channel is muted. */
  private muteOf(channel: string | undefined): Ends {
    return this.remembered(`${channel}.mute`, (mute) => {
      const [now, goal] = mute ? this.ends(mute) : [0, 0]
      return { now: now !== 0, later: goal !== 0 }
    })
  }

  private remembered(id: string, find: (param: Param | undefined) => Ends): Ends {
    const known = this.switches.get(id) ?? find(this.param(id))
    this.switches.set(id, known)
    return known
  }

  private ends(param: Param): readonly [number, number] {
    const now = this.standsAt(param)
    return [now, this.goals.get(param) ?? now]
  }

  private param(id: string | undefined): Param | undefined {
    const entry = id === undefined ? undefined : this.registry.byId.get(id)
    return entry && isParam(entry) ? entry : undefined
  }
}
