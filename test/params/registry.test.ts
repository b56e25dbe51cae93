// What must hold for every parameter there is.
import { expect, it } from 'vitest'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { parseValue, settle } from '../../src/params/value.js'

const registry = buildRegistry(defaultTopology)

it('no enum has a name that is also one of its indices: a number over OSC would mean two things', () => {
  for (const { id, names } of registry.params) for (const name of names) expect(names[Number(name)] ?? name, id).toBe(name)
})

it('counts take whole numbers only', () => {
  const voices = registry.params.find(({ id }) => id === 'fx.1.chorus.voices')
  if (!voices) throw new Error('there is no fx.1.chorus.voices')
  expect([parseValue(voices, 3), parseValue(voices, 3.5), settle(voices, 3.6)]).toEqual([3, undefined, 4])
})

it('every default lies in its range and is what it settles to', () => {
  for (const p of registry.params)
    expect(settle(p, p.default), p.id).toBe(p.spec.kind === 'number' ? Math.fround(p.default) : p.default)
})
