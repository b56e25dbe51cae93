// The native hosts, driven by their C++ harness: the virtual clock, and PortAudio on a real-time JACK server that dies and returns.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtObject, compiled } from '../fixtures/compiled.js'
import { type JackServer, mayRunRealTime, missingJack, startJackServer } from '../fixtures/jack-server.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
let harness = ''
const naudiodon = join(root, 'node_modules/naudiodon')
const bundled = join(naudiodon, 'build/Release/libportaudio.so.2')

beforeAll(async () => {
  const hosts = join(root, 'src/native/hosts')
  const sources = readdirSync(hosts).filter((file) => file.endsWith('.cc'))
  const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off']
  const includes = [`-I${join(root, 'src/native')}`, `-I${join(naudiodon, 'portaudio/include')}`]
  const files = [join(root, 'test/native/hosts-test.cc'), ...sources.map((file) => builtObject(`hosts/${basename(file, '.cc')}`))]
  harness = await compiled('hosts-test', 'g++', [...flags, ...includes, ...files, '-ldl', '-lpthread'])
}, 180_000)

interface State {
  receivedMs: number
  event: 'running' | 'lost' | 'back' | 'ending' | 'stopped'
  ms: number
  frames: number
  host: number
  lost: number
  xruns: number
  overlaps: number
  deviceChanges: number
  worstGapMs: number
  inputs: number
  outputs: number
  policy: number
  latencyMs: number
  roundTripFrames: number
  bufferFrames: number
  needsReplacement: boolean
  problem: string
}

describe('virtual host', () => {
  it('calls the processor 48,000 frames a second and not once after stop', async () => {
    console.log((await run(harness, ['virtual-clock'])).stdout.trim())
  })

  it('after a block that took 105 ms runs the nine late blocks back to back, counts each, and drops none', async () => {
    console.log((await run(harness, ['virtual-stall'])).stdout.trim())
  })

  it('loops outputs to inputs after exactly one buffer of 32, 100 or 256 frames', async () => {
    await run(harness, ['virtual-loopback'])
  })
})

/** A running harness with its states as they come. */
class Desk {
  private readonly child: ChildProcessWithoutNullStreams
  private readonly states: State[] = []
  private wake: () => void = () => {}
  stderr = ''
  constructor(args: string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(harness, args, { env })
    createInterface(this.child.stdout).on('line', (line) => {
      this.states.push({ ...JSON.parse(line), receivedMs: Date.now() })
      this.wake()
    })
    this.child.stderr.on('data', (text) => {
      this.stderr += text
    })
    this.child.on('exit', () => this.wake())
  }
  async next(event: State['event'], withinMs: number): Promise<State> {
    const limit = Date.now() + withinMs
    while (this.states.length === 0 && Date.now() < limit && this.child.exitCode === null) {
      await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), sleep(limit - Date.now())])
    }
    const state = this.states.shift()
    if (state?.event !== event) throw new Error(`no "${event}" within ${withinMs} ms but ${JSON.stringify(state)} ${this.stderr}`)
    return state
  }
  /** Stops the host and gives the state just before; throws if a check of the harness failed. */
  async end(): Promise<State> {
    const exit = new Promise<number | null>((resolve) => this.child.once('exit', resolve))
    this.child.stdin.end()
    const state = await this.next('ending', 5000)
    await this.next('stopped', 5000)
    expect(await exit, this.stderr).toBe(0)
    return state
  }
  kill(): void {
    this.child.kill('SIGKILL')
  }
}

const noise = (frames: number, seed: number): Float32Array => {
  let state = seed
  return Float32Array.from({ length: frames }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 32 - 0.5) * 0.9 + 1e-6
  })
}

/** How many frames later `played` is in `recorded`, and how many of its samples are other ones there. */
const delayOf = (played: Float32Array, recorded: Float32Array): { delay: number; wrong: number } => {
  const delay = recorded.indexOf(played[0] as number)
  return { delay, wrong: played.reduce((sum, sample, i) => sum + (Object.is(sample, recorded[delay + i]) ? 0 : 1), 0) }
}

const libraries = [
  { name: "the system's PortAudio over JACK", path: '', device: 'system', missing: '' },
  {
    name: "naudiodon's PortAudio over ALSA",
    path: bundled,
    device: 'desk',
    missing: existsSync(bundled) && process.arch === 'x64' ? '' : 'naudiodon brings no library for this machine',
  },
]

const noJack = missingJack()

