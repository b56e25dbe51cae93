// Job P for engines that are not linked with the bench: its numbers, read from engine/jobs.h.
import { readFileSync } from 'node:fs'

const path = new URL('../engine/jobs.h', import.meta.url).pathname
const header = readFileSync(path, 'utf8').replace(/\/\/.*/g, '')

function found(what, match) {
  if (!match) throw new Error(`${path}: expected ${what}, found none`)
  return match[1]
}

const number = (name) => Number(found(name, new RegExp(`\\b${name} = (-?[\\d.]+)[,;]`).exec(header)))

/** The one-line functions of the header are arithmetic that JavaScript reads as well. */
function formula(name) {
  const body = found(name, new RegExp(`double ${name}\\(int \\w+\\) \\{ return ([^;]+); \\}`).exec(header))
  const argument = found(name, new RegExp(`double ${name}\\(int (\\w+)\\)`).exec(header))
  return new Function(argument, `return ${body.replaceAll('std::', 'Math.')}`)
}

function bells(name) {
  const list = found(name, new RegExp(`Bell ${name}\\[\\d\\] = \\{(.+)\\};`).exec(header))
  return [...list.matchAll(/\{([^}]+)\}/g)].map(([, bell]) => {
    const [frequencyHz, gainDb, q] = bell.split(',').map(Number)
    return { frequencyHz, gainDb, q }
  })
}

const stripCount = 32
const [faderDb, pan] = [formula('faderDb'), formula('pan')]

function strip(index, faderDb) {
  const angle = (((pan(index) + 100) / 200) * Math.PI) / 2
  const fader = linear(faderDb)
  return {
    faderDb,
    pan: pan(index), // −100 … 100, equal power
    left: fader * Math.cos(angle), // fader and pan in one
    right: fader * Math.sin(angle),
  }
}

const allStrips = (addedDb) => Array.from({ length: stripCount }, (_, i) => strip(i, faderDb(stripCount) + addedDb))

export const linear = (db) => 10 ** (db / 20)

export const job = {
  sampleRateHz: number('kSampleRateHz'),
  strips: allStrips(0),
  /** 4th-order Butterworth as two sections. */
  highPass: { frequencyHz: number('kHighPassHz'), qs: [0.5411961, 1.306563] },
  stripBells: bells('kStripBells'),
  compressor: {
    thresholdDb: number('kThresholdDb'),
    ratio: number('kRatio'),
    kneeDb: number('kKneeDb'),
    attackMs: number('kAttackMs'),
    releaseMs: number('kReleaseMs'),
  },
  masterBells: bells('kMasterBells'),
  limiter: { ceilingDb: number('kCeilingDb'), lookaheadMs: number('kLookaheadMs'), releaseMs: number('kLimiterReleaseMs') },
}

/** Job P so soft that the limiter has nothing to do: what the strips do is seen as it is. */
export const softJob = { ...job, strips: allStrips(-15) }
/** The same with compressors that do not compress. */
export const uncompressedJob = { ...softJob, compressor: { ...job.compressor, ratio: 1 } }

/** Of a bell of this Q, between the half-gain points. */
export const octaves = (q) => (2 / Math.LN2) * Math.asinh(1 / (2 * q))
