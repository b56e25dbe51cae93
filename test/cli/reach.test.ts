// get, set, watch and status against the desk's OSC side on a real UDP port.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import type { DeskPort } from '../../src/osc/desk-port.js'
import { createOscServer, type OscServer } from '../../src/osc/server.js'
import { openUdpPort, type UdpPort } from '../../src/osc/udp.js'
import { buildRegistry, isParam } from '../../src/params/registry.js'
import { defaultTexts, defaultValues, ParameterStore } from '../../src/params/store.js'
import { catchPrinted, type Printed } from '../fixtures/printed.js'

const registry = buildRegistry({
  stripStereo: Array(12).fill(false),
  busCount: 2,
  inputCount: 2,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})
const store = new ParameterStore(registry, defaultValues(registry), defaultTexts(registry), { set() {}, setText() {} })
const status = { control: { pid: 11 }, engine: { pid: 12, frames: 4800, xruns: 0 } }
const desk: DeskPort = {
  store,
  run: () => {},
  meter: () => 0.5,
  info: () => ({ name: 'deskd', version: '0', oscAddress: '', audio: '' }),
  status: () => status,
}

let port: UdpPort
let server: OscServer
let osc = ''
let printed: Printed

beforeAll(async () => {
  port = await openUdpPort({ bind: { address: '127.0.0.1', port: 0 } })
  server = createOscServer(desk)
  server.outgoing$.subscribe(port.send)
  port.datagrams$.subscribe(server.receive)
  store.changes$.subscribe(server.changed)
  osc = `127.0.0.1:${port.local.port}`
  process.env.XDG_STATE_HOME = '/nonexistent-state'
})
afterAll(async () => {
  server.close()
  await port.close()
})
afterEach(() => vi.restoreAllMocks())

async function deskd(...words: string[]): Promise<number> {
  printed = catchPrinted()
  return runCommandLine([...words, '--osc', osc])
}

const standing = (id: string): number => {
  const entry = registry.byId.get(id)
  return entry && isParam(entry) ? store.value(entry) : Number.NaN
}

describe('deskd set and get', () => {
  it('set −7.5 dB, −inf, a slope of 12, on and a text, and read them back', async () => {
    const code = await deskd(
      ...['set', 'strip.1.faderDb', '-7.5', 'strip.2.faderDb=-inf', 'strip.1.hpf.slope=12', 'strip.3.mute=on'],
      'strip.4.name=Snare top',
    )
    expect([code, printed.stderr]).toEqual([0, ''])
    expect(standing('strip.1.faderDb')).toBe(-7.5)
    expect(standing('strip.2.faderDb')).toBe(Number.NEGATIVE_INFINITY)
    expect(standing('strip.1.hpf.slope')).toBe(1)
    expect(standing('strip.3.mute')).toBe(1)
    expect(printed.stdout).toMatch(/^strip\.1\.faderDb +-7\.5 dB$/m)
    expect(await deskd('get', 'strip.[1-2].faderDb', 'strip.1.hpf.slope', 'strip.3.mute', 'strip.4.name', '--json')).toBe(0)
    expect(JSON.parse(printed.stdout)).toEqual({
      'strip.1.faderDb': -7.5,
      'strip.2.faderDb': '-inf',
      'strip.1.hpf.slope': '12',
      'strip.3.mute': true,
      'strip.4.name': 'Snare top',
    })
  })

  it('add to what the desk stands at: −7.5 + 2 + 1 gives −4.5 dB', async () => {
    await deskd('set', 'strip.5.faderDb=-7.5')
    expect(await deskd('set', 'strip.5.faderDb+=2', 'strip.5.faderDb+=1', '--json')).toBe(0)
    expect(JSON.parse(printed.stdout)).toEqual({ 'strip.5.faderDb': -4.5 })
    expect(await deskd('set', 'strip.5.faderDb+=20')).toBe(2)
    expect(standing('strip.5.faderDb')).toBe(-4.5)
  })

  it('read a meter in its unit: an amplitude of .5 is −6 dBFS', async () => {
    await deskd('get', 'master.meter.peakDb')
    expect(printed.stdout).toBe('master.meter.peakDb  -6.0 dBFS\n')
  })

  it("pass on the desk's own refusal: it has 12 strips, not 13", async () => {
    expect(await deskd('set', 'strip.13.faderDb=-3')).toBe(2)
    expect(printed.stderr).toMatch(/strip\/13\/faderDb: no such address/)
    expect(printed.stdout).toBe('')
  })
})

describe('deskd status', () => {
  it('--json prints what the desk says of itself', async () => {
    expect(await deskd('status', '--json')).toBe(0)
    expect(JSON.parse(printed.stdout)).toEqual(status)
  })
})

describe('deskd watch', () => {
  it('--json prints one object a line, first what stands, then what changes, until it is ended', async () => {
    await deskd('set', 'strip.6.faderDb=-20')
    const ended = deskd('watch', 'strip.6.faderDb', '--json', '--hz', '100')
    await vi.waitFor(() => expect(printed.stdout).toContain('-20'))
    const entry = registry.byId.get('strip.6.faderDb')!
    if (isParam(entry)) store.set(entry, -30, 'test')
    await vi.waitFor(() => expect(printed.stdout).toContain('-30'))
    process.emit('SIGINT')
    expect(await ended).toBe(0)
    expect(printed.stdout).toBe('{"id":"strip.6.faderDb","value":-20}\n{"id":"strip.6.faderDb","value":-30}\n')
  })
})

describe('a desk that does not answer', () => {
  it('is an error with code 2 that says where it was looked for', async () => {
    const silent = await openUdpPort({ bind: { address: '127.0.0.1', port: 0 } })
    const before = osc
    osc = `127.0.0.1:${silent.local.port}`
    expect(await deskd('get', 'strip.1.faderDb')).toBe(2)
    expect(printed.stderr).toContain(osc)
    osc = before
    await silent.close()
  })
})
