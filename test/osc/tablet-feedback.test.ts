// Tablets whose controls are parameters: told all at the start, then what changed, never what they said; virtual time.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decode, isBundle, type OscMessage, type OscPacket } from '../../src/osc/decode.js'
import { encodeMessage, type TypedArg } from '../../src/osc/encode.js'
import { KnownTablets, type Tablet } from '../../src/osc/known-tablets.js'
import type { Peer } from '../../src/osc/peer.js'
import { createOscServer } from '../../src/osc/server.js'
import { tabletLimits } from '../../src/osc/tablet-feedback.js'
import { tabletJobs } from '../../src/osc/tablet-jobs.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { ParameterStore } from '../../src/params/store.js'
import { normOfValue, valueOfNorm } from '../../src/params/value.js'
import { number, param, string, testDesk } from './desk.js'

const a: Peer = { address: '10.0.0.1', port: 50001 }
const b: Peer = { address: '10.0.0.2', port: 50002 }

const messagesIn = (packet: OscPacket | string): OscMessage[] => {
  if (typeof packet === 'string') throw new Error(packet)
  return isBundle(packet) ? packet.elements.flatMap(messagesIn) : [packet]
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['performance', 'setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'setImmediate', 'clearImmediate'],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Heard {
  readonly port: number
  readonly address: string
  readonly value: unknown
}

function desk(tablets: readonly Tablet[] = [], veto?: Parameters<typeof testDesk>[0]) {
  let kept: readonly Tablet[] = tablets
  const known = new KnownTablets(tablets, (all) => {
    kept = all
  })
  const at = testDesk(veto)
  let raw = 0.5
  const server = createOscServer({ ...at.desk, meter: () => raw }, { known })
  const heard: Heard[] = []
  const datagrams: number[] = []
  const listeners: ((heard: Heard) => void)[] = []
  at.store.changes$.subscribe(server.changed)
  server.outgoing$.subscribe(({ bytes, to }) => {
    datagrams.push(bytes.length)
    for (const { address, args } of messagesIn(decode(bytes))) {
      const one = { port: to.port, address, value: args[0] }
      heard.push(one)
      for (const listener of listeners) listener(one)
    }
  })
  const timer = setInterval(() => server.tend(performance.now()), tabletLimits.tickMs)
  const say = (from: Peer, address: string, ...args: TypedArg[]): void =>
    server.receive({ bytes: encodeMessage(address, args), from })
  /** Lets time go by and gives what was sent in it, in words. */
  const wait = (ms: number): string[] => {
    heard.length = 0
    vi.advanceTimersByTime(ms)
    return heard.map(
      ({ port, address, value }) => `${port} ${address} ${typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value}`,
    )
  }
  const withoutSweep = (lines: string[]): string[] => lines.filter((line) => /faderDb|mute/.test(line) && /strip\/1\//.test(line))
  const close = (): void => {
    clearInterval(timer)
    server.close()
  }
  return {
    ...at,
    server,
    known,
    say,
    wait,
    withoutSweep,
    heard,
    datagrams,
    listeners,
    close,
    kept: () => kept,
    meter: (value: number) => {
      raw = value
    },
  }
}

describe('a tablet', () => {
  it.each(Object.keys(tabletJobs))('says hello for %s and is told everything once, in datagrams of at most 1400 bytes', (job) => {
    const { say, wait, datagrams } = desk()
    say(a, '/tablet/hello', string(job))
    const told = wait(400).filter((line) => !line.includes('/meter/'))
    expect(told.length).toBeGreaterThan(30)
    const addresses = told.map((line) => line.split(' ')[1])
    expect(new Set(addresses).size).toBeGreaterThan(addresses.length - 30) // the sweep has begun
    expect(told).toContain('50001 /norm/master/faderDb 0.75')
    expect(Math.max(...datagrams)).toBeLessThanOrEqual(tabletLimits.bundleBytes)
    expect(datagrams.length).toBeLessThan(addresses.length / 4)
  })

  it('is told a change of another one, as 0…1 and in words; its own in words only', () => {
    const { say, wait, withoutSweep } = desk()
    say(a, '/tablet/hello', string('mix'))
    say(b, '/tablet/hello', string('mix'))
    wait(1000)
    say(a, '/norm/strip/1/faderDb', number(0.5))
    const told = withoutSweep(wait(100))
    expect(told.sort()).toEqual([
      '50001 /text/strip/1/faderDb -10.0 dB',
      '50002 /norm/strip/1/faderDb 0.5',
      '50002 /text/strip/1/faderDb -10.0 dB',
    ])
    expect(withoutSweep(wait(1000))).toEqual([])
  })

  it('is told where the desk differs from what it said, when its finger rests: a refused change, a value beyond the range', () => {
    const { say, wait, withoutSweep } = desk([], (wanted) => (wanted.id === 'strip.1.mute' ? 'no' : undefined))
    say(a, '/tablet/hello', string('/strip/1/{mute,faderDb}'))
    wait(1000)
    say(a, '/strip/1/mute', number(1))
    say(a, '/strip/1/faderDb', number(20))
    expect(withoutSweep(wait(250)).filter((line) => !line.includes('/error'))).toEqual([])
    expect(withoutSweep(wait(200))).toEqual(['50001 /strip/1/mute 0', '50001 /strip/1/faderDb 10'])
  })

  it('is not moved by others while its finger is on a fader, and then brought to where it is', () => {
    const { say, wait } = desk()
    say(a, '/tablet/hello', string('/norm/strip/1/faderDb'))
    wait(1000)
    for (let i = 0; i < 20; i++) {
      say(a, '/norm/strip/1/faderDb', number(0.5 + i / 100))
      say(b, '/norm/strip/1/faderDb', number(0.1))
      expect(wait(50).filter((line) => line.startsWith('50001'))).toEqual([])
    }
    expect(wait(400)).toEqual(['50001 /norm/strip/1/faderDb 0.1'])
  })

  it('hears of meters when they change, at most 20 times a second; silence is −150 dB', () => {
    const { say, wait, meter } = desk()
    say(a, '/tablet/hello', string('/strip/1/meter/peakDb'))
    expect(wait(1000)).toEqual(['50001 /strip/1/meter/peakDb -6.0206'])
    meter(0)
    expect(wait(1000)).toEqual(['50001 /strip/1/meter/peakDb -150'])
    let told = 0
    for (let i = 0; i < 100; i++) {
      meter(0.1 + 0.009 * (i % 2) * i)
      told += wait(10).length
    }
    expect(told).toBeGreaterThan(5)
    expect(told).toBeLessThanOrEqual(20)
  })

  it('what was lost on the way comes again within 20 s, evenly', () => {
    const { say, wait } = desk()
    say(a, '/tablet/hello', string('mix'))
    const states = (ms: number) => wait(ms).filter((line) => !/\/meter\/|\/transport\//.test(line))
    const all = new Set(states(2000))
    const seconds = Array.from({ length: 20 }, () => states(1000))
    expect(new Set(seconds.flat())).toEqual(all)
    for (const second of seconds) expect(Math.abs(second.length - all.size / 20)).toBeLessThan(3)
  })

  it('without a name it is forgotten after ten minutes of silence; /tablet/here keeps it, and tells a desk that started anew', () => {
    const { say, wait } = desk()
    say(a, '/tablet/here', string('/strip/1/mute'))
    expect(wait(1000)).toEqual(['50001 /strip/1/mute 0'])
    for (let i = 0; i < 6; i++) {
      say(a, '/tablet/here', string('/strip/1/mute'))
      expect(wait(15_000).length).toBeLessThan(2) // only the sweep: one in 20 s
    }
    wait(601_000)
    expect(wait(60_000)).toEqual([])
  })

  it('listens at another port where it says so', () => {
    const { say, wait } = desk()
    say(a, '/tablet/hello', string('/strip/1/mute'), { type: 'i', value: 9001 })
    expect(wait(100)).toEqual(['9001 /strip/1/mute 0'])
  })

  it('says goodbye', () => {
    const { say, wait } = desk()
    say(a, '/tablet/hello', string('mix'))
    wait(100)
    say(a, '/tablet/bye')
    wait(50)
    expect(wait(30_000)).toEqual([])
  })

  it('with a name it is told again after a restart, without a word', () => {
    const first = desk([{ name: 'ipad', address: a.address }])
    first.say(a, '/tablet/hello', string('/strip/1/mute'))
    first.wait(100)
    first.close()
    const second = desk(first.kept())
    expect(second.wait(100)).toEqual(['50001 /strip/1/mute 0'])
    second.wait(3_600_000)
    second.store.set(param('strip.1.mute'), 1, 'test')
    expect(second.wait(50)).toEqual(['50001 /strip/1/mute 1'])
  })

  it('with a name but no script it is told of the job that it touches', () => {
    const { say, wait, kept } = desk([{ name: 'ipad', address: a.address, replyPort: 9001 }])
    say(a, '/norm/strip/2/pan', number(0.25))
    const told = wait(500)
    expect(told).toContain('9001 /norm/master/faderDb 0.75')
    expect(told).toContain('9001 /text/strip/2/pan L50')
    expect(told.filter((line) => line.includes('/norm/strip/2/pan'))).toEqual([])
    expect(kept()[0]?.wants).toEqual(['mix'])
  })

  it('a stranger is told nothing that it did not ask for', () => {
    const { say, wait } = desk([{ name: 'ipad', address: a.address, replyPort: 9001 }])
    say(b, '/norm/strip/2/pan', number(0.25))
    say(b, '/strip/2/pan')
    expect(wait(60_000)).toEqual(['50002 /strip/2/pan -50'])
  })

  it('asks for what is not there, for too much, or comes too late: told so', () => {
    const { say, wait, server } = desk()
    say(a, '/tablet/hello', string('mixx'))
    expect(wait(50)[0]).toMatch(/\/error \/tablet\/hello: expected mix, master or a pattern/)
    say(a, '/tablet/hello', ...Array.from({ length: 17 }, () => string('mix')))
    expect(wait(50)[0]).toMatch(/at most 16 jobs/)
    say(a, '/tablet/hello')
    expect(wait(50)[0]).toMatch(/expected jobs or patterns/)
    for (let i = 0; i < tabletLimits.clients; i++) say({ ...b, port: 2000 + i }, '/tablet/hello', string('/strip/1/mute'))
    wait(100)
    say(a, '/tablet/hello', string('mix'))
    expect(wait(50).find((line) => line.includes('/error'))).toMatch(/32 tablets are told already/)
    expect(server.counts.malformed).toBe(0)
  })
})

describe('an hour of two tablets and a surface on one fader', () => {
  it.each([
    ['polite', false],
    ['echoing whatever they hear', true],
  ])('tablets %s: nothing grows, and all end where the last hand put it', (_, isEcho) => {
    const { say, wait, heard, listeners, store } = desk()
    const fader = param('strip.1.faderDb')
    const stands = new Map<number, number>()
    listeners.push(({ port, address, value }) => {
      if (address !== '/norm/strip/1/faderDb') return
      stands.set(port, value as number)
      if (isEcho) say(port === a.port ? a : b, address, number(value as number))
    })
    let messages = 0
    const shown = [string('/norm/strip/1/faderDb'), string('/text/strip/1/faderDb')]
    for (const tablet of [a, b]) say(tablet, '/tablet/hello', ...shown)
    const seconds = 3600
    let moves = 0
    for (let second = 0; second < seconds; second++) {
      // Three hands in turns, twenty moves in a tenth of a second, then a rest.
      const hand = [a, b, undefined][second % 7]
      for (let i = 0; i < 20 && second % 7 < 3; i++) {
        const norm = Math.abs(Math.sin(second * 13 + i / 9))
        moves++
        if (hand) {
          stands.set(hand.port, norm)
          say(hand, '/norm/strip/1/faderDb', number(norm))
        } else store.set(fader, valueOfNorm(fader, norm), 'surface:test')
        vi.advanceTimersByTime(5)
      }
      if (second % 10 === 0) for (const tablet of [a, b]) say(tablet, '/tablet/here', ...shown)
      vi.advanceTimersByTime(second % 7 < 3 ? 900 : 1000)
      messages += heard.filter(({ address }) => address.endsWith('strip/1/faderDb')).length
      heard.length = 0
    }
    // To each of two, under each of two addresses: what falls into ticks while somebody moves and once behind it, and the sweep.
    const busySeconds = Math.ceil((seconds * 3) / 7)
    expect(moves).toBeGreaterThan(20_000)
    expect(messages).toBeLessThan(busySeconds * 2 * 2 * 5 + (2 * 2 * seconds) / 20)
    expect(messages).toBeGreaterThan(busySeconds)
    wait(2000)
    const end = normOfValue(fader, store.value(fader))
    expect(stands.get(a.port)).toBeCloseTo(end, 5)
    expect(stands.get(b.port)).toBeCloseTo(end, 5)
    expect(wait(1000).filter((line) => line.includes('/norm/strip/1/faderDb')).length).toBeLessThanOrEqual(2)
  })
})

it('every pattern of a job finds something on a plain desk, but for what may be missing', () => {
  const registry = buildRegistry(defaultTopology)
  const { store, desk: port } = testDesk()
  const server = createOscServer({
    ...port,
    store: new ParameterStore(registry, new Float32Array(), [], { set: () => {}, setText: () => {} }),
  })
  const failed: string[] = []
  server.outgoing$.subscribe(({ bytes }) => {
    for (const { address, args } of messagesIn(decode(bytes))) if (address === '/error') failed.push(String(args[0]))
  })
  const patterns = Object.values(tabletJobs)
    .flat()
    .filter((pattern) => !pattern.includes('ypass'))
  for (const [i, pattern] of patterns.entries())
    server.receive({ bytes: encodeMessage('/tablet/hello', [string(pattern)]), from: { ...a, port: 3000 + (i % 20) } })
  vi.advanceTimersByTime(1000)
  expect(failed).toEqual([])
  expect(store.registry).toBeDefined()
})
