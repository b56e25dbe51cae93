// Job P by FFmpeg: one filter graph in one process.
import { linear } from './jobs.mjs'

const equalizer = (bells) => bells.map(({ frequencyHz, gainDb, q }) => `equalizer=f=${frequencyHz}:t=q:w=${q}:g=${gainDb}`)

function stripGraph(job, strip, index) {
  const { thresholdDb, ratio, kneeDb, attackMs, releaseMs } = job.compressor
  const dynamics = [`threshold=${linear(thresholdDb)}`, `ratio=${ratio}`, `knee=${linear(kneeDb)}`]
  const times = [`attack=${attackMs}`, `release=${releaseMs}`, 'detection=peak']
  const filters = [
    'aformat=dblp',
    ...job.highPass.qs.map((q) => `highpass=f=${job.highPass.frequencyHz}:t=q:w=${q}`),
    ...equalizer(job.stripBells),
    `acompressor=${[...dynamics, ...times].join(':')}`,
    `pan=stereo|c0=${strip.left}*c0|c1=${strip.right}*c0`,
  ]
  return `[${index}:a]${filters.join(',')}[s${index}]`
}

function masterGraph(job) {
  const { ceilingDb, lookaheadMs, releaseMs } = job.limiter
  const labels = job.strips.map((_, i) => `[s${i}]`).join('')
  const filters = [
    `amix=inputs=${job.strips.length}:normalize=0`,
    ...equalizer(job.masterBells),
    `alimiter=limit=${linear(ceilingDb)}:attack=${lookaheadMs}:release=${releaseMs}:level=0`,
    'ebur128=peak=true:framelog=verbose',
  ]
  return `${labels}${filters.join(',')}[out]`
}

export const ffmpeg = {
  name: 'ffmpeg',
  programs: ['ffmpeg'],
  apt: ['ffmpeg'],
  bound: 20,
  differs: 'limiter by samples, not true peak; loudness and true peak by ebur128',
  command({ job, tracks, out }) {
    const graph = [...job.strips.map((strip, i) => stripGraph(job, strip, i)), masterGraph(job)].join(';')
    const inputs = tracks.flatMap((track) => ['-i', track])
    const output = ['-map', '[out]', '-c:a', 'pcm_s24le', '-ar', String(job.sampleRateHz), out]
    return ['ffmpeg', '-nostdin', '-y', '-v', 'error', ...inputs, '-filter_complex', graph, ...output]
  },
}
