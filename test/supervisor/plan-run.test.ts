// How a desk is put together from files, and how patient the supervisor is.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config-file.js'
import { entryOf, isParam, isText } from '../../src/params/registry.js'
import { formatValue } from '../../src/params/value.js'
import { restartDelayMs } from '../../src/supervisor/child-slot.js'
import { planRun, type RunPlan } from '../../src/supervisor/plan-run.js'
import type { RunOptions } from '../../src/supervisor/run-options.js'
import { engineStalledMs, StallWatch } from '../../src/supervisor/stall-watch.js'

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-plan-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const header = (path: string) => {
  if (path.includes('broken')) throw new Error('expected a WAV file, found text')
  return { frames: 100, sampleRateHz: 48000, channels: path.includes('stereo') ? 2 : 1, format: 'WAV' }
}
const plan = (options: RunOptions): Promise<RunPlan> =>
  planRun(readConfig({ state: folderWith({}), ...options }), options, header)

function at({ registry, settings }: RunPlan, id: string): unknown {
  const entry = entryOf(registry, id)
  if (isText(entry)) return settings.texts[entry.index]
  return isParam(entry) ? formatValue(entry, settings.values[entry.index]!) : undefined
}

const onStrips = ({ tracks }: RunPlan): [number, string][] => tracks.map(({ strip, path }) => [strip + 1, basename(path)])

