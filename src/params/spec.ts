// The vocabulary in which every processor declares its parameters and meters: the one truth about them.

export type Unit = 'dB' | 'dBFS' | 'dBTP' | 'LUFS' | 'LU' | 'Hz' | 'BPM' | 'ms' | 's' | '%' | '°' | ':1' | ''

/** How 0…1 maps to the range: linear, logarithmic (min·(max/min)^x), or the four-segment fader law. */
export type Taper = 'lin' | 'log' | 'fader'

/** What is fixed for the life of an engine: how many of each thing there are. */
export interface Topology {
  /** One entry a strip: true for stereo. 1…512 strips. */
  readonly stripStereo: readonly boolean[]
  /** Stereo buses, 1…64. */
  readonly busCount: number
  /** Effect slots, 0…16. */
  readonly fxCount: number
  /** Device input channels a strip can choose from, 0…64. */
  readonly inputCount: number
  /** Device output channels in the output patch, 2…64. */
  readonly outputCount: number
  /** DCAs, 0…24. */
  readonly dcaCount: number
}

interface Described {
  readonly label: string
  /** The value in force is the one at the engine's start; a change is kept and heard from the next start on. */
  readonly fixed?: boolean
}

export interface NumberSpec extends Described {
  readonly kind: 'number'
  readonly unit: Unit
  readonly min: number
  readonly max: number
  readonly default: number
  readonly taper: Taper
  /** A delay in ms, which may be written in s, metres of air and samples too. */
  readonly delay?: true
  /** Takes whole numbers only. */
  readonly whole?: true
}

export interface BoolSpec extends Described {
  readonly kind: 'bool'
  readonly default: boolean
}

export interface EnumSpec extends Described {
  readonly kind: 'enum'
  /** Names in index order; a function where they follow from the topology. */
  readonly names: readonly string[] | ((topology: Topology) => readonly string[])
  /** Index of the default; a function where it follows from the topology and the number of the copy it is in. */
  readonly default: number | ((topology: Topology, copy: number) => number)
}

/** Text lives on the control side only: at most 63 bytes of UTF-8. */
export interface TextSpec extends Described {
  readonly kind: 'text'
  /** `#` stands for the number of the strip or bus. */
  readonly default: string
}

export type ParamSpec = NumberSpec | BoolSpec | EnumSpec | TextSpec

/** How the engine stores a meter: linear amplitude, mean square, or the unit itself. */
export type MeterEncoding = 'amplitude' | 'power' | 'plain'

export interface MeterSpec {
  readonly kind: 'meter'
  readonly unit: Unit
  readonly encoding: MeterEncoding
  readonly label: string
}

/**
 * `count` copies of a block or of a single parameter, numbered from 1: `band` → `band1.gainDb` (joined), `send` → `send.1.levelDb`
 * or `dca` → `dca.1` (dotted).
 */
export interface Repeat {
  readonly kind: 'repeat'
  readonly count: number | 'strips' | 'buses' | 'outputs' | 'dcas' | 'fx'
  readonly joined: boolean
  readonly of: Block | ParamSpec
}

export interface Block {
  readonly [name: string]: ParamSpec | MeterSpec | Repeat | Block
}

export const number = (
  label: string,
  unit: Unit,
  min: number,
  max: number,
  defaultValue: number,
  taper: Taper = 'lin',
  fixed = false,
): NumberSpec => ({ kind: 'number', label, unit, min, max, default: defaultValue, taper, ...(fixed ? { fixed } : {}) })

/** A number of things. */
export const count = (label: string, min: number, max: number, defaultValue: number): NumberSpec => ({
  ...number(label, '', min, max, defaultValue),
  whole: true,
})

/** A delay from 0 ms to `maxMs`. */
export const delay = (label: string, maxMs: number): NumberSpec => ({ ...number(label, 'ms', 0, maxMs, 0), delay: true })

export const bool = (label: string, defaultValue = false): BoolSpec => ({ kind: 'bool', label, default: defaultValue })

export const choice = (label: string, names: EnumSpec['names'], defaultIndex: EnumSpec['default'] = 0): EnumSpec => ({
  kind: 'enum',
  label,
  names,
  default: defaultIndex,
})

export const text = (label: string, defaultValue: string): TextSpec => ({ kind: 'text', label, default: defaultValue })

export const meter = (label: string, unit: Unit, encoding: MeterEncoding = 'plain'): MeterSpec => ({
  kind: 'meter',
  label,
  unit,
  encoding,
})

export const repeat = (count: Repeat['count'], of: Repeat['of'], joined = false): Repeat => ({
  kind: 'repeat',
  count,
  joined,
  of,
})

/** Fader level: −inf at the bottom of the four-segment law, +10 dB at the top. */
export const faderLevel = (label: string, defaultDb: number): NumberSpec =>
  number(label, 'dB', Number.NEGATIVE_INFINITY, 10, defaultDb, 'fader')
