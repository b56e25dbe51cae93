// Kinds of parameters, and scopes of them.
import { describe, expect, it } from 'vitest'
import { kindOf, kinds, usualKinds } from '../../src/params/kinds.js'
import { isMeter } from '../../src/params/registry.js'
import { readScope } from '../../src/scenes/scope.js'
import { smallRegistry } from '../fixtures/scene-desk.js'

const ids = [...smallRegistry.byId.values()].filter((entry) => !isMeter(entry)).map(({ id }) => id)
const inScope = (words: string): string[] => ids.filter((id) => readScope(words).has(id))

describe('every parameter and text', () => {
  it('is of a kind, and every kind is of something', () => {
    expect(ids.filter((id) => kindOf(id) === undefined)).toEqual([])
    expect(kinds.filter((kind) => !ids.some((id) => kindOf(id) === kind))).toEqual([])
  })

  it('that plays, is monitored, talks or tests is not in the usual scope; nor are safes', () => {
    const usual = inScope('')
    expect(
      usual.filter((id) => /^(transport|monitor|talkback|oscillator|analyser|scene)\.|solo|arm|recallSafe/.test(id)),
    ).toEqual([])
    for (const id of ['strip.1.faderDb', 'strip.4.name', 'bus.3.output', 'fx.2.reverb.decayS', 'master.limiter.on', 'dca.2.mute'])
      expect(usual).toContain(id)
    expect(new Set(usual.map(kindOf))).toEqual(new Set(usualKinds))
  })
})

describe('a scope', () => {
  it('is of kinds, of channels, or of both', () => {
    expect(inScope('faders')).toEqual(ids.filter((id) => id.endsWith('.faderDb')))
    expect(inScope('master, faders')).toEqual(['master.faderDb'])
    expect(inScope('faders mutes strip.2-3')).toEqual(['strip.2.faderDb', 'strip.2.mute', 'strip.3.faderDb', 'strip.3.mute'])
    expect(inScope('pans,strip.2')).toEqual(['strip.2.widthPercent', 'strip.2.panMode', 'strip.2.pan'])
    expect(inScope('pans,strip.*')).toEqual(inScope('pans,strip'))
    expect(inScope('fx')).toEqual(ids.filter((id) => id.startsWith('fx.') && !/name|recallSafe/.test(id)))
    expect(inScope('fx.2').every((id) => id.startsWith('fx.2.'))).toBe(true)
    expect(inScope('fx.2')).toContain('fx.2.name')
    expect(inScope('monitor')).toContain('strip.1.solo')
    expect(inScope('all')).toHaveLength(ids.filter((id) => kindOf(id) !== 'scene').length)
    expect(inScope('strip.12')).toEqual([])
  })

  it('names all words that it does not know, with the nearest', () => {
    expect(() => readScope('fader,mutes,strip1,bus.')).toThrow(/nearest: faders.*"fader".*nearest: strip\.1.*"strip1".*"bus\."/)
    for (const wrong of ['strip.-1', 'strip.1-', 'master.1', 'strip.a', '*', 'scene', 'strip.1.faderDb'])
      expect(() => readScope(wrong), wrong).toThrow('expected kinds')
  })
})
