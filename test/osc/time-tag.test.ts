import { describe, expect, it } from 'vitest'
import { msUntil, ntpOfUnixMs } from '../../src/osc/time-tag.js'

describe('time tags', () => {
  it('puts 1970 at 2208988800 s and half a second at 2^31', () => {
    expect(ntpOfUnixMs(0)).toBe(2208988800n << 32n)
    expect(ntpOfUnixMs(500)).toBe((2208988800n << 32n) + 2n ** 31n)
  })

  it('measures 250 ms ahead to the microsecond', () => {
    const now = Date.UTC(2025, 5, 1)
    expect(msUntil(ntpOfUnixMs(now + 250), now)).toBeCloseTo(250, 3)
  })

  it('takes 0, 1 and the past as now', () => {
    const now = Date.UTC(2025, 5, 1)
    for (const tag of [0n, 1n, ntpOfUnixMs(now - 1), ntpOfUnixMs(0)]) expect(msUntil(tag, now)).toBe(0)
  })

  it('goes over the rollover of 7 February 2036', () => {
    const now = Date.UTC(2036, 1, 7, 6, 28, 15)
    expect(msUntil(ntpOfUnixMs(now + 2000), now)).toBeCloseTo(2000, 3)
    expect(msUntil(ntpOfUnixMs(now - 2000), now)).toBe(0)
  })
})
