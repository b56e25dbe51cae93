// The command line: what it refuses, how it says so, and with which exit code.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { catchPrinted, type Printed } from '../fixtures/printed.js'

let printed: Printed

beforeEach(() => {
  printed = catchPrinted()
  process.env.XDG_STATE_HOME = '/nonexistent-state'
})
afterEach(() => {
  vi.restoreAllMocks()
})

const run = async (...words: string[]): Promise<number> => {
  printed.stdout = ''
  printed.stderr = ''
  return runCommandLine(words)
}

describe('bad input exits with 2 and names what comes nearest', () => {
  const cases: [string[], RegExp][] = [
    [['runn'], /unknown command 'runn'[\s\S]*run/],
    [['run', '--sample-rat', '48000'], /unknown option '--sample-rat'[\s\S]*--sample-rate/],
    [['run', '--audio', 'virtul'], /auto, portaudio, virtual; nearest: virtual/],
    [['run', '--sample-rate', '8000'], /44100 to 192000 Hz/],
    [['run', '--buffer', '48.5'], /whole number from 16 to 8192 frames/],
    [['run', '--osc', '9000'], /HOST:PORT/],
    [['run', '--osc', 'localhost:70000'], /HOST:PORT/],
    [['run', '--isa', 'ax2'], /--isa: expected one of .*found ax2; nearest: avx2|--isa: expected one of neon/],
    [
      ['run', '--isa', process.arch === 'arm64' ? 'sse2' : 'neon'],
      /which this machine can run, found .*this processor does not have/,
    ],
    [['run', 'extra'], /too many arguments/],
    [['render', '--in', 'x.wav'], /--out/],
    [['render', '--in', 'x.wav', '--out', 'y.wav', '--bits', '32'], /16, 20, 24, 32f; nearest: 32f/],
    [['get'], /missing required argument/],
    [['get', 'strip.1.faderDB'], /no parameter has the id "strip.1.faderDB"; nearest: strip.1.faderDb/],
    [['get', 'strip.*.fader'], /strip\.\*\.fader: matches nothing/],
    [['set', 'strip.1.fadr=3'], /nearest: strip\.1\./],
    [['set', 'strip.1.faderDb'], /expected a value after it/],
    [['set', 'strip.1.faderDb=11'], /expected -inf to 10 dB, found "11"/],
    [['set', 'strip.1.hpf.slope=16'], /one of 6, 12, 18, 24, found "16"; nearest/],
    [['set', 'strip.1.meter.peakDb=0'], /is a meter/],
    [['set', `strip.1.name=${'x'.repeat(64)}`], /at most 63 bytes, found 64/],
    [['status'], /no desk runs/],
    [['watch', 'strip.1.bogus'], /no parameter/],
  ]
  it.each(cases)('deskd %j', async (words, says) => {
    expect(await run(...words)).toBe(2)
    expect(printed.stderr).toMatch(says)
    expect(printed.stdout).toBe('')
  })

  it('says everything that is wrong at once', async () => {
    expect(await run('set', 'strip.1.fadr=3', 'strip.2.pan', '101', 'strip.3.mute=perhaps')).toBe(2)
    for (const says of ['strip.1.fadr', 'strip.2.pan', 'strip.3.mute']) expect(printed.stderr).toContain(says)
  })
})

describe('levels below zero are values, not options', () => {
  it.each([['-5'], ['-inf'], ['−inf'], ['-0.5']])('set strip.1.faderDb %s gets as far as looking for a desk', async (level) => {
    expect(await run('set', 'strip.1.faderDb', level)).toBe(2)
    expect(printed.stderr).toContain('no desk runs')
  })
})

describe('help and version', () => {
  it('exit with 0 and speak on stdout', async () => {
    expect(await run('--version')).toBe(0)
    expect(printed.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(await run('--help')).toBe(0)
    for (const command of ['run', 'render', 'get', 'set', 'watch', 'devices', 'params', 'status', 'doctor'])
      expect(printed.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })
})

describe('deskd params', () => {
  it('--json names every id of the desk once, with its address, range and default', async () => {
    expect(await run('params', '--json')).toBe(0)
    const rows = JSON.parse(printed.stdout) as Record<string, unknown>[]
    const registry = buildRegistry(defaultTopology)
    expect(rows.map((row) => row.id)).toEqual([...registry.byId.keys()])
    for (const row of rows) {
      expect(row.address).toBe(`/${String(row.id).replaceAll('.', '/')}`)
      expect(row.label).toBeTruthy()
      if (row.kind === 'number')
        expect(row).toMatchObject({ max: expect.any(Number), taper: expect.any(String), unit: expect.any(String) })
      if (row.kind === 'enum') expect((row.names as string[]).includes(String(row.default))).toBe(true)
    }
    const row = rows.find(({ id }) => id === 'strip.1.faderDb')
    expect(row).toEqual({
      id: 'strip.1.faderDb',
      address: '/strip/1/faderDb',
      kind: 'number',
      label: 'Fader',
      unit: 'dB',
      min: '-inf',
      max: 10,
      taper: 'fader',
      default: 0,
    })
  })

  it('takes part of an id or a pattern as a filter', async () => {
    await run('params', 'strip.3.hpf.', '--json')
    expect((JSON.parse(printed.stdout) as { id: string }[]).map(({ id }) => id)).toEqual(
      ['on', 'frequencyHz', 'slope'].map((name) => `strip.3.hpf.${name}`),
    )
    await run('params', 'bus.[1-2].faderDb')
    expect(printed.stdout).toMatch(/^bus\.1\.faderDb +number +0 +Fader +-inf to 10 dB\nbus\.2\.faderDb/m)
  })
})
