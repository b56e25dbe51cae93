// `deskd render --bits --dither --ceiling`: what the written file holds, read back from its bytes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { wav24 } from '../../src/cli/demo/write-demo.js'
import { nativeAddon } from '../../src/engine/native.js'
import { measureFile } from '../../src/mastering/measure.js'
import { amplitudeOfDb } from '../../src/units.js'
import { catchPrinted, type Printed } from '../fixtures/printed.js'
import { noise } from '../fixtures/signals.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-dither-'))
const quiet = join(folder, 'quiet.wav')
const loud = join(folder, 'loud.wav')
const out = join(folder, 'out.wav')
let printed: Printed

beforeAll(() => {
  const sine = Float32Array.from({ length: 96000 }, (_, n) => amplitudeOfDb(-60) * Math.sin((2 * Math.PI * 997 * n) / 48000))
  writeFileSync(quiet, wav24([sine, sine], 48000))
  writeFileSync(loud, wav24([noise(96000, -6, 1), noise(96000, -6, 2)], 48000))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(out, { force: true })
})

async function render(...words: string[]): Promise<number> {
  printed = catchPrinted()
  return runCommandLine(['render', '--out', out, ...words])
}

/** The bytes of the data chunk. */
const dataOf = (path: string): Buffer => {
  const bytes = readFileSync(path)
  const at = bytes.indexOf('data', 36, 'latin1')
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4))
}

/** RMS in dBFS of 16 bit numbers less the sine that went in. */
function errorDb(path: string): number {
  const data = dataOf(path)
  const source = dataOf(quiet)
  let sum = 0
  for (let i = 0; i < 192000; i++) sum += (data.readInt16LE(2 * i) / 32768 - source.readIntLE(3 * i, 3) / 8388608) ** 2
  return 10 * Math.log10(sum / 192000)
}

describe('deskd render --bits 16', () => {
  it('dithers by half an LSB unless it is told not to: −96.33 against −101 dBFS', async () => {
    expect(await render('--in', quiet, '--bits', '16')).toBe(0)
    expect(errorDb(out)).toBeCloseTo(-96.33, 1)
    const bytes = readFileSync(out)
    expect(await render('--in', quiet, '--bits', '16', '--dither', 'tpdf')).toBe(0)
    expect(readFileSync(out).equals(bytes)).toBe(true)
    expect(await render('--in', quiet, '--bits', '16', '--dither', 'none')).toBe(0)
    expect(errorDb(out)).toBeCloseTo(-101, 0)
  })

  it('shapes its noise when asked: more of it, where it is not heard', async () => {
    expect(await render('--in', quiet, '--bits', '16', '--dither', 'light')).toBe(0)
    expect(errorDb(out)).toBeCloseTo(-89.4, 0)
    expect(await render('--in', quiet, '--bits', '16', '--dither', 'strong')).toBe(0)
    expect(errorDb(out)).toBeCloseTo(-79.7, 0)
  })

  it('writes 20 bits into 24, and 24 bits of a file of 24 bits back to the bit whatever the dither', async () => {
    expect(await render('--in', quiet, '--bits', '20')).toBe(0)
    expect(nativeAddon().audioFileInfo(out)).toMatchObject({ frames: 96000, channels: 2 })
    const data = dataOf(out)
    for (let i = 0; i < 1000; i++) expect(data[3 * i]! & 15).toBe(0)
    expect(await render('--in', quiet, '--bits', '24', '--dither', 'strong')).toBe(0)
    expect(dataOf(out).equals(dataOf(quiet))).toBe(true)
  })

  it('refuses to dither floats', async () => {
    expect(await render('--in', quiet, '--bits', '32f', '--dither', 'tpdf')).toBe(2)
    expect(printed.stderr).toContain('expected --bits 16, 20 or 24, found 32f')
  })
})

describe('deskd render --ceiling', () => {
  it.each(['tpdf', 'strong'])('holds in the file, behind %s', async (kind) => {
    const words = ['--in', loud, '--set', 'master.faderDb=9', '--bits', '16', '--dither', kind, '--json']
    expect(await render(...words, '--set', 'master.limiter.on=on', 'master.limiter.ceilingDbtp=-1')).toBe(0)
    const before = await measureFile(out, { brief: true })
    expect(before.truePeakDbtp).toBeGreaterThan(-1)
    expect(await render(...words, '--ceiling', '-1')).toBe(0)
    const after = await measureFile(out, { brief: true })
    expect(after.truePeakDbtp).toBeLessThanOrEqual(-1)
    expect(after.truePeakDbtp).toBeGreaterThan(-1.1)
    expect(JSON.parse(printed.stdout)).toMatchObject({ truePeakDbtp: after.truePeakDbtp, samplePeakDbfs: after.samplePeakDbfs })
  })

  it('says what it expects', async () => {
    expect(await render('--in', loud, '--ceiling', '1')).toBe(2)
    expect(printed.stderr).toContain('Expected a number from -12 to 0 dBTP')
  })
})
