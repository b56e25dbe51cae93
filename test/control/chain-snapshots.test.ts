// Snapshots of the mastering chain: what they hold, matched level, undo, what is missing or broken.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ChainSnapshots } from '../../src/control/chain-snapshots.js'
import { History } from '../../src/params/history.js'
import { entryOf, type Param } from '../../src/params/registry.js'
import { ParameterStore } from '../../src/params/store.js'
import { memoryRegion } from '../fixtures/memory-region.js'

function desk() {
  const region = memoryRegion()
  const store = new ParameterStore(region.registry, region.values, region.allTexts(), { set: () => {}, setText: () => {} })
  const history = new History(store)
  store.changes$.subscribe((change) => history.note(change, 0))
  const folder = mkdtempSync(join(tmpdir(), 'deskd-chain-'))
  const loudness = { db: 0 }
  const snapshots = new ChainSnapshots(folder, store, history, { meter: () => loudness.db })
  const param = (id: string): Param => entryOf(region.registry, id) as Param
  const set = (id: string, value: number) => store.set(param(id), value, 'test')
  return { snapshots, history, folder, loudness, set, value: (id: string) => store.value(param(id)) }
}

it('brings the chain back as it was, and nothing but the chain, as one step', async () => {
  const { snapshots, history, set, value } = desk()
  set('master.eq.band3.gainDb', 3)
  set('master.chain.order.1', 2)
  set('master.imager.on', 1)
  set('master.limiter.ceilingDbtp', -2)
  await snapshots.keep('a')
  set('master.eq.band3.gainDb', -4)
  set('master.chain.order.1', 0)
  set('master.imager.on', 0)
  set('master.limiter.ceilingDbtp', -1)
  set('master.faderDb', -3)
  set('master.eq.bypass', 1)
  snapshots.recall('A', 10)
  const chain = ['master.eq.band3.gainDb', 'master.chain.order.1', 'master.imager.on', 'master.limiter.ceilingDbtp']
  expect(chain.map(value)).toEqual([3, 2, 1, -2])
  expect([value('master.faderDb'), value('master.eq.bypass'), value('master.chain.trimDb')]).toEqual([-3, 1, 0])
  history.undo()
  expect(chain.map(value)).toEqual([-4, 0, 0, -1])
})

it('while levels are matched each comes down to the quietest, and none goes up', async () => {
  const { snapshots, loudness, set, value } = desk()
  set('master.chain.matchLevels', 1)
  for (const [slot, db] of [
    ['A', 2],
    ['B', 6.5],
    ['C', -1],
  ] as const) {
    loudness.db = db
    await snapshots.keep(slot)
  }
  const trims = ['A', 'B', 'C'].map((slot) => {
    snapshots.recall(slot, 0)
    return value('master.chain.trimDb')
  })
  expect(trims).toEqual([-3, -7.5, 0])
  // What is stored with a trim is stored without it.
  snapshots.recall('B', 0)
  loudness.db = -1
  await snapshots.keep('D')
  snapshots.recall('D', 0)
  expect(value('master.chain.trimDb')).toBe(-7.5)
  set('master.chain.matchLevels', 0)
  snapshots.recall('B', 0)
  expect(value('master.chain.trimDb')).toBe(0)
})

it('keeps all that are stored in one moment, each as the chain stood when it was', async () => {
  const { snapshots, set, value } = desk()
  const slots = ['A', 'B', 'C', 'D']
  await Promise.all(
    slots.map((slot, i) => {
      set('master.eq.band3.gainDb', i)
      return snapshots.keep(slot)
    }),
  )
  const brought = slots.map((slot) => {
    snapshots.recall(slot, 0)
    return value('master.eq.band3.gainDb')
  })
  expect(brought).toEqual([0, 1, 2, 3])
})

it('says what is missing or broken, and keeps what is there', async () => {
  const { snapshots, folder } = desk()
  expect(() => snapshots.recall('B', 0)).toThrow(/no snapshot B/)
  await snapshots.keep('A')
  const file = join(folder, 'chain-snapshots.json')
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(['A'])
  writeFileSync(file, '{"A": ')
  expect(() => snapshots.recall('A', 0)).toThrow(/chain-snapshots\.json: expected JSON/)
  await expect(snapshots.keep('B')).rejects.toThrow(/expected JSON/)
  expect(readFileSync(file, 'utf8')).toBe('{"A": ')
})
