// Which encoding a control speaks, guessed from what it sent while a hand swept it clockwise and back, or pressed it twice.
// Every hypothesis is asked how likely it makes the bytes that came; the best one wins if it is far ahead, else there is a question.
import { type Stream, streamsOf, type TimedBytes } from './midi-streams.js'
import { type RelativeEncoding, relativeEncodings, ticksOf } from './relative.js'
import { nameOf, type Wire } from './wire.js'

export type Use =
  /** `low` and `high` are the ends that were reached; `steps` are distinct positions of the whole travel. */
  | {
      readonly kind: 'absolute'
      readonly low: number
      readonly high: number
      readonly steps: number
      readonly isReversed: boolean
    }
  | { readonly kind: 'relative'; readonly encoding: RelativeEncoding; readonly isReversed: boolean }
  /** `toggle` sends on and off in turns, one a press; `trigger` the same at every press and nothing on release. */
  | { readonly kind: 'button'; readonly behaviour: ButtonBehaviour; readonly on: number }

export type ButtonBehaviour = 'momentary' | 'toggle' | 'trigger'

export interface Guess {
  readonly wire: Wire
  readonly use: Use
  /** The note that says when a finger is on it. */
  readonly touch?: Wire
}

/** What to ask of the hand: turn the other way as well, press and hold for a second, more of it, or one control alone. */
export type Question = 'turnBack' | 'hold' | 'more' | 'one'

export type Outcome =
  | { readonly kind: 'known'; readonly guess: Guess }
  | { readonly kind: 'ask'; readonly question: Question; readonly wires: readonly Wire[] }
  /** Nothing came that a control sends. */
  | { readonly kind: 'silent' }

export interface Capture {
  /** What came while it was swept clockwise (or up) and back, or pressed twice. */
  readonly sweep: readonly TimedBytes[]
  /** What came when it was pressed, held for a second and let go. */
  readonly hold?: readonly TimedBytes[]
  /** The hand was asked to turn both ways, and did. */
  readonly wasTurnedBack?: boolean
}

export function guessEncoding(capture: Capture): Outcome {
  const all = withoutPressure(streamsOf([...capture.sweep, ...(capture.hold ?? [])]))
  const touch = all.find((stream) => isTouchOf(stream, all))
  const [main, second] = all.filter((stream) => stream !== touch).sort((a, b) => b.values.length - a.values.length)
  if (!main) return { kind: 'silent' }
  if (second && second.values.length >= Math.max(2, main.values.length * noiseShare))
    return { kind: 'ask', question: 'one', wires: [main.wire, second.wire] }
  const held = capture.hold && streamsOf(capture.hold).find((stream) => nameOf(stream.wire) === nameOf(main.wire))
  const use = guessUse(main, {
    hold: capture.hold && { values: held?.values ?? [] },
    wasTurnedBack: capture.wasTurnedBack === true,
  })
  if (typeof use === 'string') return { kind: 'ask', question: use, wires: [main.wire] }
  return { kind: 'known', guess: { wire: main.wire, use, ...(touch ? { touch: touch.wire } : {}) } }
}

interface Told {
  readonly hold?: Pick<Stream, 'values'> | undefined
  readonly wasTurnedBack?: boolean
}

/** What one stream alone looks like, or what to ask. */
export function guessUse(stream: Stream, { hold, wasTurnedBack = false }: Told = {}): Use | Question {
  const button = buttonOf(stream)
  if (button || hold) {
    const behaviour = button === 'ask' || button === undefined ? behaviourOf(stream, hold) : button
    return behaviour ? { kind: 'button', behaviour, on: Math.max(...stream.values) } : 'hold'
  }
  if (stream.values.length < fewestEvents) return 'more'
  const likely = hypothesesOf(stream, wasTurnedBack).sort((a, b) => b.logLikelihood - a.logLikelihood)
  const best = likely[0]!
  const total = likely.reduce((sum, { logLikelihood }) => sum + Math.exp(logLikelihood - best.logLikelihood), 0)
  if (best.turns === 0 && !wasTurnedBack) return 'turnBack'
  if (1 / total >= sureFrom) return best.use
  return wasTurnedBack ? 'more' : 'turnBack'
}

const fewestEvents = 6
const sureFrom = 0.98
/** A second control that sends less than this beside the first one is a noisy pot or a loose contact. */
const noiseShare = 0.25
/** No finger presses a button twice within this. */
const fastestPressMs = 120

/** A pad's pressure comes beside its note. */
function withoutPressure(streams: readonly Stream[]): Stream[] {
  const hasNote = streams.some(({ wire }) => wire.kind === 'note')
  return streams.filter(({ wire }) => !hasNote || (wire.kind !== 'channelPressure' && wire.kind !== 'polyPressure'))
}

/** A note that begins before another control's values, ends behind them and says little in between is a finger on its cap. */
function isTouchOf(note: Stream, all: readonly Stream[]): boolean {
  if (note.wire.kind !== 'note' || (note.values[0] ?? 0) === 0) return false
  return all.some(
    (moved) =>
      moved.wire.kind !== 'note' &&
      moved.values.length >= note.values.length * 2 &&
      note.atMs[0]! <= moved.atMs[0]! &&
      (note.values.length === 1 || note.atMs.at(-1)! >= moved.atMs[Math.floor(moved.atMs.length / 2)]!),
  )
}

