// What OSC needs of a desk.
import type { ParameterStore } from '../params/store.js'
import type { SurfaceTools } from '../surface/surface-tools.js'

/** One on, one back, or the one of this name or number (from 1). */
export type Step = { readonly by: 1 | -1 } | { readonly to: number | string }

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
  /** Sets a marker where the timeline stands, named by its number where no name is given; a take that is recorded keeps it too. */
  setMarker(name?: string): void
  clearMarkers(): void
  /** Locates: one on, one back, or to a number (from 1) or name. Throws where there is none. */
  stepMarker(step: Step): void
  stepSong(step: Step): void
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
  readonly sampleRateHz: number
  readonly actions: DeskActions
  /** The raw slot of the meter table. */
  meter(index: number): number
  info(): DeskInfo
  /** Anything JSON can hold; sent as the one text of `/status`. */
  status(): unknown
  /** For tools on this machine. */
  readonly surfaces?: SurfaceTools
}
