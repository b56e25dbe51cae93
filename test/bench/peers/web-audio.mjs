// Job P by node-web-audio-api in memory, in a process of its own: prints the CPU seconds and the level.
// Arguments: seconds; of job, softJob and uncompressedJob the one to do.
import { createRequire } from 'node:module'
import * as jobs from './jobs.mjs'
import { loopSeconds, trackOf } from './tracks.mjs'

const { linear, [process.argv[3] ?? 'job']: job } = jobs
const { OfflineAudioContext } = createRequire(import.meta.url)('node-web-audio-api')
const frames = Number(process.argv[2]) * job.sampleRateHz
const context = new OfflineAudioContext(2, frames, job.sampleRateHz)

const chain = (nodes) => nodes.reduce((from, to) => from.connect(to))
const filter = (type, frequencyHz, q, gainDb = 0) => {
  const node = context.createBiquadFilter()
  node.type = type
  node.frequency.value = frequencyHz
  // A high-pass takes its Q in dB.
  node.Q.value = type === 'peaking' ? q : 20 * Math.log10(q)
  node.gain.value = gainDb
  return node
}
const bells = (list) => list.map(({ frequencyHz, gainDb, q }) => filter('peaking', frequencyHz, q, gainDb))

function dynamics({ thresholdDb, ratio, kneeDb, attackMs, releaseMs }) {
  const node = context.createDynamicsCompressor()
  node.threshold.value = thresholdDb
  node.ratio.value = ratio
  node.knee.value = kneeDb
  node.attack.value = attackMs / 1000
  node.release.value = releaseMs / 1000
  return node
}

/** What the node adds by itself: 60 % of what it takes from full scale (Web Audio API, 1.19). */
const makeupDb = ({ thresholdDb, ratio, kneeDb }) => 0.6 * (-thresholdDb - kneeDb / 2) * (1 - 1 / ratio)

function gain(value) {
  const node = context.createGain()
  node.gain.value = value
  return node
}

function source(index) {
  const samples = trackOf(index, loopSeconds * job.sampleRateHz)
  const buffer = context.createBuffer(1, samples.length, job.sampleRateHz)
  buffer.copyToChannel(samples, 0)
  const node = context.createBufferSource()
  node.buffer = buffer
  node.loop = true
  node.start()
  return node
}

function panner(pan) {
  const node = context.createStereoPanner()
  node.pan.value = pan / 100
  return node
}

const sum = gain(linear(-makeupDb(job.compressor)))
job.strips.forEach((strip, index) => {
  const highPass = job.highPass.qs.map((q) => filter('highpass', job.highPass.frequencyHz, q))
  const nodes = [...highPass, ...bells(job.stripBells), dynamics(job.compressor), panner(strip.pan), gain(linear(strip.faderDb))]
  chain([source(index), ...nodes, sum])
})
const { ceilingDb, lookaheadMs, releaseMs } = job.limiter
const limiter = { thresholdDb: ceilingDb, ratio: 20, kneeDb: 0, attackMs: lookaheadMs, releaseMs }
chain([sum, ...bells(job.masterBells), dynamics(limiter), gain(linear(-makeupDb(limiter))), context.destination])

const before = process.cpuUsage()
const result = await context.startRendering()
const { user, system } = process.cpuUsage(before)
let energy = 0
for (const channel of [0, 1]) for (const x of result.getChannelData(channel)) energy += x * x
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, levelDb: 10 * Math.log10(energy / frames) }))
