// The addon's interface. Everything slow is a promise; nothing here is called per sample.
import { createRequire } from 'node:module'
import { DeskError } from '../errors.js'

export interface DeviceInfo {
  readonly name: string
  readonly hostApi: string
  readonly inputs: number
  readonly outputs: number
  readonly defaultSampleRateHz: number
  readonly isDefault: boolean
}

/** One file on one strip. `path` is at the desk's rate already (see `conformTrack`). */
export interface TrackSpec {
  readonly path: string
  /** 0-based strip index. */
  readonly strip: number
  /** From 0; songs play one behind the other. Missing: the first. */
  readonly song?: number
}

export interface AudioFileInfo {
  readonly frames: number
  readonly sampleRateHz: number
  readonly channels: number
  readonly format: string
}

export type WavBits = '16' | '24' | '32f'
/** What a render may write besides: 20 bits stand in the upper ones of 24. */
export type RenderBits = WavBits | '20'

export const ditherKinds = ['none', 'tpdf', 'light', 'strong'] as const
/** light and strong: TPDF with its noise shaped after the threshold of hearing. */
export type DitherKind = (typeof ditherKinds)[number]

export interface TakeSpec {
  /** File of the stereo master. */
  readonly masterPath: string
  readonly bits: WavBits
  /** Strips whose sources are recorded, 0-based, always as 32-bit float. */
  readonly inputs: readonly { readonly strip: number; readonly path: string }[]
  /** Buses that are recorded, 0-based, as late as the master is, in its format. */
  readonly buses: readonly { readonly bus: number; readonly path: string }[]
  /** The recording begins and ends by itself where the timeline plays these frames; until then it waits. */
  readonly punch?: { readonly inFrame: number; readonly outFrame: number }
  /** Only for a take folder: the event log, the lead-in of the inputs, and the engine's state at the first frame. */
  readonly eventLogPath?: string
  readonly leadPath?: string
  readonly arenaPath?: string
}

/** What a take began with. */
export interface TakeStart {
  /** Engine frame of the files' first frame. */
  readonly startFrame: number
  /** From the saved state to the files' first frame. */
  readonly skipFrames: number
  /** In the files from before the recording was asked for. */
  readonly preRollFrames: number
  /** The value table at the saved state; empty when the master alone is recorded. */
  readonly values: Float32Array
  readonly playing: boolean
  readonly positionFrames: number
}

/** What is kept in memory, so that a recording can begin in the past. */
export interface HoldSpec {
  /** 0-based. */
  readonly strips: readonly number[]
  readonly buses: readonly number[]
  /** 0 for nothing. */
  readonly seconds: number
}

export interface TakeResult {
  /** −1 when it did not begin. */
  readonly startFrame: number
  readonly frames: number
  /** Empty, or why the recording ended early. */
  readonly error: string
}

export interface HostSpec {
  readonly kind: 'virtual' | 'portaudio'
  readonly bufferFrames: number
  /** PortAudio: part of the device's name; empty for the default. */
  readonly device?: string
  /** Virtual: inputs are the outputs of the buffer before. */
  readonly loopback?: boolean
  /** PortAudio: run on the virtual clock until the device is there, instead of throwing. */
  readonly waitForDevice?: boolean
  /** Frames from output to input where they were measured; else what the host reports. */
  readonly roundTripFrames?: number
}

export interface LoggedEvent {
  readonly frame: number
  readonly target: number
  readonly value: number
}

export interface RenderSpec {
  readonly outPath: string
  readonly bits: RenderBits
  /** Of integers; missing: tpdf to 16 and 20 bits, none to 24. Samples that have no more bits are never dithered. */
  readonly dither?: DitherKind
  /** Block size in which the engine is driven; the result does not depend on it. */
  readonly bufferFrames: number
  /** Frames to render; 0 for the length of the tracks. */
  readonly frames: number
  /** Leave out the graph's latency at the start and run it out at the end. */
  readonly trimLatency: boolean
  /** Frames that run before the file's first one. */
  readonly skipFrames?: number
  readonly events: readonly LoggedEvent[]
  /** A take's: recorded strip sources, the lead-in before them, the engine's state at frame 0. */
  readonly inputs?: readonly { readonly strip: number; readonly path: string }[]
  readonly leadPath?: string
  readonly arenaPath?: string
}

