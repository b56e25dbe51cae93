// Songs one behind the other, markers, and recordings that become FLAC.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { readTakeFile } from '../../src/takes/take-file.js'
import { deskd } from '../fixtures/command.js'
import { startDesk } from '../fixtures/live-desk.js'
import { sine } from '../fixtures/signals.js'
import { madeTrack } from '../fixtures/tracks.js'
import { readWav, writeWav } from '../fixtures/wav.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-timeline-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Transport {
  readonly positionS: number
  readonly song?: { readonly number: number; readonly of: number; readonly name: string; readonly positionS: number }
  readonly markers: readonly { readonly name: string; readonly positionS: number }[]
}

/** A sine and a noise on two strips, cut into songs at odd frames. */
function writeSongs(place: string, cuts: readonly number[]): [Float32Array, Float32Array] {
  const whole: [Float32Array, Float32Array] = [sine(cuts.at(-1) ?? 0, 997, -12), madeTrack(2, cuts.at(-1) ?? 0)]
  for (const [i, cut] of cuts.slice(0, -1).entries()) {
    mkdirSync(join(place, `${i + 1} song`), { recursive: true })
    for (const [track, samples] of whole.entries())
      writeWav(join(place, `${i + 1} song`, `${track + 1}.wav`), {
        sampleRateHz: 48000,
        channels: [samples.slice(cut, cuts[i + 1])],
      })
  }
  return whole
}

describe('a playlist', () => {
  it('plays without a lost or added sample, live and rendered, and steps from song to song', async () => {
    const songs = join(folder, 'songs')
    const cuts = [0, 60_001, 60_033, 110_007, 400_000]
    const whole = writeSongs(songs, cuts)
    const take = join(folder, 'set')
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '100', '--play', songs, '--record', take, '--record-what', 'inputs'],
    })
    const transport = async () => (await desk.status()).transport as unknown as Transport
    await desk.until('three joins are played', async () => (await transport()).positionS > 2.5, 20_000)
    expect((await transport()).song).toMatchObject({ number: 4, of: 4, name: '4 song' })
    await desk.client.act('/transport/toSong', [2])
    await desk.until('it is there', async () => (await transport()).positionS < 2.3)
    await desk.client.act('/transport/toSong', ['4 song'])
    await desk.until('it is there', async () => (await transport()).song?.number === 4)
    const before = (await transport()).positionS
    await desk.client.act('/transport/previousSong')
    await desk.until('it went back', async () => (await transport()).positionS < Math.max(before, cuts[3]! / 48_000 + 1))
    await expect(desk.client.act('/transport/toSong', ['nothing'])).rejects.toThrow(/expected a song \(4 are there\), found none/)
    expect(await desk.stop()).toBe(0)

    const rolled = Number(/^(\d+)\ttransport\.roll/m.exec(readFileSync(join(take, 'events.log'), 'utf8'))?.[1])
    for (const [strip, samples] of whole.entries()) {
      const heard = readWav(join(take, 'inputs', `0${strip + 1}-${strip + 1}.wav`)).channels[0]
      let wrong = 0
      // Behind the fade-in of the start, over all joins.
      for (let n = 512; n < 115_000; n++) if (heard?.[rolled + n] !== samples[n]) wrong++
      expect(wrong).toBe(0)
    }
    const out = join(folder, 'set.wav')
    const said = await deskd('render', '--take', take, '--out', out)
    expect([said.code, said.stderr]).toEqual([0, expect.not.stringMatching(/deskd:/)])
    const [live, again] = [readWav(join(take, 'master.wav')), readWav(out)]
    expect(again.channels.map((c, i) => c.findIndex((x, n) => x !== live.channels[i]?.[n]))).toEqual([-1, -1])
    expect((await readTakeFile(join(take, 'take.yaml'))).tracks.map(({ song = 0 }) => song)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  }, 120_000)
})

describe('markers', () => {
  it('are set, gone to by number, name and step, kept over a start, and become cue points of the take', async () => {
    const place = join(folder, 'one')
    mkdirSync(place)
    writeWav(join(place, '1.wav'), { sampleRateHz: 48000, channels: [madeTrack(1, 20 * 48_000)] })
    const take = join(folder, 'marked')
    const state = join(folder, 'state')
    const args = ['--audio', 'virtual', '--play', place]
    const desk = await startDesk({ args: [...args, '--record', take], state })
    const transport = async () => (await desk.status()).transport as unknown as Transport
    await desk.until('it plays', async () => (await transport()).positionS > 0.3)
    await desk.client.act('/transport/marker', ['Strophe ä'])
    await desk.until('it plays on', async () => (await transport()).positionS > 0.8)
    await desk.client.act('/transport/marker')
    const { markers } = await transport()
    expect(markers.map(({ name }) => name)).toEqual(['Strophe ä', '1'])
    await desk.until('it plays on', async () => (await transport()).positionS > 2.2)
    await desk.client.act('/transport/stop')
    for (const [step, args, at] of [
      ['/transport/previousMarker', [], 1],
      ['/transport/toMarker', [1], 0],
      ['/transport/nextMarker', [], 1],
      ['/transport/toMarker', ['Strophe ä'], 0],
    ] as const) {
      await desk.client.act(step, args)
      await desk.until(`${step} ${args.join()}`, async () => (await transport()).positionS === markers[at]?.positionS)
    }
    await expect(desk.client.act('/transport/toMarker', [3])).rejects.toThrow(
      /expected a marker \(2 are there\), found none for 3/,
    )
    expect(await desk.stop()).toBe(0)

    const description = await readTakeFile(join(take, 'take.yaml'))
    expect(description.markers?.map(({ name }) => name)).toEqual(['Strophe ä', '1'])
    const master = readFileSync(join(take, 'master.wav'))
    const cue = master.lastIndexOf('cue ', undefined, 'latin1')
    expect([master.readUInt32LE(cue + 8), master.readUInt32LE(cue + 16), master.readUInt32LE(cue + 40)]).toEqual([
      2,
      description.markers?.[0]?.frame,
      description.markers?.[1]?.frame,
    ])
    expect(master.subarray(cue).toString('utf8')).toContain('Strophe ä')
    // The marker's frame of the take lies on the marker's place of the timeline, to the buffer.
    const rolled = Number(/^(\d+)\ttransport\.roll/m.exec(readFileSync(join(take, 'events.log'), 'utf8'))?.[1])
    expect(Math.abs((description.markers?.[0]?.frame ?? 0) - rolled - (markers[0]?.positionS ?? 0) * 48_000)).toBeLessThan(600)
    const next = await startDesk({ args, state })
    expect(((await next.status()).transport as unknown as Transport).markers).toEqual(markers)
    await next.client.act('/transport/clearMarkers')
    expect(((await next.status()).transport as unknown as Transport).markers).toEqual([])
    await next.stop()
  }, 60_000)
})

