import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TypedArg } from '../../src/osc/encode.js'
import { encodeBundle, encodeMessage } from '../../src/osc/encode.js'
import { serverLimits } from '../../src/osc/server.js'
import { ntpOfUnixMs } from '../../src/osc/time-tag.js'
import { actionAddress, actionNames, argsOf } from '../../src/params/actions.js'
import { normOfValue, valueOfNorm } from '../../src/params/value.js'
import { clientA, clientB, messageOf, number, param, registry, string, testServer, text } from './desk.js'

const int = (value: number): TypedArg => ({ type: 'i', value })
const yes: TypedArg = { type: 'T', value: true }
const no: TypedArg = { type: 'F', value: false }

describe('set and ask', () => {
  it('sets −7.5 dB and answers it to the asker as f', async () => {
    const { talk, store } = testServer()
    expect(await talk('/strip/1/faderDb', [number(-7.5)])).toEqual([])
    expect(store.value(param('strip.1.faderDb'))).toBe(-7.5)
    expect(await talk('/strip/1/faderDb', [], clientB)).toEqual(['50002 /strip/1/faderDb -7.5'])
  })

  it('takes any numeric type, −inf, and clamps what is beyond the range', async () => {
    const { talk, store } = testServer()
    const fader = param('strip.1.faderDb')
    const given: [TypedArg, number][] = [
      [int(-3), -3],
      [{ type: 'd', value: -4.5 }, -4.5],
      [number(Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY],
      [number(50), 10],
      [string('-inf'), Number.NEGATIVE_INFINITY],
      [string('-6'), -6],
    ]
    for (const [arg, expected] of given) {
      expect(await talk('/strip/1/faderDb', [arg])).toEqual([])
      expect(store.value(fader)).toBe(expected)
    }
  })

  it('refuses NaN, counts it and says so', async () => {
    const { talk, store, server } = testServer()
    expect(await talk('/strip/1/faderDb', [number(Number.NaN)])).toEqual(['50001 /error /strip/1/faderDb: not a number'])
    expect(await talk('/norm/strip/1/pan', [number(Number.NaN)])).toEqual(['50001 /error /norm/strip/1/pan: not a number'])
    expect(store.value(param('strip.1.faderDb'))).toBe(0)
    expect(server.counts.notANumber).toBe(2)
  })

  it('takes booleans as T, F, i, f and answers i', async () => {
    const { talk } = testServer()
    const given: [TypedArg, number][] = [
      [yes, 1],
      [no, 0],
      [int(1), 1],
      [number(0), 0],
      [string('on'), 1],
    ]
    for (const [arg, expected] of given) {
      await talk('/strip/2/mute', [arg])
      expect(await talk('/strip/2/mute')).toEqual([`50001 /strip/2/mute ${expected}`])
    }
  })

  it('a delay as a text with its unit: 48 samples at 48 kHz are 1 ms, 3.432 m of air are 10 ms', async () => {
    const { talk } = testServer()
    await talk('/strip/1/delayMs', [string('48 smp')])
    expect(await talk('/strip/1/delayMs')).toEqual(['50001 /strip/1/delayMs 1'])
    await talk('/strip/1/delayMs', [string('3.432m')])
    expect(await talk('/strip/1/delayMs')).toEqual(['50001 /strip/1/delayMs 10'])
  })

  it('takes enums by name or index and answers the index', async () => {
    const { talk } = testServer()
    await talk('/strip/1/eq/band1/type', [string('highShelf')])
    expect(await talk('/strip/1/eq/band1/type')).toEqual(['50001 /strip/1/eq/band1/type 2'])
    await talk('/strip/1/eq/band1/type', [int(5)])
    expect(await talk('/strip/1/eq/band1/type')).toEqual(['50001 /strip/1/eq/band1/type 5'])
    expect((await talk('/strip/1/eq/band1/type', [string('bells')]))[0]).toMatch(/expected one of bell, lowShelf/)
  })

  it('sets and answers names in UTF-8', async () => {
    const { talk, store } = testServer()
    await talk('/strip/3/name', [string('Süße Gitarre')])
    expect(store.text(text('strip.3.name'))).toBe('Süße Gitarre')
    expect(await talk('/strip/3/name')).toEqual(['50001 /strip/3/name Süße Gitarre'])
    expect((await talk('/strip/3/name', [number(1)]))[0]).toMatch(/expected a text/)
  })

  it('answers meters in dB and refuses to set them', async () => {
    const { talk } = testServer()
    expect(await talk('/strip/1/meter/peakDb')).toEqual([`50001 /strip/1/meter/peakDb ${Math.fround(20 * Math.log10(0.5))}`])
    expect((await talk('/strip/1/meter/peakDb', [number(0)]))[0]).toMatch(/is a meter/)
  })

  it('reads and writes 0 dB as .75 under /norm', async () => {
    const { talk, store } = testServer()
    expect(await talk('/norm/strip/1/faderDb')).toEqual(['50001 /norm/strip/1/faderDb 0.75'])
    await talk('/norm/strip/1/faderDb', [number(0.5)])
    expect(store.value(param('strip.1.faderDb'))).toBe(-10)
    expect((await talk('/norm/strip/1/name'))[0]).toMatch(/has no place in 0…1/)
    expect((await talk('/norm/strip/1/faderDb', [string('x')]))[0]).toMatch(/a number from 0 to 1/)
  })

  it('passes on why the store refuses a value', async () => {
    const { talk, store } = testServer((p) => (p.id === 'bus.1.output' ? 'a loop: bus.1 → bus.2 → bus.1' : undefined))
    const before = store.value(param('bus.1.output'))
    expect(await talk('/bus/1/output', [int(1)])).toEqual(['50001 /error /bus/1/output: a loop: bus.1 → bus.2 → bus.1'])
    expect(store.value(param('bus.1.output'))).toBe(before)
  })

  it('names the nearest address of an unknown one, at most 10 times a second for each client', async () => {
    const { talk, say, idle, sent } = testServer()
    expect((await talk('/strip/1/faderDB'))[0]).toMatch(/no such address; nearest: \/strip\/1\/faderDb/)
    for (let i = 0; i < 100; i++) say('/nothing')
    say('/nothing', [], clientB)
    await idle()
    expect(sent.filter((s) => s.startsWith('50001')).length).toBeLessThanOrEqual(2 * serverLimits.errorsASecond)
    expect(sent.filter((s) => s.startsWith('50002'))).toHaveLength(1)
  })

  it('does not answer answers, so two desks cannot talk for ever', async () => {
    const { talk } = testServer()
    expect(await talk('/error', [string('no')])).toEqual([])
    expect(await talk('/info', [string('deskd')])).toEqual([])
    expect(await talk('/status', [string('{}')])).toEqual([])
  })
})

describe('patterns', () => {
  it('asks and sets every strip that matches, in order', async () => {
    const { talk, store } = testServer()
    await talk('/strip/[1-3]/mute', [yes])
    expect(await talk('/strip/*/mute')).toEqual([1, 1, 1, 0].map((mute, i) => `50001 /strip/${i + 1}/mute ${mute}`))
    await talk('/norm/strip/{2,4}/faderDb', [number(0.5)])
    expect([1, 2, 3, 4].map((i) => store.value(param(`strip.${i}.faderDb`)))).toEqual([0, -10, 0, -10])
  })

  it('says that nothing matches, and what is wrong with a broken pattern', async () => {
    const { talk } = testServer()
    expect((await talk('/strip/*/mut'))[0]).toMatch(/matches nothing/)
    expect((await talk('/strip/[1/mute'))[0]).toMatch(/bracket/)
  })

  it('answers at most 65536 times to a packet', async () => {
    const { receive, idle, sent } = testServer()
    receive(encodeBundle(Array(3000).fill(encodeMessage('/*/*/*/*'))))
    await idle()
    expect(sent.filter((s) => !s.includes('/error'))).toHaveLength(65536)
    expect(sent.some((s) => /may match 65536 times/.test(s))).toBe(true)
  })
})

describe('a sweep over every parameter', () => {
  const { talk, store, say, idle } = testServer()

  it.each([0, 0.3, 1])('sets all to %d of their range by address and reads them back', async (norm) => {
    for (const p of registry.params) {
      const value = Math.fround(valueOfNorm(p, norm))
      say(p.address, [number(value)])
      await idle()
      expect(store.value(p), p.id).toBe(p.names.includes(String(value)) ? p.names.indexOf(String(value)) : value)
      expect(await talk(p.address), p.id).toEqual([`50001 ${p.address} ${store.value(p)}`])
    }
  })

  it.each([0, 0.25, 0.8, 1])('takes all to %d under /norm and answers the same within 1e-6', async (norm) => {
    for (const p of registry.params) {
      const answers = await talk(`/norm${p.address}`, [number(norm)]).then(() => talk(`/norm${p.address}`))
      const expected = p.spec.kind === 'number' && !p.spec.whole ? norm : normOfValue(p, valueOfNorm(p, norm))
      expect(Number(answers[0]?.split(' ')[2]), p.id).toBeCloseTo(expected, 6)
    }
  })

  it('asks every text and meter', async () => {
    for (const entry of [...registry.texts, ...registry.meters])
      expect((await talk(entry.address))[0], entry.id).toMatch(new RegExp(`^50001 ${entry.address} \\S`))
  })
})

describe('actions', () => {
  it('act without an argument, act on 1, ignore a release', async () => {
    const { talk, done } = testServer()
    for (const address of ['/transport/play', '/transport/stop', '/transport/record', '/transport/recordStop', '/meters/reset']) {
      expect(await talk(address)).toEqual([])
      await talk(address, [number(1)])
    }
    await talk('/transport/play', [number(0)])
    await talk('/meters/reset', [no])
    expect(done.map(([name]) => name)).toEqual(
      ['transport.play', 'transport.stop', 'transport.recordStart', 'transport.recordStop', 'meters.reset'].flatMap((name) => [
        name,
        name,
      ]),
    )
  })

  it('locate takes seconds, 0 without any, and refuses NaN and −1', async () => {
    const { talk, done } = testServer()
    await talk('/transport/locate')
    await talk('/transport/locate', [{ type: 'd', value: 12.25 }])
    for (const wrong of [Number.NaN, -1]) expect((await talk('/transport/locate', [number(wrong)]))[0]).toMatch(/0 to 86400/)
    expect(done).toEqual([['transport.locate'], ['transport.locate', 12.25]])
  })

  it('record takes a name but no path, and stops on 0', async () => {
    const { talk, done } = testServer()
    await talk('/transport/record', [string('Take 7')])
    for (const wrong of ['../etc/x', '/tmp/x', '.hidden', '', 'a'.repeat(64)])
      expect((await talk('/transport/record', [string(wrong)]))[0]).toMatch(/expected a name/)
    await talk('/transport/record', [int(0)])
    expect(done).toEqual([['transport.recordStart', 'Take 7'], ['transport.recordStop']])
  })

  it('are every one of the catalogue, with arguments that fit and none that do not', async () => {
    const { talk, done } = testServer()
    for (const name of actionNames) {
      const text = string(name.startsWith('chain.') ? 'A' : 'faders')
      const fitting = { text, number: number(1.5), 'name or number': int(7) }
      done.length = 0
      const specs = argsOf(name)
      expect([
        name,
        await talk(
          actionAddress(name),
          specs.map(({ kind }) => fitting[kind]),
        ),
      ]).toEqual([name, []])
      const values = specs.map(({ kind }) => fitting[kind].value)
      expect(done).toEqual([[name === 'transport.record' ? 'transport.recordStart' : name, ...values]])
      const bad = specs.map((): TypedArg => ({ type: 'd', value: Number.NaN }))
      if (specs.some(({ kind }) => kind !== 'text'))
        expect((await talk(actionAddress(name), bad))[0]).toMatch(new RegExp(`^50001 /error ${actionAddress(name)}: expected`))
      const isRecord = name.startsWith('transport.record')
      if (specs.every(({ kind, isOptional }) => isOptional && kind !== 'number') && !isRecord) {
        done.length = 0
        await talk(actionAddress(name), [number(0)])
        await talk(actionAddress(name), [no])
        expect([name, done]).toEqual([name, []])
        await talk(actionAddress(name), [yes])
        expect([name, done]).toEqual([name, [[name]]])
      }
    }
  })

  it('are settled when they have ended, with their errors before', async () => {
    const { say, idle, sent, desk } = testServer()
    let end = (): void => {}
    desk.run = () => new Promise((_, reject) => (end = () => reject(new Error('the disk is full'))))
    say('/transport/record')
    say('/settled')
    say('/settled', [], clientB)
    await idle()
    expect(sent).toEqual(['50002 /settled settled'])
    end()
    await idle()
    expect(sent.slice(1)).toEqual(['50001 /error /transport/record: the disk is full', '50001 /settled settled'])
  })

  it('tell the sender what went wrong later', async () => {
    const { talk, desk } = testServer()
    desk.run = () => Promise.reject(new Error('no tracks'))
    expect(await talk('/transport/play')).toEqual(['50001 /error /transport/play: no tracks'])
  })

  it('answer /info with four texts and /status with JSON', async () => {
    const { talk } = testServer()
    expect(await talk('/info')).toEqual(['50001 /info deskd 0.1.0 127.0.0.1:9000 virtual, 48000 Hz'])
    expect(await talk('/status')).toEqual(['50001 /status {"frames":96000}'])
  })
})

describe('order and bounds', () => {
  it('takes 100,000 sets at once in order and loses none', async () => {
    const { say, idle, events, server, store } = testServer()
    for (let i = 0; i < 100_000; i++) say('/strip/1/delayMs', [number((i % 999) + 1)])
    await idle()
    expect(server.counts).toMatchObject({ messages: 100_000, dropped: 0 })
    expect(events.map(([, value]) => value)).toEqual(Array.from({ length: 100_000 }, (_, i) => (i % 999) + 1))
    expect(store.value(param('strip.1.delayMs'))).toBe((99_999 % 999) + 1)
  })

  it('drops and counts what is more than 100,000 waiting messages', async () => {
    const { receive, idle, server } = testServer()
    const bundle = encodeBundle(Array(1000).fill(encodeMessage('/strip/1/mute', [yes])))
    for (let i = 0; i < 102; i++) receive(bundle)
    expect(server.counts.dropped).toBe(2000)
    await idle()
    expect(server.counts.messages).toBe(100_000)
    receive(bundle)
    await idle()
    expect(server.counts.messages).toBe(101_000)
  })

  it('serves another client while one asks for everything 3000 times', async () => {
    const { receive, say, sent, server } = testServer()
    receive(encodeBundle(Array(3000).fill(encodeMessage('/*/*/*/*'))), clientA)
    say('/strip/1/mute', [], clientB)
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    expect(sent).toContain('50002 /strip/1/mute 0')
    expect(server.pending()).toBeGreaterThan(0)
    server.close()
  })
})

describe('bundles with a time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2025, 5, 1) })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const pan = (strip: number, value: number): Uint8Array => encodeMessage(`/strip/${strip}/pan`, [number(value)])

  it('wait for it and then set all together', () => {
    const { receive, events } = testServer()
    receive(encodeBundle([pan(1, 10), pan(2, 20)], ntpOfUnixMs(Date.now() + 500)))
    vi.advanceTimersByTime(499)
    expect(events).toEqual([])
    vi.advanceTimersByTime(2)
    expect(events.map(([, value]) => value)).toEqual([10, 20])
  })

  it('are done at once where it is past, 1 or 0', () => {
    const { receive, events } = testServer()
    for (const [i, tag] of [1n, 0n, ntpOfUnixMs(Date.now() - 5000)].entries()) receive(encodeBundle([pan(1, i + 1)], tag))
    vi.advanceTimersByTime(0)
    expect(events.map(([, value]) => value)).toEqual([1, 2, 3])
  })

  it('keep the later time of a bundle inside', () => {
    const { receive, events } = testServer()
    receive(encodeBundle([pan(1, 1), encodeBundle([pan(2, 2)], ntpOfUnixMs(Date.now() + 300)), pan(3, 3)]))
    vi.advanceTimersByTime(1)
    expect(events.map(([, value]) => value)).toEqual([1, 3])
    vi.advanceTimersByTime(300)
    expect(events.map(([, value]) => value)).toEqual([1, 3, 2])
  })

  it('are refused when dated more than 60 s ahead', () => {
    const { receive, events, sent } = testServer()
    receive(encodeBundle([pan(1, 1)], ntpOfUnixMs(Date.now() + 59_900)))
    receive(encodeBundle([pan(1, 2)], ntpOfUnixMs(Date.now() + 61_000)))
    vi.advanceTimersByTime(62_000)
    expect(events.map(([, value]) => value)).toEqual([1])
    expect(sent).toEqual([expect.stringMatching(/\/error #bundle: dated 61 s ahead/)])
  })

  it('are refused beyond 10,000 waiting messages', () => {
    const { receive, events, sent } = testServer()
    const later = ntpOfUnixMs(Date.now() + 1000)
    for (let i = 0; i < 6; i++)
      receive(
        encodeBundle(
          Array.from({ length: 2000 }, (_, k) => pan(1, (k % 2) + 1)),
          later,
        ),
      )
    vi.advanceTimersByTime(2000)
    expect(events).toHaveLength(10_000)
    expect(sent).toEqual([expect.stringMatching(/10000 messages wait/)])
  })

  it('are forgotten when the server closes', () => {
    const { receive, events, server } = testServer()
    receive(encodeBundle([pan(1, 1)], ntpOfUnixMs(Date.now() + 100)))
    vi.advanceTimersByTime(0)
    server.close()
    vi.advanceTimersByTime(1000)
    expect(events).toEqual([])
  })
})

it('sends every answer under the address it was asked by, as f, i or s', async () => {
  const { server, say, idle } = testServer()
  const tags: string[] = []
  server.outgoing$.subscribe(({ bytes }) => {
    const { address } = messageOf(bytes)
    tags.push(`${address} ${String.fromCharCode(bytes[((address.length + 4) & ~3) + 1] ?? 0)}`)
  })
  for (const address of ['/strip/1/pan', '/strip/1/mute', '/strip/1/comp/detector', '/strip/1/name', '/norm/strip/1/mute'])
    say(address)
  await idle()
  expect(tags).toEqual([
    '/strip/1/pan f',
    '/strip/1/mute i',
    '/strip/1/comp/detector i',
    '/strip/1/name s',
    '/norm/strip/1/mute f',
  ])
})
