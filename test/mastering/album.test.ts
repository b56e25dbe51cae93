// `deskd master` on twelve pieces of the real session, read again by libebur128.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { nativeAddon } from '../../src/engine/native.js'
import type { AlbumReport } from '../../src/mastering/album/album.js'
import { measureFile } from '../../src/mastering/measure.js'
import { buildOracle, type OracleReading, oracleMissing } from '../fixtures/ebur.js'
import { makePieces, sessionMissing } from '../fixtures/pieces.js'
import { catchPrinted } from '../fixtures/printed.js'
import { writeWav } from '../fixtures/wav.js'

const missing = sessionMissing || oracleMissing

describe.skipIf(missing)(`an album of twelve pieces${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string
  let pieces: string[]
  let oracle: (path: string) => OracleReading
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deskd-album-'))
    oracle = buildOracle(folder)
    pieces = await makePieces(folder, 12, 15)
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => vi.restoreAllMocks())

  async function master(out: string, files: readonly string[], ...options: string[]): Promise<AlbumReport> {
    const printed = catchPrinted()
    const code = await runCommandLine(['master', ...files, '--out', join(folder, out), '--json', ...options])
    expect([code, printed.stderr]).toEqual([0, ''])
    vi.restoreAllMocks()
    return JSON.parse(printed.stdout) as AlbumReport
  }

  const complies = (report: AlbumReport, targetLufs: number, ceilingDbtp: number): void => {
    for (const { out } of report.tracks) {
      const { integratedLufs, truePeakDbtp } = oracle(out)
      expect(Math.abs(integratedLufs - targetLufs), out).toBeLessThanOrEqual(0.1)
      expect(truePeakDbtp, out).toBeLessThanOrEqual(ceilingDbtp)
    }
  }

  it('brings each to −14 LUFS below −1 dBTP, in 24 bit', async () => {
    const report = await master('streaming', pieces, '--preset', 'streaming')
    expect(report.tracks.length).toBe(12)
    expect(new Set(report.tracks.map((piece) => Math.round(piece.source.integratedLufs))).size).toBeGreaterThan(5)
    complies(report, -14, -1)
  }, 120_000)

  it('as 16 bit FLAC at 44.1 kHz with their tones brought together: complies, the spread is less, tags are kept', async () => {
    const report = await master('cd', pieces, '--preset', 'cd', '--format', 'flac', '--tone-match', '100')
    complies(report, -11, -0.3)
    const { before, after } = report.toneSpreadDb!
    expect(before).toBeGreaterThan(2)
    expect(after).toBeLessThan(0.5 * before)
    const first = report.tracks[0]!
    expect(nativeAddon().audioFileInfo(first.out)).toMatchObject({ sampleRateHz: 44100, format: 'FLAC 16 bit' })
    expect(await nativeAddon().readTags(first.out)).toMatchObject({ title: 'Piece “1”', artist: 'The Session', album: 'Twelve' })
    expect(readFileSync(report.cueSheet!, 'utf8').split('\r\n').slice(0, 7)).toEqual([
      'PERFORMER "The Session"',
      'TITLE "Twelve"',
      'FILE "01 Piece 1.flac" WAVE',
      '  TRACK 01 AUDIO',
      '    TITLE "Piece “1”"',
      '    PERFORMER "The Session"',
      '    INDEX 01 00:00:00',
    ])
  }, 120_000)

  it.each([
    ['album', -16],
    ['loudest', -14],
  ])(
    '--mode %s keeps the differences to .01 LU',
    async (mode, target) => {
      const some = pieces.slice(0, 4)
      const report = await master(mode, some, '--mode', mode, '--target', String(target))
      const moved = report.tracks.map((piece, i) => oracle(piece.out).integratedLufs - oracle(some[i]!).integratedLufs)
      expect(Math.max(...moved) - Math.min(...moved)).toBeLessThanOrEqual(0.01)
      const loudest = Math.max(...report.tracks.map((piece) => piece.integratedLufs))
      expect(mode === 'loudest' ? loudest : report.albumLufs).toBeCloseTo(target, 1)
      for (const { out } of report.tracks) expect(oracle(out).truePeakDbtp).toBeLessThanOrEqual(-1)
    },
    120_000,
  )

  it('matches a reference: level, tone, width and limiting nearer than without', async () => {
    const [reference, piece] = [pieces[3]!, pieces[8]!]
    const report = await master('like', [piece], '--reference', reference, '--limiter-match', '100')
    const wanted = oracle(reference).integratedLufs
    expect(Math.abs(oracle(report.tracks[0]!.out).integratedLufs - wanted)).toBeLessThanOrEqual(0.1)
    expect(report.toneSpreadDb!.after).toBeLessThan(0.5 * report.toneSpreadDb!.before)
  }, 60_000)
})

describe('deskd master', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-master-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => vi.restoreAllMocks())

  const tone = (seconds: number, silentS: number): Float32Array =>
    Float32Array.from({ length: (seconds + 2 * silentS) * 48000 }, (_, n) => {
      const s = n / 48000 - silentS
      return s < 0 || s >= seconds ? 0 : 0.1 * Math.sin(2 * Math.PI * 997 * s)
    })

  it('cuts silence but .05 s and .5 s, reports what is broken by name, does the rest, and leaves nothing half written', async () => {
    const [good, broken, silent] = ['good.wav', 'broken.wav', 'silent.wav'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeWav(good, { sampleRateHz: 48000, channels: [tone(3, 2), tone(3, 2)] })
    writeFileSync(broken, 'RIFF....no audio')
    writeWav(silent, { sampleRateHz: 48000, channels: [new Float32Array(48000)] })
    const out = join(folder, 'out')
    const printed = catchPrinted()
    const code = await runCommandLine(['master', broken, good, silent, '--out', out, '--json', '--target', '-20'])
    vi.restoreAllMocks()
    expect(code).toBe(2)
    expect(printed.stderr).toMatch(/broken\.wav: cannot be read as audio/)
    expect(printed.stderr).toMatch(/silent\.wav: expected sound, found nothing above -60 dBFS/)
    const report = JSON.parse(printed.stdout) as AlbumReport
    expect(report.problems.map(({ file }) => file)).toEqual([broken, silent])
    expect(report.tracks[0]).toMatchObject({ file: good })
    expect(Math.abs(report.tracks[0]!.frames - 3.55 * 48000)).toBeLessThan(10)
    expect(report.tracks[0]!.integratedLufs).toBeCloseTo(-20, 1)
    expect(report.tracks[0]!.cutStartS).toBeCloseTo(1.95, 3)
    expect(readdirSync(out).sort()).toEqual(['album.cue', 'good.wav'])
  })

  it('goes through the chain of a desk file before the limiter, whatever else is in it', async () => {
    const file = join(folder, 'noise.wav')
    let state = 1
    const noise = Float32Array.from({ length: 3 * 48000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      return (0.05 * state) / 2 ** 31
    })
    writeWav(file, { sampleRateHz: 48000, channels: [noise, noise] })
    const chain = join(folder, 'chain.yaml')
    writeFileSync(
      chain,
      'strips: 3\nmaster:\n  faderDb: -30\n  eq: { on: true, band2: { type: highShelf, frequencyHz: 2000, gainDb: 9 } }\nstrip.2.mute: true\n',
    )
    const plain = await masterOne(file, 'plain')
    const shelved = await masterOne(file, 'shelved', '--chain', chain)
    const rise = shelved.map((db, b) => db - plain[b]!)
    expect(rise[27]! - rise[5]!).toBeCloseTo(9, 0)
  })

  async function masterOne(file: string, out: string, ...options: string[]): Promise<readonly number[]> {
    const printed = catchPrinted()
    expect(await runCommandLine(['master', file, '--out', join(folder, out), '--json', ...options])).toBe(0)
    vi.restoreAllMocks()
    const [piece] = (JSON.parse(printed.stdout) as AlbumReport).tracks
    expect(piece!.integratedLufs).toBeCloseTo(-14, 0)
    return (await measureFile(piece!.out)).thirdOctavesDb
  }

  it('says how near it came where no gain reaches the target, and writes nothing', async () => {
    const loud = join(folder, 'loud.wav')
    writeWav(loud, { sampleRateHz: 48000, channels: [tone(2, 0), tone(2, 0)] })
    const out = join(folder, 'none')
    const printed = catchPrinted()
    const code = await runCommandLine(['master', loud, '--out', out, '--json', '--target', '-5', '--ceiling', '-11'])
    vi.restoreAllMocks()
    expect(code).toBe(2)
    expect(printed.stderr).toMatch(/loud\.wav: expected -5\.00 LUFS below -11 dBTP, reached -1\d\.\d\d LUFS/)
    expect(readdirSync(out)).toEqual([])
  })

  it.each([
    [['--out', folder], /expected files to master/],
    [['FILES', '--out', '/proc/deskd/masters'], /expected a folder to write in/],
    [['FILES', '--out', folder], /expected a folder of its own, found that of the files themselves/],
    [['FILES', '--out', join(folder, 'x'), '--level-match', '50'], /--level-match: expected --reference/],
    [['FILES', '--out', join(folder, 'x'), '--format', 'flac', '--bits', '32f'], /expected --bits 16 or 24/],
    [['FILES', '--out', join(folder, 'x'), '--preset', 'streeming'], /nearest: streaming/],
    [['FILES', '--out', join(folder, 'x'), '--reference', '/nowhere.wav'], /\/nowhere\.wav/],
  ])('refuses %j', async (words, message) => {
    const file = join(folder, 'one.wav')
    writeWav(file, { sampleRateHz: 48000, channels: [tone(1, 0)] })
    const printed = catchPrinted()
    expect(await runCommandLine(['master', ...words.map((word) => (word === 'FILES' ? file : word))])).toBe(2)
    expect(printed.stderr).toMatch(message)
  })
})