export interface RenderResult {
  readonly frames: number
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
  readonly renderSeconds: number
}

/** An engine on a shared region. One per process for live use; as many as wanted offline. */
export interface NativeEngine {
  readonly isa: string
  /** Puts tracks on strips; what played before stops. Gives the frames at which the songs begin, and the last one's end. */
  loadTracks(tracks: readonly TrackSpec[]): Promise<readonly number[]>
  startHost(spec: HostSpec): Promise<void>
  /** Fades out and stops the host. */
  stopHost(): Promise<void>
  /** What is wrong with the device now, in words; '' while all is well. */
  hostProblem(): string
  /** The device can't be had again in this process: only a new one gets it. */
  needsReplacement(): boolean
  /** Keeps the last seconds of what a take would record; a take of another shape begins without them. */
  holdTake(spec: HoldSpec): Promise<void>
  /** Null when it waits for its punch in. */
  startTake(spec: TakeSpec): Promise<TakeStart | null>
  /** What the running take began with; null while it waits for its punch in. */
  takeStart(): TakeStart | null
  stopTake(): Promise<TakeResult>
  /** Why the running take ended by itself (disk full …), or ''. */
  takeError(): string
  render(spec: RenderSpec, onProgress?: (framesDone: number) => void): Promise<RenderResult>
  close(): void
}

export interface WavRepair {
  /** As the header said. */
  readonly framesBefore: number
  /** As the file holds. */
  readonly frames: number
  /** False: the header was right, the file was not touched. */
  readonly isMended: boolean
}

/** A stretch of one channel (0-based); `level` linear. */
export interface MarkedStretch {
  readonly channel: number
  readonly frame: number
  readonly frames: number
  readonly level: number
}

/** As the addon gives it: levels linear, powers as mean squares, one entry a channel where there are lists. */
export interface NativeMeasurement {
  readonly frames: number
  readonly channels: number
  readonly sampleRateHz: number
  /** Only of a file: `WAV 24 bit`. */
  readonly format?: string
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly maxMomentaryLufs: number
  /** Where its window ends. */
  readonly maxMomentaryS: number
  readonly maxShortTermLufs: number
  readonly maxShortTermS: number
  readonly lowestPsrLu: number
  readonly highestPsrLu: number
  readonly correlation: number
  readonly ppm1: number
  readonly ppm2: number
  readonly vu: number
  readonly k: number
  readonly clippedRunCount: number
  readonly overCount: number
  readonly columns: number
  readonly momentaryLufs: Float32Array
  readonly shortTermLufs: Float32Array
  readonly truePeak: Float64Array
  readonly samplePeak: Float64Array
  readonly meanSquare: Float64Array
  readonly mean: Float64Array
  readonly dynamicRangeDb: Float64Array
  readonly thirdOctaves: Float64Array
  readonly spectrum: Float64Array
  readonly lowest: Float32Array
  readonly highest: Float32Array
  readonly clippedRuns: readonly MarkedStretch[]
  readonly overs: readonly MarkedStretch[]
}

export interface MeasureOptions {
  /** Loudness, peaks and levels alone: no spectra, ballistics, dynamic range, clipped runs nor overview. Several times as fast. */
  readonly brief?: boolean
}

export interface CuePoint {
  readonly frame: number
  readonly name: string
}

/** Where a file's sound begins, and the frame behind its end; both 0 where there is none. */
export interface SoundSpan {
  readonly first: number
  readonly end: number
}

/** A part of a file, with fades at its ends (raised cosines). */
export interface Cut {
  readonly first: number
  readonly frames: number
  readonly fadeInFrames: number
  readonly fadeOutFrames: number
}

/** What a piece is called and by whom; only what its file says. */
export interface Tags {
  readonly title?: string
  readonly artist?: string
  readonly album?: string
  readonly trackNumber?: string
  readonly date?: string
  readonly genre?: string
  readonly comment?: string
  readonly copyright?: string
  readonly software?: string
}

