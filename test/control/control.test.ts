// Control's parts by themselves: when the state is written, what the status says, loops that are refused.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEVER, of, Subject } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { Markers } from '../../src/control/markers.js'
import { placeOf } from '../../src/control/places.js'
import { stateWrites } from '../../src/control/state-writes.js'
import { statusOf } from '../../src/control/status.js'
import { Timeline } from '../../src/control/timeline.js'
import { EventRing } from '../../src/engine/event-ring.js'
import { counterFields, countersOffset } from '../../src/engine/shared-layout.js'
import { flow } from '../../src/flow.js'
import type { Outgoing, Received } from '../../src/osc/peer.js'
import { armedReturnVeto } from '../../src/params/armed-return.js'
import { busLoop, loopText, loopVeto } from '../../src/params/bus-loop.js'
import { entryOf, isParam, type Param } from '../../src/params/registry.js'
import { firstVeto, ParameterStore } from '../../src/params/store.js'
import type { SurfaceEvent } from '../../src/surface/hot-plug.js'
import { memoryRegion } from '../fixtures/memory-region.js'

describe('the state file', () => {
  it('is written 500 ms behind the first of many changes, and once at the start', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
      const changes$ = cold('800ms abc 2s d')
      expectObservable(stateWrites(changes$, { write: () => of(undefined) })).toBe('500ms w 799ms w 2002ms w', { w: undefined })
    })
  })
})

describe('the status', () => {
  it('tells policy, latency and load from the counters', () => {
    const region = memoryRegion()
    const set = (field: (typeof counterFields)[number], value: number): void => {
      region.float64[countersOffset / 8 + counterFields.indexOf(field)] = value
    }
    set('schedulingPolicy', 1)
    set('deviceLatencyMs', 10.5)
    set('graphLatencyFrames', 72)
    set('loadPercent', 12.34567)
    set('host', 2)
    set('frames', 960)
    const flac = { file: '', percent: 0, waiting: 0, stays: [], error: '' }
    const recording = { active: false, waiting: false, target: '', frames: 0, preRollS: 0, error: '', flac }
    const timeline = new Timeline(region, new EventRing(region), new Markers(mkdtempSync(join(tmpdir(), 'deskd-'))), [])
    const osc = { host: '127.0.0.1', port: 9000 }
    const scene = { current: 'Verse', fadeS: 0, leftOut: [] }
    const undo = { undo: 3, redo: 0 }
    const status = statusOf({
      region,
      ring: new EventRing(region),
      engine: { pid: 7, isa: 'avx2' },
      recording,
      timeline,
      osc,
      undo,
      scene,
    })
    expect(status.engine).toMatchObject({
      pid: 7,
      frames: 960,
      xruns: 0,
      loadPercent: 12.346,
      schedulingPolicy: 'SCHED_FIFO',
      latencyMs: 12,
      host: 'portaudio',
    })
    expect(status.control.pid).toBe(process.pid)
    expect([status.undo, status.scene]).toEqual([undo, scene])
  })
})

describe('places on the timeline', () => {
  const places = [
    { name: 'intro', positionFrames: 0 },
    { name: 'verse', positionFrames: 96_000 },
    { name: 'chorus', positionFrames: 480_000 },
  ]
  const to = (position: number, step: Parameters<typeof placeOf>[2]) => placeOf(places, position, step, 48_000)?.name

  it('are found one on, one back, by number and by name', () => {
    expect([0, 95_999, 96_000, 480_000].map((at) => to(at, { by: 1 }))).toEqual(['verse', 'verse', 'chorus', undefined])
    // Back to where it began, and within a second of that to the one before.
    expect([600_000, 500_000, 144_001, 143_999, 10].map((at) => to(at, { by: -1 }))).toEqual([
      'chorus',
      'verse',
      'verse',
      'intro',
      'intro',
    ])
    expect([1, 3, 4, 'verse', 'bridge'].map((wanted) => to(0, { to: wanted }))).toEqual([
      'intro',
      'chorus',
      undefined,
      'verse',
      undefined,
    ])
    expect(placeOf([], 0, { by: -1 }, 0)).toBeUndefined()
  })

  it('as markers outlive the desk, in order, numbered where they have no name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deskd-'))
    const markers = new Markers(folder)
    expect([markers.set(96_000), markers.set(48_000, 'Große Trommel'), markers.set(144_000)]).toEqual(['1', 'Große Trommel', '2'])
    markers.set(200_000, '1')
    expect(new Markers(folder).all()).toEqual([
      { name: 'Große Trommel', positionFrames: 48_000 },
      { name: '2', positionFrames: 144_000 },
      { name: '1', positionFrames: 200_000 },
    ])
    markers.clear()
    expect(new Markers(folder).all()).toEqual([])
  })
})

