// The demo: the same samples every time, no clipping, a loop without a seam.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoTracks, songSeconds } from '../../src/cli/demo/song.js'
import { wav24, writeDemo } from '../../src/cli/demo/write-demo.js'
import { readDeskFile } from '../../src/config/desk-file.js'
import { isParam, isText } from '../../src/params/registry.js'
import { dbOfAmplitude } from '../../src/units.js'

const rate = 44100
const frames = songSeconds * rate

/** The mix of the demo's desk: pan law −3 dB, faders at 0 dB. */
function mixOf(planesOfTracks: readonly Float32Array[][]): [Float32Array, Float32Array] {
  const left = new Float32Array(frames)
  const right = new Float32Array(frames)
  planesOfTracks.forEach((planes, t) => {
    const angle = (((demoTracks[t]?.panPercent ?? 0) + 100) / 200) * (Math.PI / 2)
    const [gainL, gainR] = planes.length === 2 ? [1, 1] : [Math.cos(angle), Math.sin(angle)]
    for (let i = 0; i < frames; i++) {
      left[i] = left[i]! + gainL * planes[0]![i]!
      right[i] = right[i]! + gainR * planes.at(-1)![i]!
    }
  })
  return [left, right]
}

const peakDbfs = (planes: readonly Float32Array[]): number =>
  dbOfAmplitude(planes.reduce((peak, plane) => plane.reduce((a, x) => Math.max(a, Math.abs(x)), peak), 0))

describe('the demo', () => {
  let rendered: Float32Array[][]
  beforeAll(() => {
    rendered = demoTracks.map((track) => track.render(rate))
  })

  it('has eight named tracks of 16 s, one of them stereo', () => {
    expect(demoTracks.map((track) => track.name)).toEqual(['Kick', 'Snare', 'Hats', 'Bass', 'Keys', 'Arpeggio', 'Pad', 'Lead'])
    expect(rendered.map((planes) => planes.length)).toEqual([1, 1, 1, 1, 1, 1, 2, 1])
    for (const plane of rendered.flat()) expect(plane.length).toBe(16 * rate)
  })

  it('is the same in every sample when made again', () => {
    for (const [t, track] of demoTracks.slice(0, 4).entries())
      expect(Buffer.from(track.render(rate)[0]!.buffer).equals(Buffer.from(rendered[t]![0]!.buffer))).toBe(true)
  })

  it('mixes to a peak between −6 and −1 dBFS', () => {
    const peak = peakDbfs(mixOf(rendered))
    expect(peak).toBeLessThan(-1)
    expect(peak).toBeGreaterThan(-6)
  })

  it('has every track between −25 and −5 dBFS at its peak', () => {
    for (const planes of rendered) {
      expect(peakDbfs(planes)).toBeLessThan(-5)
      expect(peakDbfs(planes)).toBeGreaterThan(-25)
    }
  })

  it('steps no further from its last sample to its first than it does inside', () => {
    for (const plane of [rendered[3]![0]!, ...rendered[6]!, rendered[7]![0]!]) {
      let inside = 0
      for (let i = 1; i < plane.length; i++) inside = Math.max(inside, Math.abs(plane[i]! - plane[i - 1]!))
      expect(Math.abs(plane[0]! - plane.at(-1)!)).toBeLessThanOrEqual(inside)
    }
  })
})

describe('wav24', () => {
  it('writes full scale as 7fffff and −½ as c00000, clamped, interleaved', () => {
    const bytes = wav24([Float32Array.of(1, 0), Float32Array.of(-0.5, -2)], 48000)
    expect(bytes.length).toBe(44 + 12)
    expect(bytes.readUInt32LE(4)).toBe(36 + 12)
    expect(bytes.readUInt16LE(22)).toBe(2)
    expect(bytes.readUInt32LE(28)).toBe(48000 * 6)
    expect(bytes.subarray(44).toString('hex')).toBe('ffff7f' + '0000c0' + '000000' + '000080')
  })
})

describe('writeDemo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-demo-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('writes eight WAV files and a desk file that the desk understands, once', async () => {
    const demo = join(folder, 'demo')
    await writeDemo(demo, 44100)
    expect(readdirSync(demo).length).toBe(9)
    expect(readFileSync(join(demo, '1-kick.wav')).readUInt32LE(24)).toBe(44100)
    const desk = readDeskFile(join(demo, 'desk.yaml'))
    const value = (id: string): number | string => {
      const entry = desk.registry.byId.get(id)!
      if (isText(entry)) return desk.texts[entry.index]!
      return isParam(entry) ? desk.values[entry.index]! : Number.NaN
    }
    expect(desk.registry.topology.stripStereo).toEqual([false, false, false, false, false, false, true, false])
    expect(value('strip.5.name')).toBe('Keys')
    expect(value('strip.5.pan')).toBe(-40)
    expect(value('strip.8.faderDb')).toBe(0)
    expect(value('transport.loop.endS')).toBe(16)
    expect(desk.tracks.get(3)).toBe(join(demo, '3-hats.wav'))
    const madeMs = statSync(join(demo, 'desk.yaml')).mtimeMs
    await writeDemo(demo, 44100)
    expect(statSync(join(demo, 'desk.yaml')).mtimeMs).toBe(madeMs)
  })
})
