// Takes: names that are free, what is written at the start, and that it reads back to the same render.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { actionBase, actions } from '../../src/engine/shared-layout.js'
import { entryOf, isParam, isText } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'
import { readEventLog } from '../../src/takes/event-log.js'
import {
  type DeskSnapshot,
  prepareTake,
  punchOf,
  recordedBuses,
  recordedStrips,
  takeFileAtStart,
  writeTakeDesk,
} from '../../src/takes/prepare-take.js'
import { readTake, renderSpecOfTake } from '../../src/takes/read-take.js'
import { type TakeFile, writeTakeFile } from '../../src/takes/take-file.js'
import { freeName, isNamedAfter, takeFiles, timestampName } from '../../src/takes/take-folder.js'
import { smallRegistry } from '../fixtures/memory-region.js'

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'deskd-take-'))

function deskWith(settings: Record<string, number | string>): DeskSnapshot {
  const registry = smallRegistry()
  const values = defaultValues(registry)
  const texts = defaultTexts(registry)
  for (const [id, value] of Object.entries(settings)) {
    const entry = entryOf(registry, id)
    if (isText(entry)) texts[entry.index] = String(value)
    else if (isParam(entry)) values[entry.index] = Number(value)
  }
  return { registry, values, texts }
}

describe('names of recordings', () => {
  it('count up from 2 rather than write over what is there', () => {
    const folder = newFolder()
    const target = join(folder, 'm.wav')
    expect(freeName(target)).toBe(target)
    writeFileSync(target, '')
    writeFileSync(join(folder, 'm-2.wav'), '')
    expect(freeName(target)).toBe(join(folder, 'm-3.wav'))
    expect(freeName(folder)).toBe(`${folder}-2`)
  })

  it('are known again: m-3.wav is named after m.wav, m-b.wav and m-3.aiff are not', () => {
    const named = ['/t/m.wav', '/t/m-3.wav', '/t/m-b.wav', '/t/m-3.aiff', '/t/n-3.wav'].filter((name) =>
      isNamedAfter(name, '/t/m.wav'),
    )
    expect(named).toEqual(['/t/m.wav', '/t/m-3.wav'])
    expect(isNamedAfter('/t/take-2', '/t/take')).toBe(true)
  })

  it('sort by time', () => {
    expect(timestampName(new Date(2026, 2, 4, 9, 5, 7))).toBe('2026-03-04_09-05-07')
  })
})

