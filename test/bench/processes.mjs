// Rows of whole processes: version, render, start to first audio. All through the built command, dist/main.js.
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from '../../dist/osc/decode.js'
import { encodeMessage } from '../../dist/osc/encode.js'
import { quantile, row, spreadOf } from './table.mjs'

const main = new URL('../../dist/main.js', import.meta.url).pathname
/** The real session, where it lies beside the checkout. */
const session = new URL('../../../shared/audio/session', import.meta.url).pathname
const sampleRateHz = 48000

function wallMs(args) {
  const before = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args)
  if (status !== 0) throw new Error(`${args.join(' ')}: exit code ${status}: ${stderr}`)
  return performance.now() - before
}

function versionRow({ quick }) {
  process.stderr.write('version\n')
  const pairs = Array.from({ length: quick ? 5 : 15 }, () => [wallMs([main, '--version']), wallMs(['-e', '0'])])
  const more = pairs.map(([deskd, node]) => deskd - node)
  const detail = `node alone ${quantile(
    pairs.map(([, node]) => node),
    0.5,
  ).toFixed(0)} ms`
  return row('deskd --version over node -e 0', quantile(more, 0.5), 'ms', { bound: 150, ...spreadOf(more), detail })
}

/** A 16-bit mono WAV: a tone that falls off and starts again twice a second. */
export function writeTrack(path, seconds, hz) {
  const frames = seconds * sampleRateHz
  const bytes = Buffer.alloc(44 + frames * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + frames * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(sampleRateHz, 24)
  bytes.writeUInt32LE(sampleRateHz * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(frames * 2, 40)
  for (let n = 0; n < frames; n++) {
    const sample = 8000 * Math.exp((-(n % 24000) / sampleRateHz) * 4) * Math.sin((2 * Math.PI * hz * n) / sampleRateHz)
    bytes.writeInt16LE(Math.round(sample), 44 + 2 * n)
  }
  writeFileSync(path, bytes)
}

function writeTracks(folder, count, seconds) {
  mkdirSync(folder)
  for (let i = 0; i < count; i++) writeTrack(join(folder, `${String(i + 1).padStart(2, '0')}.wav`), seconds, 110 * (1 + i / 4))
  return folder
}

function renderRow({ quick }, folder) {
  process.stderr.write('render\n')
  const real = existsSync(session)
  const tracks = real ? session : writeTracks(join(folder, 'render'), 12, 30)
  const args = [main, 'render', '--in', tracks, '--out', join(folder, 'mix.wav'), '--json']
  const factors = []
  let report = {}
  for (let i = 0; i < (quick ? 2 : 5); i++) {
    const before = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, args)
    if (status !== 0) throw new Error(`deskd render: exit code ${status}: ${stderr}`)
    report = JSON.parse(stdout)
    factors.push(report.frames / report.sampleRateHz / ((performance.now() - before) / 1000))
  }
  const seconds = report.frames / report.sampleRateHz
  const what = `${real ? 'the session' : 'synthetic WAV'}, ${report.strips} tracks of ${seconds.toFixed(0)} s, flat, 24 bit`
  const detail = `${what}; engine alone ${report.realtimeFactor.toFixed(0)}×`
  return row('deskd render, whole process', quantile(factors, 0.5), '× real time', { ...spreadOf(factors), detail })
}

const freePort = () =>
  new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })

/** Asks for the master's peak until it is heard. */
function untilHeard(port, timeoutMs) {
  const socket = createSocket('udp4')
  const question = encodeMessage('/master/meter/peakDb')
  return new Promise((resolve, reject) => {
    const asking = setInterval(() => socket.send(question, port, '127.0.0.1'), 4)
    const end = (done, value) => {
      clearInterval(asking)
      clearTimeout(timer)
      socket.close()
      done(value)
    }
    const timer = setTimeout(() => end(reject, new Error(`nothing heard within ${timeoutMs} ms`)), timeoutMs)
    socket.on('error', nothing)
    socket.on('message', (bytes) => {
      const answer = decode(bytes)
      if (answer.args?.[0] > -60) end(resolve, performance.now())
    })
  })
}

const nothing = () => {}

async function firstAudioMs(tracks, state) {
  const port = await freePort()
  const began = performance.now()
  const args = ['run', '--audio', 'virtual', '--play', tracks, '--osc', `127.0.0.1:${port}`, '--state', state]
  const deskd = spawn(process.execPath, [main, ...args], { stdio: 'ignore' })
  const ended = new Promise((resolve) => deskd.once('exit', resolve))
  try {
    return (await untilHeard(port, 10000)) - began
  } finally {
    deskd.kill('SIGTERM')
    await ended
  }
}

async function firstAudioRow({ quick }, folder) {
  process.stderr.write('start to first audio\n')
  const tracks = writeTracks(join(folder, 'play'), 8, 10)
  const times = []
  for (let i = 0; i < (quick ? 3 : 7); i++) times.push(await firstAudioMs(tracks, join(folder, `state${i}`)))
  return row('start to first audio', quantile(times, 0.5), 'ms', {
    bound: 1500,
    ...spreadOf(times),
    detail: 'virtual card, 8 tracks',
  })
}

/** A row that cannot run is named on stderr and left out. */
async function tried(name, rowOf) {
  try {
    return [await rowOf()]
  } catch (error) {
    process.stderr.write(`skipped ${name}: ${error.message}\n`)
    return []
  }
}

export async function processRows(effort) {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-bench-'))
  try {
    return [
      ...(await tried('deskd render', () => renderRow(effort, folder))),
      ...(await tried('start to first audio', () => firstAudioRow(effort, folder))),
      ...(await tried('deskd --version', () => versionRow(effort))),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
