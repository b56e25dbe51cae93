// What is on the disk while a recording runs, and what happens when the disk is full.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    `ends with words and a valid file when the disk is full, and the audio goes on${mayMount ? '' : ' (skipped: may not mount a small disk)'}`,
    async () => {
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
      try {
        const path = join(disk, 'm.wav')
        const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', path] })
        await desk.until('it records', async () => (await desk.status()).recording.active)
        await desk.until('the disk is full', async () => !(await desk.status()).recording.active, 20_000)
        const { recording, engine } = await desk.status()
        expect(recording.error).toMatch(/the disk is full/)
        await desk.until('audio goes on', async () => (await desk.status()).engine.frames > engine.frames + 24_000)
        expect((await desk.status()).engine.pid).toBe(engine.pid)
        const { channels } = readWav(path)
        expect(channels[0]?.length).toBeGreaterThan(200_000)
        expect(channels[0]?.some((x) => Math.abs(x) > 0.01)).toBe(true)
        await desk.stop()
      } finally {
        execFileSync('umount', ['-l', disk])
      }
    },
    60_000,
  )
})