describe.skipIf(noJack !== '')(`PortAudio host on a JACK server${noJack && `, skipped: ${noJack}`}`, () => {
  let jack: JackServer
  beforeAll(async () => {
    jack = await startJackServer({ periodFrames: 256 })
  }, 20_000)
  afterAll(() => jack?.stop(), 20_000)

  it('lists the server with 32 inputs and 8 outputs as the default, with nothing on stdout or stderr but the list', async () => {
    const { stdout, stderr } = await run(harness, ['devices', ''], { env: jack.env })
    const system = { name: 'system', hostApi: 'JACK Audio Connection Kit', inputs: 32, outputs: 8, defaultSampleRateHz: 48000 }
    expect(JSON.parse(stdout)).toContainEqual({ ...system, isDefault: true })
    expect(stderr).toBe('')
  })

  it('names the devices that there are when one is missing', async () => {
    const { stdout } = await run(harness, ['error', '', 'Babyface', '256', '48000'], { env: jack.env })
    expect(stdout).toContain('no audio device is called "Babyface"')
    expect(stdout).toContain('"system" (JACK Audio Connection Kit, 32 in, 8 out)')
  })

  it('says at which rate the device runs when asked for another', async () => {
    const { stdout } = await run(harness, ['error', '', 'system', '256', '44100'], { env: jack.env })
    expect(stdout).toContain('does not take 44100 Hz; it runs at 48000 Hz')
  })

  for (const library of libraries) {
    describe.skipIf(library.missing !== '')(`${library.name}${library.missing && `, skipped: ${library.missing}`}`, () => {
      it('passes two channels of noise bit for bit, with a constant delay and real-time priority', async () => {
        const desk = new Desk(['run', library.path, library.device.toUpperCase(), '256', '48000'], jack.env)
        try {
          const running = await desk.next('running', 8000)
          expect([running.inputs, running.outputs]).toEqual([32, 8])
          const ports = await jack.ports()
          const [ins, outs] = ['in_', 'out_'].map((kind) => ports.filter((port) => port.includes(`:${kind}`))) as [
            string[],
            string[],
          ]
          const played = [noise(24_000, 1), noise(24_000, 2)]
          const connections = [
            ['probe:out_1', ins[0]],
            ['probe:out_2', ins[1]],
            [outs[0], 'probe:in_1'],
            [outs[1], 'probe:in_2'],
          ] as [string, string][]
          const loop = async () => {
            const { recorded, xruns } = await jack.probe({ inputs: 2, outputs: 2, frames: 26_000, play: played, connections })
            return { xruns, results: played.map((channel, c) => delayOf(channel, recorded[c] as Float32Array)) }
          }
          // A break that the server itself reports, on a loaded machine, says nothing about the host: once more.
          let { xruns, results } = await loop()
          for (let attempt = 0; attempt < 3 && xruns > 0; attempt++) ({ xruns, results } = await loop())
          const end = await desk.end()
          const figures = `delay ${results[0]?.delay} frames, reported ${end.roundTripFrames} (${end.latencyMs} ms)`
          console.log(`${library.name}: ${figures}, xruns ${end.xruns}, of the probe ${xruns}, policy ${end.policy}`)
          expect(results.map((r) => r.wrong)).toEqual([0, 0])
          expect(results.map((r) => r.delay)).toEqual([end.roundTripFrames, end.roundTripFrames])
          expect(end.policy).toBe(mayRunRealTime() ? 1 : 0)
          expect(desk.stderr).toBe('')
        } finally {
          desk.kill()
        }
      }, 30_000)

      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        it(`goes on with the virtual clock when the server gets ${signal}, and takes the device again when it is back`, async () => {
          const desk = new Desk(['run', library.path, library.device, '256', '48000'], jack.env)
          try {
            await desk.next('running', 8000)
            await sleep(300)
            const killed = Date.now()
            await jack.kill(signal)
            const lost = await desk.next('lost', 3000)
            const lostAfterMs = Date.now() - killed
            await sleep(700)
            const restarted = Date.now()
            await jack.restart()
            const back = await desk.next('back', 6000)
            const backAfterMs = back.receivedMs - restarted
            await sleep(300)
            const end = await desk.end()
            const gap = `longest gap ${end.worstGapMs.toFixed(0)} ms`
            console.log(
              `${library.name}, ${signal}: lost after ${lostAfterMs} ms, ${gap}, back ${backAfterMs} ms after the server was started`,
            )
            expect(backAfterMs).toBeLessThan(6000)
            expect([lost.lost, back.lost, back.host, end.host]).toEqual([1, 0, 2, 2])
            expect(end.deviceChanges).toBe(3)
            expect(end.needsReplacement).toBe(false)
            expect(end.problem).toBe('')
            expect(desk.stderr).toBe('')
            // The virtual clock ran in the meantime, at the desk's rate.
            expect((back.frames - lost.frames) / (back.ms - lost.ms)).toBeCloseTo(48, -1)
            expect(end.frames).toBeGreaterThan(back.frames)
          } finally {
            desk.kill()
          }
        }, 30_000)
      }
    })
  }

  it('begins on the virtual clock when the server is not there yet, and takes the device when it comes', async () => {
    await jack.kill('SIGTERM')
    const desk = new Desk(['wait', '', 'system', '256', '48000'], jack.env)
    try {
      const running = await desk.next('running', 8000)
      expect([running.host, running.lost]).toEqual([1, 1])
      expect(running.problem).toContain('no audio device is called "system"')
      await jack.restart()
      const back = await desk.next('back', 6000)
      expect([back.host, back.inputs, back.outputs]).toEqual([2, 32, 8])
      await desk.end()
    } finally {
      desk.kill()
      if (jack.pid === 0) await jack.restart()
    }
  }, 30_000)
})
