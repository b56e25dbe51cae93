// The real thing: PortAudio on a JACK server's dummy driver, noise in on one side, bits compared on the other.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'
import { type JackServer, missingJack, startJackServer } from '../fixtures/jack-server.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { readWav } from '../fixtures/wav.js'

const missing = missingJack()
const stallPreload = new URL('../fixtures/stall.mjs', import.meta.url).href
const desk = `
strips: [{name: In, stereo: true, input: in1}]
buses: 1
inputs: 2
outputs: 2
`

function noise(frames: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: frames }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state / 2 ** 31) * 0.25
  })
}

/** Frames that `heard` is behind `played`: where a piece from its middle is found again to the bit. */
function delayOf(played: Float32Array, heard: Float32Array): number {
  const from = played.length >> 1
  for (let delay = 0; delay < 20_000; delay++) {
    let n = 0
    while (n < 64 && heard[from + n + delay] === played[from + n]) n++
    if (n === 64) return delay
  }
  return -1
}

/** Frames that differ between `from` and the end. */
function differences(played: Float32Array, heard: Float32Array, delay: number, from: number): number {
  let count = 0
  for (let n = from; n + delay < heard.length && n < played.length; n++) if (heard[n + delay] !== played[n]) count++
  return count
}

describe.skipIf(missing)(`PortAudio on JACK${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let jack: JackServer
  let folder: string
  let live: LiveDesk
  const start = async (args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<void> => {
    live = await startDesk({
      args: ['--audio', 'portaudio', '--device', 'system', '--buffer', '1024', ...args],
      desk,
      env: { ...jack.env, ...env },
    })
  }
  /** Plays noise through the desk and gives what comes back, while `meanwhile` happens. */
  const through = async (seconds: number, meanwhile: () => Promise<void>) => {
    const ports = await jack.ports()
    const inputs = ports.filter((p) => /^deskd.*in/.test(p))
    const outputs = ports.filter((p) => /^deskd.*out/.test(p))
    expect([inputs.length, outputs.length]).toEqual([2, 2])
    const frames = 48000 * seconds
    const played = [noise(frames, 1), noise(frames, 2)]
    const probe = jack.probe({
      inputs: 2,
      outputs: 2,
      frames,
      play: played,
      connections: [
        ['probe:out_1', inputs[0] ?? ''],
        ['probe:out_2', inputs[1] ?? ''],
        [outputs[0] ?? '', 'probe:in_1'],
        [outputs[1] ?? '', 'probe:in_2'],
      ],
    })
    await Promise.all([probe, meanwhile()])
    const { recorded } = await probe
    const [left, right] = [recorded[0], recorded[1]]
    if (!played[0] || !played[1] || !left || !right) throw new Error('no channels')
    const delay = delayOf(played[0], left)
    return { delay, lost: [differences(played[0], left, delay, 4096), differences(played[1], right, delay, 4096)] }
  }

  beforeAll(async () => {
    jack = await startJackServer({ inputs: 2, outputs: 2, periodFrames: 1024 })
    folder = mkdtempSync(join(tmpdir(), 'deskd-jack-e2e-'))
  }, 60_000)
  afterAll(async () => {
    await live?.stop()
    await jack?.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it('passes noise through strip, master and monitor to the bit, and tells its thread policy', async () => {
    await start()
    const { delay, lost } = await through(3, async () => {})
    expect(lost).toEqual([0, 0])
    expect(delay).toBeGreaterThan(87) // the limiter's look-ahead at least
    const { engine } = await live.status()
    expect(engine.host).toBe('portaudio')
    expect(engine.schedulingPolicy).toMatch(/SCHED_/)
    await live.stop()
  }, 60_000)

  it('loses no sample at the output when control is killed, and OSC answers again within 3 s', async () => {
    await start()
    let backMs = 0
    const { lost } = await through(6, async () => {
      await sleep(2000)
      const before = live.run().pids.control
      live.kill('control')
      const killed = Date.now()
      await live.until('control comes back', async () => (await live.status()).control.pid !== before)
      backMs = Date.now() - killed
    })
    expect(lost).toEqual([0, 0])
    expect(backMs).toBeLessThan(3000)
    await live.stop()
  }, 60_000)

  it('loses no sample when every JavaScript thread stalls for 100 ms, twice a second', async () => {
    await start([], { NODE_OPTIONS: `--import=${stallPreload}` })
    const { lost } = await through(5, async () => {})
    expect(lost).toEqual([0, 0])
    await live.stop()
  }, 60_000)

  it('moves the recorded master by −10 dB when OSC moves the fader by −10 dB', async () => {
    const master = join(folder, 'm.wav')
    await start(['--record', master])
    await through(4, async () => {
      await sleep(1800)
      await live.set('strip.1.faderDb', -10)
    })
    await live.stop()
    const [left] = readWav(master).channels
    if (!left) throw new Error('no channel')
    const rmsDb = (from: number, to: number): number => {
      let sum = 0
      for (let n = from; n < to; n++) sum += (left[n] ?? 0) ** 2
      return 10 * Math.log10(sum / (to - from))
    }
    const heard = left.findIndex((x) => x !== 0)
    const fell = (() => {
      for (let n = heard + 24000; ; n += 480) if (rmsDb(n, n + 4800) < rmsDb(heard, heard + 24000) - 8) return n
    })()
    expect(rmsDb(fell + 4800, fell + 28800) - rmsDb(fell - 28800, fell - 4800)).toBeCloseTo(-10, 1)
  }, 60_000)

  it('goes on and records on when the sound server dies, and the device is back within 3 s of its return', async () => {
    const take = join(folder, 'take')
    await start(['--record', take])
    await jack.kill()
    await live.until('the virtual clock takes over', async () => (await live.status()).engine.deviceLost)
    const at = (await live.status()).engine.frames
    await live.until('the engine goes on', async () => (await live.status()).engine.frames > at + 24_000)
    await jack.restart()
    const back = Date.now()
    await live.until('the device is back', async () => !(await live.status()).engine.deviceLost)
    expect(Date.now() - back).toBeLessThan(3000)
    const { lost } = await through(3, async () => {})
    expect(lost).toEqual([0, 0])
    await live.stop()
    // One recording from before the loss to behind the return: what came in at the card renders to what was heard.
    const again = join(folder, 'again.wav')
    expect((await deskd('render', '--take', take, '--out', again)).code).toBe(0)
    const [heard, rendered] = [readWav(join(take, 'master.wav')), readWav(again)]
    expect(rendered.channels.map((c, i) => c.findIndex((x, n) => x !== heard.channels[i]?.[n]))).toEqual([-1, -1])
    expect(heard.channels[0]?.some((x) => Math.abs(x) > 0.1)).toBe(true)
  }, 60_000)
})
