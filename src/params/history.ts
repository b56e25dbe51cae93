// Undo and redo: every change of the store, gathered into steps as hands make them. It keeps no clock.
import type { Param, TextParam } from './registry.js'
import { setTogether } from './set-together.js'
import type { Change, Initiator, ParamChange, ParameterStore, TextChange } from './store.js'

/** A parameter that its hand moves again within this time is still the same move … */
const gestureMs = 1000
/** … what one initiator changes within this time belongs together, and two that pull at one fader share a step … */
const burstMs = 50
/** … but a move without an end is a step every half minute, unless a finger holds on. */
const longestMs = 30_000

/** The oldest steps go when there are more, or when together they hold more parameters: some 30 MB. */
export const historyLimits = { steps: 1000, entries: 1_000_000 } as const

/** Steps from the top among which a burst is looked for. */
const recent = 16

interface Step {
  readonly initiator: Initiator
  readonly firstMs: number
  lastMs: number
  /** Takes no more changes. */
  isClosed: boolean
  /** A finger held on, so it may last. */
  isHeld: boolean
  readonly params: Param[]
  readonly before: number[]
  /** What each became; while a fade runs, what it has become so far. */
  readonly after: number[]
  /** Where a fade leads: what redo goes to. */
  readonly goals?: readonly number[]
  readonly texts: Map<TextParam, { readonly before: string; after: string }>
  readonly onUndo?: () => void
}

/** What came of an undo or redo: how much it changed, and what was refused in words. */
export interface Restored {
  readonly changed: number
  readonly refused: readonly string[]
}

export class History {
  private readonly done: Step[] = []
  private readonly undone: Step[] = []
  private entries = 0
  /** The last step of each parameter, and its place there. */
  private readonly stepOf: (Step | undefined)[]
  private readonly placeOf: Int32Array
  private readonly stepOfText = new Map<TextParam, Step>()
  private readonly held = new Map<Param, Initiator>()
  /** Parameters that a finger came onto since they last moved. */
  private readonly fresh = new Set<Param>()
  private isRestoring = false

  /** `isEdit` says what undo may bring back: not what is held rather than set. */
  constructor(
    private readonly store: ParameterStore,
    private readonly isEdit: (entry: Param | TextParam) => boolean = isSet,
  ) {
    this.stepOf = Array(store.registry.params.length).fill(undefined)
    this.placeOf = new Int32Array(store.registry.params.length)
  }

  /** How many steps can be undone and redone. */
  get depth(): { readonly undo: number; readonly redo: number } {
    return { undo: this.done.length, redo: this.undone.length }
  }

  /** Takes every change of the store, as it is made. */
  note(change: Change, nowMs: number): void {
    if (this.isRestoring) return
    if (!this.isEdit('text' in change ? change.text : change.param)) return
    if ('text' in change) this.noteText(change, nowMs)
    else this.noteParam(change, nowMs)
  }

  /** A finger came onto what moves a parameter, or left it: what it does in between is one step. */
  touch(param: Param, initiator: Initiator, isTouched: boolean): void {
    if (isTouched) {
      this.held.set(param, initiator)
      this.fresh.add(param)
    } else if (this.held.get(param) === initiator) this.held.delete(param)
  }

  /** True while a finger lies on what moves a parameter. */
  isHeld(param: Param): boolean {
    return this.held.has(param)
  }

  /** An initiator is gone, and with it its fingers. */
  release(initiator: Initiator): void {
    for (const [param, by] of this.held) if (by === initiator) this.held.delete(param)
  }

  /**
   * Begins a step of changes that take their time: whatever `initiator` does to these parameters from here on belongs to it, unless
   * another hand comes between. Undo goes back to where they stand now, redo to the goals; `onUndo` ends what moves them. Texts are set
   * at once.
   */
  begin(
    initiator: Initiator,
    goals: readonly (readonly [Param, number])[],
    texts: readonly (readonly [TextParam, string])[],
    nowMs: number,
    onUndo: () => void,
  ): void {
    const step = newStep(initiator, nowMs, { goals: goals.map(([, goal]) => goal), onUndo })
    for (const [param] of goals) this.enter(step, param, this.store.value(param), this.store.value(param))
    for (const [text, after] of texts) {
      step.texts.set(text, { before: this.store.text(text), after })
      this.stepOfText.set(text, step)
    }
    this.add(step)
  }

  /** Takes the last step back, whoever made it; what does not stand where it left it is left alone. Undefined when there is none. */
  undo(): Restored | undefined {
    for (let step = this.done.pop(); step; step = this.done.pop()) {
      step.isClosed = true
      step.onUndo?.()
      const restored = this.restore(step, step.after, step.before, 'undo')
      if (restored.changed === 0) {
        this.forget(step)
        continue
      }
      this.undone.push(step)
      return restored
    }
    return undefined
  }

  /** Does again what was undone last, until something new is done. Undefined when there is nothing. */
  redo(): Restored | undefined {
    for (let step = this.undone.pop(); step; step = this.undone.pop()) {
      const aimed = step.after.map((after, i) => step.goals?.[i] ?? after)
      const restored = this.restore(step, step.before, aimed, 'redo')
      if (restored.changed === 0) {
        this.forget(step)
        continue
      }
      step.after.splice(0, aimed.length, ...aimed)
      this.push(step)
      return restored
    }
    return undefined
  }

