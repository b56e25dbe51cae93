// Presses of a button: short, long, double. Which one it was is known by time alone.

export interface PressState {
  isPressed: boolean
  pressedAtMs: number
  /** A short press that may yet be the first of two. */
  releasedAtMs: number | undefined
  /** The press that is on has done what it does. */
  isDone: boolean
}

export type Press = 'down' | 'up' | 'short' | 'long' | 'double'

export const longMs = 500
export const doubleMs = 300

export const newPress = (): PressState => ({ isPressed: false, pressedAtMs: 0, releasedAtMs: undefined, isDone: false })

/**
 * What a press or release amounts to. A button that has neither long nor double says `down` and `up` at once; one that has waits until
 * it is known, and says `short`, `long` or `double`.
 */
export function pressed(
  state: PressState,
  isPressed: boolean,
  nowMs: number,
  hasLong: boolean,
  hasDouble: boolean,
): Press | undefined {
  if (isPressed === state.isPressed) return undefined
  state.isPressed = isPressed
  if (isPressed) {
    state.pressedAtMs = nowMs
    state.isDone = !hasLong && !hasDouble
    if (state.isDone) return 'down'
    if (state.releasedAtMs === undefined) return undefined
    state.releasedAtMs = undefined
    state.isDone = true
    return 'double'
  }
  if (!hasLong && !hasDouble) return 'up'
  if (state.isDone) return undefined
  state.isDone = true
  if (!hasDouble) return 'short'
  state.releasedAtMs = nowMs
  return undefined
}

/** When something will be known by time alone. */
export function knownAtMs(state: PressState, hasLong: boolean): number | undefined {
  if (state.isPressed && !state.isDone && hasLong) return state.pressedAtMs + longMs
  return state.releasedAtMs === undefined ? undefined : state.releasedAtMs + doubleMs
}

/** What time has made of a press. */
export function passed(state: PressState, nowMs: number, hasLong: boolean): Press | undefined {
  const atMs = knownAtMs(state, hasLong)
  if (atMs === undefined || nowMs < atMs) return undefined
  if (state.releasedAtMs !== undefined) {
    state.releasedAtMs = undefined
    return 'short'
  }
  state.isDone = true
  return 'long'
}
