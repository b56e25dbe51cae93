// A piece made ready to be mastered: topped and tailed, at the rate of its master, measured.
import { join } from 'node:path'
import { conformTracks } from '../../engine/conform-tracks.js'
import type { NativeAddon, SoundSpan, Tags } from '../../engine/native.js'
import { DeskError } from '../../errors.js'
import { amplitudeOfDb } from '../../units.js'
import { type Measurement, measureFile } from '../measure.js'

/** Below it there is only noise. */
const silenceDbfs = -60
/** What is left before the first sound and behind the last, and how much of that is faded. */
const headS = 0.05
const headFadeS = 0.02
const tailS = 0.5
const tailFadeS = 0.4

export interface Source {
  readonly file: string
  /** What is played: the file itself, or what was made of it. */
  readonly path: string
  readonly sampleRateHz: number
  readonly tags: Tags
  readonly measured: Measurement
  readonly cutStartS: number
  readonly cutEndS: number
}

export interface SourceOptions {
  /** The file's own where it is a desk's, else 48 kHz. */
  readonly sampleRateHz?: number
  readonly topAndTail: boolean
  /** Spectra are not needed. */
  readonly brief: boolean
  /** For what is made of the file. */
  readonly folder: string
}

/** Throws a DeskError with code `audioFile` for what cannot be mastered. */
export async function readSource(
  addon: NativeAddon,
  file: string,
  options: SourceOptions,
  onProgress: (share: number) => void,
): Promise<Source> {
  try {
    const info = addon.audioFileInfo(file)
    const sampleRateHz =
      options.sampleRateHz ?? (info.sampleRateHz >= 44100 && info.sampleRateHz <= 192000 ? info.sampleRateHz : 48000)
    const span = await addon.soundSpan(file, amplitudeOfDb(silenceDbfs))
    if (span.end === 0) throw new DeskError('audioFile', `${file}: expected sound, found nothing above ${silenceDbfs} dBFS`)
    const cut = options.topAndTail ? cutOf(span, info.frames, info.sampleRateHz) : undefined
    const whole = cut ? join(options.folder, 'cut.wav') : file
    if (cut) await addon.cutFile(file, whole, cut)
    const [track] = await conformTracks(addon, [{ path: whole, strip: 0 }], sampleRateHz, options.folder)
    const path = track!.path
    const measured = await measureFile(path, { brief: options.brief, onProgress })
    if (!Number.isFinite(measured.integratedLufs))
      throw new DeskError('audioFile', `${file}: expected .4 s of sound above −70 LUFS to measure, found less`)
    const endFrame = cut ? cut.first + cut.frames : info.frames
    return {
      file,
      path,
      sampleRateHz,
      tags: await addon.readTags(file),
      measured,
      cutStartS: (cut?.first ?? 0) / info.sampleRateHz,
      cutEndS: (info.frames - endFrame) / info.sampleRateHz,
    }
  } catch (cause) {
    if (cause instanceof DeskError) throw cause
    const { message } = cause as Error
    throw new DeskError('audioFile', message.includes(file) ? message : `${file}: ${message}`, { cause })
  }
}

/** What to keep of a file; undefined where there is nothing to cut. A side that is not cut is not faded: it may join another piece. */
export function cutOf({ first, end }: SoundSpan, frames: number, sampleRateHz: number) {
  const from = Math.max(0, first - Math.round(headS * sampleRateHz))
  const to = Math.min(frames, end + Math.round(tailS * sampleRateHz))
  if (from === 0 && to === frames) return undefined
  return {
    first: from,
    frames: to - from,
    fadeInFrames: from > 0 ? Math.round(headFadeS * sampleRateHz) : 0,
    fadeOutFrames: to < frames ? Math.round(tailFadeS * sampleRateHz) : 0,
  }
}
