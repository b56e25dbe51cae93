// What OSC needs of a desk.
import type { ParameterStore } from '../params/store.js'

/** A rejected or thrown error is told to the sender as `/error ,s`. */
export interface DeskActions {
  play(): void | Promise<void>
  stop(): void | Promise<void>
  /** Position on the timeline, 0…86400 s. */
  locate(positionS: number): void | Promise<void>
  /** `name` is a plain file name of at most 63 characters, without slashes and without a dot in front. */
  record(name?: string): void | Promise<void>
  recordStop(): void | Promise<void>
  resetMeters(): void | Promise<void>
}

/** The four texts of `/info ,ssss`. */
export interface DeskInfo {
  readonly name: string
  readonly version: string
  /** Where OSC is heard, as HOST:PORT. */
  readonly oscAddress: string
  /** What plays, in words: `virtual, 48000 Hz, 64 strips`. */
  readonly audio: string
}

export interface DeskPort {
  readonly store: ParameterStore
  readonly actions: DeskActions
  /** The raw slot of the meter table. */
  meter(index: number): number
  info(): DeskInfo
  /** Anything JSON can hold; sent as the one text of `/status`. */
  status(): unknown
}
