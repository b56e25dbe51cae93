// The supervisor with the real processes around a stand-in addon: start, kills, stalls, clean stop, bad input.
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openOscClient } from '../../src/osc/client.js'
import { readRunFile } from '../../src/supervisor/run-file.js'
import type { RunningDesk, RunOptions } from '../../src/supervisor/run-options.js'
import { runDesk } from '../../src/supervisor/supervisor.js'

// Every process of a desk reads this when it loads its log.
vi.hoisted(() => {
  process.env.DESKD_LOG = 'silent'
})

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'deskd-run-'))

interface Started {
  readonly desk: RunningDesk
  readonly client: Awaited<ReturnType<typeof openOscClient>>
  /** The status, as OSC tells it. */
  status(): Promise<{
    control: { pid: number }
    engine: { pid: number; frames: number }
    transport: { playing: boolean; positionS: number }
    recording: { active: boolean; target: string }
  }>
  stop(): Promise<void>
  readonly ended: Promise<void>
}

const running: Started[] = []
afterEach(async () => {
  for (const started of running.splice(0)) {
    started.desk.stop()
    await started.ended.catch(() => {})
  }
})

const parts = (folder: string) => ({
  entries: { engine: fixture('fake-engine-process.mjs'), control: fixture('fake-control-process.mjs') },
  instructionSets: () => ['fake'],
  readHeader: () => ({ frames: 48000, sampleRateHz: 48000, channels: 1, format: 'fake' }),
  logFd: openSync(join(folder, 'log'), 'a'),
})

/** Runs a desk on a free port until it answers. */
function start(state: string, options: RunOptions = {}): Promise<Started> {
  return new Promise((done, fail) => {
    const ended = runDesk(
      {
        audio: 'virtual',
        osc: { host: '127.0.0.1', port: 0 },
        state,
        ...options,
        onReady: async (desk) => {
          const client = await openOscClient({ address: '127.0.0.1', port: desk.run.osc.port })
          const status = async () => JSON.parse(String((await client.ask(['/status'], 4000)).get('/status')))
          const stop = async (): Promise<void> => {
            desk.stop()
            await ended
            client.close()
          }
          const started = { desk, client, status, stop, ended }
          running.push(started)
          done(started)
        },
      },
      parts(state),
    )
    ended.catch(fail)
  })
}

/** Waits until something is so, at most `limitMs`. Gives the milliseconds it took. */
async function until(what: string, so: () => Promise<boolean> | boolean, limitMs = 3000): Promise<number> {
  const from = performance.now()
  while (performance.now() - from < limitMs) {
    if (await so()) return performance.now() - from
    await wait(20)
  }
  throw new Error(`${what}: not in ${limitMs} ms`)
}

const readText = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** The stand-in addon copies memory every 2 ms; the real one shares it. */
const copied = (): Promise<void> => wait(100)

const trackFolder = (): string => {
  const folder = newFolder()
  writeFileSync(join(folder, '1-kick.wav'), '')
  writeFileSync(join(folder, '2-snare.wav'), '')
  return folder
}

