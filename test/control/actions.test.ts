// Actions done: the catalogue's checks, tap tempo, the wheel, undo and redo as they are asked for.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createActions } from '../../src/control/actions.js'
import { Markers } from '../../src/control/markers.js'
import { TapTempo } from '../../src/control/tap-tempo.js'
import { Timeline } from '../../src/control/timeline.js'
import type { EventRing } from '../../src/engine/event-ring.js'
import { counterFields, countersOffset } from '../../src/engine/shared-layout.js'
import { actionAddress, actionNames, actionSpecs, argsOf, isSceneName, whyNot } from '../../src/params/actions.js'
import { History } from '../../src/params/history.js'
import { ParameterStore } from '../../src/params/store.js'
import { memoryRegion } from '../fixtures/memory-region.js'

function desk() {
  const region = memoryRegion()
  const count = (field: (typeof counterFields)[number], value: number): void => {
    region.float64[countersOffset / 8 + counterFields.indexOf(field)] = value
  }
  const done: unknown[][] = []
  const ring: Pick<EventRing, 'act'> = { act: (...what) => void done.push(what) }
  const sink = { set: () => {}, setText: () => {} }
  const store = new ParameterStore(region.registry, region.values, region.allTexts(), sink)
  const history = new History(store)
  const clock = { nowMs: 0 }
  store.changes$.subscribe((change) => history.note(change, clock.nowMs))
  const recording = { active: false }
  const recorder = {
    start: async (target = '') => {
      done.push(['start', target])
      recording.active = true
      return target
    },
    stop: async () => {
      done.push(['stopRecording'])
      recording.active = false
    },
    state: () => ({ ...recording, waiting: false, target: '', frames: 0, preRollS: 0, error: '' }),
    isExtra: () => false,
    mark: (name: string) => void done.push(['mark', name]),
  }
  const timeline = new Timeline(region, ring, new Markers(mkdtempSync(join(tmpdir(), 'deskd-'))), [])
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void done.push([name, ...args])
  const scenes = {
    recall: note('recall'),
    step: note('step'),
    storeAs: async (...args: unknown[]) => String(done.push(['storeAs', ...args])),
    rename: async (...args: unknown[]) => void done.push(['rename', ...args]),
    delete: async (...args: unknown[]) => void done.push(['delete', ...args]),
  }
  const snapshots = { keep: async (...args: unknown[]) => void done.push(['keep', ...args]), recall: note('recallChain') }
  const parts = { scenes, snapshots, store, history, region, ring, recorder, timeline, takesFolder: '/takes', record: undefined }
  const run = createActions({ ...parts, nowMs: () => clock.nowMs })
  const value = (id: string): number => store.value(region.registry.params.find((p) => p.id === id)!)
  return { run, done, count, clock, store, value, region }
}

describe('the catalogue', () => {
  it('has a label and words for everything that every action takes', () => {
    for (const name of actionNames) {
      expect(actionSpecs[name].label).toMatch(/^[A-Z]/)
      for (const { expected } of argsOf(name)) expect(expected).toMatch(/^(a|seconds|letters)/)
    }
  })

  it('has no address that a parameter or meter has', () => {
    const addresses = new Set([...memoryRegion().registry.byId.values()].map(({ address }) => address))
    expect(actionNames.map(actionAddress).filter((address) => addresses.has(address))).toEqual([])
  })

  it('refuses what an action does not take, in words', () => {
    expect(whyNot('transport.play', [])).toBeUndefined()
    expect(whyNot('transport.play', [1])).toBe('expected no arguments, found 1')
    expect(whyNot('transport.move', [])).toBe('expected seconds from -86400 to 86400')
    expect(whyNot('transport.move', [Number.NaN])).toMatch(/seconds/)
    expect(whyNot('scene.recall', ['Verse', 10])).toBeUndefined()
    expect(whyNot('scene.recall', ['Verse', 10.1])).toBe('expected seconds from 0 to 10')
    expect(whyNot('scene.recall', ['12'])).toBeUndefined()
    for (const wrong of [0, -1, 1.5, 1000, Number.NaN]) expect(whyNot('scene.recall', [wrong])).toMatch(/expected a scene/)
  })

  it('takes no name that leads out of a folder', () => {
    const wrong = [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      '/a',
      '.hidden',
      ' a',
      'a ',
      'a.',
      'a\n',
      'a\0',
      '7',
      'x'.repeat(64),
      'ü'.repeat(32),
      'a\\b',
    ]
    for (const name of wrong) expect([name, isSceneName(name)]).toEqual([name, false])
    for (const name of ['a', 'Verse 2', '2nd', 'Große Trommel', 'x'.repeat(63), '7_', 'a..b', 'ü'.repeat(31)])
      expect([name, isSceneName(name)]).toEqual([name, true])
  })
})

