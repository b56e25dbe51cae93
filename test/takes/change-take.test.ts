// A take's moves replaced and offset, and what a diff says of it.
import { describe, expect, it } from 'vitest'
import type { LoggedEvent } from '../../src/engine/native.js'
import { buildRegistry, isParam, type Param } from '../../src/params/registry.js'
import { defaultValues } from '../../src/params/store.js'
import { changeTake, wholeTake } from '../../src/takes/change-take.js'
import { eventLogText } from '../../src/takes/copy-take.js'
import { diffTakes } from '../../src/takes/diff-takes.js'
import type { TakeFile } from '../../src/takes/take-file.js'

const registry = buildRegistry({
  stripStereo: [false, false],
  busCount: 1,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 0,
  fxCount: 0,
})
const param = (id: string): Param => {
  const entry = registry.byId.get(id)
  if (!entry || !isParam(entry)) throw new Error(id)
  return entry
}
const fader = param('strip.1.faderDb')
const pan = param('strip.1.pan')

/** The first strip's fader at 0 dB, then −10 at frame 100, +9.5 at 200, −∞ at 300. Its pan to 20 at 150. */
const values = defaultValues(registry)
values[fader.index] = 0
const events: LoggedEvent[] = [
  { frame: 100, target: fader.index, value: -10 },
  { frame: 150, target: pan.index, value: 20 },
  { frame: 200, target: fader.index, value: 9.5 },
  { frame: 300, target: fader.index, value: Number.NEGATIVE_INFINITY },
]
const take = { values, events }
const faderOf = (changed: { events: readonly LoggedEvent[] }): [number, number][] =>
  changed.events.filter(({ target }) => target === fader.index).map(({ frame, value }) => [frame, value])
const file: TakeFile = {
  version: 1,
  isa: 'avx2',
  sampleRateHz: 100,
  startFrame: 0,
  skipFrames: 50,
  tracks: [],
  inputs: [],
  roundTripFrames: 0,
  transport: { playing: true, positionFrames: 0 },
}

describe('a take changed', () => {
  it('by += has each move and the beginning offset; −∞ stays, +10 dB is the end and is counted', () => {
    const changed = changeTake(take, [{ param: fader, value: 1, add: true }])
    expect(changed.values[fader.index]).toBe(1)
    expect(faderOf(changed)).toEqual([
      [0, 1],
      [100, -9],
      [200, 10],
      [300, Number.NEGATIVE_INFINITY],
    ])
    expect(changed.held).toBe(1)
    expect(changed.events.filter(({ target }) => target === pan.index)).toEqual([events[1]])
    expect(values[fader.index]).toBe(0)
  })

  it('by = has one value in the place of all moves', () => {
    const changed = changeTake(take, [{ param: fader, value: -3, add: false }])
    expect(changed.values[fader.index]).toBe(-3)
    expect(faderOf(changed)).toEqual([[0, -3]])
  })

  it('within a stretch comes back to what was logged behind it', () => {
    const stretch = { from: 150, to: 250 }
    expect(faderOf(changeTake(take, [{ param: fader, value: -2, add: true }], stretch))).toEqual([
      [100, -10],
      [150, -12],
      [200, 7.5],
      [250, 9.5],
      [300, Number.NEGATIVE_INFINITY],
    ])
    const replaced = changeTake(take, [{ param: fader, value: -30, add: false }], stretch)
    expect(replaced.values[fader.index]).toBe(0)
    expect(faderOf(replaced)).toEqual([
      [100, -10],
      [150, -30],
      [250, 9.5],
      [300, Number.NEGATIVE_INFINITY],
    ])
  })

  it('does one change behind the other', () => {
    const changes = [
      { param: fader, value: -3, add: false },
      { param: fader, value: 1, add: true },
    ]
    expect(faderOf(changeTake(take, changes))).toEqual([[0, -2]])
  })

  it('keeps what an engine cannot change while it runs', () => {
    const lookahead = param('master.limiter.lookaheadMs')
    expect(() => changeTake(take, [{ param: lookahead, value: 3, add: false }])).toThrow(/lookaheadMs is fixed/)
  })

  it('is written as the engine logs', () => {
    expect(eventLogText(registry, changeTake(take, [{ param: fader, value: -3, add: false }]).events)).toBe(
      '0\tstrip.1.faderDb\t-3\n150\tstrip.1.pan\t20\n',
    )
    expect(eventLogText(registry, events)).toContain('300\tstrip.1.faderDb\t-inf\n')
  })
})

describe('the diff of two takes', () => {
  const desk = (changed: { values: Float32Array; events: readonly LoggedEvent[] }) => ({ registry, file, ...changed })

  it('names nothing for the same take, whatever repeats a value', () => {
    const repeated = { values, events: [...events, { frame: 120, target: fader.index, value: -10 }] }
    expect(diffTakes(desk(take), desk(repeated), 400)).toEqual({ params: [], onlyFirst: [], onlySecond: [] })
  })

  it('names one parameter, its offset and when: not where both are −∞', () => {
    const changed = changeTake(take, [{ param: fader, value: -1, add: true }])
    expect(diffTakes(desk(take), desk(changed), 400).params).toEqual([
      { id: 'strip.1.faderDb', first: [0, -1], offset: -1, spans: [{ fromS: 0, toS: 2.5 }], moves: [3, 4] },
    ])
  })

  it('gives the least and the most where the difference moves, and the stretch', () => {
    const changed = changeTake(take, [{ param: fader, value: -20, add: false }], { from: 150, to: 250 })
    expect(diffTakes(desk(take), desk(changed), 400).params).toEqual([
      { id: 'strip.1.faderDb', first: [-10, -20], least: -29.5, most: -10, spans: [{ fromS: 1, toS: 2 }], moves: [3, 4] },
    ])
    const muted = changeTake(take, [{ param: param('strip.2.mute'), value: 1, add: false }], wholeTake)
    expect(diffTakes(desk(take), desk(muted), 400).params).toEqual([
      { id: 'strip.2.mute', first: [false, true], spans: [{ fromS: 0, toS: 4 }], moves: [0, 1] },
    ])
  })

  it('says what only one of them has', () => {
    const small = buildRegistry({ ...registry.topology, stripStereo: [false] })
    const other = { registry: small, file, values: defaultValues(small), events: [] }
    expect(diffTakes(desk({ values: defaultValues(registry), events: [] }), other, 400)).toMatchObject({
      params: [],
      onlyFirst: ['strip.2'],
      onlySecond: [],
    })
  })
})
