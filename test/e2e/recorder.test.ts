// The recorder's ways to begin, and all it can take at once: everything renders to its bits.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTakeFile, type TakeFile } from '../../src/takes/take-file.js'
import { deskd } from '../fixtures/command.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { madeTrack, makeTracks } from '../fixtures/tracks.js'
import { readWav } from '../fixtures/wav.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-recorder-'))
  makeTracks(join(folder, 'tracks'), 8, 20)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const wavs = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith('.wav'))

const describedTake = (take: string): Promise<TakeFile> => readTakeFile(join(take, 'take.yaml'))

/** Renders a take again, and compares it with its live master, in every bit. */
async function expectItsBits(take: string): Promise<void> {
  const out = join(folder, 'again.wav')
  const said = await deskd('render', '--take', take, '--out', out)
  expect(said.stderr).not.toMatch(/deskd:/)
  expect(said.code).toBe(0)
  const [live, again] = [readWav(join(take, 'master.wav')), readWav(out)]
  expect(again.channels[0]?.length).toBe(live.channels[0]?.length)
  expect(again.channels.map((c, i) => c.findIndex((x, n) => x !== live.channels[i]?.[n]))).toEqual([-1, -1])
  expect(live.channels[0]?.some((x) => Math.abs(x) > 0.01)).toBe(true)
}

const recorded = (desk: LiveDesk, frames: number): Promise<void> =>
  desk.until(
    'it records',
    async () => {
      const { recording } = await desk.status()
      return recording.active && !recording.waiting && recording.frames > frames
    },
    20_000,
  )

describe('a take of everything', () => {
  it('holds 64 strips, 8 buses and the master, without a lost frame, and renders to its bits', async () => {
    const take = join(folder, 'everything')
    // Strip 1 alone goes to the master by way of bus 1: the bus is the master then.
    const sends = Array.from({ length: 7 }, (_, i) => `strip.${i + 2}.send.${i + 2}.levelDb: 0`).join('\n  ')
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '512', '--play', join(folder, 'tracks'), '--record', take, '--record-what', 'all'],
      desk: `strips: 64\nbuses: 8\nparams:\n  strip.1.send.1.levelDb: 0\n  strip.1.send.1.tap: postEq\n  ${sends}\n  ${Array.from({ length: 64 }, (_, i) => `strip.${i + 1}.faderDb: -inf`).join('\n  ')}\n`,
    })
    await recorded(desk, 4 * 48_000)
    expect(await desk.stop()).toBe(0)
    const status = await describedTake(take)
    expect([status.inputs.length, status.buses?.length]).toEqual([64, 8])
    expect(status.error).toBeUndefined()
    const master = readWav(join(take, 'master.wav'))
    const frames = master.channels[0]?.length ?? 0
    expect(frames).toBe(status.frames)
    const lengths = [...status.inputs, ...(status.buses ?? [])].map(({ file }) => readWav(join(take, file)).channels[0]?.length)
    expect(lengths).toHaveLength(72)
    expect(new Set(lengths)).toEqual(new Set([frames]))
    expect(readWav(join(take, status.buses?.[0]?.file ?? '')).channels).toEqual(master.channels)
    // What the strips took is what was on their tracks.
    const rolled = Number(/^(\d+)\ttransport\.roll/m.exec(readFileSync(join(take, 'events.log'), 'utf8'))?.[1])
    for (const strip of [1, 2, 4]) {
      const input = readWav(join(take, status.inputs[strip - 1]?.file ?? '')).channels[0]
      const track = madeTrack(strip, 20 * 48_000)
      let wrong = 0
      for (let n = 9600; n < 96_000; n++) if (input?.[rolled + n] !== track[n]) wrong++
      expect(wrong).toBe(0)
    }
    await expectItsBits(take)
  }, 120_000)

  it('has only what is armed unless more is asked for', async () => {
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', join(folder, 'armed')],
      desk: `strips: [${'{}, '.repeat(7)}{arm: true, name: Bass}]\nbuses: [{}, {arm: true, name: Drum bus}]\n`,
    })
    await recorded(desk, 9600)
    await desk.stop()
    const take = join(folder, 'armed')
    expect([wavs(join(take, 'inputs')), wavs(join(take, 'buses'))]).toEqual([['08-bass.wav'], ['02-drum-bus.wav']])
    await expectItsBits(take)
  }, 60_000)
})

