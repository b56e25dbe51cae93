// What of a surface was seen to work: every control is asked for, and ticked off as all that it can say has come.
import type { ControlEvent, ControlId } from './control-event.js'
import type { ControlKind, ControlShape, SurfaceShape } from './driver.js'
import { useText } from './encoding-text.js'
import { guessUse } from './guess-encoding.js'
import { streamsOf, type TimedBytes } from './midi-streams.js'
import { nameOf } from './wire.js'

export type Sign = 'touch' | 'release' | 'bottom' | 'top' | 'clockwise' | 'back' | 'press' | 'let go'

export interface Check {
  readonly control: ControlId
  readonly kind: ControlKind
  /** What has not come yet. */
  readonly open: readonly Sign[]
  readonly isSkipped: boolean
  /** What came and should not have, in words. */
  readonly wrong: readonly string[]
}

export interface ChecklistResult {
  readonly came: readonly ControlId[]
  readonly missing: readonly { readonly control: ControlId; readonly never: readonly Sign[] }[]
  readonly wrong: readonly { readonly control: ControlId; readonly found: string }[]
  readonly skipped: readonly ControlId[]
  /** Messages that the driver does not know, by what sends them, and what they look like. */
  readonly unknown: readonly { readonly wire: string; readonly count: number; readonly looksLike: string }[]
}

interface State {
  readonly shape: ControlShape
  open: Sign[]
  isSkipped: boolean
  wrong: Set<string>
  isTouched: boolean
  isPressed: boolean
  turns: number
  leaps: number
}

/** A fader counts as at its end within this share of its travel. */
const endShare = 0.015
/** More ticks at once than a hand turns; many such events are another encoding. */
const leapTicks = 30
const unknownKept = 2000

export class Checklist {
  private readonly states: ReadonlyMap<ControlId, State>
  private readonly strange: TimedBytes[] = []

  constructor(shape: SurfaceShape) {
    const asked = [...shape.controls.values()].filter((control) => signsOf(control).length > 0)
    this.states = new Map(asked.map((control) => [control.id, stateOf(control)]))
  }

  get checks(): Check[] {
    return [...this.states.values()].map(({ shape, open, isSkipped, wrong }) => ({
      control: shape.id,
      kind: shape.kind,
      open,
      isSkipped,
      wrong: [...wrong],
    }))
  }

  /** The control that is asked for: the first that is open. */
  get next(): Check | undefined {
    return this.checks.find(({ open, isSkipped }) => open.length > 0 && !isSkipped)
  }

  /** Takes what one message of the surface said. */
  hear(bytes: Uint8Array, events: readonly ControlEvent[], atMs: number): void {
    if (events.length === 0 && isOfAControl(bytes) && this.strange.length < unknownKept) this.strange.push({ atMs, bytes })
    for (const event of events) {
      const state = this.states.get(event.control)
      if (state) note(state, event)
    }
  }

  skip(control: ControlId): void {
    const state = this.states.get(control)
    if (state) state.isSkipped = true
  }

  skipKind(kind: ControlKind): void {
    for (const state of this.states.values()) if (state.shape.kind === kind && state.open.length > 0) state.isSkipped = true
  }

  result(): ChecklistResult {
    const all = this.checks
    const isOpen = ({ open, isSkipped }: Check): boolean => open.length > 0 && !isSkipped
    return {
      came: all.filter(({ open }) => open.length === 0).map(({ control }) => control),
      missing: all.filter(isOpen).map(({ control, open }) => ({ control, never: open })),
      wrong: all.flatMap(({ control, wrong }) => wrong.map((found) => ({ control, found }))),
      skipped: all.filter(({ open, isSkipped }) => isSkipped && open.length > 0).map(({ control }) => control),
      unknown: this.unknown(),
    }
  }

  private unknown(): ChecklistResult['unknown'] {
    return streamsOf(this.strange).map((stream) => {
      const use = guessUse(stream)
      return {
        wire: nameOf(stream.wire),
        count: stream.values.length,
        looksLike: typeof use === 'string' ? 'unclear' : useText(use),
      }
    })
  }
}

/** What a control of this kind can say; nothing for displays and lights. */
function signsOf({ kind, hasTouch }: ControlShape): Sign[] {
  const held = (signs: Sign[]): Sign[] => (hasTouch ? ['touch', ...signs, 'release'] : signs)
  if (kind === 'fader' || kind === 'pot') return held(['bottom', 'top'])
  if (kind === 'encoder' || kind === 'wheel') return held(['clockwise', 'back'])
  return kind === 'button' ? ['press', 'let go'] : []
}

const stateOf = (shape: ControlShape): State => ({
  shape,
  open: signsOf(shape),
  isSkipped: false,
  wrong: new Set(),
  isTouched: false,
  isPressed: false,
  turns: 0,
  leaps: 0,
})

function note(state: State, event: ControlEvent): void {
  const came = (sign: Sign): void => {
    state.open = state.open.filter((open) => open !== sign)
  }
  switch (event.kind) {
    case 'touch':
      state.isTouched = event.isTouched
      came(event.isTouched ? 'touch' : 'release')
      return
    case 'position':
      if (event.position <= endShare) came('bottom')
      if (event.position >= 1 - endShare) came('top')
      if (state.shape.hasTouch && !state.isTouched) state.wrong.add('moved without a touch')
      return
    case 'turn':
      if (state.turns++ === 0 && event.ticks < 0) state.wrong.add('the first turn came as one back: is it reversed?')
      if (Math.abs(event.ticks) > leapTicks) state.leaps++
      if (state.leaps > 2 && state.leaps * 3 > state.turns)
        state.wrong.add(`turns of ${Math.abs(event.ticks)} ticks: is it another relative encoding?`)
      came(event.ticks > 0 ? 'clockwise' : 'back')
      return
    case 'press':
      if (event.isPressed === state.isPressed)
        state.wrong.add(event.isPressed ? 'pressed twice and never let go' : 'let go twice and never pressed')
      state.isPressed = event.isPressed
      came(event.isPressed ? 'press' : 'let go')
  }
}

/** Clocks, active sensing and what a device tells of itself are no control's. */
const isOfAControl = ([status = 0]: Uint8Array): boolean => status >= 0x80 && status < 0xf0
