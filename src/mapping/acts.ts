// What positions, presses and ticks do to what a control is bound to: changes of parameters and actions as effects, states at once.
import type { DeskView, Effect } from './effect.js'
import type { Resolved, ResolvedParam, ResolvedTarget } from './resolve.js'
import type { States } from './states.js'
import { type TakeoverMode, takeover, type Way, wayTo } from './takeover.js'
import { accelerated, isStepped, stepped } from './turn.js'

const mostRepeats = 16

/** A turn of an encoder: as it came, and in whole steps of what goes one by one. */
export interface Turn {
  readonly ticks: number
  readonly wholeSteps: number
  /** Part of a plain encoder's tick that a tick of this one is. */
  readonly share: number
  /** Since the turn before, the same way. */
  readonly sinceMs: number
  /** Fraction that ticks go by; undefined: they go as far as they are fast. */
  readonly fineBy: number | undefined
}

/** A fader or pot that came to `position`. */
export interface Move {
  readonly position: number
  /** Where it stood; undefined when that is not known. */
  readonly before: number | undefined
  readonly hasMotor: boolean
  readonly tolerance: number
  readonly mode: TakeoverMode
}

export class Acts {
  constructor(
    private readonly desk: DeskView,
    private readonly states: States,
  ) {}

  /** Sets a parameter where that is a change. */
  set(param: ResolvedParam['param'], value: number, effects: Effect[]): void {
    if (!Object.is(value, this.desk.value(param))) effects.push({ kind: 'set', param, value })
  }

  /** Gives which way to move what does not have the value yet. */
  move(resolved: Resolved, move: Move, effects: Effect[]): Way | undefined {
    let waits: Way | undefined
    for (const target of resolved.targets) {
      if (target.kind !== 'param') continue
      const { param, travel } = target
      const value = this.desk.value(param)
      const to = taken(target, move, value)
      const after = to === undefined ? value : travel.valueOf(to)
      this.set(param, after, effects)
      if (target === resolved.shown && !move.hasMotor && travel.valueOf(move.position) !== after)
        waits = wayTo(move.position, travel.positionOf(after), move.tolerance)
    }
    return waits
  }

  turn(resolved: Resolved, turn: Turn, effects: Effect[]): void {
    const { ticks, wholeSteps } = turn
    for (const target of resolved.targets)
      if (target.kind === 'param') this.turnParam(target, turn, effects)
      else if (target.kind === 'action') this.turnAction(target, ticks, effects)
      else if (target.kind === 'cycle') this.states.step(target.state, wholeSteps, false)
      else if (target.kind === 'bankMove') this.states.moveBank(target.by * wholeSteps)
    const side = wholeSteps > 0 ? resolved.right : resolved.left
    for (let i = 0; i < Math.min(mostRepeats, Math.abs(wholeSteps)); i++)
      for (const target of side) this.press(target, true, effects)
  }

  private turnParam(target: ResolvedParam, { ticks, wholeSteps, share, sinceMs, fineBy }: Turn, effects: Effect[]): void {
    const { param, step, range, acceleration } = target
    const plain = fineBy === undefined ? (acceleration ? accelerated(ticks, sinceMs, acceleration) : ticks) : ticks * fineBy
    const steps = (isStepped(param) ? wholeSteps : plain * share) * (target.isInverted ? -1 : 1)
    if (steps !== 0) this.set(param, stepped(param, this.desk.value(param), steps, step, range), effects)
  }

  /** An action that takes a number is told it once, times the ticks. */
  private turnAction({ name, args }: Extract<ResolvedTarget, { kind: 'action' }>, ticks: number, effects: Effect[]): void {
    const [first, ...rest] = args
    if (typeof first === 'number') effects.push({ kind: 'do', action: name, args: [first * ticks, ...rest] })
    else for (let i = 0; i < Math.min(mostRepeats, Math.abs(ticks)); i++) effects.push({ kind: 'do', action: name, args })
  }

  /** What a press does, or (`isDown` false) its end. */
  press(target: ResolvedTarget, isDown: boolean, effects: Effect[]): void {
    if (target.kind === 'param') this.pressParam(target, isDown, effects)
    else if (isDown) this.actOnce(target, effects)
  }

  private actOnce(target: Exclude<ResolvedTarget, ResolvedParam>, effects: Effect[]): void {
    switch (target.kind) {
      case 'set':
        if (target.again.length > 0 && this.states.get(target.state) === target.to) {
          for (const inner of target.again) this.press(inner, true, effects)
          return
        }
        this.states.set(target.state, target.to)
        return
      case 'cycle':
        this.states.step(target.state, 1, true)
        return
      case 'bankMove':
        this.states.moveBank(target.by)
        return
      case 'bankTo':
        this.states.bankTo(target.to)
        return
      case 'spill':
        this.states.set('spill', this.states.get('spill') === target.dca ? 0 : target.dca)
        return
      case 'reset':
        for (const param of target.params) effects.push({ kind: 'set', param, value: param.default })
        return
      case 'action':
        effects.push({ kind: 'do', action: target.name, args: target.args })
    }
  }

  private pressParam(target: ResolvedParam, isDown: boolean, effects: Effect[]): void {
    const { param, press, pressValue, isInverted, step } = target
    const value = this.desk.value(param)
    if (press.kind === 'momentary') this.set(param, Number(isDown !== isInverted), effects)
    else if (!isDown) return
    else if (press.kind === 'value') {
      if (pressValue !== undefined) this.set(param, pressValue, effects)
    } else if (press.kind === 'step') this.set(param, stepped(param, value, isInverted ? -1 : 1, step), effects)
    else if (param.spec.kind !== 'number') this.set(param, value >= param.max ? param.min : value + 1, effects)
  }
}

/** The position that the value takes; undefined while the control waits. */
function taken({ param, travel }: ResolvedParam, move: Move, value: number): number | undefined {
  const { position, before, hasMotor, mode, tolerance } = move
  // What stands for several positions is taken from each of them.
  if (hasMotor || (before !== undefined && travel.valueOf(before) === value)) return position
  return takeover(mode === 'scaled' && isStepped(param) ? 'pickup' : mode, position, before, travel.positionOf(value), tolerance)
}
