// A surface at work, in bytes: units that start anew by themselves.
import { describe, expect, it } from 'vitest'
import { logicControl, mackieControl } from '../../drivers/mackie-control.js'
import { LiveSurface } from '../../src/control/live-surface.js'
import { SurfaceTap } from '../../src/control/surface-tap.js'
import type { Driver } from '../../src/surface/driver.js'
import { fromHex, toHex } from '../fixtures/surface-bytes.js'

const plugged = (driver: Driver) => {
  const port = { name: 'a port', place: '1', canReceive: true, canSend: true }
  const unit = { id: 'main', spec: driver.units[0]!, port, home: port }
  const surface = new LiveSurface({
    matched: { name: 'desk', driver, isConfigured: false, units: [unit] },
    bytesASecond: 1_000_000,
    tap: new SurfaceTap(),
    counts: { messages: 0, events: 0, effects: 0 },
    act: () => {},
    touched: () => {},
    released: () => {},
  })
  const sent: string[] = []
  surface.plug('main', { messages$: undefined as never, send: (bytes) => sent.push(toHex(bytes)), close: () => {} })
  let nowMs = 0
  /** What goes out within a second of `bytes`, or of being plugged in. */
  const toldAfter = (bytes?: string): string[] => {
    sent.length = 0
    if (bytes !== undefined) surface.received('main', fromHex(bytes), nowMs)
    for (const endMs = nowMs + 1000; nowMs < endMs; nowMs += 10) {
      surface.look(nowMs)
      surface.send(nowMs)
    }
    return [...sent]
  }
  return toldAfter
}

describe('a unit that starts anew', () => {
  it('behind a DIN port, where no plug tells of it, is told everything again', () => {
    const toldAfter = plugged(mackieControl)
    const all = toldAfter()
    expect(all.length).toBeGreaterThan(150)
    expect(toldAfter('90 5E 7F')).toEqual([])
    expect(toldAfter('F0 00 00 66 14 01 58 59 5A 57 18 61 05 57 18 61 05 F7').toSorted()).toEqual(all.toSorted())
  })

  it('and wants a handshake is answered first, and told everything when it has accepted', () => {
    const toldAfter = plugged(logicControl)
    const all = toldAfter()
    expect(all[0]).toBe('F0 00 00 66 10 00 F7')
    expect(toldAfter('F0 00 00 66 10 01 31 32 33 34 35 36 37 01 02 03 04 F7')).toEqual([
      'F0 00 00 66 10 02 31 32 33 34 35 36 37 05 05 7B 2F F7',
    ])
    expect(toldAfter('F0 00 00 66 10 03 31 32 33 34 35 36 37 F7').toSorted()).toEqual(all.slice(1).toSorted())
  })
})