  private noteParam({ param, value, before, initiator }: ParamChange, nowMs: number): void {
    const own = this.stepOf[param.index]
    const step = this.stepFor(param, own, initiator, nowMs)
    step.lastMs = nowMs
    if (own === step) step.after[this.placeOf[param.index]!] = value
    else {
      this.enter(step, param, before, value)
      this.trim()
    }
  }

  private noteText({ text, value, before, initiator }: TextChange, nowMs: number): void {
    const own = this.stepOfText.get(text)
    const isSame = own && !own.isClosed && own.initiator === initiator && nowMs - own.lastMs <= gestureMs
    const burst = this.burstOf(initiator, nowMs)
    const step = isSame ? own : burst && !burst.texts.has(text) ? burst : this.add(newStep(initiator, nowMs))
    step.lastMs = nowMs
    const known = step.texts.get(text)
    if (known) known.after = value
    else step.texts.set(text, { before, after: value })
    this.stepOfText.set(text, step)
  }

  private stepFor(param: Param, own: Step | undefined, initiator: Initiator, nowMs: number): Step {
    const isNewTouch = this.fresh.delete(param)
    if (own && !own.isClosed && !isNewTouch && this.goesOn(own, param, initiator, nowMs)) return own
    const burst = this.burstOf(initiator, nowMs)
    // Where another hand came between, the burst may hold an earlier move of the parameter.
    const isIn = burst && (own === burst || (own !== undefined && own.initiator !== initiator && burst.params.includes(param)))
    return burst && !isIn ? burst : this.add(newStep(initiator, nowMs))
  }

  private goesOn(step: Step, param: Param, initiator: Initiator, nowMs: number): boolean {
    const isOwn = step.initiator === initiator
    if (step.goals) return isOwn
    if (isOwn && this.held.get(param) === initiator) {
      step.isHeld = true
      return true
    }
    if (!isOwn && param.spec.kind !== 'number') return false
    return nowMs - step.lastMs <= (isOwn ? gestureMs : burstMs) && (step.isHeld || nowMs - step.firstMs <= longestMs)
  }

  private burstOf(initiator: Initiator, nowMs: number): Step | undefined {
    const isBurst = (step: Step): boolean =>
      step.initiator === initiator && !step.isClosed && nowMs - step.lastMs <= burstMs && nowMs - step.firstMs <= longestMs
    return this.done.slice(-recent).findLast(isBurst)
  }

  private enter(step: Step, param: Param, before: number, after: number): void {
    this.stepOf[param.index] = step
    this.placeOf[param.index] = step.params.length
    step.params.push(param)
    step.before.push(before)
    step.after.push(after)
    this.entries++
  }

  /** A new step ends what could be redone. */
  private add(step: Step): Step {
    for (const undone of this.undone.splice(0)) this.forget(undone)
    return this.push(step)
  }

  private push(step: Step): Step {
    this.done.push(step)
    this.trim()
    return step
  }

  /** Drops what would be redone last, then what was done first. */
  private trim(): void {
    const isFull = (): boolean => this.entries > historyLimits.entries
    while (isFull() && this.undone.length > 0) this.forget(this.undone.shift()!)
    while (this.done.length > historyLimits.steps || (isFull() && this.done.length > 1)) this.forget(this.done.shift()!)
  }

  private forget(step: Step): void {
    step.isClosed = true
    this.entries -= step.params.length
    for (const { index } of step.params) if (this.stepOf[index] === step) this.stepOf[index] = undefined
    for (const text of step.texts.keys()) if (this.stepOfText.get(text) === step) this.stepOfText.delete(text)
  }

  /** Sets what still stands at `from`: back to front on the way back, so that what followed goes before what it followed. */
  private restore(step: Step, from: readonly number[], to: readonly number[], initiator: 'undo' | 'redo'): Restored {
    const { store } = this
    const changes = step.params.flatMap((param, i) =>
      Object.is(store.value(param), from[i]) && !Object.is(from[i], to[i]) ? [[param, to[i]!] as const] : [],
    )
    const texts = [...step.texts].flatMap(([text, { before, after }]) => {
      const [was, becomes] = initiator === 'undo' ? [after, before] : [before, after]
      return store.text(text) === was && was !== becomes ? [[text, becomes] as const] : []
    })
    this.isRestoring = true
    try {
      const refused = setTogether(store, initiator === 'undo' ? changes.reverse() : changes, initiator)
      for (const [text, becomes] of texts) store.setText(text, becomes, initiator)
      return { changed: changes.length - refused.length + texts.length, refused }
    } finally {
      this.isRestoring = false
    }
  }
}

const newStep = (initiator: Initiator, nowMs: number, more: Pick<Step, 'goals' | 'onUndo'> = {}): Step => ({
  initiator,
  firstMs: nowMs,
  lastMs: nowMs,
  isClosed: false,
  isHeld: false,
  params: [],
  before: [],
  after: [],
  texts: new Map(),
  ...more,
})

/** Everything but the talkback, which is held, and the scene in force, which goes with its recall. */
const isSet = ({ id }: Param | TextParam): boolean => id !== 'talkback.on' && id !== 'scene.current'