describe('a loop of buses', () => {
  it('is found with its path, from 2 to 64 buses long', () => {
    expect(busLoop([0, 1, 2])).toBeUndefined()
    expect(loopText(busLoop([3, 0, 1])!)).toBe('bus.1 → bus.3 → bus.1')
    expect(busLoop([1])).toEqual([1, 1])
    expect(busLoop([2, 3, 2])).toEqual([2, 3, 2])
    const ring = Array.from({ length: 64 }, (_, i) => ((i + 1) % 64) + 1)
    expect(busLoop(ring)).toHaveLength(65)
  })

  it('is refused by the store in words, and changes nothing', () => {
    const region = memoryRegion()
    const sent: [number, number][] = []
    const sink = { set: (index: number, value: number) => void sent.push([index, value]), setText: () => {} }
    const store = new ParameterStore(region.registry, region.values, region.allTexts(), sink, loopVeto(region.registry))
    const output = (bus: number): Param => {
      const entry = entryOf(region.registry, `bus.${bus}.output`)
      if (!isParam(entry)) throw new Error('no parameter')
      return entry
    }
    expect(store.set(output(1), 2, 'test')).toBeUndefined()
    expect(store.set(output(2), 1, 'test')).toBe(
      'bus.2.output: bus.1 → bus.2 → bus.1 is a loop: send one of these buses to the master first',
    )
    expect(store.set(output(1), 1, 'test')).toContain('bus.1 → bus.1')
    expect(sent).toHaveLength(1)
  })
})

it('arming a strip that takes an effect’s return is refused in words, and the other way round', () => {
  const region = memoryRegion()
  const sink = { set: () => {}, setText: () => {} }
  const veto = firstVeto(loopVeto(region.registry), armedReturnVeto(region.registry))
  const store = new ParameterStore(region.registry, region.values, region.allTexts(), sink, veto)
  const param = (id: string): Param => {
    const entry = entryOf(region.registry, id)
    if (!isParam(entry)) throw new Error('no parameter')
    return entry
  }
  const fx1 = param('strip.1.input').names.indexOf('fx1')
  expect(store.set(param('strip.1.input'), fx1, 'test')).toBeUndefined()
  expect(store.set(param('strip.1.arm'), 1, 'test')).toBe(
    'strip.1.arm: strip.1 takes fx1, which a take computes again and does not record: arm what feeds it',
  )
  expect(store.set(param('strip.2.arm'), 1, 'test')).toBeUndefined()
  expect(store.set(param('strip.2.input'), fx1 + 1, 'test')).toContain('strip.2.input: strip.2 takes fx2')
  expect(store.value(param('strip.2.input'))).toBe(1)
})

describe('the flow', () => {
  it('brings datagrams in, changes and answers out, and ends with one unsubscribe', async () => {
    const datagrams = new Subject<Received>()
    const answers = new Subject<Outgoing>()
    const surfaceEvents = new Subject<SurfaceEvent>()
    const region = memoryRegion()
    const ring = new EventRing(region)
    const sink = { set: (index: number, value: number) => ring.set(index, value), setText: () => {} }
    const store = new ParameterStore(region.registry, region.values, region.allTexts(), sink)
    const fader = region.registry.params.find(({ id }) => id === 'strip.1.faderDb')!
    const heard: string[] = []
    const from = { address: '127.0.0.1', port: 1 }
    const streams = flow({
      udp: { datagrams$: datagrams, send: ({ to }) => heard.push(`out to ${to.port}`) },
      osc: {
        receive: () => store.set(fader, -4, 'osc'),
        changed: (change) => heard.push(`changed by ${change.initiator}`),
        outgoing$: answers,
        tend: () => {},
        monitored: () => heard.push('monitored'),
      },
      surfaces: {
        events$: surfaceEvents,
        mappings$: NEVER,
        status$: NEVER,
        take: () => store.set(fader, -6, 'surface:x'),
        use: () => {},
        portsAre: () => {},
        changed: ({ initiator }) => heard.push(`shown to surfaces: ${initiator}`),
        tick: () => {},
      },
      tap: { lines$: NEVER },
      store,
      history: { note: ({ before }) => heard.push(`before: ${before}`) },
      scenes: { changed: () => {}, move: () => {} },
      ring,
      recorder: { check: async () => {} },
      state: { write: async () => {} },
    })
    datagrams.next({ bytes: new Uint8Array(4), from })
    answers.next({ bytes: new Uint8Array(4), to: from })
    surfaceEvents.next({ kind: 'gone', surface: 'x', unit: 'main' })
    expect(heard).toEqual([
      'changed by osc',
      'shown to surfaces: osc',
      'before: 0',
      'out to 1',
      'changed by surface:x',
      'shown to surfaces: surface:x',
      'before: -4',
    ])
    expect(ring.unapplied().map(({ value }) => value)).toEqual([-4, -6])
    streams.unsubscribe()
    datagrams.next({ bytes: new Uint8Array(4), from })
    answers.next({ bytes: new Uint8Array(4), to: from })
    surfaceEvents.next({ kind: 'gone', surface: 'x', unit: 'main' })
    expect(heard).toHaveLength(7)
  })
})
