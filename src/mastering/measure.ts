// What a file measures, in the units that people read.
import { type MarkedStretch, type MeasureOptions, type NativeMeasurement, nativeAddon } from '../engine/native.js'
import { dbOfAmplitude, dbOfPower } from '../units.js'

/** A stretch of one channel. */
export interface Stretch {
  /** From 0. */
  readonly channel: number
  readonly startS: number
  readonly startFrame: number
  readonly frames: number
  /** dBFS, or dBTP where it is a true peak. */
  readonly levelDb: number
}

export interface ChannelMeasurement {
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
  readonly rmsDbfs: number
  /** Mean of all samples, full scale is 1. */
  readonly dcOffset: number
  /** "Measuring DR" 1.3, before rounding. */
  readonly dynamicRangeDb: number
}

/** Everything about a file or signal. Silence is −Infinity. */
export interface Measurement {
  readonly frames: number
  readonly channels: number
  readonly sampleRateHz: number
  readonly seconds: number
  /** `WAV 24 bit`; of samples in memory ''. */
  readonly format: string
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly truePeakDbtp: number
  readonly samplePeakDbfs: number
  readonly maxMomentaryLufs: number
  readonly maxShortTermLufs: number
  /** Where the windows of these end, in seconds. */
  readonly maxMomentaryS: number
  readonly maxShortTermS: number
  /** True peak over integrated loudness. */
  readonly plrLu: number
  /** True peak over the highest short-term loudness. */
  readonly psrLu: number
  /** True peak of 3 s over their loudness, through the file, where it is not much quieter than the rest. */
  readonly minPsrLu: number
  readonly maxPsrLu: number
  /** Sample peak over RMS: 3.01 for a sine. */
  readonly crestDb: number
  readonly rmsDbfs: number
  /** Of left and right: 1 the same (and mono), 0 independent, −1 inverted. */
  readonly correlation: number
  /** RMS of right over left; 0 for mono. */
  readonly balanceDb: number
  /** Of the channel where it is largest, full scale is 1. */
  readonly dcOffset: number
  /** How many. */
  readonly clippedRuns: number
  /** DR, mean of the channels, rounded. */
  readonly dynamicRangeDr: number
  /** Highest readings. Type I (DIN): 0 at a sine of −9 dBFS peak; BBC marks, 4 at −18; EBU: 0 at −18; VU: 0 at −18. */
  readonly ppm1Db: number
  readonly ppm2aMark: number
  readonly ppm2bDb: number
  readonly vuDb: number
  /** 0 at −20, −14 and −12 dBFS, read as a sine's peak. */
  readonly k20Db: number
  readonly k14Db: number
  readonly k12Db: number
  readonly perChannel: readonly ChannelMeasurement[]
  /** The first 1000 of them, in time. */
  readonly clips: readonly Stretch[]
  /** Stretches whose true peak is above −1 dBTP, the first 1000, and how many there are. */
  readonly truePeakOvers: readonly Stretch[]
  readonly truePeakOverCount: number
  /** dBFS of 31 bands, the mean of the channels; of band n see `thirdOctaveHz`. Empty when brief. */
  readonly thirdOctavesDb: readonly number[]
  /** dBFS of bands of a 24th of an octave from 20 Hz on: band n begins at 20·2^(n/24) Hz. Empty when brief. */
  readonly spectrumDb: readonly number[]
  /** LUFS every 100 ms; the first value's window ends at .4 s and 3 s. */
  readonly momentaryLufs: Float32Array
  readonly shortTermLufs: Float32Array
  /** Lowest and highest sample of each of `waveformColumns` parts of equal length, channel by channel. */
  readonly waveformColumns: number
  readonly waveformLowest: Float32Array
  readonly waveformHighest: Float32Array
}

export interface MeasureFileOptions extends MeasureOptions {
  /** Hears how much is done, to 1. */
  readonly onProgress?: (share: number) => void
}

/** Measures a WAV, RF64, AIFF or FLAC file of 1 to 6 channels. Rejects with what is wrong with the file. */
export async function measureFile(path: string, options: MeasureFileOptions = {}): Promise<Measurement> {
  const { onProgress = () => {}, ...how } = options
  return measurementOf(await nativeAddon().measureFile(path, how, onProgress))
}