describe('tap tempo', () => {
  const tapped = (...timesMs: number[]) => {
    const tempo = new TapTempo()
    return timesMs.map((ms) => tempo.tap(ms)).at(-1)
  }
  it('is the mean of the last taps: 500 ms apart 120 BPM, uneven ones by their mean', () => {
    expect(tapped(0)).toBeUndefined()
    expect(tapped(0, 500)).toBe(120)
    expect(tapped(0, 480, 1020, 1500)).toBe(120)
    expect(tapped(0, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000)).toBe(120) // of eight taps
  })
  it('stays within 20 and 300 BPM, and forgets after 2 s', () => {
    expect(tapped(0, 100)).toBe(300)
    expect(tapped(0, 2000)).toBe(30)
    expect(tapped(0, 2001)).toBeUndefined()
    expect(tapped(0, 500, 3000, 4000)).toBe(60)
    expect(tapped(0, 0)).toBeUndefined()
  })
  it('sets transport.tempoBpm, as one step', () => {
    const { run, clock, value } = desk()
    for (let i = 0; i < 5; i++) {
      clock.nowMs = 600 * i
      run('tempo.tap', [], 'test')
    }
    expect(value('transport.tempoBpm')).toBe(100)
    run('edit.undo', [], 'test')
    expect(value('transport.tempoBpm')).toBe(120)
    run('edit.redo', [], 'test')
    expect(value('transport.tempoBpm')).toBe(100)
    expect(() => run('edit.redo', [], 'test')).toThrow('there is nothing to redo')
  })
})

describe('the transport', () => {
  it('is toggled by what it does', async () => {
    const { run, done, count } = desk()
    await run('transport.toggle', [], 'test')
    count('playing', 1)
    await run('transport.toggle', [], 'test')
    expect(done).toEqual([['play'], ['stop']])
  })

  it('is moved on and back, within its ends; a wheel adds up before the engine has followed', () => {
    const { run, done, count, clock, region } = desk()
    const rate = region.sampleRateHz
    count('positionFrames', 10 * rate)
    for (let i = 0; i < 5; i++) {
      clock.nowMs += 20
      run('transport.move', [0.5], 'wheel')
    }
    clock.nowMs += 1000
    run('transport.move', [-60], 'wheel')
    clock.nowMs += 1000
    run('transport.move', [86400], 'wheel')
    expect(done.map(([, frames]) => Number(frames) / rate)).toEqual([10.5, 11, 11.5, 12, 12.5, 0, 86400])
  })

  it('records, and without a name stops what it records', async () => {
    const { run, done } = desk()
    await run('transport.record', ['Take 1'], 'test')
    await run('transport.record', [], 'test')
    expect(done).toEqual([['start', '/takes/Take 1'], ['stopRecording']])
  })
})

it('solos that are cleared come back with one undo', () => {
  const { run, store, value, clock, region } = desk()
  for (const id of ['strip.1.solo', 'bus.1.solo', 'dca.1.solo']) {
    clock.nowMs += 2000
    store.set(region.registry.params.find((p) => p.id === id)!, 1, 'hand')
  }
  clock.nowMs += 2000
  run('solo.clear', [], 'hand')
  expect(value('strip.1.solo')).toBe(0)
  run('edit.undo', [], 'hand')
  expect([value('strip.1.solo'), value('bus.1.solo'), value('dca.1.solo')]).toEqual([1, 1, 1])
})

it('scenes are told what is wanted, with the time', async () => {
  const { run, done, clock } = desk()
  clock.nowMs = 500
  for (const args of [['Verse'], [3, 2.5], ['Verse', 0, 'faders,master']]) await run('scene.recall', args, 'test')
  await run('scene.next', [], 'test')
  await run('scene.previous', [], 'test')
  for (const args of [[], [3], ['Verse', 'faders']]) await run('scene.store', args, 'test')
  await run('scene.rename', [3, 'Chorus'], 'test')
  await run('scene.delete', ['Chorus'], 'test')
  expect(done).toEqual([
    ['recall', 'Verse', {}, 500],
    ['recall', 3, { fadeS: 2.5 }, 500],
    ['recall', 'Verse', { fadeS: 0, scope: 'faders,master' }, 500],
    ['step', 1, 500],
    ['step', -1, 500],
    ['storeAs', undefined, undefined],
    ['storeAs', 3, undefined],
    ['storeAs', 'Verse', 'faders'],
    ['rename', 3, 'Chorus'],
    ['delete', 'Chorus'],
  ])
})
