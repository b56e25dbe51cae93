// What OSC needs of a desk.
import type { RunAction } from '../params/actions.js'
import type { ParameterStore } from '../params/store.js'
import type { SurfaceTools } from '../surface/surface-tools.js'

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
  /** What it throws or rejects with is told to the sender as `/error ,s`. */
  readonly run: RunAction
  /** The raw slot of the meter table. */
  meter(index: number): number
  info(): DeskInfo
  /** Anything JSON can hold; sent as the one text of `/status`. */
  status(): unknown
  /** For tools on this machine. */
  readonly surfaces?: SurfaceTools
}
