// Parts of a running desk are killed; what must survive is counted.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'
import { startDesk } from '../fixtures/live-desk.js'
import { makeTracks } from '../fixtures/tracks.js'
import { readWav } from '../fixtures/wav.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-kill-'))
  makeTracks(join(folder, 'tracks'), 4, 30)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a running desk on the virtual card', () => {
  it('records on without a gap while control is killed three times', async () => {
    const take = join(folder, 'take')
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', take] })
    await desk.until('the take is described', () => existsSync(join(take, 'take.yaml')))
    for (let i = 0; i < 3; i++) {
      const before = desk.run().pids.control
      await desk.set(`strip.${i + 1}.faderDb`, -7.5)
      desk.kill('control')
      await desk.until('control is back', async () => (await desk.status()).control.pid !== before, 3000)
      expect(await desk.ask(`strip.${i + 1}.faderDb`)).toBe(-7.5)
    }
    await desk.stop()
    const again = join(folder, 'again.wav')
    expect((await deskd('render', '--take', take, '--out', again)).code).toBe(0)
    const [live, offline] = [readWav(join(take, 'master.wav')), readWav(again)]
    expect(live.channels[0]?.findIndex((x, n) => x !== offline.channels[0]?.[n])).toBe(-1)
    expect(live.channels[0]?.length).toBeGreaterThan(48_000)
  }, 60_000)

  it('has audio back within 3 s of the engine’s SIGKILL, every parameter as it was, and records on in a new file', async () => {
    const take = join(folder, 'dies')
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks'), '--record', take] })
    const wanted = new Map(
      [
        'strip.1.faderDb',
        'strip.2.pan',
        'strip.3.eq.band2.gainDb',
        'strip.4.comp.thresholdDb',
        'bus.1.faderDb',
        'master.limiter.ceilingDbtp',
      ].map((id, i) => [id, -3 - i]),
    )
    for (const [id, value] of wanted) await desk.set(id, value)
    await desk.set('strip.1.name', 'Große Trommel')
    await desk.until('it records', async () => (await desk.status()).recording.frames > 48_000)
    const { engine, transport } = await desk.status()
    desk.kill('engine')
    const killed = Date.now()
    await desk.until('the engine is replaced', async () => {
      const now = await desk.status()
      return now.engine.pid !== engine.pid && now.engine.frames > engine.frames + 4800 && now.transport.playing
    })
    expect(Date.now() - killed).toBeLessThan(3000)
    for (const [id, value] of wanted) expect(await desk.ask(id)).toBe(value)
    expect((await desk.client.ask(['/strip/1/name'])).get('/strip/1/name')).toBe('Große Trommel')
    expect((await desk.status()).transport.positionS).toBeGreaterThanOrEqual(transport.positionS)
    await desk.until('it records again', async () => (await desk.status()).recording.frames > 4800)
    await desk.stop()
    const takes = readdirSync(folder).filter((name) => name.startsWith('dies'))
    expect(takes).toEqual(['dies', 'dies-2'])
    for (const name of takes) expect(readWav(join(folder, name, 'master.wav')).channels[0]?.length).toBeGreaterThan(4000)
  }, 60_000)

  it('forgets nothing between two runs', async () => {
    const state = join(folder, 'state')
    const first = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks')], state })
    await first.set('strip.7.faderDb', -12.5)
    await first.set('strip.7.name', 'Viola')
    expect(await first.stop()).toBe(0)
    const second = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks')], state })
    expect(await second.ask('strip.7.faderDb')).toBe(-12.5)
    expect((await second.client.ask(['/strip/7/name'])).get('/strip/7/name')).toBe('Viola')
    await second.stop()
  }, 60_000)
})