/** A button where values are on and off in turns, or the same at long intervals; `ask` while its behaviour is open. */
function buttonOf({ wire, values, atMs }: Stream): ButtonBehaviour | 'ask' | undefined {
  const on = values.filter((value) => value > 0)
  const isNote = wire.kind === 'note'
  const inTurns = values.every((value, i) => i === 0 || value > 0 !== values[i - 1]! > 0)
  const isOneLevel = new Set(on).size === 1
  if (wire.kind === 'program' || (wire.kind === 'sysex' && wire.valueAt < 0)) return 'trigger'
  if (!isNote && !(wire.kind === 'cc' && isOneLevel && inTurns && (values.includes(0) || values.length === 1))) return undefined
  if (isNote && on.length >= 2 && on.length === values.length) return 'trigger'
  const isQuick = atMs.some((ms, i) => i > 0 && values[i] === 0 && values[i - 1]! > 0 && ms - atMs[i - 1]! < fastestPressMs)
  return isQuick ? 'momentary' : 'ask'
}

/** What a press of a second told: let go is heard from a momentary button alone. */
function behaviourOf(main: Stream, held: Pick<Stream, 'values'> | undefined): ButtonBehaviour | undefined {
  if (!held) return undefined
  if (held.values.length >= 2) return 'momentary'
  return main.values.includes(0) ? 'toggle' : 'trigger'
}

interface Hypothesis {
  readonly use: Use
  readonly logLikelihood: number
  /** How often the direction changed. */
  readonly turns: number
}

// How likely a hand and a control do this. The figures need not be exact: every event adds to the evidence.
const prior = { absolute: 0.6, reversedAbsolute: 0.003, relative: 0.13, reversedRelative: 0.05 } as const
const turnShare = 0.02
/** Turned the wrong way first; a pot that stands at its end cannot be turned up. */
const wrongWayFirst = { free: 0.00005, atEnd: 0.5 } as const
const sameAgain = 0.002
const neverTurned = 1e-6

/** Ticks of an encoder are mostly one, and fewer the larger: m⁻² on 1…64. */
const tickShare = (ticks: number): number => (ticks === 0 ? 1e-4 : 0.61 / ticks ** 2)
/** Steps of a pot are of any size: m⁻¹, over `full`. */
const stepShare = (step: number, full: number): number => (step === 0 ? sameAgain : 1 / (step * (Math.log(full) + 0.58)))

function hypothesesOf(stream: Stream, mustTurn: boolean): Hypothesis[] {
  const { values, full } = stream
  const turned = (turns: number): number => (mustTurn && turns === 0 ? neverTurned : 1)
  const absolute = [false, true].map((isReversed): Hypothesis => {
    const steps = values.slice(1).map((value, i) => (value - values[i]!) * (isReversed ? -1 : 1))
    const isAtEnd = isReversed ? values[0]! < full * 0.1 : values[0]! > full * 0.9
    const { log, turns } = logOfWay(steps, (step) => stepShare(step, full), isAtEnd)
    const start = Math.log(isReversed ? prior.reversedAbsolute : prior.absolute) - Math.log(full + 1)
    return { use: absoluteUse(stream, isReversed), logLikelihood: start + log + Math.log(turned(turns)), turns }
  })
  if (full !== 127) return absolute
  const relative = relativeEncodings.flatMap((encoding) =>
    // Turned the other way round, the one sign bit is the other.
    (encoding.startsWith('signBit') ? [false] : [false, true]).map((isReversed): Hypothesis => {
      const ticks = values.map((value) => ticksOf[encoding](value) * (isReversed ? -1 : 1))
      const { log, turns } = logOfWay(ticks, tickShare, false)
      const share = prior.relative * (isReversed ? prior.reversedRelative : 1) * turned(turns)
      return { use: { kind: 'relative', encoding, isReversed }, logLikelihood: Math.log(share) + log, turns }
    }),
  )
  return [...absolute, ...relative]
}

/** The log likelihood of a way there and back, and how often it turned. */
function logOfWay(
  moves: readonly number[],
  share: (size: number) => number,
  isAtEnd: boolean,
): { readonly log: number; readonly turns: number } {
  let log = 0
  let turns = 0
  let direction = 0
  for (const move of moves) {
    log += Math.log(share(Math.abs(move)))
    const way = Math.sign(move)
    if (way === 0 || way === direction) continue
    if (direction !== 0) turns++
    const first = isAtEnd ? wrongWayFirst.atEnd : wrongWayFirst.free
    log += Math.log(direction !== 0 ? turnShare : way > 0 ? 1 - first : first)
    direction = way
  }
  return { log, turns }
}

function absoluteUse({ values, full }: Stream, isReversed: boolean): Use {
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  // The top may be all ones whatever the resolution; only what lies between tells.
  let unused = 0
  const between = values.filter((value) => value !== 0 && value !== full)
  while (full > 127 && unused < 7 && between.every((value) => value % 2 ** (unused + 1) === 0 || isDoubled(value, full))) unused++
  return { kind: 'absolute', low, high, steps: (full + 1) / 2 ** unused, isReversed }
}

/** Seven bits sent twice: `7C 7C`. */
const isDoubled = (value: number, full: number): boolean => full > 127 && value % 128 === Math.floor(value / 128)
