// What --set and `deskd set` understand.
import { describe, expect, it } from 'vitest'
import { applyChanges, checkChanges, readChange, readChanges } from '../../src/cli/changes.js'
import { buildRegistry, isParam } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'

const registry = buildRegistry({
  stripStereo: [false, true],
  busCount: 2,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})

function standing(...written: string[]) {
  const values = defaultValues(registry)
  const texts = defaultTexts(registry)
  applyChanges(checkChanges(registry, written.map(readChange)), values, texts)
  return (id: string): number | string => {
    const entry = registry.byId.get(id)!
    return isParam(entry) ? values[entry.index]! : texts[entry.index]!
  }
}

describe('a delay', () => {
  const ms = (written: string, rate?: number): number => {
    const [change] = checkChanges(registry, [readChange(`strip.1.delayMs=${written}`)], rate)
    if (!change || !('param' in change)) throw new Error('no parameter')
    return change.value
  }
  it('is written in ms, s, metres of air at 20 °C (343.2 m/s), and samples where the rate is known', () => {
    expect(['3.4', '3.4ms', '3.4 ms', '.0034s'].map((written) => ms(written))).toEqual(Array(4).fill(Math.fround(3.4)))
    expect(ms('3.432 m')).toBeCloseTo(10, 6)
    expect(ms('1.2m')).toBeCloseTo(3.4965, 4)
    expect([ms('48smp', 48000), ms('48 samples', 96000), ms('441 smp', 44100)]).toEqual([1, 0.5, 10])
  })
  it.each(['48smp', '1.1 s', '400m', '-1m', '3 ft', '3 Hz', 'm'])('refuses %s in words', (written) => {
    expect(() => ms(written)).toThrow(/delayMs: expected 0 to 1000 ms \(or with a unit: ms, s, m, smp\), found/)
  })
  it('alone has these units', () => {
    expect(() => checkChanges(registry, [readChange('strip.1.gate.attackMs=1ms')], 48000)).toThrow(/attackMs: expected/)
  })
})

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
