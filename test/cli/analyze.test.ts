// `deskd analyze`: figures on the terminal, as JSON, as a page; bad input.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { wav24 } from '../../src/cli/demo/write-demo.js'
import { measureSamples } from '../../src/mastering/measure.js'
import { catchPrinted, type Printed } from '../fixtures/printed.js'
import { noise, silence, sine } from '../fixtures/signals.js'
import { writeWav } from '../fixtures/wav.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-analyze-'))
const files = join(folder, 'files')
const at = (name: string): string => join(folder, name)
const second = 48000
const loud = noise(4 * second, 6, 1).map((v) => Math.max(-0.9, Math.min(0.9, v)))
const surround = [sine(4 * second, 1000, -28), sine(4 * second, 1000, -28), sine(4 * second, 1000, -24)]
const behind = sine(4 * second, 1000, -30)
let printed: Printed

beforeAll(() => {
  mkdirSync(files)
  writeWav(join(files, '1 loud.wav'), { sampleRateHz: 48000, channels: [loud, loud] })
  writeWav(join(files, '2 <b>&.wav'), { sampleRateHz: 48000, channels: [...surround, silence(4 * second), behind, behind] })
  writeFileSync(join(files, '3 mono.wav'), wav24([sine(second, 997, -20)], 48000))
  writeWav(at('silence.wav'), { sampleRateHz: 44100, channels: [silence(44100), silence(44100)] })
  writeWav(at('seven.wav'), { sampleRateHz: 48000, channels: Array.from({ length: 7 }, () => silence(4800)) })
  writeFileSync(at('broken.wav'), 'RIFF....no audio')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

/** Words in the body that no page should show. */
const strayIn = (page: string): string[] => page.slice(0, page.indexOf('<script>')).match(/NaN|undefined|Infinity/g) ?? []

async function analyze(...words: string[]): Promise<number> {
  printed = catchPrinted()
  return runCommandLine(['analyze', ...words])
}

describe('deskd analyze --json', () => {
  it('prints one object of one file, with the names of render and of the meters', async () => {
    expect(await analyze(join(files, '1 loud.wav'), '--json')).toBe(0)
    const said = JSON.parse(printed.stdout)
    const names =
      'integratedLufs loudnessRangeLu truePeakDbtp samplePeakDbfs maxMomentaryLufs maxShortTermLufs plrLu psrLu crestDb'
    for (const name of [...names.split(' '), 'correlation', 'balanceDb', 'dcOffset', 'clippedRuns'])
      expect([name, typeof said[name]]).toEqual([name, 'number'])
    const { integratedLufs, truePeakDbtp, clippedRuns, thirdOctavesDb } = await measureSamples([loud, loud], 48000)
    expect(said).toMatchObject({
      integratedLufs,
      truePeakDbtp,
      clippedRuns,
      thirdOctavesDb,
      format: 'WAV 32 bit float',
      channels: 2,
    })
    expect(clippedRuns).toBeGreaterThan(100)
    expect(said.verdicts.length).toBeGreaterThan(8)
  })

  it('prints an array of several, 5.1 with its weights, in the order of their names', async () => {
    expect(await analyze(files, '--json')).toBe(0)
    const said = JSON.parse(printed.stdout) as { file: string; integratedLufs: number }[]
    expect(said.map(({ file }) => file.replace(/.*\//, ''))).toEqual(['1 loud.wav', '2 <b>&.wav', '3 mono.wav'])
    expect(said[1]!.integratedLufs).toBeCloseTo(-23, 1)
    expect(said[2]!.integratedLufs).toBeCloseTo(-23.01, 2)
  })

  it('writes infinities as "-inf"', async () => {
    expect(await analyze(at('silence.wav'), '--json')).toBe(0)
    expect(JSON.parse(printed.stdout)).toMatchObject({
      integratedLufs: '-inf',
      truePeakDbtp: '-inf',
      maxShortTermLufs: '-inf',
      plrLu: 0,
    })
  })
})

describe('deskd analyze', () => {
  it('prints figures and verdicts of one file', async () => {
    expect(await analyze(join(files, '1 loud.wav'))).toBe(0)
    expect(printed.stdout).toMatch(/loudness {2}-?\d+\.\d LUFS, range/)
    expect(printed.stdout).toMatch(/clipped {3}\d+ runs: 0:00\.\d{3}/)
    expect(printed.stdout).toMatch(/✗ EBU R 128 +\d+\.\d LU too loud/)
  })

  it('prints a table of several', async () => {
    expect(await analyze(files)).toBe(0)
    const lines = printed.stdout.trimEnd().split('\n')
    expect(lines.length).toBe(4)
    expect(lines[0]).toMatch(/^LUFS +LRA +dBTP/)
  })

  it('tells what is wrong with some when the others are done, and exits with 2', async () => {
    expect(await analyze(at('broken.wav'), at('seven.wav'), at('silence.wav'), '--json')).toBe(2)
    expect(JSON.parse(printed.stdout)).toHaveLength(1)
    expect(printed.stderr).toContain('broken.wav: cannot be read as audio')
    expect(printed.stderr).toContain('seven.wav: expected 1 to 6 channels, found 7')
  })

  it.each([
    ['page.txt', 'expected a name that ends in .html, found page.txt'],
    ['none/page.html', 'expected a folder that exists'],
  ])('refuses --report %s before it measures', async (name, words) => {
    expect(await analyze(at('silence.wav'), '--report', at(name))).toBe(2)
    expect(printed.stderr).toContain(words)
    expect(printed.stdout).toBe('')
  })
})

describe('--report', () => {
  it('writes one page that asks nobody for anything and lets no name out of its place', async () => {
    expect(await analyze(files, '--report', at('page.html'))).toBe(0)
    const page = readFileSync(at('page.html'), 'utf8')
    expect(page.includes("default-src 'none'")).toBe(true)
    expect(page.match(/https?:\/\/|<link[^>]+stylesheet|<script[^>]+src|@import|url\(/g)).toBe(null)
    expect([page.includes('<b>&.wav'), page.includes('2 &#60;b&#62;&#38;.wav')]).toEqual([false, true])
    expect(page.match(/<svg /g)?.length).toBe(9)
    expect(page.match(/class="clip"/g)?.length).toBeGreaterThan(100)
    expect(strayIn(page)).toEqual([])
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('has a page of silence and of one sample', async () => {
    writeWav(at('one.wav'), { sampleRateHz: 48000, channels: [Float32Array.of(0.5)] })
    expect(await analyze(at('silence.wav'), at('one.wav'), '--report', at('quiet.html'))).toBe(0)
    expect(strayIn(readFileSync(at('quiet.html'), 'utf8'))).toEqual([])
  })

  it('is not there when there is nothing to tell', async () => {
    expect(await analyze(at('broken.wav'), '--report', at('no.html'))).toBe(2)
    expect(existsSync(at('no.html'))).toBe(false)
  })
})
