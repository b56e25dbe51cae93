// Job P by SuperCollider's server, not in real time: a synth a strip onto a bus, a master synth behind them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linear } from './jobs.mjs'
import { SynthDef, scoreBytes } from './synthdef.mjs'

/** A private bus: the hardware's are the first. */
const mixBus = 32
const bufferFrames = 65536

const bells = (def, list, input) =>
  list.reduce((x, { frequencyHz, gainDb, q }) => def.ugen('BPeakEQ', [x, frequencyHz, 1 / q, gainDb])[0], input)

function stripDef(job, strip, buffer) {
  const def = new SynthDef(`strip${buffer}`)
  const { thresholdDb, ratio, attackMs, releaseMs } = job.compressor
  const [source] = def.ugen('DiskIn', [buffer, 0])
  const high = job.highPass.qs.reduce((x, q) => def.ugen('BHiPass', [x, job.highPass.frequencyHz, 1 / q])[0], source)
  const x = bells(def, job.stripBells, high)
  const curve = [linear(thresholdDb), 1, 1 / ratio, attackMs / 1000, releaseMs / 1000]
  const [compressed] = def.ugen('Compander', [x, x, ...curve])
  const sides = def.ugen('Pan2', [compressed, strip.pan / 100, linear(strip.faderDb)], 2)
  def.ugen('Out', [mixBus, ...sides], 0)
  return def
}

function masterDef(job) {
  const def = new SynthDef('master')
  const { ceilingDb, lookaheadMs } = job.limiter
  const sides = def.ugen('In', [mixBus], 2).map((side) => {
    const x = bells(def, job.masterBells, side)
    return def.ugen('Limiter', [x, linear(ceilingDb), lookaheadMs / 1000])[0]
  })
  def.ugen('Out', [0, ...sides], 0)
  return def
}

function score(job, tracks, seconds) {
  const defs = [...job.strips.map((strip, i) => stripDef(job, strip, i)), masterDef(job)]
  const addToTail = 1
  const messages = [
    ...defs.map((def) => ['/d_recv', def.bytes()]),
    ...tracks.flatMap((track, i) => [
      ['/b_alloc', i, bufferFrames, 1],
      ['/b_read', i, track, 0, bufferFrames, 0, 1],
    ]),
    ...defs.map((def, i) => ['/s_new', def.name, 1000 + i, addToTail, 0]),
  ]
  return scoreBytes([
    { seconds: 0, messages },
    { seconds, messages: [['/sync', 0]] },
  ])
}

export const scsynth = {
  name: 'scsynth NRT',
  programs: ['scsynth'],
  files: ['/usr/lib/SuperCollider/plugins/FilterUGens.so'],
  apt: ['supercollider-server'],
  bound: 6,
  differs: 'no knee, limiter a side and by samples, no loudness',
  command({ job, tracks, seconds, folder, out }) {
    const path = join(folder, 'job-p.osc')
    writeFileSync(path, score(job, tracks, seconds))
    return ['scsynth', '-N', path, '_', out, String(job.sampleRateHz), 'WAV', 'int24', '-o', '2', '-m', '65536']
  },
}
