// What is on the disk while a recording runs, when the disk is full, and when the recorder is killed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CounterReader } from '../../src/engine/region.js'
import { deskd } from '../fixtures/command.js'
import { startDesk } from '../fixtures/live-desk.js'
import { makeTracks } from '../fixtures/tracks.js'
import { readWav } from '../fixtures/wav.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-recording-'))
  makeTracks(join(folder, 'tracks'), 2, 30)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mayMount = (() => {
  const place = mkdtempSync(join(tmpdir(), 'deskd-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})()

const armed = 'strips: [{arm: true}, {arm: true, send: {1: {levelDb: -6}}}]\n'

/** All WAV files of a take. */
const wavsOf = (take: string): string[] =>
  readdirSync(take, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wav'))
    .map((name) => join(take, name))
    .sort()

describe('a live recording', () => {
  it('has valid sizes on disk while it runs, at most a second old', async () => {
    const path = join(folder, 'running.wav')
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', path] })
    await desk.until('it records', async () => (await desk.status()).recording.frames > 48_000)
    await sleep(1000)
    const { recording } = await desk.status()
    expect(readWav(path).channels[0]?.length).toBeGreaterThan(recording.frames - 2 * 48_000)
    await desk.stop()
  }, 60_000)

  it.skipIf(!mayMount)(
    `ends with words and valid files when the disk is full, and the audio goes on${mayMount ? '' : ' (skipped: may not mount a small disk)'}`,
    async () => {
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
      try {
        const take = join(disk, 'take')
        const desk = await startDesk({
          args: ['--audio', 'virtual', '--buffer', '1024', '--play', join(folder, 'tracks'), '--record', take],
          desk: armed,
        })
        await desk.until('it records', async () => (await desk.status()).recording.active)
        const before = await desk.status()
        await desk.until('the disk is full', async () => !(await desk.status()).recording.active, 40_000)
        const { recording, engine } = await desk.status()
        expect(recording.error).toMatch(/the disk is full: .*\.(wav|log) ends after \d+/)
        await desk.until('audio goes on', async () => (await desk.status()).engine.frames > engine.frames + 24_000)
        const after = await desk.status()
        expect(after.engine.pid).toBe(engine.pid)
        // One may be the machine's own; a disk thread that held up the audio would make one every block.
        expect(after.engine.xruns - before.engine.xruns).toBeLessThanOrEqual(1)
        const files = wavsOf(take)
        expect(files).toHaveLength(3)
        for (const file of files) {
          const { channels } = readWav(file)
          // Two tracks of 4 bytes a frame and a master of 8: 4 MB less the state at the first frame. All but the last second.
          expect(channels[0]?.length).toBeGreaterThan(recording.frames - 48_000)
          expect(channels[0]?.length).toBeGreaterThan(96_000)
          expect(channels[0]?.slice(-9600).some((x) => Math.abs(x) > 0.01)).toBe(true)
          expect(framesOnDisk(file, channels.length)).toBe(channels[0]?.length)
        }
        await desk.stop()
      } finally {
        execFileSync('umount', ['-l', disk])
      }
    },
    60_000,
  )
})

/** Frames of 32-bit floats that a file has room for behind its header. */
function framesOnDisk(path: string, channels: number): number {
  const head = readFileSync(path).subarray(0, 4096)
  return Math.floor((statSync(path).size - (head.indexOf('data', 0, 'latin1') + 8)) / (4 * channels))
}

describe('a recorder that is killed', () => {
  it('loses nothing that reached the disk: every file is mended to it, and the take renders to its bits', async () => {
    const take = join(folder, 'killed')
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', take],
      desk: armed,
    })
    await desk.until('it records', async () => (await desk.status()).recording.frames > 60_000)
    const { region } = desk.run()
    desk.kill('engine')
    const counters = new CounterReader(region)
    const { recordedFrames } = counters.read()
    counters.close()
    await desk.until('it is mended', () => /^frames:/m.test(readFileSync(join(take, 'take.yaml'), 'utf8')))
    expect(readFileSync(join(take, 'take.yaml'), 'utf8')).toMatch(/error: the engine was replaced/)
    await desk.stop()

    const lengths = wavsOf(take).map((file) => {
      const { channels } = readWav(file)
      expect(channels[0]?.length).toBe(framesOnDisk(file, channels.length))
      return channels[0]?.length ?? 0
    })
    // What the engine had taken in, less what the disk thread had not seen yet: it looks every 20 ms.
    expect(lengths).toHaveLength(3)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(recordedFrames)
    expect(Math.min(...lengths)).toBeGreaterThan(recordedFrames - 9600)

    const again = join(folder, 'killed.wav')
    expect((await deskd('render', '--take', take, '--out', again)).code).toBe(0)
    const [live, offline] = [readWav(join(take, 'master.wav')), readWav(again)]
    expect(offline.channels[0]?.length).toBe(Math.min(...lengths))
    expect(offline.channels[0]?.findIndex((x, n) => x !== live.channels[0]?.[n])).toBe(-1)
  }, 60_000)

  it('is mended at the next start when the whole desk was killed, or by deskd takes repair', async () => {
    const state = join(folder, 'state')
    const path = join(folder, 'all.wav')
    const args = ['--audio', 'virtual', '--play', join(folder, 'tracks')]
    const desk = await startDesk({ args: [...args, '--record', path], state })
    await desk.until('it records', async () => (await desk.status()).recording.frames > 60_000)
    const { pids } = desk.run()
    const gone = new Promise((resolve) => desk.process.once('exit', resolve))
    for (const pid of [pids.supervisor, pids.engine, pids.control]) process.kill(pid, 'SIGKILL')
    await gone
    const held = framesOnDisk(path, 2)
    expect(held).toBeGreaterThan(50_000)
    expect(readWav(path).channels[0]?.length).toBeLessThanOrEqual(held)
    // Half a second of what a header can be behind.
    const bytes = readFileSync(path)
    const behind = join(folder, 'behind.wav')
    const at = bytes.indexOf('data', 0, 'latin1')
    bytes.writeUInt32LE(bytes.readUInt32LE(at + 4) - 24_000 * 8, at + 4)
    bytes.writeUInt32LE(bytes.readUInt32LE(4) - 24_000 * 8, 4)
    writeFileSync(behind, bytes)

    const next = await startDesk({ args, state })
    await next.until('it is mended', () => readWav(path).channels[0]?.length === held)
    await next.stop()

    const said = await deskd('takes', 'repair', behind, path, '--json')
    expect(said.code).toBe(0)
    expect(JSON.parse(said.stdout)).toMatchObject([
      { path: behind, frames: held, isMended: true },
      { path, frames: held, isMended: false },
    ])
    expect(readWav(behind).channels[0]).toEqual(readWav(path).channels[0])
    const wrong = await deskd('takes', 'repair', join(folder, 'nothing'))
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/expected a WAV file or a take's folder, found nothing/),
    ])
  }, 60_000)
})
