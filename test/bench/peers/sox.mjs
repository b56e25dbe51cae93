// Job P by SoX: a process a strip into a mixing one.

/** SoX keeps 32-bit integers between its effects, so the sum needs room above it. */
const headroomDb = 18

const equalizer = (bells) => bells.flatMap(({ frequencyHz, gainDb, q }) => ['equalizer', frequencyHz, `${q}q`, gainDb])

function stripCommand(job, strip, track) {
  const { thresholdDb: threshold, ratio, kneeDb, attackMs, releaseMs } = job.compressor
  const highPass = job.highPass.qs.flatMap((q) => ['highpass', job.highPass.frequencyHz, `${q}q`])
  const curve = `${kneeDb}:${threshold},${threshold},0,${threshold - threshold / ratio}`
  const compand = ['compand', `${attackMs / 1000},${releaseMs / 1000}`, curve]
  const gain = 10 ** (-headroomDb / 20)
  const remix = ['remix', `1v${strip.left * gain}`, `1v${strip.right * gain}`]
  return ['|sox', track, '-p', ...highPass, ...equalizer(job.stripBells), ...compand, ...remix].join(' ')
}

export const sox = {
  name: 'sox',
  programs: ['sox'],
  apt: ['sox'],
  bound: 16,
  differs: 'compand for both dynamics, no look-ahead, no loudness; -D',
  command({ job, tracks, out }) {
    const { ceilingDb, releaseMs } = job.limiter
    const top = ceilingDb - headroomDb
    const inputs = job.strips.flatMap((strip, i) => ['-v', 1, stripCommand(job, strip, tracks[i])])
    const limiter = ['compand', `0.0001,${releaseMs / 1000}`, `${top},${top},0,${top}`, headroomDb]
    return ['sox', '-D', '-m', ...inputs, '-b', 24, out, ...equalizer(job.masterBells), ...limiter].map(String)
  },
}
