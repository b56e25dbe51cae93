// What --set and `deskd set` understand.
import { describe, expect, it } from 'vitest'
import { applyChanges, checkChanges, readChange, readChanges } from '../../src/cli/changes.js'
import { buildRegistry, isParam } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'

const registry = buildRegistry({ stripStereo: [false, true], busCount: 2, inputCount: 0, outputCount: 2, dcaCount: 2 })

function standing(...written: string[]) {
  const values = defaultValues(registry)
  const texts = defaultTexts(registry)
  applyChanges(checkChanges(registry, written.map(readChange)), values, texts)
  return (id: string): number | string => {
    const entry = registry.byId.get(id)!
    return isParam(entry) ? values[entry.index]! : texts[entry.index]!
  }
}

describe('changes', () => {
  it('read id=value, id+=value and pairs of words', () => {
    expect(readChange('strip.1.name=a=b')).toEqual({ id: 'strip.1.name', value: 'a=b', add: false })
    expect(readChange('strip.1.faderDb+=-2')).toEqual({ id: 'strip.1.faderDb', value: '-2', add: true })
    expect(readChanges(['a=1', 'b', '-2', 'c=3'])).toEqual([
      { id: 'a', value: '1', add: false },
      { id: 'b', value: '-2', add: false },
      { id: 'c', value: '3', add: false },
    ])
  })

  it('set numbers, −inf, booleans, enums by name, and texts', () => {
    const value = standing(
      'strip.1.faderDb=-inf',
      'strip.2.mute=on',
      'strip.1.hpf.slope=24',
      'strip.2.comp.key=strip.1',
      'strip.1.name=Kick in',
    )
    expect(value('strip.1.faderDb')).toBe(Number.NEGATIVE_INFINITY)
    expect(value('strip.2.mute')).toBe(1)
    expect(value('strip.1.hpf.slope')).toBe(3)
    expect(value('strip.2.comp.key')).toBe(1)
    expect(value('strip.1.name')).toBe('Kick in')
  })

  it('adds to what stands: −5, then +2.5 and −1 gives −3.5 dB', () => {
    expect(standing('strip.1.faderDb=-5', 'strip.1.faderDb+=2.5', 'strip.1.faderDb+=-1')('strip.1.faderDb')).toBe(-3.5)
  })

  it('refuses a sum outside the range: 0 + 11 dB on a fader that ends at 10', () => {
    expect(() => standing('strip.1.faderDb+=11')).toThrow(/strip.1.faderDb: expected -inf to 10 dB, found 11/)
  })

  it('adds to numbers alone', () => {
    expect(() => standing('strip.1.mute+=1')).toThrow(/not a number/)
    expect(() => standing('strip.1.faderDb+=loud')).toThrow(/number to add/)
  })
})