describe('a desk before it starts', () => {
  it('names every surface whose driver or unit there is not', async () => {
    const surfaces = [
      { name: 'left', driver: 'behringer-x-tuch' },
      { name: 'right', driver: 'mackie-control', units: [{ role: 'extendr' }] },
    ]
    const config = join(folderWith({ 'host.yaml': JSON.stringify({ surfaces }) }), 'host.yaml')
    await expect(plan({ config })).rejects.toThrow(
      /left: expected a driver \(nearest: behringer-x-touch, .*found "behringer-x-tuch"\nsurface right: expected a unit of mackie-control \(main, extender\), found "extendr"/,
    )
  })

  it('gives each file a strip in name order, named after it, stereo where the file is', async () => {
    const play = folderWith({ '2-bass.wav': '', '10 Voice_stereo.flac': '', '1_kick.wav': '', 'notes.txt': '' })
    const desk = await plan({ play })
    expect(onStrips(desk)).toEqual([
      [1, '1_kick.wav'],
      [2, '2-bass.wav'],
      [3, '10 Voice_stereo.flac'],
    ])
    expect([at(desk, 'strip.1.name'), at(desk, 'strip.3.name'), at(desk, 'strip.4.name')]).toEqual([
      'kick',
      'Voice stereo',
      'Strip 4',
    ])
    expect(desk.registry.topology.stripStereo.slice(0, 4)).toEqual([false, false, true, false])
    expect(desk.registry.topology.stripStereo).toHaveLength(64)
  })

  it('plays a folder of folders, or a playlist, one song behind the other', async () => {
    const folder = folderWith({})
    for (const [song, files] of Object.entries({ '10 Last': ['a.wav'], '2 First': ['kick.wav', 'b stereo.wav'], empty: [] })) {
      mkdirSync(join(folder, song))
      for (const file of files) writeFileSync(join(folder, song, file), '')
    }
    const desk = await plan({ play: folder })
    expect(desk.songs).toEqual(['2 First', '10 Last'])
    expect(desk.tracks.map(({ strip, song, path }) => [strip + 1, song, basename(path)])).toEqual([
      [1, undefined, 'b stereo.wav'],
      [2, undefined, 'kick.wav'],
      [1, 1, 'a.wav'],
    ])
    expect(desk.registry.topology.stripStereo.slice(0, 2)).toEqual([true, false])
    writeFileSync(join(folder, 'set.yaml'), 'songs:\n  - 10 Last\n  - {name: Opener, play: 2 First/kick.wav}\n')
    const list = await plan({ play: join(folder, 'set.yaml') })
    expect([list.songs, list.tracks.map(({ song = 0, path }) => [song, basename(path)])]).toEqual([
      ['10 Last', 'Opener'],
      [
        [0, 'a.wav'],
        [1, 'kick.wav'],
      ],
    ])
    writeFileSync(join(folder, 'wrong.yaml'), 'songs: [none, {nam: x}]\nmore: 1\n')
    await expect(plan({ play: join(folder, 'wrong.yaml') })).rejects.toThrow(
      /songs\[1\]: expected a song, found .*none: expected a folder or an audio file[\s\S]*songs\[2\]\.nam: expected one of name, play[\s\S]*more: expected one of songs/,
    )
  })

  it('takes tracks from the desk file, keeps its names, and its strip gets stereo for a stereo file', async () => {
    const folder = folderWith({
      'desk.yaml': 'strips: [{name: Low}, {}]\nparams: {output.1.source: strip.2}\ntracks: {1: a.wav, 2: stereo.wav}\n',
    })
    const desk = await plan({ desk: join(folder, 'desk.yaml') })
    expect(onStrips(desk)).toEqual([
      [1, 'a.wav'],
      [2, 'stereo.wav'],
    ])
    expect([at(desk, 'strip.1.name'), at(desk, 'strip.2.name')]).toEqual(['Low', 'stereo'])
    expect(desk.registry.topology.stripStereo).toEqual([false, true])
    expect(at(desk, 'output.1.source')).toBe('strip.2.left')
  })

  it('lays the state over the desk file, and tells what it left out', async () => {
    const state = folderWith({ 'state.yaml': 'params:\n  strip.1.faderDb: -1\n  strip.70.pan: 3\n...\n' })
    const desk = folderWith({ 'desk.yaml': 'strips: 2\nparams: {strip.1.faderDb: -5, strip.2.faderDb: -6}\n' })
    const planned = await plan({ state, desk: join(desk, 'desk.yaml') })
    expect([at(planned, 'strip.1.faderDb'), at(planned, 'strip.2.faderDb')]).toEqual([-1, -6])
    expect(planned.warnings).toEqual(['state: strip.70.pan is not on this desk and is left out'])
  })

  it('plays the demo only where nothing else can be heard', async () => {
    const made: number[] = []
    const demo = async (folder: string, sampleRateHz: number): Promise<void> => {
      made.push(sampleRateHz)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, '1-kick.wav'), '')
      writeFileSync(join(folder, 'desk.yaml'), 'strips: [{name: Boom}]\ntransport: {loop: {on: true, endS: 16}}\n')
    }
    const alone = await plan({ demo, sampleRateHz: 44100 })
    expect(made).toEqual([44100])
    expect([at(alone, 'strip.1.name'), at(alone, 'transport.loop.endS'), onStrips(alone)]).toEqual([
      'Boom',
      16,
      [[1, '1-kick.wav']],
    ])
    const card = folderWith({ 'desk.yaml': 'strips: 2\nparams: {strip.1.input: in1}\n' })
    expect((await plan({ demo, desk: join(card, 'desk.yaml') })).tracks).toEqual([])
    expect((await plan({ demo, play: folderWith({ 'a.wav': '' }) })).tracks).toHaveLength(1)
    expect(made).toHaveLength(1)
  })

  it('names every broken file at once, too few strips, and a folder that cannot be recorded to', async () => {
    const play = folderWith({ 'a-broken.wav': '', 'b.wav': '', 'c-broken.wav': '' })
    await expect(plan({ play })).rejects.toMatchObject({
      code: 'audioFile',
      message: expect.stringMatching(/a-broken\.wav: .*\n.*c-broken\.wav: /),
    })
    const two = folderWith({ 'desk.yaml': 'strips: 1\n' })
    await expect(plan({ play: folderWith({ 'a.wav': '', 'b.wav': '' }), desk: join(two, 'desk.yaml') })).rejects.toThrow(
      /has 1 strips: expected one for each of the 2 tracks/,
    )
    await expect(plan({ record: '/proc/nowhere/m.wav' })).rejects.toMatchObject({ code: 'output' })
  })
})

describe('the supervisor’s patience', () => {
  it('replaces at once, then 100, 200, 400 ms later, and gives up at the fifth death in 10 s', () => {
    const deaths = [0, 100, 200, 300, 400].map((_, i, all) => restartDelayMs(all.slice(0, i + 1), 500))
    expect(deaths).toEqual([0, 100, 200, 400, undefined])
    expect(restartDelayMs([0, 100, 200, 300, 20_000], 20_000)).toBe(0)
  })

  it('calls an engine stalled after 1 s without a frame, but not in its first 3 s', () => {
    const watch = new StallWatch(engineStalledMs)
    const looks = Array.from({ length: 13 }, () => watch.look(0))
    expect(looks.indexOf(true)).toBe(12)
    watch.reset()
    expect(Array.from({ length: 40 }, (_, i) => watch.look(i * 12000)).includes(true)).toBe(false)
    expect([1, 2, 3, 4].map(() => watch.look(39 * 12000))).toEqual([false, false, false, true])
  })
})
