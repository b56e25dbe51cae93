// What broadcasters ask for and what streaming platforms do, as data, and the verdict on a measurement.
import type { Measurement } from './measure.js'

/** A standard that a file meets or fails. */
interface DeliveryRule {
  readonly kind: 'delivery'
  readonly name: string
  /** LUFS, both ends included. */
  readonly integrated?: readonly [lowest: number, highest: number]
  readonly highestShortTermLufs?: number
  readonly highestTruePeakDbtp: number
  readonly source: string
}

/** A platform that plays everything at its own loudness. */
interface PlatformRule {
  readonly kind: 'platform'
  readonly name: string
  readonly targetLufs: number
  /** What becomes of a quieter file: raised as far as its peaks leave room, or left as it is. */
  readonly quieter: 'raised' | 'left'
  readonly highestTruePeakDbtp: number
  /** Instead, for a file above the target. */
  readonly highestTruePeakWhenLouderDbtp?: number
  readonly source: string
}

export type Rule = DeliveryRule | PlatformRule

const tech3343 = 'EBU Tech 3343 (2023)'
const td1008 = 'AES TD1008, as reported'
const notPublished = 'as commonly reported, not checked'

/** EBU Tech 3343; others as parameters.md of the project's reference quotes them. */
export const rules: readonly Rule[] = [
  { kind: 'delivery', name: 'EBU R 128', integrated: [-23.2, -22.8], highestTruePeakDbtp: -1, source: tech3343 },
  { kind: 'delivery', name: 'EBU R 128, live', integrated: [-24, -22], highestTruePeakDbtp: -1, source: tech3343 },
  {
    kind: 'delivery',
    name: 'EBU R 128 s1, short-form',
    integrated: [-23.2, -22.8],
    highestShortTermLufs: -18,
    highestTruePeakDbtp: -1,
    source: tech3343,
  },
  { kind: 'delivery', name: 'EBU R 128 s2, streaming', integrated: [-20, -16], highestTruePeakDbtp: -1, source: tech3343 },
  {
    kind: 'delivery',
    name: 'ATSC A/85',
    integrated: [-26, -22],
    highestTruePeakDbtp: -2,
    source: 'as commonly reported, not checked',
  },
  { kind: 'platform', name: 'AES TD1008, music', targetLufs: -16, quieter: 'raised', highestTruePeakDbtp: -1, source: td1008 },
  {
    kind: 'platform',
    name: 'AES TD1008, loudest of an album',
    targetLufs: -14,
    quieter: 'raised',
    highestTruePeakDbtp: -1,
    source: td1008,
  },
  { kind: 'platform', name: 'AES TD1008, speech', targetLufs: -18, quieter: 'raised', highestTruePeakDbtp: -1, source: td1008 },
  {
    kind: 'platform',
    name: 'Spotify',
    targetLufs: -14,
    quieter: 'raised',
    highestTruePeakDbtp: -1,
    highestTruePeakWhenLouderDbtp: -2,
    source: 'support.spotify.com',
  },
  { kind: 'platform', name: 'Apple Music', targetLufs: -16, quieter: 'raised', highestTruePeakDbtp: -1, source: notPublished },
  { kind: 'platform', name: 'YouTube', targetLufs: -14, quieter: 'left', highestTruePeakDbtp: -1, source: notPublished },
  { kind: 'platform', name: 'Tidal', targetLufs: -14, quieter: 'left', highestTruePeakDbtp: -1, source: notPublished },
]

export interface Verdict {
  readonly name: string
  /** What is asked for, in words. */
  readonly asks: string
  /** `changed`: nothing is wrong, but it will not be heard at its own loudness. */
  readonly verdict: 'meets' | 'changed' | 'fails'
  /** What is off, or what the platform will do. Empty when all is well. */
  readonly says: readonly string[]
  readonly source: string
}

export const verdicts = (of: Measurement): Verdict[] => rules.map((rule) => verdictOn(of, rule))

/** Figures count as they are shown, to .1: what reads −1.0 dBTP is not above −1. */
export function verdictOn(of: Measurement, rule: Rule): Verdict {
  return rule.kind === 'delivery' ? delivery(of, rule) : platform(of, rule)
}

const rounded = (value: number): number => Math.round(value * 10) / 10
const text = (value: number): string => {
  const shown = rounded(value) || 0 // no −0
  return Number.isFinite(shown) ? `${shown < 0 ? '−' : ''}${Math.abs(shown).toFixed(1)}` : '−∞'
}

function peakFault(of: Measurement, highest: number): string[] {
  const over = rounded(of.truePeakDbtp) - highest
  return over > 1e-9 ? [`true peak ${text(of.truePeakDbtp)} dBTP, ${text(over)} dB over`] : []
}

function delivery(of: Measurement, rule: DeliveryRule): Verdict {
  const says = peakFault(of, rule.highestTruePeakDbtp)
  const asks = [`at most ${text(rule.highestTruePeakDbtp)} dBTP`]
  if (rule.highestShortTermLufs !== undefined) {
    asks.unshift(`short-term at most ${text(rule.highestShortTermLufs)} LUFS`)
    const over = rounded(of.maxShortTermLufs) - rule.highestShortTermLufs
    if (over > 1e-9) says.unshift(`short-term up to ${text(of.maxShortTermLufs)} LUFS, ${text(over)} LU over`)
  }
  if (rule.integrated) {
    const [lowest, highest] = rule.integrated
    asks.unshift(`${text(lowest)} to ${text(highest)} LUFS`)
    const found = rounded(of.integratedLufs)
    const off = found < lowest - 1e-9 ? `${text(lowest - found)} LU too quiet` : `${text(found - highest)} LU too loud`
    if (found < lowest - 1e-9 || found > highest + 1e-9) says.unshift(Number.isFinite(found) ? off : 'silent')
  }
  return { name: rule.name, asks: asks.join(', '), verdict: says.length > 0 ? 'fails' : 'meets', says, source: rule.source }
}

function platform(of: Measurement, rule: PlatformRule): Verdict {
  const louder = rounded(of.integratedLufs) > rule.targetLufs
  const highestTruePeak = louder ? (rule.highestTruePeakWhenLouderDbtp ?? rule.highestTruePeakDbtp) : rule.highestTruePeakDbtp
  const faults = peakFault(of, highestTruePeak)
  const played = playedBy(of, rule)
  return {
    name: rule.name,
    asks: `plays at ${text(rule.targetLufs)} LUFS, at most ${text(highestTruePeak)} dBTP`,
    verdict: faults.length > 0 ? 'fails' : played === '' ? 'meets' : 'changed',
    says: [...faults, ...(played ? [played] : [])],
    source: rule.source,
  }
}

/** What the platform does to its level; '' for nothing. */
function playedBy(of: Measurement, rule: PlatformRule): string {
  const gain = rounded(rule.targetLufs - of.integratedLufs)
  if (!Number.isFinite(gain)) return 'silent'
  if (Math.abs(gain) < 0.15) return ''
  if (gain < 0) return `turned down ${text(-gain)} dB`
  if (rule.quieter === 'left') return `left ${text(gain)} LU below it`
  const room = Math.max(0, rounded(rule.highestTruePeakDbtp - of.truePeakDbtp))
  if (room >= gain) return `turned up ${text(gain)} dB`
  return room > 0
    ? `turned up ${text(room)} of ${text(gain)} dB before its peaks are in the way`
    : `left ${text(gain)} LU below it, as its peaks leave no room`
}
