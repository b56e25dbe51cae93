import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { subscriptionLimits } from '../../src/osc/subscriptions.js'
import { clientA, clientB, number, param, string, testServer } from './desk.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A desk whose client A has subscribed, and what was sent since a moment ago. */
function subscribed(pattern: string, hz?: number) {
  const at = testServer()
  const subscribe = (from = clientA, what = pattern): void =>
    at.say('/subscribe', hz === undefined ? [string(what)] : [string(what), number(hz)], from)
  const wait = (ms: number): string[] => {
    at.sent.length = 0
    vi.advanceTimersByTime(ms)
    return [...at.sent]
  }
  const move = (id: string, value: number, initiator = 'test'): void => void at.store.set(param(id), value, initiator)
  subscribe()
  return { ...at, subscribe, wait, move, first: wait(1) }
}

describe('a subscription', () => {
  it('begins with the whole state of its pattern', () => {
    expect(subscribed('/strip/{1,2}/{pan,name}').first).toEqual([
      '50001 /strip/1/name Strip 1',
      '50001 /strip/1/pan 0',
      '50001 /strip/2/name Strip 2',
      '50001 /strip/2/pan 0',
    ])
  })

  it('sends a change made elsewhere, once, with its last value, 10 times a second unless told', () => {
    const { move, wait } = subscribed('/strip/*/pan')
    for (let pan = 1; pan <= 50; pan++) move('strip.1.pan', pan)
    move('strip.2.pan', -5)
    move('strip.1.mute', 1)
    expect(wait(98)).toEqual([])
    expect(wait(10)).toEqual(['50001 /strip/1/pan 50', '50001 /strip/2/pan -5'])
    expect(wait(1000)).toEqual([])
  })

  it('sends a change at once when the last is a period ago', () => {
    const { move, wait } = subscribed('/strip/*/pan', 2)
    wait(3000)
    move('strip.1.pan', 7)
    expect(wait(3)).toEqual(['50001 /strip/1/pan 7'])
    move('strip.1.pan', 8)
    expect(wait(490)).toEqual([])
    expect(wait(20)).toEqual(['50001 /strip/1/pan 8'])
  })

  it('does not send a change to who made it, but to the others', () => {
    const { say, subscribe, wait } = subscribed('/strip/*/pan')
    subscribe(clientB)
    wait(200)
    say('/strip/3/pan', [number(30)], clientA)
    expect(wait(200)).toEqual(['50002 /strip/3/pan 30'])
  })

  it('does not send a value that its own client has set over since', () => {
    const { say, move, wait } = subscribed('/strip/*/pan')
    move('strip.1.pan', 5)
    say('/strip/1/pan', [number(6)])
    expect(wait(500)).toEqual([])
    move('strip.1.pan', 7)
    expect(wait(500)).toEqual(['50001 /strip/1/pan 7'])
  })

  it('sends meters 20 times a second when asked for 20 Hz', () => {
    const { wait } = subscribed('/strip/1/meter/*', 20)
    const meters = wait(1000).filter((s) => s.includes('peakDb'))
    expect(meters.length).toBeGreaterThanOrEqual(19)
    expect(meters.length).toBeLessThanOrEqual(21)
  })

  it.each([
    [1000, 100],
    [0.1, 1],
  ])('takes %d Hz as %d Hz', (asked, given) => {
    const { wait } = subscribed('/master/meter/peakDb', asked)
    expect(Math.abs(wait(2000).length - 2 * given)).toBeLessThanOrEqual(given * 0.06 + 1)
  })

  it('speaks /norm when asked under /norm, without names and meters', () => {
    const { first, move, wait } = subscribed('/norm/strip/1/*')
    expect(first).toContain('50001 /norm/strip/1/faderDb 0.75')
    expect(first.some((s) => s.includes('name'))).toBe(false)
    move('strip.1.faderDb', -10)
    expect(wait(200)).toEqual(['50001 /norm/strip/1/faderDb 0.5'])
  })

  it('ends after 10 s', () => {
    const { move, wait } = subscribed('/strip/1/pan')
    wait(9800)
    move('strip.1.pan', 1)
    expect(wait(150)).toHaveLength(1)
    wait(100)
    move('strip.1.pan', 2)
    expect(wait(1000)).toEqual([])
  })

  it('lives 10 s more from a renewal, which does not send the state again and may change the rate', () => {
    const { say, move, wait } = subscribed('/strip/1/pan')
    wait(8000)
    say('/subscribe', [string('/strip/1/pan'), number(50)])
    expect(wait(9900)).toEqual([])
    move('strip.1.pan', 1)
    expect(wait(5)).toHaveLength(1)
    move('strip.1.pan', 2)
    expect(wait(25)).toHaveLength(1)
    wait(200)
    move('strip.1.pan', 3)
    expect(wait(1000)).toEqual([])
  })

  it('ends with /unsubscribe of its pattern, or of everything', () => {
    const { say, move, wait } = subscribed('/strip/1/pan')
    say('/subscribe', [string('/strip/2/pan')])
    say('/unsubscribe', [string('/strip/1/pan')])
    wait(200)
    move('strip.1.pan', 1)
    move('strip.2.pan', 2)
    expect(wait(200)).toEqual(['50001 /strip/2/pan 2'])
    say('/unsubscribe')
    move('strip.2.pan', 3)
    expect(wait(200)).toEqual([])
  })

  it('is refused with a reason: nothing matches, no pattern, too many', () => {
    const { say, wait } = subscribed('/strip/1/pan')
    say('/subscribe', [string('/strip/*/pam')])
    expect(wait(1)).toEqual([expect.stringMatching(/matches nothing/)])
    say('/subscribe', [number(1)])
    expect(wait(1)).toEqual([expect.stringMatching(/expected a pattern/)])
    for (let i = 1; i < subscriptionLimits.patternsAClient; i++)
      say('/subscribe', [string(`/strip/${'?'.repeat(1)}/eq/band*/{q,${i}}`)])
    wait(1)
    say('/subscribe', [string('/strip/2/pan')])
    expect(wait(1)).toEqual([expect.stringMatching(/a client may hold 16/)])
    for (let port = 1; port < subscriptionLimits.clients; port++)
      say('/subscribe', [string('/strip/2/pan')], { ...clientA, port })
    expect(wait(1)).toHaveLength(subscriptionLimits.clients - 1)
    say('/subscribe', [string('/strip/2/pan')], clientB)
    expect(wait(1)).toEqual([expect.stringMatching(/^50002 \/error .*32 clients/)])
  })
})
