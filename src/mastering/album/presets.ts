// Where a master is to go: loudness, true peak and what format, as data.
import type { WavBits } from '../../engine/native.js'

export interface Preset {
  readonly targetLufs: number
  readonly ceilingDbtp: number
  readonly bits: WavBits
  /** The file's own where missing. */
  readonly sampleRateHz?: number
  /** Where the figures come from. */
  readonly basis: string
}

export const presets = {
  streaming: { targetLufs: -14, ceilingDbtp: -1, bits: '24', basis: 'Spotify, YouTube and Tidal play at −14 LUFS' },
  cd: { targetLufs: -11, ceilingDbtp: -0.3, bits: '16', sampleRateHz: 44100, basis: 'no standard; what most CDs stay below' },
  broadcast: { targetLufs: -23, ceilingDbtp: -1, bits: '24', sampleRateHz: 48000, basis: 'EBU R 128, Tech 3343' },
  podcast: { targetLufs: -16, ceilingDbtp: -1, bits: '24', basis: 'Apple Podcasts; AES TD1008 has −18 for speech' },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as PresetName[]

/** `track`: each piece its target; `album`: all of them together; `loudest`: the loudest of them. The last two keep the differences. */
export const loudnessModes = ['track', 'album', 'loudest'] as const
export type LoudnessMode = (typeof loudnessModes)[number]
