// The MIDI process from outside: frames both ways, and what becomes of the ports when it hangs, dies or has no sequencer.
import { fileURLToPath } from 'node:url'
import { firstValueFrom, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PortName } from '../../../src/surface/link.js'
import { FrameReader, frame } from '../../../src/surface/ports/frames.js'
import { MidiPorts } from '../../../src/surface/ports/midi-ports.js'
import { until } from '../../fixtures/until.js'

const entry = fileURLToPath(new URL('../../fixtures/fake-midi-process.mjs', import.meta.url))

interface Seen {
  readonly ports: MidiPorts
  list: readonly PortName[]
  readonly words: string[]
}

function start(env: Record<string, string> = {}): Seen {
  Object.assign(process.env, env)
  const ports = new MidiPorts({ pollMs: 50, entry, pingEveryMs: 50, firstBackOffMs: 20 })
  for (const name of Object.keys(env)) delete process.env[name]
  const seen: Seen = { ports, list: [], words: [] }
  ports.ports$.subscribe((list) => {
    seen.list = list
  })
  ports.status$.subscribe((words) => seen.words.push(words))
  onTestFinished(() => ports.close())
  return seen
}

const named = ({ list }: Seen, name: string): PortName => list.find((port) => port.name === name)!
const started = async (env: Record<string, string> = {}): Promise<Seen> => {
  const seen = start(env)
  await until('the list', () => seen.list.length > 0)
  return seen
}

describe('frames', () => {
  it('come out as they went in, however the pipe cuts them', () => {
    const frames = [frame(3, 65535, Uint8Array.of(1, 2, 3)), frame(1), frame(6, 7, new Uint8Array(5000).fill(9))]
    const bytes = Buffer.concat(frames)
    for (const size of [1, 2, 6, 7, 8, 4096, bytes.length]) {
      const reader = new FrameReader()
      const read = []
      for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)))
      expect(read.map(({ kind, link, payload }) => frame(kind, link, payload))).toEqual(frames)
    }
  })

  it('of a length that nobody writes are refused', () => {
    expect(() => new FrameReader().push(Buffer.from([255, 255, 255, 255, 1, 0, 0]))).toThrow('a frame of 4294967295 bytes')
  })
})

describe('the MIDI process', () => {
  it('lists ports, opens them and carries bytes both ways in order', async () => {
    const seen = await started()
    expect(seen.list.map(({ name }) => name)).toEqual(['echo', 'hangs', 'ends', 'goes', 'early'])
    const link = await seen.ports.open(named(seen, 'echo'))
    const heard = firstValueFrom(link.messages$.pipe(toArray()))
    const sent = Array.from({ length: 1000 }, (_, i) => Uint8Array.of(0xe0, i & 127, i >> 7))
    for (const bytes of sent) link.send(bytes)
    let count = 0
    link.messages$.subscribe(() => count++)
    await until('the echo', () => count === 1000)
    link.close()
    expect((await heard).map((bytes) => [...bytes])).toEqual(sent.map((bytes) => [...bytes]))
  })

  it('drops what a device sent before anybody listened', async () => {
    const seen = await started()
    const link = await seen.ports.open(named(seen, 'early'))
    const first = await firstValueFrom(link.messages$)
    expect([...first]).toEqual([0x90, 2, 2])
  })

  it('says in words what is not there', async () => {
    const seen = await started()
    await expect(seen.ports.open({ ...named(seen, 'echo'), place: '2' })).rejects.toThrow('echo is not there')
  })

  it('ends a link when its device goes', async () => {
    const seen = await started()
    const link = await seen.ports.open(named(seen, 'goes'))
    const ended = firstValueFrom(link.messages$.pipe(toArray()))
    link.send(Uint8Array.of(0xfe))
    expect(await ended).toEqual([])
    await until('the list without it', () => named(seen, 'goes') === undefined)
  })

  it('that hangs in a driver is replaced, links end, and this process went on meanwhile', async () => {
    const seen = await started()
    const first = seen.ports.pid
    const link = await seen.ports.open(named(seen, 'echo'))
    const ended = firstValueFrom(link.messages$.pipe(toArray()))
    let turns = 0
    const turning = setInterval(() => turns++, 5)
    await expect(seen.ports.open(named(seen, 'hangs'))).rejects.toThrow('the MIDI process ended')
    clearInterval(turning)
    expect(turns).toBeGreaterThan(20)
    await ended
    await until('another process', () => seen.list.length > 0 && seen.ports.pid !== undefined && seen.ports.pid !== first)
    const again = await seen.ports.open(named(seen, 'echo'))
    const heard = firstValueFrom(again.messages$)
    again.send(Uint8Array.of(0x90, 1, 2))
    expect([...(await heard)]).toEqual([0x90, 1, 2])
  })

  it('that dies is a status, then it is there again', async () => {
    const seen = await started()
    await expect(seen.ports.open(named(seen, 'ends'))).rejects.toThrow('the MIDI process ended')
    await until('ports again', () => seen.list.length > 0)
    expect(seen.words).toEqual(['', 'the MIDI process ended (exit code 3) and is started anew', ''])
  })

  it('without a sequencer says so once and goes on', async () => {
    const seen = start({ NO_MIDI: '1' })
    await until('the status', () => seen.words.length > 1)
    const { pid } = seen.ports
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(seen.words).toEqual(['', 'no MIDI: Failed to initialise RtMidi'])
    expect(seen.list).toEqual([])
    expect(seen.ports.pid).toBe(pid)
  })

  it('ends with its parent, even while it hangs', async () => {
    const { spawn } = await import('node:child_process')
    const parent = spawn(process.execPath, [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(entry)}, '50'], { stdio: ['pipe', 'pipe', 'inherit'] })
       child.stdout.once('data', () => {
         const name = Buffer.from(JSON.stringify({ name: 'hangs', place: '1' }))
         const head = Buffer.alloc(7)
         head.writeUInt32LE(name.length)
         head[4] = 2
         child.stdin.write(Buffer.concat([head, name]), () => setTimeout(() => { console.log(child.pid); process.kill(process.pid, 'SIGKILL') }, 300))
       })`,
    ])
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))))
    expect(pid).toBeGreaterThan(1)
    await until('the end of the orphan', () => !isAlive(pid))
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
