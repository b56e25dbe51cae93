// What tools ask of the surfaces over OSC: on this machine alone, leased, checked, and never a flood.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SurfaceTap } from '../../src/control/surface-tap.js'
import { encodeMessage } from '../../src/osc/encode.js'
import { MonitorLeases, monitorLimits } from '../../src/osc/monitor-leases.js'
import { callerOf, type Outgoing, type Peer } from '../../src/osc/peer.js'
import { createOscServer } from '../../src/osc/server.js'
import { holdLeaseMs, isHere } from '../../src/osc/surface-commands.js'
import type { ControlShape } from '../../src/surface/driver.js'
import type { Looks } from '../../src/surface/look.js'
import type { MonitorLine } from '../../src/surface/monitor-line.js'
import type { SurfaceTools } from '../../src/surface/surface-tools.js'
import { clientA, clientB, messageOf, param, string, testDesk } from './desk.js'

const controls: readonly ControlShape[] = [
  { id: 'play', kind: 'button', hasFeedback: true },
  { id: 'fader.1', kind: 'fader', column: 1, hasMotor: true, hasTouch: true, steps: 1024 },
]

function toolsDesk() {
  const done: string[] = []
  let isHeld = false
  let page = 'pan'
  const surfaces: SurfaceTools = {
    list: () => [
      {
        name: 'desk-left',
        driver: 'd',
        device: 'D',
        mapping: 'd.yaml',
        mappingProblem: '',
        units: [],
        state: { page },
        isHeld,
      },
    ],
    shape: (name) =>
      name === 'desk-left' ? { driver: 'd', columns: 1, controls: new Map(controls.map((one) => [one.id, one])) } : undefined,
    hold: () => {
      if (isHeld) return undefined
      isHeld = true
      return {
        show: (looks: Looks) => done.push(JSON.stringify([...looks])),
        release: () => {
          isHeld = false
          done.push('released')
        },
      }
    },
    setState: (_, state, value) => {
      if (value !== 'eq') return `${state}: cannot be ${JSON.stringify(value)}`
      page = value
      return undefined
    },
  }
  const { desk, store } = testDesk()
  const server = createOscServer({ ...desk, surfaces })
  const sent: string[] = []
  server.outgoing$.subscribe(({ bytes, to }) => {
    const { address, args } = messageOf(bytes)
    sent.push([to.port, address, ...args].join(' '))
  })
  /** Sends and gives what came back. */
  const ask = async (address: string, texts: readonly string[] = [], from: Peer = clientA): Promise<string[]> => {
    sent.length = 0
    server.receive({ bytes: encodeMessage(address, texts.map(string)), from })
    await vi.advanceTimersByTimeAsync(1)
    return [...sent]
  }
  return { server, store, done, ask, sent }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('/surfaces', () => {
  it('tells and sets where a page stands', async () => {
    const { ask } = toolsDesk()
    const page = '/surfaces/desk-left/page'
    expect(await ask(page)).toEqual([`50001 ${page} pan`])
    expect(await ask(page, ['eq'])).toEqual([])
    expect(await ask(page)).toEqual([`50001 ${page} eq`])
    expect(await ask(page, ['eqq'])).toEqual([`50001 /error ${page}: page: cannot be "eqq"`])
    expect(await ask('/surfaces/desk-left/pag')).toEqual(['50001 /error /surfaces/desk-left/pag: desk-left has the states page'])
    expect((await ask('/surfaces/right/page'))[0]).toContain('no surface is called "right"; there are desk-left')
  })

  it('lists and describes them', async () => {
    const { ask } = toolsDesk()
    expect(JSON.parse((await ask('/surfaces/list'))[0]!.replace('50001 /surfaces/list ', ''))).toMatchObject([
      { name: 'desk-left', state: { page: 'pan' } },
    ])
    const shape = JSON.parse((await ask('/surfaces/shape', ['desk-left']))[0]!.replace('50001 /surfaces/shape ', ''))
    expect(shape).toEqual({ name: 'desk-left', driver: 'd', columns: 1, controls })
    expect(await ask('/surfaces/shape', ['dsk'])).toEqual([
      '50001 /error /surfaces/shape: no surface is called "dsk"; there are desk-left',
    ])
  })

  it('gives a surface to one at a time, shows what it is given, and takes it back when the lease ends', async () => {
    const { ask, done } = toolsDesk()
    expect(await ask('/surfaces/hold', ['desk-left'])).toEqual([])
    expect(await ask('/surfaces/hold', ['desk-left'], clientB)).toEqual([
      '50002 /error /surfaces/hold: desk-left is held by another test already',
    ])
    const on = { kind: 'light', light: 'on' }
    const at = { kind: 'position', position: 0.5 }
    await ask('/surfaces/look', ['desk-left', JSON.stringify([['play', on]])])
    await ask('/surfaces/look', [
      'desk-left',
      JSON.stringify([
        ['fader.1', at],
        ['play', null],
      ]),
    ])
    expect(done).toEqual([JSON.stringify([['play', on]]), JSON.stringify([['fader.1', at]])])
    await vi.advanceTimersByTimeAsync(holdLeaseMs - 100)
    await ask('/surfaces/hold', ['desk-left'])
    await vi.advanceTimersByTimeAsync(holdLeaseMs - 100)
    expect(done).not.toContain('released')
    await vi.advanceTimersByTimeAsync(200)
    expect(done.at(-1)).toBe('released')
    expect(await ask('/surfaces/hold', ['desk-left'], clientB)).toEqual([])
    await ask('/surfaces/release', [], clientB)
    expect(done.filter((what) => what === 'released')).toHaveLength(2)
  })

  it('refuses looks that are none and controls that are not there, and shows nothing of such a message', async () => {
    const { ask, done } = toolsDesk()
    const refusal = async (json: string): Promise<string> => (await ask('/surfaces/look', ['desk-left', json]))[0] ?? ''
    expect(await refusal('[]')).toContain('desk-left is not held')
    await ask('/surfaces/hold', ['desk-left'])
    expect(await refusal('{')).toContain('expected JSON')
    expect(await refusal('[["stop", null]]')).toContain('no control "stop"')
    for (const look of [
      '1',
      '{}',
      '{"kind":"light","light":"dim"}',
      '{"kind":"position","position":2}',
      '{"kind":"text","rows":[7]}',
    ])
      expect(await refusal(`[["play", ${look}]]`)).toContain('is no look')
    expect(done).toEqual([])
  })

  it('answers this machine alone', async () => {
    const { ask } = toolsDesk()
    const stranger = { address: '192.168.1.7', port: 50003 }
    for (const address of [
      '/surfaces/list',
      '/surfaces/hold',
      '/surfaces/look',
      '/surfaces/release',
      '/surfaces/shape',
      '/monitor/subscribe',
    ])
      expect(await ask(address, [], stranger)).toEqual([`50003 /error ${address}: answered on this machine only`])
    expect(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'].every((address) => isHere({ address, port: 1 }))).toBe(true)
    expect(['128.0.0.1', '::2', '::ffff:10.0.0.1', '1127.0.0.1'].some((address) => isHere({ address, port: 1 }))).toBe(false)
  })
})

describe('/monitor', () => {
  it('tells bytes, events, what they became, and changes with who made them', async () => {
    const { server, ask, sent, store } = toolsDesk()
    const tap = new SurfaceTap()
    const lines: MonitorLine[] = []
    tap.lines$.subscribe((line) => {
      lines.push(line)
      server.monitored(line)
    })
    tap.wants = server.isMonitored
    store.changes$.subscribe((change) => tap.changed(change))
    const bytes = Uint8Array.of(0xe0, 0x0c, 0x64)
    const hear = (): void =>
      tap.heard(
        'desk-left',
        1,
        bytes,
        [{ kind: 'position', control: 'fader.1', position: 0.78, steps: 1024 }],
        [
          { kind: 'set', param: param('strip.1.faderDb'), value: Number.NEGATIVE_INFINITY },
          { kind: 'do', action: 'transport.play', args: [] },
        ],
      )
    hear()
    expect(lines).toEqual([])
    expect(await ask('/monitor/subscribe', ['', 'in change'])).toEqual([])
    hear()
    tap.sent('desk-left', 1, bytes)
    store.set(param('strip.1.mute'), 1, 'osc:x')
    const told = sent
      .map((line) => line.split(' '))
      .map(([port, address, count, ...json]) => [port, address, count, JSON.parse(json.join(' '))])
    expect(told).toMatchObject([
      [
        '50001',
        '/monitor',
        '1',
        {
          kind: 'in',
          surface: 'desk-left',
          unit: 1,
          bytes: 'E0 0C 64',
          events: [{ control: 'fader.1' }],
          made: [
            { id: 'strip.1.faderDb', value: '-inf' },
            { action: 'transport.play', args: [] },
          ],
        },
      ],
      ['50001', '/monitor', '2', { kind: 'change', id: 'strip.1.mute', value: true, by: 'osc:x' }],
    ])
    await ask('/monitor/unsubscribe')
    expect(server.isMonitored('in')).toBe(false)
    expect(await ask('/monitor/subscribe', ['', 'inn'])).toEqual([
      '50001 /error /monitor/subscribe: expected some of in, out, change, found "inn"',
    ])
  })

  const line = (surface: string): MonitorLine => ({ kind: 'out', atMs: 0, surface, unit: 1, bytes: 'F8' })
  const leases = () => {
    const sent: Outgoing[] = []
    return { sent, monitors: new MonitorLeases((outgoing) => sent.push(outgoing)) }
  }
  const countsOf = (sent: readonly Outgoing[]): unknown[] => sent.map(({ bytes }) => messageOf(bytes).args[0])

  it('sends a flood in part, and the counts tell how much is missing', () => {
    const { sent, monitors } = leases()
    monitors.open(callerOf(clientA), '', 'out', 0)
    for (let i = 0; i < 10_000; i++) monitors.tell(line('a'), 100)
    expect(sent).toHaveLength(monitorLimits.burstLines)
    monitors.tell(line('a'), 101)
    expect(countsOf(sent).at(-1)).toBe(10_001)
    for (let i = 0; i < 100_000; i++) monitors.tell(line('a'), 1101)
    expect(sent.length).toBe(monitorLimits.burstLines * 2 + 1)
  })

  it('tells of one surface where one is named, ends with the lease, and serves eight clients', () => {
    const { sent, monitors } = leases()
    monitors.open(callerOf(clientA), 'b', 'out', 0)
    monitors.tell(line('a'), 1)
    monitors.tell(line('b'), 2)
    expect(countsOf(sent)).toEqual([1])
    monitors.tell(line('b'), monitorLimits.leaseMs + 1)
    expect(sent).toHaveLength(1)
    for (let port = 1; port <= monitorLimits.clients; port++)
      expect(monitors.open(callerOf({ address: '127.0.0.1', port }), '', 'in', 20_000)).toBeUndefined()
    expect(monitors.open(callerOf(clientB), '', 'in', 20_000)).toContain('listen already')
  })
})