describe('punching', () => {
  it('records from the very frame of its in to that of its out, and renders to its bits', async () => {
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '100', '--play', join(folder, 'tracks')],
      desk: `strips: [{arm: true, hpf: {on: true}}, {arm: true}, {}, {}, {}, {}, {}, {}]\n`,
    })
    await desk.until('it plays', async () => (await desk.status()).transport.positionS > 0.1)
    // Neither point stands at a quantum's edge.
    const [inFrame, outFrame] = [100_003, 150_021]
    await desk.client.set([
      ['/transport/punch/inS', inFrame / 48_000],
      ['/transport/punch/outS', outFrame / 48_000],
      ['/transport/punch/on', true],
    ])
    await desk.client.act('/transport/record', ['punched'])
    await desk.until('it waits', async () => (await desk.status()).recording.waiting)
    await desk.set('strip.1.faderDb', -3)
    await desk.until('it is recorded', async () => !(await desk.status()).recording.active, 20_000)
    const take = join(desk.state, 'takes', 'punched')
    const { punch, frames } = await describedTake(take)
    expect([punch, frames]).toEqual([{ inFrame, outFrame }, outFrame - inFrame])
    for (const strip of [1, 2]) {
      const input = readWav(join(take, 'inputs', `0${strip}-track.wav`)).channels[0]
      const track = madeTrack(strip, 20 * 48_000)
      expect(input?.length).toBe(outFrame - inFrame)
      expect(input?.findIndex((x, n) => x !== track[inFrame + n])).toBe(-1)
    }
    await expectItsBits(take)

    // From a stand, located to the in itself.
    await desk.client.act('/transport/stop')
    await desk.client.act('/transport/locate', [inFrame / 48_000])
    await desk.client.act('/transport/record', ['located'])
    await desk.until('it waits', async () => (await desk.status()).recording.waiting)
    await desk.client.act('/transport/play')
    await desk.until('it is recorded', async () => !(await desk.status()).recording.active, 20_000)
    const located = join(desk.state, 'takes', 'located')
    expect((await describedTake(located)).frames).toBe(outFrame - inFrame)
    await expectItsBits(located)

    // Stopped before the out it ends there; stopped before the in nothing is left.
    await desk.client.act('/transport/locate', [inFrame / 48_000 - 0.3])
    await desk.client.act('/transport/record', ['short'])
    await desk.until('it waits', async () => (await desk.status()).recording.waiting)
    await desk.client.act('/transport/play')
    await recorded(desk, 4800)
    await desk.client.act('/transport/stop')
    await desk.until('it ends', async () => !(await desk.status()).recording.active)
    expect((await describedTake(join(desk.state, 'takes', 'short'))).frames).toBeLessThan(outFrame - inFrame)
    await expectItsBits(join(desk.state, 'takes', 'short'))
    await desk.client.act('/transport/record', ['never'])
    await desk.until('it waits', async () => (await desk.status()).recording.waiting)
    await desk.client.act('/transport/recordStop')
    await desk.until('it ends', async () => !(await desk.status()).recording.active)
    expect((await desk.status()).recording.error).toMatch(/nothing was recorded/)
    expect(readdirSync(join(desk.state, 'takes')).sort()).toEqual(['located', 'punched', 'short'])
    await desk.stop()
  }, 120_000)
})

describe('a pre-roll', () => {
  it('begins a take in the past by what was asked for, with every move in it, and renders to its bits', async () => {
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '100', '--play', join(folder, 'tracks')],
      desk: 'strips: [{arm: true, delayMs: 100, eq: {on: true}}, {arm: true, comp: {on: true}}, {}, {}, {}, {}, {}, {}]\nbuses: [{arm: true}]\nparams:\n  strip.2.send.1.levelDb: -3\n  transport.preRollS: 2\n',
    })
    await desk.until('it holds', async () => (await desk.status()).recording.preRollS >= 2, 20_000)
    await sleep(3000)
    for (let i = 0; i < 40; i++) {
      await desk.set('strip.1.eq.band1.gainDb', (i % 24) - 12)
      await desk.set('strip.2.pan', (i * 7) % 100)
      await sleep(20)
    }
    const before = await desk.status()
    expect(before.recording.active).toBe(false)
    await desk.client.act('/transport/record', ['rolled'])
    await recorded(desk, 3 * 48_000)
    await desk.set('strip.1.faderDb', -9)
    await sleep(200)
    await desk.client.act('/transport/recordStop')
    await desk.until('it is written', async () => !(await desk.status()).recording.active)
    const take = join(desk.state, 'takes', 'rolled')
    const { preRollFrames, skipFrames, frames, inputs, buses } = await describedTake(take)
    expect(preRollFrames).toBe(96_000)
    expect(skipFrames).toBeLessThan(96_000)
    const lengths = ['master.wav', ...inputs.map(({ file }) => file), ...(buses ?? []).map(({ file }) => file)].map(
      (file) => readWav(join(take, file)).channels[0]?.length,
    )
    expect(lengths).toEqual([frames, frames, frames, frames])
    const moved = readFileSync(join(take, 'events.log'), 'utf8').split('\n')
    expect(moved.filter((line) => /strip\.1\.eq/.test(line)).length).toBeGreaterThan(20)
    await expectItsBits(take)

    // Behind it the next one is held.
    await desk.until('it holds again', async () => (await desk.status()).recording.preRollS >= 2, 20_000)
    await sleep(1500)
    const takes = join(desk.state, 'takes')
    await desk.client.act('/transport/record', ['second'])
    await recorded(desk, 96_000)
    await desk.client.act('/transport/recordStop')
    await desk.until('it is written', async () => !(await desk.status()).recording.active)
    expect((await describedTake(join(takes, 'second'))).preRollFrames).toBe(96_000)
    await expectItsBits(join(takes, 'second'))
    await desk.stop()
  }, 120_000)
})