describe('a desk under its supervisor', { timeout: 30_000 }, () => {
  it('answers OSC with its status, names strips after tracks and writes how to reach it', async () => {
    const { desk, status, client } = await start(newFolder(), { play: trackFolder() })
    const run = readRunFile(desk.stateFolder)
    expect(run).toEqual(desk.run)
    const { control, engine } = await status()
    expect({ control: control.pid, engine: engine.pid }).toEqual({ control: run?.pids.control, engine: run?.pids.engine })
    expect((await client.ask(['/strip/2/name'])).get('/strip/2/name')).toBe('snare')
    await until('playing', async () => (await status()).transport.playing)
  })

  it('keeps a fader at −7 dB over a clean stop and a new start, in a state file a second old at most', async () => {
    const state = newFolder()
    const first = await start(state)
    await first.client.set([['/strip/1/faderDb', -7]])
    await until('state file', () => readText(join(state, 'state.yaml')).includes('strip.1.faderDb: -7'), 1500)
    await first.stop()
    expect(existsSync(join(state, 'run.json'))).toBe(false)
    expect(existsSync(first.desk.run.region)).toBe(false)
    const second = await start(state)
    expect((await second.client.ask(['/strip/1/faderDb'])).get('/strip/1/faderDb')).toBe(-7)
  })

  it('answers again within 3 s of SIGKILL of control, with every fader as it was and the same engine', async () => {
    const { desk, client, status } = await start(newFolder())
    const before = await status()
    await client.set([
      ['/strip/1/faderDb', -3],
      ['/strip/1/name', 'Kick'],
    ])
    await copied()
    process.kill(before.control.pid, 'SIGKILL')
    await until('new control', async () => (await status().catch(() => before)).control.pid !== before.control.pid)
    const after = await client.ask(['/strip/1/faderDb', '/strip/1/name'])
    expect([...after.values()]).toEqual([-3, 'Kick'])
    expect((await status()).engine.pid).toBe(before.engine.pid)
    expect(readRunFile(desk.stateFolder)?.pids.control).not.toBe(before.control.pid)
  })

  it('has a new engine within 3 s of SIGKILL: values kept, playback resumed, recording in a new file', async () => {
    const state = newFolder()
    const { client, status } = await start(state, { play: trackFolder(), record: join(state, 'm.wav') })
    await client.set([['/strip/1/faderDb', -3]])
    await until('a second played', async () => (await status()).transport.positionS > 0.5)
    const before = await status()
    process.kill(before.engine.pid, 'SIGKILL')
    await until('new engine', async () => {
      const now = await status()
      return now.engine.pid !== before.engine.pid && now.transport.playing && now.recording.target.endsWith('m-2.wav')
    })
    const after = await status()
    expect(after.transport.positionS).toBeGreaterThanOrEqual(before.transport.positionS)
    expect(after.control.pid).toBe(before.control.pid)
    expect((await client.ask(['/strip/1/faderDb'])).get('/strip/1/faderDb')).toBe(-3)
    expect(readdirSync(state)).toEqual(expect.arrayContaining(['m.wav', 'm-2.wav']))
  })

  it('replaces an engine that stands still', async () => {
    const { status } = await start(newFolder())
    const before = await status()
    await until('frames', async () => (await status()).engine.frames > before.engine.frames)
    await wait(3200)
    process.kill(before.engine.pid, 'SIGSTOP')
    await until('new engine', async () => (await status()).engine.pid !== before.engine.pid)
  })

  it('replaces a control that stands still, with every fader as it was', async () => {
    const { client, status } = await start(newFolder())
    const before = await status()
    await client.set([['/strip/1/faderDb', -9]])
    await wait(3200)
    process.kill(before.control.pid, 'SIGSTOP')
    const isNew = async (): Promise<boolean> => (await status().catch(() => before)).control.pid !== before.control.pid
    await until('new control', isNew, 15_000)
    expect((await client.ask(['/strip/1/faderDb'])).get('/strip/1/faderDb')).toBe(-9)
    expect((await status()).engine.pid).toBe(before.engine.pid)
  })

  it('goes on with a running recording when control is replaced, and /transport/record makes a take', async () => {
    const state = newFolder()
    const { client, status } = await start(state, { play: trackFolder() })
    await client.act('/transport/record', ['verse'])
    await until('recording', async () => (await status()).recording.active)
    const before = await status()
    process.kill(before.control.pid, 'SIGKILL')
    await until('new control', async () => {
      const now = await status().catch(() => before)
      return now.control.pid !== before.control.pid && now.recording.active
    })
    expect((await status()).recording.target).toBe(join(state, 'takes', 'verse'))
    await client.act('/transport/stop')
    await until('end', async () => !(await status()).recording.active)
    const take = (): string => readText(join(state, 'takes', 'verse', 'take.yaml'))
    expect(take()).toMatch(/frames: \d+\n/)
    await until('checksum of nothing', () => take().includes('sha256: e3b0c44298fc1c14'))
  })

  it('gives up with words when the engine dies 5 times in 10 s', async () => {
    const { desk, status, ended } = await start(newFolder())
    const gaveUp = expect(ended).rejects.toThrow(
      /the engine process ended 5 times in 10 s, last with signal SIGKILL: the desk gives up/,
    )
    let pid = (await status()).engine.pid
    for (let death = 1; death <= 5; death++) {
      process.kill(pid, 'SIGKILL')
      if (death === 5) break
      await until('next engine', () => {
        const next = readRunFile(desk.stateFolder)?.pids.engine ?? pid
        const isNew = next !== pid
        pid = next
        return isNew
      })
    }
    await gaveUp
  })
})

describe('a desk that cannot start', { timeout: 20_000 }, () => {
  it('says that another desk runs in the state folder', async () => {
    const state = newFolder()
    await start(state)
    await expect(start(state)).rejects.toMatchObject({
      code: 'running',
      message: expect.stringContaining(`process ${process.pid}`),
    })
  })

  it('says that the port is in use', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
    const { port } = socket.address()
    await expect(start(newFolder(), { osc: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'portInUse' })
    socket.close()
  })

  it('says that the sound card is missing, in the words of the engine process', async () => {
    await expect(start(newFolder(), { device: 'Babyface' })).resolves.toBeDefined()
    await expect(start(newFolder(), { audio: 'auto', device: 'Babyface' })).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/sound card "Babyface" does not open: PortAudio does not load/),
    })
  })

  it('says which track folder is not there', async () => {
    await expect(start(newFolder(), { play: '/nowhere' })).rejects.toMatchObject({ code: 'audioFile' })
  })
})
