// Peers inside one process, in turns with deskd's graph and meter: node-web-audio-api and libebur128.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { installCommand, missingPackages } from '../../../src/setup/system-libraries.mjs'
import { buildMeter, buildSeconds } from '../build.mjs'
import { quantile, row, spreadOf } from '../table.mjs'
import { leastCompressionDb } from './same-job.mjs'

/** The last that runs on Node 20. */
const knownVersion = '1.0.9'
const webAudio = new URL('web-audio.mjs', import.meta.url).pathname

/** The version that stands in node_modules; undefined when there is none. */
function installedVersion() {
  try {
    const entry = createRequire(import.meta.url).resolve('node-web-audio-api')
    return JSON.parse(readFileSync(join(dirname(entry), 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

const printedBy = (...command) => JSON.parse(execFileSync(command[0], command.slice(1).map(String)))

/** What the compressors take, in dB; throws when they do not compress. */
function compressionDb() {
  const [compressed, not] = ['softJob', 'uncompressedJob'].map((name) => printedBy(process.execPath, webAudio, 10, name).levelDb)
  if (!(not - compressed >= leastCompressionDb))
    throw new Error(`node-web-audio-api: compresses by ${(not - compressed).toFixed(1)} dB`)
  return not - compressed
}

async function webAudioRows(quick) {
  const version = installedVersion()
  if (!version) {
    process.stderr.write(`skipped node-web-audio-api: npm install --no-save node-web-audio-api@${knownVersion}\n`)
    return []
  }
  const compressesDb = compressionDb()
  const program = await buildSeconds()
  const [seconds, rounds] = quick ? [5, 3] : [20, 7]
  const pairs = []
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`peers-memory: node-web-audio-api, round ${round + 1} of ${rounds}\n`)
    pairs.push({ own: printedBy(program, seconds), peer: printedBy(process.execPath, webAudio, seconds) })
  }
  const ratios = pairs.map(({ own, peer }) => peer.cpuSeconds / own.cpuSeconds)
  const cost = (side) =>
    (
      1000 *
      quantile(
        pairs.map((pair) => pair[side].cpuSeconds / seconds),
        0.5,
      )
    ).toFixed(2)
  const [{ own, peer }] = pairs
  const louderDb = peer.levelDb - own.levelDb
  const level = `level ${louderDb < 0 ? '−' : '+'}${Math.abs(louderDb).toFixed(1)} dB, compresses ${compressesDb.toFixed(1)} dB`
  const detail = `${cost('peer')} against ${cost('own')} ms CPU a second of audio (${own.set}); ${level}; limiter a compressor, no loudness`
  return [
    row(`job P in memory, against node-web-audio-api ${version}`, quantile(ratios, 0.5), '×', {
      bound: 25,
      atLeast: true,
      ...spreadOf(ratios),
      detail,
    }),
  ]
}

async function meterRows(quick) {
  const missing = missingPackages(['test']).filter(({ name }) => name === 'libebur128-dev')
  if (missing.length > 0) {
    process.stderr.write(`skipped libebur128: ${installCommand(missing)}\n`)
    return []
  }
  process.stderr.write('peers-memory: libebur128\n')
  const lines = execFileSync(await buildMeter(), quick ? ['--quick'] : [])
    .toString()
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line))
}

export const memoryRows = async ({ quick }) => [...(await webAudioRows(quick)), ...(await meterRows(quick))]
