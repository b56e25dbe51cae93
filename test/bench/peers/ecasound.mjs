// Job P by ecasound with Steve Harris's LADSPA plugins: a chain a strip into a loop, a master chain out of it.
import { octaves } from './jobs.mjs'

const equalizer = (bells) => bells.map(({ frequencyHz, gainDb, q }) => `-el:singlePara,${gainDb},${frequencyHz},${octaves(q)}`)

function stripChain(job, strip, track, number) {
  const { thresholdDb, ratio, kneeDb, attackMs, releaseMs } = job.compressor
  return [
    `-a:${number}`,
    `-f:16,1,${job.sampleRateHz}`,
    `-i:${track}`,
    `-el:highpass_iir,${job.highPass.frequencyHz},${job.highPass.qs.length}`,
    ...equalizer(job.stripBells),
    `-el:sc4m,1,${attackMs},${releaseMs},${thresholdDb},${ratio},${kneeDb},0`,
    '-chcopy:1,2',
    `-eac:${strip.left * 100},1`,
    `-eac:${strip.right * 100},2`,
  ]
}

export const ecasound = {
  name: 'ecasound + swh',
  programs: ['ecasound'],
  files: ['/usr/lib/ladspa/sc4m_1916.so'],
  apt: ['ecasound', 'swh-plugins'],
  bound: 16,
  differs: 'buffers of 1024; limiter by samples, no loudness',
  command({ job, tracks, seconds, out }) {
    const { ceilingDb, releaseMs } = job.limiter
    const all = job.strips.map((_, i) => i + 1).join(',')
    return [
      'ecasound',
      ...['-q', '-b:1024', '-z:mixmode,sum', `-t:${seconds}`],
      ...job.strips.flatMap((strip, i) => stripChain(job, strip, tracks[i], i + 1)),
      ...[`-a:${all}`, `-f:f32_le,2,${job.sampleRateHz}`, '-o:loop,1'],
      ...['-a:master', '-i:loop,1', ...equalizer(job.masterBells)],
      `-el:fastLookaheadLimiter,0,${ceilingDb},${releaseMs / 1000}`,
      ...[`-f:s24_le,2,${job.sampleRateHz}`, `-o:${out}`],
    ]
  },
}
