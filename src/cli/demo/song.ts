// The demo's score: eight bars at 120 beats a minute, eight tracks, made to loop without a seam.
import { bass, electricPiano, hat, kick, lead, pad, pluck, snare, type Voice } from './voices.js'

export const songSeconds = 16

const stepSeconds = 0.125
const stepsPerBar = 16
const bars = [0, 1, 2, 3, 4, 5, 6, 7]

/** `at` and `steps` in sixteenths; `hz` is 0 for what has no pitch. */
interface Note {
  readonly at: number
  readonly steps: number
  readonly hz: number
  readonly gain: number
}

export interface DemoTrack {
  readonly name: string
  readonly color: string
  /** −100…100 */
  readonly panPercent: number
  readonly stereo: boolean
  /** One plane a channel. */
  readonly render: (sampleRateHz: number) => Float32Array[]
}

const hzOfMidi = (note: number): number => 440 * 2 ** ((note - 69) / 12)

const note = (at: number, steps: number, midi: number, gain = 1): Note => ({ at, steps, hz: midi ? hzOfMidi(midi) : 0, gain })

/** One chord a bar: Am9 Fmaj7 C G, Am9 Fmaj7 Dm7 E7sus4. MIDI notes, root of the bass first. */
const chords = [
  [45, 60, 64, 67, 71],
  [41, 60, 64, 65, 69],
  [48, 60, 64, 67, 72],
  [43, 59, 62, 67, 71],
  [45, 60, 64, 67, 71],
  [41, 60, 64, 65, 69],
  [38, 60, 62, 65, 69],
  [40, 59, 62, 64, 69],
] as const

const everyBar = (notes: (chord: readonly number[], bar: number) => Note[]): Note[] =>
  bars.flatMap((bar) => notes(chords[bar] ?? chords[0], bar).map((n) => ({ ...n, at: n.at + bar * stepsPerBar })))

const score = {
  kick: everyBar((_, bar) => [0, 4, 8, 12, ...(bar % 4 === 3 ? [15] : [])].map((at) => note(at, 1, 0, at === 15 ? 0.6 : 1))),
  snare: everyBar((_, bar) => [note(4, 1, 0), note(12, 1, 0), ...(bar % 2 ? [note(15, 1, 0, 0.3)] : []), note(7, 1, 0, 0.12)]),
  hats: everyBar(() => [...Array(16).keys()].map((at) => note(at, at === 14 ? 1 : 0.35, 0, [0.7, 0.25, 1, 0.4][at % 4]))),
  bass: everyBar(([root = 45]) => [
    note(0, 3, root),
    note(3, 2, root, 0.7),
    note(6, 3, root + 12, 0.75),
    note(10, 2, root),
    note(13, 2, root + 7, 0.8),
  ]),
  keys: everyBar(([, ...chord]) =>
    [0, 6, 11].flatMap((at) => chord.map((midi) => note(at, at === 0 ? 5 : 3, midi, at ? 0.7 : 1))),
  ),
  arpeggio: everyBar(([, ...chord]) =>
    [0, 2, 1, 3, 2, 3, 1, 2].map((step, i) => note(i * 2 + 1, 2, (chord[step] ?? 60) + 12, i % 4 === 0 ? 1 : 0.65)),
  ),
  pad: everyBar(([, ...chord]) => chord.map((midi) => note(0, 16, midi - 12))),
  lead: [
    [0, 6, 76],
    [6, 4, 74],
    [10, 6, 72],
    [16, 8, 69],
    [26, 3, 72],
    [29, 3, 74],
    [32, 8, 76],
    [42, 6, 79],
    [48, 12, 74],
    [64, 6, 76],
    [70, 4, 79],
    [74, 6, 81],
    [80, 10, 77],
    [92, 4, 76],
    [96, 6, 74],
    [102, 4, 77],
    [106, 6, 81],
    [112, 12, 76],
  ].map(([at = 0, steps = 1, midi = 60]) => note(at, steps, midi)),
} satisfies Record<string, Note[]>

/** Adds every note to one plane, sounding `tailS` past its length; what rings beyond the end goes on at the beginning. */
function play(notes: readonly Note[], voice: Voice, gain: number, tailS: number, sampleRateHz: number): Float32Array {
  const plane = new Float32Array(songSeconds * sampleRateHz)
  for (const { at, steps, hz, gain: noteGain } of notes) {
    const start = Math.round(at * stepSeconds * sampleRateHz)
    const lengthS = steps * stepSeconds
    const frames = Math.round((lengthS + tailS) * sampleRateHz)
    // The last 10 ms of the tail fade to zero, so that no note ends in a click.
    const fade = 0.01 * sampleRateHz
    for (let i = 0; i < frames; i++) {
      const at = (start + i) % plane.length
      const sample = voice(i / sampleRateHz, hz, lengthS, start + i) * Math.min(1, (frames - i) / fade)
      plane[at] = (plane[at] ?? 0) + gain * noteGain * sample
    }
  }
  return plane
}

/** The same plane with echoes three sixteenths apart, around the loop's end too. */
function echoed(plane: Float32Array, gain: number, sampleRateHz: number): Float32Array {
  const delay = Math.round(3 * stepSeconds * sampleRateHz)
  return plane.map((sample, i) => {
    const back = (n: number): number => plane[(i - n * delay + 2 * plane.length) % plane.length] ?? 0
    return sample + gain * back(1) + gain * gain * back(2)
  })
}

const mono =
  (notes: readonly Note[], voice: Voice, gain: number, tailS: number): DemoTrack['render'] =>
  (rate) => [play(notes, voice, gain, tailS, rate)]

/** In name order, strip 1 to 8. Gains make the mix with every fader at 0 dB. */
export const demoTracks: readonly DemoTrack[] = [
  { name: 'Kick', color: 'red', panPercent: 0, stereo: false, render: mono(score.kick, kick, 0.38, 0.8) },
  { name: 'Snare', color: 'red', panPercent: 6, stereo: false, render: mono(score.snare, snare, 0.26, 0.4) },
  { name: 'Hats', color: 'yellow', panPercent: -30, stereo: false, render: mono(score.hats, hat, 0.12, 0.35) },
  { name: 'Bass', color: 'green', panPercent: 0, stereo: false, render: mono(score.bass, bass, 0.17, 0.2) },
  { name: 'Keys', color: 'blue', panPercent: -40, stereo: false, render: mono(score.keys, electricPiano, 0.062, 0.4) },
  {
    name: 'Arpeggio',
    color: 'cyan',
    panPercent: 45,
    stereo: false,
    render: (rate) => mono(score.arpeggio, pluck, 0.1, 0.9)(rate).map((p) => echoed(p, 0.35, rate)),
  },
  {
    name: 'Pad',
    color: 'magenta',
    panPercent: 0,
    stereo: true,
    render: (rate) => [-7, 7].map((cents) => play(score.pad, pad(cents), 0.037, 1.2, rate)),
  },
  {
    name: 'Lead',
    color: 'white',
    panPercent: 10,
    stereo: false,
    render: (rate) => mono(score.lead, lead, 0.09, 0.5)(rate).map((p) => echoed(p, 0.3, rate)),
  },
]