/** A fault as the addon tells it; `src/mastering/faults.ts` says what `amount` and `count` are. */
export interface NativeFault {
  readonly kind: 'nonFinite' | 'clips' | 'clicks' | 'dc' | 'hum' | 'polarity' | 'balance' | 'mono' | 'silence'
  /** −1: the file as a whole. */
  readonly channel: number
  readonly isCertain: boolean
  readonly count: number
  readonly amount: number
  readonly hz: number
  readonly linesHz: readonly number[]
  readonly places: readonly { readonly frame: number; readonly frames: number }[]
}

export interface NativeMending {
  readonly sampleRateHz: number
  readonly mended: readonly {
    readonly fault: NativeFault
    readonly amountAfter: number
    readonly countAfter: number
    readonly isFiltered: boolean
  }[]
  readonly gainDb: number
  readonly bits: string
  readonly isDithered: boolean
  readonly left: readonly NativeFault[]
}

export interface NativeMendSpec {
  /** Kinds to be mended; empty: those that are certain. */
  readonly only: readonly string[]
  readonly isFlac: boolean
  /** Write the file even where nothing was wrong. */
  readonly isConverted: boolean
}

export interface NativeAddon {
  /** Instruction sets that this machine can run, best first: avx512, avx2, sse2; or neon. */
  readonly isaNames: readonly string[]
  /** Maps a region file read-write and gives it as memory shared with other processes. */
  mapRegion(path: string): ArrayBuffer
  /** `region`: a mapped or an own ArrayBuffer laid out by `initialRegion`. `isa`: '' for the best. */
  createEngine(region: ArrayBuffer, isa: string): NativeEngine
  /** `library`: path of PortAudio's shared library, '' for the system's. */
  usePortAudio(library: string): void
  listDevices(): DeviceInfo[]
  /** Header of an audio file. Throws with a message in words. */
  audioFileInfo(path: string): AudioFileInfo
  /** Converts a file to `sampleRateHz` as 32-bit float WAV (soxr, very high quality). */
  conformTrack(path: string, outPath: string, sampleRateHz: number): Promise<void>
  /** Brings the sizes of a WAV file whose writer was killed to the data that is there. Nothing is cut. */
  repairWav(path: string): Promise<WavRepair>
  /**
   * Turns a WAV file into FLAC where that loses nothing, verified; at the lowest priority. False when it would lose something:
   * then there is no file.
   */
  convertToFlac(wavPath: string, flacPath: string, onProgress: (share: number) => void): Promise<boolean>
  /** Measures a file of 1 to 6 channels on a worker thread; `onProgress` hears how much is done, to 1. */
  measureFile(path: string, options: MeasureOptions, onProgress: (share: number) => void): Promise<NativeMeasurement>
  /** Measures interleaved samples, which must not change meanwhile. */
  measureSamples(
    interleaved: Float32Array,
    channels: number,
    sampleRateHz: number,
    options: MeasureOptions,
  ): Promise<NativeMeasurement>
  findFaults(path: string, onProgress: (share: number) => void): Promise<{ sampleRateHz: number; faults: readonly NativeFault[] }>
  /** Writes `outPath` only where something was mended or the spec asks for it; removed again when that fails. */
  mendFile(path: string, outPath: string, spec: NativeMendSpec, onProgress: (share: number) => void): Promise<NativeMending>
  /** Puts named cue points into a finished WAV file, in the place of those it has; gives how many fit. */
  writeCuePoints(path: string, cues: readonly CuePoint[]): Promise<number>
  /** Where samples are above `threshold` (linear). */
  soundSpan(path: string, threshold: number): Promise<SoundSpan>
  /** Copies a part of a file to a WAV file of 32-bit floats. */
  cutFile(from: string, to: string, cut: Cut): Promise<void>
  readTags(path: string): Promise<Tags>
  /** Puts tags into a finished WAV file, in the place of what follows its data. `convertToFlac` takes them over. */
  writeWavTags(path: string, tags: Tags): Promise<void>
}

const addonPath = '../../src/native/build/Release/deskd.node'
let loaded: NativeAddon | undefined

/** Loads the addon once. Throws a DeskError that says how to build it. */
export function nativeAddon(): NativeAddon {
  try {
    loaded ??= createRequire(import.meta.url)(addonPath) as NativeAddon
    return loaded
  } catch (cause) {
    throw new DeskError(
      'native',
      'the native engine is not built or does not load: run `npm run build`, then `npx deskd doctor`',
      { cause },
    )
  }
}
