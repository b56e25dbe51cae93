// The tracks of job P as in engine/music.cc (decaying notes with noise on their attacks), in JavaScript and as WAV files.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { job } from './jobs.mjs'

/** One track of about −20 dBFS RMS, peaks below 0 dBFS. */
export function trackOf(index, frames) {
  let seed = 12345 + index * 7919
  const noteFrames = 6000 + ((index * 977) % 18000)
  const hz = 55 * 2 ** (((index * 5) % 60) / 12)
  const decay = 6.9 / (job.sampleRateHz * (0.5 + (index % 4) * 0.5))
  const samples = new Float32Array(frames)
  for (let n = 0; n < frames; n++) {
    const t = n % noteFrames
    const pitch = hz * (1 + (Math.floor(n / noteFrames) % 5) * 0.25)
    const phase = ((2 * Math.PI * pitch) / job.sampleRateHz) * t
    let x = 0
    for (let k = 1; k <= 4; k++) x += Math.sin(phase * k) / k
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const noise = (seed >>> 8) / 8388608 - 1
    samples[n] = 0.2 * Math.exp(-decay * t) * x + 0.25 * Math.exp(-t / 900) * noise
  }
  return samples
}

function header(dataBytes) {
  const bytes = Buffer.alloc(44)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + dataBytes, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(job.sampleRateHz, 24)
  bytes.writeUInt32LE(job.sampleRateHz * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(dataBytes, 40)
  return bytes
}

export const loopSeconds = 2

/** A 16-bit mono WAV a strip, the loop over and over. Gives the paths in strip order. */
export function writeTracks(folder, seconds) {
  mkdirSync(folder)
  return job.strips.map((_, index) => {
    const loop = Buffer.from(Int16Array.from(trackOf(index, loopSeconds * job.sampleRateHz), (x) => Math.round(x * 32767)).buffer)
    const path = join(folder, `${String(index + 1).padStart(2, '0')}.wav`)
    const file = openSync(path, 'w')
    writeSync(file, header((loop.length * seconds) / loopSeconds))
    for (let at = 0; at < seconds; at += loopSeconds) writeSync(file, loop)
    closeSync(file)
    return path
  })
}
