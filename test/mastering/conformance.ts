// EBU Tech 3341 (1–6, 9–23), Tech 3342 (1–4) and ITU-R BS.2217 as a table: signals and what a meter must read.
import { both, none, type Segment, shortSine, spliced, tone } from '../fixtures/ebu-signals.js'

export interface Readings {
  readonly integratedLufs: number
  readonly loudnessRangeLu: number
  readonly maxMomentaryLufs: number
  readonly maxShortTermLufs: number
  readonly truePeakDbtp: number
}

export interface ConformanceCase {
  readonly name: string
  readonly planes: (sampleRateHz: number) => Float32Array[]
  readonly expected: Partial<Readings>
}

/** How far a reading may be from what is expected: below, above. */
export const tolerances: Readonly<Record<keyof Readings, readonly [number, number]>> = {
  integratedLufs: [0.1, 0.1],
  maxMomentaryLufs: [0.1, 0.1],
  maxShortTermLufs: [0.1, 0.1],
  loudnessRangeLu: [1, 1],
  truePeakDbtp: [0.4, 0.2],
}

const stereo = (name: string, segments: readonly Segment[], expected: Partial<Readings>): ConformanceCase => ({
  name,
  planes: (sampleRateHz) => both(tone(segments, sampleRateHz)),
  expected,
})

const steady = (name: string, db: number): ConformanceCase =>
  stereo(name, [[20, db]], { integratedLufs: db, maxMomentaryLufs: db, maxShortTermLufs: db })

const repeated = (times: number, segments: readonly Segment[]): Segment[] => Array.from({ length: times }, () => segments).flat()

/** Of the rising bursts of cases 11 and 14 all up to the `last`: so the highest reading is the last one's. */
const rising = (last: number, seconds: number, step: number): Segment[] =>
  Array.from({ length: last + 1 }, (_, i): Segment[] => [
    [i * step, none],
    [seconds, i - 38],
    [seconds - i * step, none],
  ]).flat()

const some = [0, 7, 19]
const every = Array.from({ length: 20 }, (_, i) => i)

const peak = (name: string, period: number, amplitude: number, degrees: number, truePeakDbtp: number): ConformanceCase => ({
  name,
  planes: (sampleRateHz) => both(shortSine(period, amplitude, degrees, sampleRateHz)),
  expected: { truePeakDbtp },
})

