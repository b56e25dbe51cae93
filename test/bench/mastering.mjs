// The row of mastering: a file through the whole chain until it complies, on one core.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeAddon } from '../../dist/engine/native.js'
import { masterAlbum } from '../../dist/mastering/album/album.js'
import { limiterAlone, wholeChain } from '../../dist/mastering/album/master-desk.js'
import { writeTrack } from './processes.mjs'
import { quantile, row, spreadOf } from './table.mjs'

const main = new URL('../../dist/main.js', import.meta.url).pathname
const session = new URL('../../../shared/audio/session', import.meta.url).pathname

/** A mix to be mastered: the session's, where it lies beside the checkout. */
function makeMix(folder) {
  const mix = join(folder, 'mix.wav')
  if (!existsSync(session)) writeTrack(mix, 48, 110)
  else {
    const { status, stderr } = spawnSync(process.execPath, [
      main,
      'render',
      '--in',
      session,
      '--out',
      mix,
      '--set',
      'master.faderDb=-6',
    ])
    if (status !== 0) throw new Error(`deskd render: exit code ${status}: ${stderr}`)
  }
  return mix
}

/** Processor time of all threads, from the file to the one that complies. */
export async function masteringRows({ quick }) {
  process.stderr.write('mastering\n')
  const folder = mkdtempSync(join(tmpdir(), 'deskd-bench-'))
  try {
    const mix = makeMix(folder)
    const rows = []
    for (const [name, chain, bound] of [
      ['deskd master, the limiter alone', limiterAlone(), 0],
      ['deskd master, the whole chain', wholeChain(), 60],
    ]) {
      const factors = []
      let passes = 0
      for (let i = 0; i < (quick ? 2 : 7); i++) {
        const before = process.cpuUsage()
        const report = await masterAlbum(nativeAddon(), [mix], [], join(folder, 'out'), { ...settings, chain })
        const { user, system } = process.cpuUsage(before)
        const [piece] = report.tracks
        if (!piece) throw new Error(report.problems[0]?.error)
        passes = piece.passes
        factors.push(piece.frames / piece.sampleRateHz / ((user + system) / 1e6))
      }
      const detail = `${passes} passes, each measured as it was written; processor time of one process without its start`
      rows.push(row(name, quantile(factors, 0.5), '× real time', { bound, atLeast: true, ...spreadOf(factors), detail }))
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const settings = {
  targetLufs: -11, // two passes are needed to come there
  ceilingDbtp: -1,
  mode: 'track',
  tonePercent: 0,
  toneMaxDb: 6,
  match: { level: 0, width: 0, limiter: 0 },
  topAndTail: true,
  format: 'wav',
  bits: '24',
  isa: '',
  workers: 1,
}
