// What nobody should hand to the desk: each command that reads audio says what is wrong, exits with 2 and leaves no file.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { program } from '../../src/cli/program.js'
import { deskd } from '../fixtures/command.js'
import { sine } from '../fixtures/signals.js'
import { readWav, writeWav } from '../fixtures/wav.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-bad-audio-'))
const outs = join(folder, 'out')
const at = (name: string): string => join(folder, name)
const tone = sine(48000, 440, -12)

beforeAll(() => {
  mkdirSync(outs)
  writeWav(at('good.wav'), { sampleRateHz: 48000, channels: [tone] })
  const good = readFileSync(at('good.wav'))
  writeFileSync(at('empty.wav'), '')
  writeFileSync(at('short.wav'), good.subarray(0, 20))
  writeFileSync(at('text.wav'), 'not audio at all, but long enough to have a header of some kind')
  writeFileSync(at('truncated.wav'), good.subarray(0, 20_000))
  const claims = Buffer.from(good)
  claims.writeUInt32LE(0x7fffff00, 40)
  writeFileSync(at('claims.wav'), claims)
  const nothing = Buffer.from(good.subarray(0, 44))
  nothing.writeUInt32LE(0, 40)
  writeFileSync(at('no-frames.wav'), nothing)
  const rate = Buffer.from(good)
  rate.writeUInt32LE(17, 24)
  writeFileSync(at('rate.wav'), rate)
  const channels = Array.from({ length: 32 }, () => tone.subarray(0, 4800))
  writeWav(at('channels.wav'), { sampleRateHz: 48000, channels })
  writeWav(at('one.wav'), { sampleRateHz: 44101, channels: [Float32Array.of(0.25)] })
  writeWav(at('nan.wav'), {
    sampleRateHz: 48000,
    channels: [tone.map((x, n) => (n === 1000 ? Number.NaN : n === 2000 ? Infinity : x))],
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bad: [string, RegExp][] = [
  ['nothing.wav', /nothing\.wav/],
  ['empty.wav', /empty \(0 bytes\)/],
  ['short.wav', /short\.wav/],
  ['text.wav', /expected WAV, RF64, AIFF or FLAC/],
  ['truncated.wav', /promises 192000 bytes of audio, 19956 are there/],
  ['claims.wav', /promises 2147483392 bytes of audio, 192000 are there/],
  ['no-frames.wav', /no audio in it/],
  ['rate.wav', /8000 to 384000 Hz, found 17 Hz/],
  ['channels.wav', /found 32/],
]

/** How each command is called with a file and a place for what it writes; those that are not there yet are left out. */
const calls: Record<string, (file: string, out: string) => string[]> = {
  render: (file, out) => ['render', '--in', file, '--out', out],
  repair: (file, out) => ['repair', file, '--out', out],
  analyze: (file) => ['analyze', file],
  master: (file, out) => ['master', file, '--out', `${out}.d`],
}
const there = Object.keys(calls).filter((name) => program().commands.some((command) => command.name() === name))

describe.each(there)('deskd %s', (name) => {
  const call = calls[name]!

  it.each(bad)('refuses %s', { timeout: 60_000 }, async (file, says) => {
    const { code, stderr } = await deskd(...call(at(file), join(outs, 'x.wav')))
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)])
    expect(stderr).not.toMatch(/\n\s+at /)
    const left = readdirSync(outs, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /wav|flac/.test(path.replace(/\.d$/, '')) && !path.endsWith('.d'),
    )
    expect(left).toEqual([])
  })

  // Of one sample there is no loudness to bring anywhere: deskd master may say so.
  it.each(['one.wav', 'nan.wav'])('reads %s', { timeout: 60_000 }, async (file) => {
    const { code, stderr } = await deskd(...call(at(file), join(outs, 'x.wav')))
    expect([0, ...(name === 'master' && file === 'one.wav' ? [2] : [])]).toContain(code)
    expect(stderr).not.toMatch(/\n\s+at /)
    rmSync(outs, { recursive: true })
    mkdirSync(outs)
  })
})

describe('output', () => {
  it.each([
    ['a folder that is not there', join(outs, 'none', 'x.wav'), /expected a folder that exists/],
    ['a name of no kind', join(outs, 'x.mp3'), /expected a name that ends in \.wav/],
    ['a folder', folder, /expected/],
  ])('to %s is refused', async (_, out, says) => {
    for (const words of [
      ['render', '--in', at('good.wav')],
      ['repair', at('good.wav')],
    ]) {
      const { code, stderr } = await deskd(...words, '--out', out)
      expect([code, stderr]).toEqual([2, expect.stringMatching(says)])
    }
  })

  it('over the input is refused', async () => {
    const { code, stderr } = await deskd('repair', at('good.wav'), '--out', at('good.wav'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('one of the inputs')])
  })

  it('to a full disk says so and leaves nothing', { timeout: 60_000 }, async (context) => {
    const disk = at('disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      context.skip('a tmpfs cannot be mounted here (needs root)')
    }
    try {
      writeWav(at('dc.wav'), { sampleRateHz: 48000, channels: [tone.map((x) => x + 0.05)] })
      for (const words of [
        ['repair', at('good.wav')],
        ['repair', at('dc.wav')],
        ['render', '--in', at('good.wav')],
      ]) {
        const { code, stderr } = await deskd(...words, '--out', join(disk, 'x.wav'))
        expect([code, stderr]).toEqual([2, expect.stringMatching(/disk is full/)])
        expect(stderr).not.toMatch(/\n\s+at /)
        expect(readdirSync(disk)).toEqual([])
      }
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

it('deskd repair says how many samples were no numbers, and mends them', async () => {
  const out = join(outs, 'nan.wav')
  const { code, stdout } = await deskd('repair', at('nan.wav'), '--out', out)
  expect([code, stdout]).toEqual([0, expect.stringContaining('2 samples that were no numbers')])
  expect(readWav(out).channels[0]!.every(Number.isFinite)).toBe(true)
})
