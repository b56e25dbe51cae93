// Writes the demo's tracks as 24-bit WAV files and its desk file into a folder, once.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { demoTracks, songSeconds } from './song.js'

/** Planes of −1…1 as a 24-bit WAV file. */
export function wav24(planes: readonly Float32Array[], sampleRateHz: number): Buffer {
  const channels = planes.length
  const frames = planes[0]?.length ?? 0
  const dataBytes = frames * channels * 3
  const bytes = Buffer.alloc(44 + dataBytes)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + dataBytes, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(sampleRateHz, 24)
  bytes.writeUInt32LE(sampleRateHz * channels * 3, 28)
  bytes.writeUInt16LE(channels * 3, 32)
  bytes.writeUInt16LE(24, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(dataBytes, 40)
  let at = 44
  for (let i = 0; i < frames; i++)
    for (const plane of planes) {
      const sample = Math.max(-0x800000, Math.min(0x7fffff, Math.round((plane[i] ?? 0) * 0x800000)))
      bytes[at++] = sample
      bytes[at++] = sample >> 8
      bytes[at++] = sample >> 16
    }
  return bytes
}

const fileName = (index: number): string => `${index + 1}-${(demoTracks[index]?.name ?? '').toLowerCase()}.wav`

/** The desk file of the demo: names, colours, pans, the loop, and which file is whose. Faders stand at 0 dB. */
export function demoDesk(): string {
  const strips = demoTracks.map((t) => `  - { name: ${t.name}, color: ${t.color}, pan: ${t.panPercent}, stereo: ${t.stereo} }`)
  const tracks = demoTracks.map((_, i) => `  ${i + 1}: ${fileName(i)}`)
  return `# The demo's desk.
strips:
${strips.join('\n')}
params:
  master.spectrum.on: true
  transport.loop: { on: true, startS: 0, endS: ${songSeconds} }
tracks:
${tracks.join('\n')}
`
}

export const demoDeskFile = 'desk.yaml'

/** Fills the folder with `1-kick.wav` … and `desk.yaml`, at the given rate; a complete folder is left as it is. */
export async function writeDemo(folder: string, sampleRateHz: number): Promise<void> {
  if (existsSync(join(folder, demoDeskFile))) return
  // Whole or not at all: made beside its place and moved there.
  const making = `${folder}.${process.pid}`
  mkdirSync(making, { recursive: true })
  mkdirSync(dirname(folder), { recursive: true })
  for (const [i, track] of demoTracks.entries()) {
    writeFileSync(join(making, fileName(i)), wav24(track.render(sampleRateHz), sampleRateHz))
    await breathe()
  }
  writeFileSync(join(making, demoDeskFile), demoDesk())
  rmSync(folder, { recursive: true, force: true })
  renameSync(making, folder)
}
