// Job P by `deskd render`: what the peers are held against.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const main = new URL('../../../dist/main.js', import.meta.url).pathname

const bands = (bells) => Object.fromEntries(bells.map((bell, i) => [`band${i + 1}`, bell]))

function deskFile(job) {
  const eq = { on: true, ...bands(job.stripBells) }
  const hpf = { on: true, frequencyHz: job.highPass.frequencyHz, slope: '24' }
  const comp = { on: true, ...job.compressor }
  const params = Object.entries(bands(job.masterBells)).flatMap(([band, bell]) =>
    Object.entries(bell).map(([key, value]) => [`master.eq.${band}.${key}`, value]),
  )
  return {
    strips: job.strips.map(({ faderDb, pan }) => ({ faderDb, pan, hpf, eq, comp })),
    params: {
      ...Object.fromEntries(params),
      'master.eq.on': true,
      'master.limiter.on': true,
      'master.limiter.ceilingDbtp': job.limiter.ceilingDb,
      'master.limiter.releaseMs': job.limiter.releaseMs,
    },
  }
}

export const deskd = {
  name: 'deskd render',
  command({ job, tracks, folder, out }) {
    const desk = join(folder, 'desk.yaml')
    writeFileSync(desk, JSON.stringify(deskFile(job)))
    return [process.execPath, main, 'render', '--in', dirname(tracks[0]), '--desk', desk, '--out', out, '--bits', '24', '--json']
  },
}
