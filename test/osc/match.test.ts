import { describe, expect, it } from 'vitest'
import { addressTree, compilePattern, matches, nearestAddresses, type SegmentPattern } from '../../src/osc/match.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'

const small = [
  '/strip/1/mute', '/strip/2/mute', '/strip/10/mute', '/strip/1/pan', '/strip/1/eq/on', '/bus/1/mute', '/master/mute', '/a-b/c',
].map((address) => ({ address })) // biome-ignore format: a list
const smallTree = addressTree(small)

const compiled = (pattern: string): SegmentPattern[] => {
  const segments = compilePattern(pattern)
  if (typeof segments === 'string') throw new Error(segments)
  return segments
}
const found = (pattern: string): string[] =>
  [...matches(smallTree, compiled(pattern))].flatMap((entry) => (entry ? [entry.address] : []))

describe('patterns', () => {
  it.each([
    ['/strip/*/mute', ['/strip/1/mute', '/strip/2/mute', '/strip/10/mute']],
    ['/strip/?/mute', ['/strip/1/mute', '/strip/2/mute']],
    ['/strip/??/mute', ['/strip/10/mute']],
    ['/strip/[1-4]/mute', ['/strip/1/mute', '/strip/2/mute']],
    ['/strip/[!1]/mute', ['/strip/2/mute']],
    ['/strip/[02-9]/mute', ['/strip/2/mute']],
    ['/strip/{1,10}/mute', ['/strip/1/mute', '/strip/10/mute']],
    ['/strip/1{,0}/mute', ['/strip/1/mute', '/strip/10/mute']],
    ['/{strip,bus}/1/mute', ['/strip/1/mute', '/bus/1/mute']],
    ['/strip/1/{mute,pan}', ['/strip/1/mute', '/strip/1/pan']],
    ['/strip/1/*', ['/strip/1/mute', '/strip/1/pan']],
    ['/*/mute', ['/master/mute']],
    ['/*', []],
    ['/strip/1/m*t*e', ['/strip/1/mute']],
    ['/strip/1/**mute**', ['/strip/1/mute']],
    ['/strip/1/*x', []],
    ['/a[-x]b/c', ['/a-b/c']],
    ['/strip//mute', []],
    ['/strip/1/mute/', []],
    ['/strip/[]/mute', []],
    ['/strip/{}/mute', []],
  ])('%s finds %j', (pattern, addresses) => {
    expect(found(pattern)).toEqual(addresses)
  })

  it('never lets * cross a slash', () => {
    expect(found('/strip*mute')).toEqual([])
    expect(found('/strip/*')).toEqual([])
  })

  it.each([
    '/strip/[1/mute',
    '/strip/1]/mute',
    '/strip/{1,2/mute',
    '/strip/1}/mute',
    '/{a/b}/c',
    'strip/*',
    `/${'*'.repeat(256)}`,
  ])('gives a reason for %s', (pattern) => {
    expect(compilePattern(pattern)).toEqual(expect.any(String))
  })
})

describe('the work of a pattern', () => {
  const registry = buildRegistry(defaultTopology)
  const tree = addressTree(registry.byId.values())
  const nodes = [...registry.byId.values()].reduce((sum, { address }) => sum + address.split('/').length, 0)

  it.each([
    '/{*}+!',
    '/*a*a*a*a*b/*a*a*a*a*b',
    `/strip/*/${'*e'.repeat(60)}`,
    `/strip/*/${'?*'.repeat(60)}`,
    `/*/*/${'{a,e,q,m,u,t,eq,mute}*'.repeat(10)}`,
    `/*/*/{${Array(100).fill('e').join(',')}}*`,
    '/*/*/*/*',
    '/*/*/*/*/*',
    '/*/*/*/nothing',
  ])('%s takes no more steps than nodes + distinct names × name length × pattern length', (pattern) => {
    const count = { steps: 0 }
    for (const _ of matches(tree, compiled(pattern), count));
    const names = new Set([...registry.byId.keys()].flatMap((id) => id.split('.')))
    const letters = [...names].reduce((sum, name) => sum + name.length + 1, 0)
    expect(count.steps).toBeLessThanOrEqual(2 * nodes + letters * 2 * pattern.length)
  })

  it('offers a pause at least every 5000 steps, also where nothing matches', () => {
    const count = { steps: 0 }
    let before = 0
    let longest = 0
    let pauses = 0
    for (const entry of matches(tree, compiled('/*/*/*/*zz*?*?*'), count)) {
      longest = Math.max(longest, count.steps - before)
      before = count.steps
      if (!entry) pauses++
    }
    expect(pauses).toBeGreaterThan(1)
    expect(longest).toBeLessThan(5000)
  })

  it('is lazy: the first of thousands takes a handful of steps', () => {
    const count = { steps: 0 }
    const first = matches(tree, compiled('/*/*/*/*'), count).next().value
    expect(first?.address.split('/')).toHaveLength(5)
    expect(count.steps).toBeLessThan(100)
  })
})

describe('nearestAddresses', () => {
  it('mends a mistyped name on any level', () => {
    expect(nearestAddresses(smallTree, '/strip/1/mut')[0]).toBe('/strip/1/mute')
    expect(nearestAddresses(smallTree, '/strp/2/mute')[0]).toBe('/strip/2/mute')
    expect(nearestAddresses(smallTree, '/strip/11/mute')[0]).toBe('/strip/1/mute')
  })

  it('gives the group where an address ends early or goes on too long', () => {
    expect(nearestAddresses(smallTree, '/strip/1')).toContain('/strip/1')
    expect(nearestAddresses(smallTree, '/strip/1/mute/x')).toEqual(['/strip/1/mute'])
  })
})
