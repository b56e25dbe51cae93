// A take of the running desk, mixed and mastered again with one strip a decibel louder.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'
import { buildOracle, oracleMissing } from '../fixtures/ebur.js'
import { startDesk } from '../fixtures/live-desk.js'
import { cutSession, sessionMissing } from '../fixtures/pieces.js'
import { makeTracks } from '../fixtures/tracks.js'
import { readWav } from '../fixtures/wav.js'

let folder: string
let take: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-master-take-'))
  take = join(folder, 'take')
  const tracks = join(folder, 'tracks')
  if (sessionMissing) makeTracks(tracks, 12, 20)
  else await cutSession(tracks, 12, 20)
  const desk = await startDesk({
    args: ['--audio', 'virtual', '--play', tracks, '--record', take, '--record-format', 'wav'],
    desk: 'strips: 12\nbuses: 2\nparams:\n  strip.2.comp.on: true\n  strip.11.eq.on: true\n  strip.4.send.1.levelDb: -6\n',
  })
  await desk.until('it records', async () => (await desk.status()).recording.frames > 24_000)
  for (let i = 0; i < 40; i++)
    await desk.client.set([
      [`/strip/${1 + (i % 12)}/faderDb`, -12 + ((i * 7) % 15)],
      ['/strip/11/faderDb', -8 + ((i * 5) % 11)],
      ['/master/faderDb', -6 + (i % 3)],
    ])
  await desk.until('it has recorded', async () => (await desk.status()).recording.frames > 4 * 48_000)
  expect(await desk.stop()).toBe(0)
}, 90_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function master(out: string, ...words: string[]) {
  const said = await deskd('master', '--take', take, '--out', join(folder, out), '--json', ...words)
  expect([said.code, said.stderr]).toEqual([0, ''])
  return JSON.parse(said.stdout)
}

const masterOf = (name: string) => readWav(join(folder, name, 'master.wav')).channels
const rmsDb = (plane: Float32Array): number => 10 * Math.log10(plane.reduce((sum, x) => sum + x * x, 0) / plane.length)

describe('deskd master --take', () => {
  it('without a change has the samples of the live master again', async () => {
    const report = await master('same', '--bits', '32f')
    expect(report.differences).toEqual([])
    expect(report.before).toEqual(report.after)
    expect(masterOf('same')).toEqual(masterOf('take'))
    expect(readdirSync(join(folder, 'same')).sort()).toEqual(
      [
        'arena.bin',
        'desk.yaml',
        'events.log',
        'mastered.wav',
        'master.wav',
        'take.yaml',
        ...(existsSync(join(take, 'lead.bin')) ? ['lead.bin'] : []),
      ].sort(),
    )
  }, 60_000)

  it('with += changes one parameter in the diff, and the master by that strip alone, to −120 dB', async () => {
    const report = await master('louder', '--set', 'strip.11.faderDb+=1')
    expect(report.differences).toMatchObject([{ id: 'strip.11.faderDb', offset: 1 }])
    const diff = await deskd('take', 'diff', take, join(folder, 'louder'), '--json')
    expect(JSON.parse(diff.stdout).params).toEqual(report.differences)
    // The strip alone: everything else is muted, which takes a moment to fade.
    const others = Array.from({ length: 12 }, (_, i) => i + 1).filter((strip) => strip !== 11)
    await master('alone', '--set', ...others.map((strip) => `strip.${strip}.mute=on`), '--keep-ends')
    const [before, after, alone] = [masterOf('take'), masterOf('louder'), masterOf('alone')]
    const gain = 10 ** (1 / 20) - 1
    for (const side of [0, 1]) {
      const from = 24_000
      const contribution = alone[side]!.subarray(from).map((x) => gain * x)
      const rest = contribution.map((x, n) => after[side]![from + n]! - before[side]![from + n]! - x)
      expect(rmsDb(contribution)).toBeGreaterThan(-60)
      expect(rmsDb(rest)).toBeLessThan(-120)
    }
  }, 90_000)

  it.skipIf(oracleMissing)(
    `has a new master that complies${oracleMissing && ` (skipped: ${oracleMissing})`}`,
    async () => {
      const oracle = buildOracle(folder)
      const report = await master(
        'quiet',
        '--set',
        'strip.11.faderDb+=1',
        '--from',
        '1',
        '--to',
        '0:02.5',
        '--preset',
        'broadcast',
      )
      expect(report.differences).toMatchObject([{ id: 'strip.11.faderDb', offset: 1 }])
      expect(report.differences[0].spans[0].fromS).toBeCloseTo(1, 2)
      expect(report.differences[0].spans.at(-1).toS).toBeCloseTo(2.5, 2)
      for (const [name, target] of [
        ['louder', -14],
        ['quiet', -23],
      ] as const) {
        const reading = oracle(join(folder, name, 'mastered.wav'))
        expect(Math.abs(reading.integratedLufs - target)).toBeLessThanOrEqual(0.1)
        expect(reading.truePeakDbtp).toBeLessThanOrEqual(-1)
      }
    },
    60_000,
  )

  it('writes nothing over what is there, and refuses what it does not understand', async () => {
    for (const [words, message] of [
      [['--out', take], /expected a folder that is not there or empty/],
      [['--out', join(folder, 'x'), '--from', '1'], /expected --set, found none/],
      [['--out', join(folder, 'x'), '--set', 'strip.13.faderDb+=1'], /nearest: strip\.1\d?\.faderDb/],
      [['--out', join(folder, 'x'), '--set', 'strip.2.comp.lookaheadMs=3'], /is fixed while an engine runs/],
      [['--out', join(folder, 'x'), '--set', 'strip.1.faderDb+=1', '--from', '3', '--to', '2'], /expected a time before --to/],
    ] as const) {
      const said = await deskd('master', '--take', take, ...words)
      expect([said.code, said.stderr]).toEqual([2, expect.stringMatching(message)])
    }
    expect(existsSync(join(folder, 'x'))).toBe(false)
  }, 60_000)
})

describe('deskd take', () => {
  it('lists takes, shows one, says that two are the same', async () => {
    const list = JSON.parse((await deskd('take', 'list', folder, '--json')).stdout)
    expect(list.map((one: { folder: string }) => one.folder)).toContain(take)
    const shown = JSON.parse((await deskd('take', 'show', take, '--json')).stdout)
    expect(shown).toMatchObject({ sampleRateHz: 48000, inputs: [] })
    expect(shown.tracks.length).toBe(12)
    expect(shown.moved[0]).toMatchObject({ id: 'strip.11.faderDb' })
    expect((await deskd('take', 'diff', take, take)).stdout).toBe('no parameter differs\n')
    expect((await deskd('takes', 'repair', take)).code).toBe(0)
  }, 60_000)
})