describe('FLAC', () => {
  /** 24 bit on one strip, finer on another. */
  function writeTracks(place: string): void {
    mkdirSync(place)
    const coarse = madeTrack(1, 20 * 48_000).map((x) => Math.round(x * 2 ** 23) / 2 ** 23)
    writeWav(join(place, '1.wav'), { sampleRateHz: 48000, channels: [coarse] })
    writeWav(join(place, '2.wav'), { sampleRateHz: 48000, channels: [madeTrack(2, 20 * 48_000)] })
  }

  it('is made behind the stop of all that it can hold, and the take still renders to its bits', async () => {
    const place = join(folder, 'deliver')
    writeTracks(place)
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--play', place, '--record-format', 'flac', '--record-what', 'all'],
      desk: 'strips: 2\nbuses: 1\nparams:\n  strip.1.send.1.levelDb: -6\n',
    })
    await desk.until('it plays', async () => (await desk.status()).transport.positionS > 0.3)
    await desk.client.act('/transport/record', ['deliver'])
    await desk.until(
      'it records',
      async () => (await desk.status()).recording.active && (await desk.status()).recording.frames > 96_000,
    )
    await desk.client.act('/transport/recordStop')
    const take = join(desk.state, 'takes', 'deliver')
    const files = (): string[] =>
      readdirSync(take, { recursive: true, encoding: 'utf8' })
        .filter((name) => /wav|flac/.test(name))
        .sort()
    await desk.until('it is FLAC', () => desk.stderr().includes('files stay WAV: FLAC holds 24 bit'), 20_000)
    expect(files()).toEqual(['buses/01-bus-1.flac', 'inputs/01-1.flac', 'inputs/02-2.wav', 'master.flac'])
    const { flac } = (await desk.status()).recording as unknown as { flac: object }
    expect(flac).toEqual({ file: '', percent: 0, waiting: 0, stays: ['02-2.wav'], error: '' })
    const addon = nativeAddon()
    const { frames, inputs } = await readTakeFile(join(take, 'take.yaml'))
    expect(inputs.map(({ file }) => file)).toEqual(['inputs/01-1.flac', 'inputs/02-2.wav'])
    expect(addon.audioFileInfo(join(take, 'master.flac'))).toMatchObject({ frames, format: 'FLAC 24 bit' })

    const out = join(folder, 'deliver.wav')
    const said = await deskd('render', '--take', take, '--out', out)
    expect([said.code, said.stderr]).toEqual([0, expect.not.stringMatching(/deskd:/)])
    // The same samples make the same FLAC.
    expect(await addon.convertToFlac(out, join(folder, 'again.flac'), () => {})).toBe(true)
    expect(readFileSync(join(folder, 'again.flac')).equals(readFileSync(join(take, 'master.flac')))).toBe(true)
    await desk.stop()
  }, 60_000)

  it('is made at the next start when a kill came between', async () => {
    const state = join(folder, 'killed-state')
    mkdirSync(state)
    const left = join(folder, 'left.wav')
    const channels = [madeTrack(1, 48_000).map((x) => Math.round(x * 2 ** 23) / 2 ** 23)]
    writeWav(left, { sampleRateHz: 48000, channels })
    writeFileSync(join(folder, 'left.flac.part'), 'half of it')
    writeFileSync(join(state, 'converting.json'), JSON.stringify([left]))
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'one')], state })
    await desk.until('it is FLAC', () => existsSync(join(folder, 'left.flac')) && !existsSync(left))
    expect(nativeAddon().audioFileInfo(join(folder, 'left.flac'))).toMatchObject({ frames: 48_000, format: 'FLAC 24 bit' })
    expect(existsSync(join(folder, 'left.flac.part'))).toBe(false)
    await desk.stop()
  }, 60_000)

  it('is refused with 32-bit floats', async () => {
    const config = join(folder, 'float.yaml')
    writeFileSync(config, 'recordBits: 32f\nrecordFormat: flac\n')
    const said = await deskd('run', '--config', config, '--state', join(folder, 'none'))
    expect([said.code, said.stderr]).toEqual([2, expect.stringMatching(/recordBits: expected 16 or 24 with FLAC.*found 32f/)])
  })
})
