// Solos as a whole: exclusive, and cleared.
import { describe, expect, it } from 'vitest'
import { clearSolos, exclusiveSolo, soloParams } from '../../src/params/solo.js'
import { defaultTexts, defaultValues, ParameterStore } from '../../src/params/store.js'
import { param, registry, testServer } from '../osc/desk.js'

function soloDesk() {
  const sink = { set: () => {}, setText: () => {} }
  const store = new ParameterStore(
    registry,
    defaultValues(registry),
    defaultTexts(registry),
    sink,
    undefined,
    exclusiveSolo(registry),
  )
  const soloed = (): string[] =>
    soloParams(registry)
      .filter((solo) => store.value(solo) !== 0)
      .map(({ id }) => id)
  const set = (id: string, value: number) => store.set(param(id), value, 'test')
  return { store, set, soloed }
}

describe('solos', () => {
  it('are those of strips, buses and DCAs', () => {
    expect(soloParams(registry).map(({ id }) => id)).toEqual([
      ...['dca.1.solo', 'dca.2.solo', 'bus.1.solo', 'bus.2.solo'],
      ...['strip.1.solo', 'strip.2.solo', 'strip.3.solo', 'strip.4.solo'],
    ])
  })

  it('add up, unless monitor.exclusiveSolo lets the last one take the place of the others', () => {
    const { store, set, soloed } = soloDesk()
    set('strip.1.solo', 1)
    set('bus.1.solo', 1)
    expect(soloed()).toEqual(['bus.1.solo', 'strip.1.solo'])
    set('monitor.exclusiveSolo', 1)
    const changes: string[] = []
    store.changes$.subscribe((change) => changes.push(`${'param' in change ? change.param.id : ''} by ${change.initiator}`))
    set('dca.2.solo', 1)
    expect(soloed()).toEqual(['dca.2.solo'])
    expect(changes).toEqual(['dca.2.solo by test', 'bus.1.solo by test', 'strip.1.solo by test'])
    set('dca.2.solo', 0)
    expect(soloed()).toEqual([])
  })

  it('are all cleared by one call, and by /solo/clear', async () => {
    const { store, set, soloed } = soloDesk()
    for (const id of ['strip.1.solo', 'strip.4.solo', 'bus.2.solo', 'dca.1.solo']) set(id, 1)
    clearSolos(store, 'test')
    expect(soloed()).toEqual([])
    const { talk, store: over } = testServer()
    over.set(param('strip.2.solo'), 1, 'test')
    expect(await talk('/solo/clear', [{ type: 'f', value: 0 }])).toEqual([])
    expect(over.value(param('strip.2.solo'))).toBe(1)
    await talk('/solo/clear')
    expect(over.value(param('strip.2.solo'))).toBe(0)
  })
})