/** Two channels: what the meter of the master reads as well. */
export const stereoCases: readonly ConformanceCase[] = [
  steady('3341-1', -23),
  steady('3341-2', -33),
  stereo(
    '3341-3',
    [
      [10, -36],
      [60, -23],
      [10, -36],
    ],
    { integratedLufs: -23 },
  ),
  stereo(
    '3341-4',
    [
      [10, -72],
      [10, -36],
      [60, -23],
      [10, -36],
      [10, -72],
    ],
    { integratedLufs: -23 },
  ),
  stereo(
    '3341-5',
    [
      [20, -26],
      [20.1, -20],
      [20, -26],
    ],
    { integratedLufs: -23 },
  ),
  stereo(
    '3341-9',
    repeated(5, [
      [1.34, -20],
      [1.66, -30],
    ]),
    { maxShortTermLufs: -23 },
  ),
  ...every.map((i) =>
    stereo(
      `3341-10, file ${i + 1}`,
      [
        [i * 0.15, none],
        [3, -23],
        [1, none],
      ],
      { maxShortTermLufs: -23 },
    ),
  ),
  ...[0, 19].map((i) => stereo(`3341-11, burst ${i + 1}`, rising(i, 3, 0.15), { maxShortTermLufs: i - 38 })),
  stereo(
    '3341-12',
    repeated(25, [
      [0.18, -20],
      [0.22, -30],
    ]),
    { maxMomentaryLufs: -23 },
  ),
  ...every.map((i) =>
    stereo(
      `3341-13, file ${i + 1}`,
      [
        [i * 0.02, none],
        [0.4, -23],
        [1, none],
      ],
      { maxMomentaryLufs: -23 },
    ),
  ),
  ...some.map((i) => stereo(`3341-14, burst ${i + 1}`, rising(i, 0.4, 0.02), { maxMomentaryLufs: i - 38 })),
  peak('3341-15', 4, 0.5, 0, -6),
  peak('3341-16', 4, 0.5, 45, -6),
  peak('3341-17', 6, 0.5, 60, -6),
  peak('3341-18', 8, 0.5, 67.5, -6),
  peak('3341-19', 4, 1.41, 45, 3),
  ...[0, 1, 2, 3].map((offset) => ({
    name: `3341-${20 + offset}`,
    planes: () => both(spliced(offset)),
    expected: { truePeakDbtp: 0 },
  })),
  ...(
    [
      ['3342-1', [-20, -30], 10],
      ['3342-2', [-20, -15], 5],
      ['3342-3', [-40, -20], 20],
      ['3342-4', [-50, -35, -20, -35, -50], 15],
    ] as const
  ).map(([name, levels, loudnessRangeLu]) =>
    stereo(
      name,
      levels.map((db) => [20, db]),
      { loudnessRangeLu },
    ),
  ),
  // BS.2217 gives 29 s of each tone; what is steady reads the same of 5 s.
  ...(
    [
      [25, -11.91],
      [100, -21.17],
      [500, -22.35],
      [1000, -23],
      [2000, -25.37],
      [10000, -26.35],
    ] as const
  ).flatMap(([hz, db]) =>
    [-23, -24].map((target) => ({
      name: `BS.2217, ${hz} Hz at ${target} LKFS`,
      planes: (sampleRateHz: number) => both(tone([[4, db + 23 + target]], sampleRateHz, hz)),
      expected: { integratedLufs: target },
    })),
  ),
  stereo(
    'BS.2217, absolute gate',
    [
      [0.8, none],
      ...repeated(3, [
        [0.5, -69.5],
        [0.5, none],
      ]),
      [0.2, none],
    ],
    {
      integratedLufs: -69.5,
    },
  ),
  stereo(
    'BS.2217, relative gate',
    [
      [0.5, none],
      [0.9, -20],
      [1.3, -7],
      [0.8, -20],
      [0.5, none],
    ],
    { integratedLufs: -10 },
  ),
]

function scaled(x: Float32Array, gain: number): Float32Array {
  const y = new Float32Array(x.length)
  for (let n = 0; n < y.length; n++) y[n] = gain * x[n]!
  return y
}

/** One tone on some channels of many; `levels` in dBFS, none for a silent one. */
const many = (name: string, seconds: number, hz: number, levels: readonly number[], integratedLufs: number): ConformanceCase => ({
  name,
  planes: (sampleRateHz) => {
    const x = tone([[seconds, 0]], sampleRateHz, hz)
    return levels.map((db) => (db === none ? new Float32Array(x.length) : scaled(x, 10 ** (db / 20))))
  },
  expected: { integratedLufs },
})

const alone = (channel: number, db: number): number[] => Array.from({ length: 6 }, (_, c) => (c === channel ? db : none))

export const surroundCases: readonly ConformanceCase[] = [
  many('3341-6, L R C Ls Rs', 20, 1000, [-28, -28, -24, -30, -30], -23),
  many('3341-6, L R C LFE Ls Rs', 20, 1000, [-28, -28, -24, none, -30, -30], -23),
  ...['L', 'R', 'C'].map((name, c) => many(`BS.2217, ${name} of 5.1`, 5, 1000, alone(c, -19.99), -23)),
  ...['Ls', 'Rs'].map((name, c) => many(`BS.2217, ${name} of 5.1`, 5, 1000, alone(c + 4, -21.48), -23)),
  many('BS.2217, LFE of 5.1', 5, 100, alone(3, -18.16), Number.NEGATIVE_INFINITY),
]
