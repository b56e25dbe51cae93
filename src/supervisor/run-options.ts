// What `deskd run` is asked for: the parsed command line. What is left out comes from the config file, then from its defaults.
import type { AudioKind } from '../engine/audio-kinds.js'
import type { RecordFormat, RecordWhat } from '../engine/record-what.js'

export { type AudioKind, audioKinds } from '../engine/audio-kinds.js'
export { recordFormats, recordWhats } from '../engine/record-what.js'

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface RunOptions {
  /** `--config FILE`: the host's configuration. */
  readonly config?: string | undefined
  /** `--desk FILE`: topology and initial values. */
  readonly desk?: string | undefined
  readonly audio?: AudioKind | undefined
  /** Part of a sound card's name. */
  readonly device?: string | undefined
  /** 44100…192000 Hz. */
  readonly sampleRateHz?: number | undefined
  /** 16…8192 frames. */
  readonly bufferFrames?: number | undefined
  /** `--play DIR`: its audio files, in name order, are the tracks of strips 1, 2, 3 … */
  readonly play?: string | undefined
  /** `--record FILE.wav|DIR`: the master alone, or a take folder; recorded from the first frame on. */
  readonly record?: string | undefined
  /** `--record-what`: beside the master, what is armed, or every input, every bus, or both. */
  readonly recordWhat?: RecordWhat | undefined
  /** `--record-format`: WAV, or FLAC made from it behind the stop. */
  readonly recordFormat?: RecordFormat | undefined
  readonly osc?: HostPort | undefined
  /** `--state DIR` */
  readonly state?: string | undefined
  /** `--isa NAME`: an instruction set of this machine; '' or nothing for the best. */
  readonly isa?: string | undefined
  /** Called when nothing else gives tracks: makes (or finds) a folder of files to play in a loop. */
  readonly demo?: ((folder: string, sampleRateHz: number) => Promise<void>) | undefined
  /** Called once audio runs and OSC answers. */
  readonly onReady?: ((desk: RunningDesk) => void) | undefined
}

/** What `<state>/run.json` holds: how to reach a desk that runs. */
export interface RunFile {
  readonly pids: { readonly supervisor: number; readonly engine: number; readonly control: number }
  readonly osc: HostPort
  /** Path of the shared memory. */
  readonly region: string
  /** Path of the engine's Unix socket. */
  readonly socket: string
  readonly startedAt: string
}

/** A desk that runs, as `runDesk` gives it to `onReady`. */
export interface RunningDesk {
  readonly run: RunFile
  readonly stateFolder: string
  /** Asks for a clean stop, as SIGINT does; `runDesk` resolves when it is done. */
  stop(): void
}