/** Measures planes of equal length, one a channel. */
export async function measureSamples(
  planes: readonly Float32Array[],
  sampleRateHz: number,
  options: MeasureOptions = {},
): Promise<Measurement> {
  const frames = planes[0]?.length ?? 0
  const interleaved = new Float32Array(frames * planes.length)
  for (const [c, plane] of planes.entries()) for (let n = 0; n < frames; n++) interleaved[n * planes.length + c] = plane[n]!
  return measurementOf(await nativeAddon().measureSamples(interleaved, planes.length, sampleRateHz, options))
}

/** `Measurement` from the addon's figures. */
export function measurementOf(native: NativeMeasurement): Measurement {
  const truePeakDbtp = dbOfAmplitude(Math.max(...native.truePeak))
  const samplePeakDbfs = dbOfAmplitude(Math.max(...native.samplePeak))
  const rmsDbfs = dbOfPower(meanOf(native.meanSquare))
  const [left = 0, right = left] = native.meanSquare
  const perChannel = Array.from(native.meanSquare, (power, c) => ({
    truePeakDbtp: dbOfAmplitude(native.truePeak[c]!),
    samplePeakDbfs: dbOfAmplitude(native.samplePeak[c]!),
    rmsDbfs: dbOfPower(power),
    dcOffset: native.mean[c]!,
    dynamicRangeDb: native.dynamicRangeDb[c]!,
  }))
  const kDb = dbOfAmplitude(native.k)
  const ppm2Db = dbOfAmplitude(native.ppm2)
  const stretch = (found: MarkedStretch): Stretch => ({
    channel: found.channel,
    startS: found.frame / native.sampleRateHz,
    startFrame: found.frame,
    frames: found.frames,
    levelDb: dbOfAmplitude(found.level),
  })
  return {
    frames: native.frames,
    channels: native.channels,
    sampleRateHz: native.sampleRateHz,
    seconds: native.frames / native.sampleRateHz,
    format: native.format ?? '',
    integratedLufs: native.integratedLufs,
    loudnessRangeLu: native.loudnessRangeLu,
    truePeakDbtp,
    samplePeakDbfs,
    maxMomentaryLufs: native.maxMomentaryLufs,
    maxShortTermLufs: native.maxShortTermLufs,
    maxMomentaryS: native.maxMomentaryS,
    maxShortTermS: native.maxShortTermS,
    plrLu: over(truePeakDbtp, native.integratedLufs),
    psrLu: over(truePeakDbtp, native.maxShortTermLufs),
    minPsrLu: native.lowestPsrLu,
    maxPsrLu: native.highestPsrLu,
    crestDb: over(samplePeakDbfs, rmsDbfs),
    rmsDbfs,
    correlation: native.correlation,
    balanceDb: left === right ? 0 : dbOfPower(right / left),
    dcOffset: native.mean.reduce((most, mean) => (Math.abs(mean) > Math.abs(most) ? mean : most), 0),
    clippedRuns: native.clippedRunCount,
    dynamicRangeDr: Math.round(meanOf(native.dynamicRangeDb)),
    ppm1Db: dbOfAmplitude(native.ppm1) + 9,
    ppm2aMark: 4 + (ppm2Db + 18) / 4,
    ppm2bDb: ppm2Db + 18,
    vuDb: dbOfAmplitude(native.vu) + 18,
    k20Db: kDb + 20,
    k14Db: kDb + 14,
    k12Db: kDb + 12,
    perChannel,
    clips: native.clippedRuns.map(stretch),
    truePeakOvers: native.overs.map(stretch),
    truePeakOverCount: native.overCount,
    thirdOctavesDb: Array.from(native.thirdOctaves, dbOfPower),
    spectrumDb: Array.from(native.spectrum, dbOfPower),
    momentaryLufs: native.momentaryLufs,
    shortTermLufs: native.shortTermLufs,
    waveformColumns: native.columns,
    waveformLowest: native.lowest,
    waveformHighest: native.highest,
  }
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** A difference in dB; of silence 0. */
const over = (db: number, under: number): number => (under === Number.NEGATIVE_INFINITY ? 0 : db - under)