describe('a take', () => {
  it('computes what an effect returns again, and does not record it', () => {
    // Inputs: off, track, in1 … in4, fx1, fx2.
    expect(recordedStrips(deskWith({ 'strip.1.input': 5, 'strip.2.input': 6 }))).toEqual([0])
    expect(recordedStrips(deskWith({ 'strip.2.input': 7, 'strip.2.arm': 1 }))).toEqual([])
  })

  it('keeps armed strips and card inputs, named by number and strip', () => {
    const desk = deskWith({ 'strip.1.input': 3, 'strip.2.arm': 1, 'strip.2.name': 'OH  left/right' })
    expect(recordedStrips(desk)).toEqual([0, 1])
    const target = join(newFolder(), 'take')
    const spec = prepareTake(target, '24', desk)
    expect(spec.inputs.map(({ path }) => path)).toEqual([
      join(target, 'inputs', '01-strip-1.wav'),
      join(target, 'inputs', '02-oh-left-right.wav'),
    ])
    expect(readdirSync(target)).toEqual(['inputs'])
  })

  it('keeps every input and bus when it is asked to, and what is armed in any case', () => {
    const desk = deskWith({ 'strip.1.input': 0, 'strip.2.arm': 1, 'bus.2.arm': 1 })
    const every = desk.registry.topology.stripStereo.map((_, i) => i).slice(1)
    expect((['armed', 'inputs', 'buses', 'all'] as const).map((what) => recordedStrips(desk, what))).toEqual([
      [1],
      every,
      [1],
      every,
    ])
    expect((['armed', 'inputs', 'buses', 'all'] as const).map((what) => recordedBuses(desk, what))).toEqual([
      [1],
      [1],
      [0, 1],
      [0, 1],
    ])
    const target = join(newFolder(), 'take')
    expect(prepareTake(target, '24', desk).buses).toEqual([{ bus: 1, path: join(target, 'buses', '02-bus-2.wav') }])
  })

  it('punches in frames, and says when its points stand in the wrong order', () => {
    expect(punchOf(deskWith({ 'transport.punch.inS': 1 }), 48000)).toBeUndefined()
    const points = { 'transport.punch.on': 1, 'transport.punch.inS': 1.00002, 'transport.punch.outS': 2 }
    expect(punchOf(deskWith(points), 48000)).toEqual({ inFrame: 48001, outFrame: 96000 })
    expect(() => punchOf(deskWith({ ...points, 'transport.punch.outS': 1 }), 48000)).toThrow(
      /expected outS behind inS \(1\.0000\d* s\), found 1 s/,
    )
  })

  it('is the master alone for a .wav', () => {
    const target = join(newFolder(), 'deep', 'm.wav')
    expect(prepareTake(target, '16', deskWith({}))).toEqual({ masterPath: target, bits: '16', inputs: [], buses: [] })
  })

  /** A whole take of 4800 frames on disk, one card input and one track. */
  async function recorded(change: Partial<TakeFile> = {}): Promise<{ folder: string; track: string }> {
    const desk = deskWith({
      'strip.1.input': 2,
      'strip.1.faderDb': -6,
      'strip.2.faderDb': Number.NEGATIVE_INFINITY,
      'master.mute': 1,
    })
    const folder = join(newFolder(), 'take')
    const track = join(newFolder(), 'kick.wav')
    writeFileSync(track, 'kick')
    const spec = prepareTake(folder, '32f', desk)
    writeTakeDesk(folder, desk)
    for (const path of [spec.masterPath, spec.arenaPath!, ...spec.inputs.map((input) => input.path)]) writeFileSync(path, 'x')
    writeFileSync(
      spec.eventLogPath!,
      '32\tstrip.1.faderDb\t-3.5\n64\tstrip.2.faderDb\t-inf\n96\ttransport.halt\t0\n96\ttransport.roll\t48000\n',
    )
    const started = {
      isa: 'avx2',
      sampleRateHz: 48000,
      startFrame: 960,
      skipFrames: 5,
      preRollFrames: 0,
      roundTripFrames: 512,
      transport: { playing: true, positionFrames: 2400 },
    }
    const take = takeFileAtStart(spec, started, [{ path: track, strip: 1 }])
    const sha256 = createHash('sha256').update('kick').digest('hex')
    await writeTakeFile(takeFiles(folder).take, { ...take, frames: 4800, tracks: [{ ...take.tracks[0]!, sha256 }], ...change })
    return { folder, track }
  }

  it('reads back to the desk, the events and the render of its first frame', async () => {
    const { folder, track } = await recorded()
    const take = await readTake(folder)
    const desk = deskWith({
      'strip.1.input': 2,
      'strip.1.faderDb': -6,
      'strip.2.faderDb': Number.NEGATIVE_INFINITY,
      'master.mute': 1,
    })
    expect(take.values).toEqual(desk.values)
    expect(take.registry.topology).toEqual(desk.registry.topology)
    expect(take.tracks).toEqual([{ strip: 1, path: track }])
    const spec = renderSpecOfTake(take, 0, { outPath: '/out.wav', bits: '32f', bufferFrames: 512 })
    expect(spec).toMatchObject({
      outPath: '/out.wav',
      frames: 4800,
      trimLatency: false,
      skipFrames: 5,
      inputs: [{ strip: 0, path: join(folder, 'inputs', '01-strip-1.wav') }],
      arenaPath: join(folder, 'arena.bin'),
    })
    const fader = (strip: number): number => take.registry.byId.get(`strip.${strip}.faderDb`)!.index
    expect(spec.events).toEqual([
      { frame: 32, target: fader(1), value: -3.5 },
      { frame: 64, target: fader(2), value: Number.NEGATIVE_INFINITY },
      { frame: 96, target: actionBase + actions.halt, value: 0 },
      { frame: 96, target: actionBase + actions.roll, value: 48000 },
    ])
    const elsewhere = renderSpecOfTake(take, 0, { outPath: '/out.wav', bits: '32f', bufferFrames: 512, isa: 'sse2' })
    expect(elsewhere.events[0]).toEqual({ frame: 0, target: actionBase + actions.roll, value: 2400 })
  })

  it('finds a track that was moved beside it, and refuses another one of the same name', async () => {
    const { folder, track } = await recorded()
    rmSync(track)
    await expect(readTake(folder)).rejects.toMatchObject({
      code: 'take',
      message: expect.stringMatching(/kick\.wav: expected the track that played, found nothing/),
    })
    writeFileSync(join(folder, 'kick.wav'), 'snare')
    await expect(readTake(folder)).rejects.toThrow(/found another file of this name/)
    writeFileSync(join(folder, 'kick.wav'), 'kick!'.slice(0, 4))
    expect((await readTake(folder)).tracks[0]?.path).toBe(join(folder, 'kick.wav'))
  })

  it('says what is missing or wrong', async () => {
    await expect(readTake(newFolder())).rejects.toThrow(/expected a take's folder with a take\.yaml, found none/)
    const { folder } = await recorded({ frames: -1 })
    await expect(readTake(folder)).rejects.toThrow(/expected frames, a whole number/)
    const cut = (await recorded()).folder
    rmSync(takeFiles(cut).arena)
    await expect(readTake(cut)).rejects.toThrow(/arena\.bin: expected the engine's state/)
  })

  it('leaves out half a line at the end of its log, and refuses a line that is none', async () => {
    const { folder } = await recorded()
    const { registry } = await readTake(folder)
    const log = takeFiles(folder).events
    appendFileSync(log, '128\tstrip.1.fa')
    expect(readEventLog(log, registry)).toHaveLength(4)
    appendFileSync(log, 'derDB\t-1\n')
    expect(() => readEventLog(log, registry)).toThrow(
      /events\.log:5: expected a parameter of the take's desk, found "strip\.1\.faderDB"/,
    )
    writeFileSync(log, 'one\tstrip.1.faderDb\t-1\n')
    expect(() => readEventLog(log, registry)).toThrow(/events\.log:1: expected frame, id and value/)
  })
})
