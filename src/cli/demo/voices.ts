// The demo's instruments: each a pure function of time since the note's start and, where it has one, its pitch.

/** One sample at `timeS` after the note's start; `hz` is its pitch, `lengthS` how long it is held, `frame` the sample's number. */
export type Voice = (timeS: number, hz: number, lengthS: number, frame: number) => number

const tau = 2 * Math.PI

/** Σ rᵏ·sin(k·x) in closed form, scaled to a peak of 1: r near 0 is a sine, towards 1 a bright buzz. */
const buzz = (x: number, r: number): number => (Math.sin(x) * (1 - r * r)) / (1 - 2 * r * Math.cos(x) + r * r)

/** White noise from the frame's number alone, −1…1. */
export function noise(frame: number): number {
  let x = Math.imul(frame ^ 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) / 0x80000000
}

const decay = (timeS: number, s: number): number => Math.exp(-timeS / s)

/** Rises in `attackS`, holds to `lengthS`, falls with `releaseS`. */
const held = (timeS: number, lengthS: number, attackS: number, releaseS: number): number =>
  (1 - decay(timeS, attackS)) * (timeS < lengthS ? 1 : decay(timeS - lengthS, releaseS))

export const kick: Voice = (t) => {
  const sweepS = 0.03
  const phase = tau * (47 * t + 150 * sweepS * (1 - decay(t, sweepS)))
  return Math.sin(phase) * decay(t, 0.16) + 0.12 * Math.sin(tau * 1900 * t) * decay(t, 0.004)
}

export const snare: Voice = (t, _hz, _length, frame) =>
  0.5 * (noise(frame) - noise(frame - 1)) * decay(t, 0.07) + 0.55 * Math.sin(tau * 187 * t) * decay(t, 0.05)

/** `lengthS` is the decay: short for a closed hat, long for an open one. */
export const hat: Voice = (t, _hz, lengthS, frame) =>
  0.3 * (noise(frame) - 2 * noise(frame - 1) + noise(frame - 2)) * decay(t, lengthS)

export const bass: Voice = (t, hz, lengthS) => buzz(tau * hz * t, 0.15 + 0.55 * decay(t, 0.12)) * held(t, lengthS, 0.003, 0.03)

/** Two-operator FM, as electric pianos are made. */
export const electricPiano: Voice = (t, hz, lengthS) =>
  Math.sin(tau * hz * t + 1.1 * decay(t, 0.35) * Math.sin(tau * hz * t) + 0.25 * decay(t, 0.05) * Math.sin(tau * 14 * hz * t)) *
  decay(t, 0.9) *
  held(t, lengthS, 0.002, 0.08)

export const pluck: Voice = (t, hz) => buzz(tau * hz * t, 0.62 * decay(t, 0.15)) * decay(t, 0.22)

/** Detuned by `cents`: one a side, so that the two beat slowly against each other. */
export const pad = (cents: number): Voice => {
  const detune = 2 ** (cents / 1200)
  return (t, hz, lengthS) => buzz(tau * hz * detune * t, 0.42) * held(t, lengthS, 0.35, 0.4)
}

export const lead: Voice = (t, hz, lengthS) => {
  const vibrato = 0.35 * Math.min(1, t / 0.4) * Math.sin(tau * 5.3 * t)
  return buzz(tau * hz * t + vibrato, 0.33) * held(t, lengthS, 0.02, 0.09)
}
