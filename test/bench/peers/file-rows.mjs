// Job P from 32 WAV files to the result: `deskd render` and what is installed of its peers, each pair in turns.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { installCommand } from '../../../src/setup/system-libraries.mjs'
import { quantile, row, spreadOf } from '../table.mjs'
import { timeOf } from './cpu-time.mjs'
import { csound } from './csound.mjs'
import { deskd } from './deskd.mjs'
import { ecasound } from './ecasound.mjs'
import { ffmpeg } from './ffmpeg.mjs'
import { job } from './jobs.mjs'
import { loudnessOf } from './loudness.mjs'
import { jobCheck, louderDb } from './same-job.mjs'
import { scsynth } from './scsynth.mjs'
import { sox } from './sox.mjs'
import { writeTracks } from './tracks.mjs'

const all = [scsynth, csound, ecasound, sox, ffmpeg]
const hasProgram = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
const isInstalled = ({ programs, files = [] }) => programs.every(hasProgram) && files.every((path) => existsSync(path))

/** The peers that are there; the others are named on stderr. */
function installed() {
  const missing = all.filter((peer) => !isInstalled(peer))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    const packages = missing.flatMap(({ apt }) => apt.map((name) => ({ name })))
    process.stderr.write(`skipped ${names}: ${installCommand(packages)}\n`)
  }
  return all.filter(isInstalled)
}

const millisecondsASecond = (times, seconds) => times.map(({ cpuSeconds }) => (cpuSeconds / seconds) * 1000)
const median = (values) => quantile(values, 0.5)

const signed = (db) => `${db < 0 ? '−' : '+'}${Math.abs(db).toFixed(1)} dB`

function peerRow({ peer: { name, bound, differs }, pairs, offDb, compressesDb }, seconds, quick) {
  const ratios = pairs.map(({ own, peer }) => peer.cpuSeconds / own.cpuSeconds)
  const times = pairs.map(({ peer }) => peer)
  const cost = `${median(millisecondsASecond(times, seconds)).toFixed(1)} ms CPU a second of audio`
  const wall = `wall ${median(times.map(({ wallSeconds }) => wallSeconds)).toFixed(1)} s`
  const level = `level ${signed(offDb)}, compresses ${compressesDb.toFixed(1)} dB`
  return row(`job P, file to file, against ${name}`, median(ratios), '×', {
    bound: quick ? 0 : bound,
    atLeast: true,
    ...spreadOf(ratios),
    detail: `${cost}, ${wall}; ${level}; ${differs}`,
  })
}

function deskdRow(times, seconds, compressesDb) {
  const cost = millisecondsASecond(times, seconds)
  const wall = median(times.map(({ wallSeconds }) => wallSeconds))
  const detail = `whole process tree, wall ${wall.toFixed(1)} s for ${seconds} s; compresses ${compressesDb.toFixed(1)} dB`
  return row('job P, file to file, deskd render', median(cost), 'ms CPU a second', { ...spreadOf(cost), detail })
}

/** Every peer with a run of deskd before each of its own, and what its first result is like. */
function measured(peers, seconds, rounds, folder) {
  const tracks = writeTracks(join(folder, 'tracks'), seconds)
  const out = join(folder, 'out.wav')
  const run = (engine) => timeOf(engine.command({ job, tracks, seconds, folder, out }))
  run(deskd)
  const wanted = loudnessOf(out)
  const found = peers.map((entry) => ({ ...entry, pairs: [], offDb: 0 }))
  for (let round = 0; round < rounds; round++)
    for (const entry of found) {
      process.stderr.write(`peers: ${entry.peer.name}, round ${round + 1} of ${rounds}\n`)
      const own = run(deskd)
      entry.pairs.push({ own, peer: run(entry.peer) })
      if (round === 0) entry.offDb = louderDb(loudnessOf(out), wanted, seconds)
    }
  return found
}

/** Those that do the job, with what their compressors take; the others are named on stderr. */
function able(peers, check) {
  return peers.flatMap((peer) => {
    try {
      return [{ peer, compressesDb: check(peer) }]
    } catch (error) {
      process.stderr.write(`skipped ${peer.name}: ${error.message}\n`)
      return []
    }
  })
}

/** The bounds are for 5 minutes; a quick run has the start of the programs in its figures. */
export function fileRows({ quick }) {
  const peers = installed()
  if (peers.length === 0) return []
  const [seconds, rounds] = quick ? [30, 1] : [300, 3]
  const folder = mkdtempSync(join(tmpdir(), 'deskd-peers-'))
  try {
    process.stderr.write('peers: do they do the same job?\n')
    const { check, referenceDb } = jobCheck(deskd, folder)
    const found = measured(able(peers, check), seconds, rounds, folder)
    const own = found.flatMap(({ pairs }) => pairs.map((pair) => pair.own))
    return [deskdRow(own, seconds, referenceDb), ...found.map((entry) => peerRow(entry, seconds, quick))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
