// Values that come in more than one message: pairs of controllers, and parameters that are chosen first and set then.
import type { ControlEvent, ControlId } from './control-event.js'
import type { Wire } from './wire.js'

export type Events = readonly ControlEvent[]
/** Events of a value on a wire; `value` is 0…`topOf(wire)`. */
export type Read = (value: number) => Events

export const none: Events = []

/** Two halves of 14 bits. Told when the second has come; a device that never sends it is found out at its second message. */
export const readPair = (read: Read, isFineFirst: boolean): { coarse: Read; fine: Read } => {
  let coarse = 0
  let fine = 0
  let isWaiting = false
  if (isFineFirst)
    return {
      coarse: (value) => read((value << 7) | fine),
      fine: (value) => {
        fine = value
        return none
      },
    }
  return {
    coarse: (value) => {
      const hasNoFine = isWaiting
      coarse = value
      isWaiting = true
      // Spread over the whole range, so that the top is reached.
      return hasNoFine ? read((value << 7) | value) : none
    },
    fine: (value) => {
      isWaiting = false
      return read((coarse << 7) | value)
    },
  }
}

/** Controllers that choose a parameter (98 to 101), set it (6, 38), step it (96, 97). */
export const numberedControllers = [6, 38, 96, 97, 98, 99, 100, 101] as const

interface NumberedInput {
  readonly control: ControlId
  readonly read: Read
  /** Data increment and decrement turn it. */
  readonly turns?: boolean
}

/** Registered and non-registered parameters of one channel: which one is chosen, and what its data entry does. */
export class ParameterNumbers {
  private readonly known = new Map<number, { coarse: Read; fine: Read; step: Read }>()
  private readonly chosen = [0x7f, 0x7f]
  private isRegistered = false

  add(input: NumberedInput, wire: Wire & { kind: 'nrpn' | 'rpn' }): void {
    const pair = wire.bits === 14 ? readPair(input.read, false) : { coarse: input.read, fine: () => none }
    const step: Read = input.turns ? (up) => [{ kind: 'turn', control: input.control, ticks: up === 1 ? 1 : -1 }] : () => none
    this.known.set(this.key(wire.kind === 'rpn', wire.number), { ...pair, step })
  }

  reads(): [number: number, read: Read][] {
    const choose = (half: 0 | 1, isRegistered: boolean): Read => {
      return (value) => {
        this.chosen[half] = value
        this.isRegistered = isRegistered
        return none
      }
    }
    const data = (part: 'coarse' | 'fine' | 'step'): Read => {
      return (value) => this.now()?.[part](value) ?? none
    }
    return [
      [99, choose(0, false)],
      [98, choose(1, false)],
      [101, choose(0, true)],
      [100, choose(1, true)],
      [6, data('coarse')],
      [38, data('fine')],
      [96, () => this.now()?.step(1) ?? none],
      [97, () => this.now()?.step(0) ?? none],
    ]
  }

  private now(): { coarse: Read; fine: Read; step: Read } | undefined {
    return this.known.get(this.key(this.isRegistered, (this.chosen[0]! << 7) | this.chosen[1]!))
  }

  private key(isRegistered: boolean, number: number): number {
    return number + (isRegistered ? 16384 : 0)
  }
}
