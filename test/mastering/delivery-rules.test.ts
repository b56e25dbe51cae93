// The verdicts of the platforms' rules on figures at and beside their limits.
import { describe, expect, it } from 'vitest'
import { rules, type Verdict, verdictOn, verdicts } from '../../src/mastering/delivery-rules.js'
import type { Measurement } from '../../src/mastering/measure.js'

const of = (integratedLufs: number, truePeakDbtp = -3, maxShortTermLufs = integratedLufs + 3): Measurement =>
  ({ integratedLufs, truePeakDbtp, maxShortTermLufs }) as Measurement

const verdict = (name: string, ...figures: Parameters<typeof of>): Pick<Verdict, 'verdict' | 'says'> => {
  const rule = rules.find((one) => one.name === name)
  if (!rule) throw new Error(`there is no rule ${name}`)
  const { verdict, says } = verdictOn(of(...figures), rule)
  return { verdict, says }
}

describe('standards', () => {
  it.each([
    [-23.2, -1, 'meets', []],
    [-22.8, -1.04, 'meets', []],
    [-23.3, -1, 'fails', ['0.1 LU too quiet']],
    [-14, -0.9, 'fails', ['8.8 LU too loud', 'true peak −0.9 dBTP, 0.1 dB over']],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 'fails', ['silent']],
  ])('EBU R 128 at %d LUFS and %d dBTP: %s', (integrated, peak, word, says) => {
    expect(verdict('EBU R 128', integrated, peak)).toEqual({ verdict: word, says })
  })

  it('s1 holds the short-term loudness at −18', () => {
    expect(verdict('EBU R 128 s1, short-form', -23, -3, -18)).toEqual({ verdict: 'meets', says: [] })
    expect(verdict('EBU R 128 s1, short-form', -23, -3, -16.5).says).toEqual(['short-term up to −16.5 LUFS, 1.5 LU over'])
  })
})

describe('platforms', () => {
  it('Spotify turns down what is louder, and asks −2 dBTP of it then', () => {
    expect(verdict('Spotify', -10, -2)).toEqual({ verdict: 'changed', says: ['turned down 4.0 dB'] })
    expect(verdict('Spotify', -10, -1)).toEqual({
      verdict: 'fails',
      says: ['true peak −1.0 dBTP, 1.0 dB over', 'turned down 4.0 dB'],
    })
    expect(verdict('Spotify', -14, -1)).toEqual({ verdict: 'meets', says: [] })
  })

  it('raises what is quieter as far as its peaks leave room, or leaves it', () => {
    expect(verdict('Apple Music', -20, -6).says).toEqual(['turned up 4.0 dB'])
    expect(verdict('Apple Music', -20, -3).says).toEqual(['turned up 2.0 of 4.0 dB before its peaks are in the way'])
    expect(verdict('Apple Music', -20, -1).says).toEqual(['left 4.0 LU below it, as its peaks leave no room'])
    expect(verdict('YouTube', -20, -6).says).toEqual(['left 6.0 LU below it'])
  })

  it('has a verdict of every rule, also on silence', () => {
    const silent = verdicts(of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY))
    expect(silent.map(({ name }) => name)).toEqual(rules.map(({ name }) => name))
    expect(silent.flatMap(({ says }) => says).join()).not.toMatch(/NaN|Infinity/)
  })
})
