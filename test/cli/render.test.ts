// `deskd render` from files to a file, through the built engine.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { wav24 } from '../../src/cli/demo/write-demo.js'
import { amplitudeOfDb } from '../../src/units.js'
import { catchPrinted, type Printed } from '../fixtures/printed.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-render-test-'))
const inputs = join(folder, 'in')
const out = join(folder, 'out.wav')
let printed: Printed

const sine = (db: number, hz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, i) => amplitudeOfDb(db) * Math.sin((2 * Math.PI * hz * i) / rate))

beforeAll(() => {
  mkdirSync(inputs)
  writeFileSync(join(inputs, '1-sine.wav'), wav24([sine(-20, 997, 48000, 2)], 48000))
  writeFileSync(join(inputs, '2-silence.wav'), wav24([new Float32Array(48000), new Float32Array(48000)], 48000))
  writeFileSync(join(folder, 'slow.wav'), wav24([sine(-20, 997, 44100, 2)], 44100))
  writeFileSync(join(folder, 'broken.wav'), 'RIFF....no audio')
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

const report = (): Record<string, number | string> => JSON.parse(printed.stdout)

describe('deskd render --json', () => {
  it('prints one object: a mono sine at −20 dBFS in the centre peaks at −23.01 dBFS', async () => {
    expect([await render('--in', inputs, '--bits', '32f', '--json'), printed.stderr]).toEqual([0, ''])
    expect(Object.keys(report())).toEqual([
      'file',
      'frames',
      'sampleRateHz',
      'strips',
      'integratedLufs',
      'loudnessRangeLu',
      'truePeakDbtp',
      'samplePeakDbfs',
      'renderSeconds',
      'realtimeFactor',
    ])
    expect(report()).toMatchObject({ file: out, frames: 96000, sampleRateHz: 48000, strips: 2 })
    expect(report().samplePeakDbfs).toBeCloseTo(-23.01, 2)
    // A 997 Hz sine of −23.01 dBFS on both sides is −23.01 LUFS (EBU Tech 3341, case 1: −23 dBFS is −23 LUFS).
    expect(report().integratedLufs).toBeCloseTo(-23.0, 1)
    expect(report().renderSeconds).toBeGreaterThan(0)
    const wav = readFileSync(out)
    expect(wav.toString('latin1', 8, 12)).toBe('WAVE')
    expect(wav.length).toBeGreaterThanOrEqual(96000 * 8)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('writes silence as "-inf"', async () => {
    expect(await render('--in', join(inputs, '2-silence.wav'), '--json')).toBe(0)
    expect(report()).toMatchObject({ integratedLufs: '-inf', truePeakDbtp: '-inf', samplePeakDbfs: '-inf' })
  })

  it('applies --set: −6 dB and then += −4 dB on the fader, hard left, lower the peak to −30 dBFS', async () => {
    const changes = ['strip.1.faderDb=-6', 'strip.1.faderDb+=-4', 'strip.1.pan=-100']
    expect(await render('--in', inputs, '--bits', '32f', '--json', '--set', ...changes)).toBe(0)
    expect(report().samplePeakDbfs).toBeCloseTo(-30, 1)
  })

  it('takes the first file’s rate and brings the others to it', async () => {
    expect(await render('--in', join(folder, 'slow.wav'), join(inputs, '1-sine.wav'), '--json')).toBe(0)
    expect(report()).toMatchObject({ sampleRateHz: 48000, frames: 96000, strips: 2 })
    expect(await render('--in', join(folder, 'slow.wav'), '--json')).toBe(0)
    expect(report()).toMatchObject({ sampleRateHz: 44100, frames: 88200 })
  })

  it('gives the same bits whatever the block size', async () => {
    await render('--in', inputs, '--bits', '32f', '--buffer', '64')
    const first = readFileSync(out)
    await render('--in', inputs, '--bits', '32f', '--buffer', '1000')
    expect(readFileSync(out).equals(first)).toBe(true)
  })
})

describe('bad input to deskd render exits with 2 and writes nothing', () => {
  const deskFile = join(folder, 'desk.yaml')
  const cases: [string, string[], RegExp][] = [
    ['no input', [], /expected --in/],
    ['a missing file', ['--in', join(folder, 'no.wav')], /no\.wav: expected a folder or an audio file, found nothing/],
    ['a broken file', ['--in', join(folder, 'broken.wav')], /broken\.wav/],
    ['an unknown id', ['--in', inputs, '--set', 'strip.1.fadrDb=3'], /nearest: strip\.1\.faderDb/],
    ['a strip that is not there', ['--in', inputs, '--set', 'strip.3.mute=on'], /strip\.3\.mute/],
    ['a bus loop', ['--in', inputs, '--set', 'bus.1.output=bus.2', 'bus.2.output=bus.1'], /bus\.1 → bus\.2 → bus\.1/],
    ['a desk file with errors', ['--in', inputs, '--desk', deskFile], /desk\.yaml:2: .*desk\.yaml:3: /s],
    ['an unknown instruction set', ['--in', inputs, '--isa', 'ax2'], /--isa: expected one of/],
    ['a take and files', ['--in', inputs, '--take', folder], /brings its own inputs/],
    ['no take', ['--take', folder], /take\.yaml/],
  ]
  it.each(cases)('%s', async (_, words, says) => {
    writeFileSync(deskFile, 'strips: 2\nbusses: 3\nparams: { strip.1.faderDb: 40 }\n')
    expect(await render(...words)).toBe(2)
    expect(printed.stderr).toMatch(says)
    expect(printed.stdout).toBe('')
    expect(readdirSync(folder)).not.toContain('out.wav')
  })

  it('an output over an input, or that is no WAV name', async () => {
    const over = join(inputs, '1-sine.wav')
    const before = readFileSync(over)
    expect(await render('--in', inputs, '--out', over)).toBe(2)
    expect(printed.stderr).toContain('one of the inputs')
    expect(readFileSync(over).equals(before)).toBe(true)
    expect(await render('--in', inputs, '--out', '/dev/null')).toBe(2)
  })
})
