// Two surfaces on one fader for an hour of simulated time, on hardware that says back whatever it is told: no storm, and both at rest.
import { describe, expect, it } from 'vitest'
import { LiveSurface } from '../../src/control/live-surface.js'
import { SurfaceTap } from '../../src/control/surface-tap.js'
import { MappedSurface } from '../../src/mapping/mapped-surface.js'
import { SharedStates } from '../../src/mapping/state.js'
import { buildRegistry } from '../../src/params/registry.js'
import { PlainDeskView } from '../fixtures/plain-desk-view.js'
import { drivers, shippedMapping } from '../fixtures/shipped-mappings.js'

const registry = buildRegistry({
  stripStereo: Array.from({ length: 16 }, () => false),
  busCount: 4,
  inputCount: 4,
  outputCount: 4,
  dcaCount: 2,
  fxCount: 2,
})

const hourMs = 3_600_000
const gestureEveryMs = 20_000
const rideMs = 600
const settleMs = 3000

/** Its fader 1 in bytes of Mackie Control: what it is told it says 50 ms later, rounded to ten bits. */
class Echo {
  /** Motor messages. */
  told = 0
  stands = 0
  readonly onWay: { readonly ms: number; readonly bytes: Uint8Array }[] = []
  readonly live: LiveSurface

  constructor(name: string, driver: string, desk: PlainDeskView, shared: SharedStates, stirAll: () => void) {
    const found = drivers.find(({ id }) => id === driver)!
    const port = { name, place: '1', canReceive: true, canSend: true }
    this.live = new LiveSurface({
      matched: { name, driver: found, isConfigured: true, units: [{ id: 'main', spec: found.units[0]!, port, home: port }] },
      bytesASecond: undefined,
      tap: new SurfaceTap(),
      counts: { messages: 0, events: 0, effects: 0 },
      act: (effect) => {
        desk.apply([effect])
        stirAll()
      },
      touched: () => {},
      released: () => {},
    })
    this.live.mapped = new MappedSurface(shippedMapping(driver, desk.registry), desk, shared)
    this.live.plug('main', { messages$: undefined as never, send: (bytes) => this.hear(bytes), close: () => {} })
  }

  get hasTouch(): boolean {
    return this.live.shape.controls.get('fader.1')!.hasTouch === true
  }

  nowMs = 0

  private hear(bytes: Uint8Array): void {
    if (bytes[0] !== 0xe0) return
    this.told++
    this.stands = Math.round((bytes[1]! | (bytes[2]! << 7)) / 16)
    this.onWay.push({ ms: this.nowMs + 50, bytes: fader(this.stands) })
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs
    while (this.onWay.length > 0 && this.onWay[0]!.ms <= nowMs) this.live.received('main', this.onWay.shift()!.bytes, nowMs)
    this.live.advance(nowMs)
    if (this.live.waitingMs(nowMs) > 0) this.live.look(nowMs)
    this.live.send(nowMs)
  }

  move(steps: number): void {
    this.stands = steps
    this.live.received('main', fader(steps), this.nowMs)
  }

  touch(isTouched: boolean): void {
    if (this.hasTouch) this.live.received('main', Uint8Array.of(0x90, 0x68, isTouched ? 127 : 0), this.nowMs)
  }
}

const fader = (steps: number): Uint8Array => {
  const value = Math.min(1023, steps) * 16
  return Uint8Array.of(0xe0, value & 0x7f, value >> 7)
}

describe('an hour of rides by turns', () => {
  it.each([
    ['mackie-control', 'behringer-bcf2000'],
    ['behringer-x-touch', 'mackie-control'],
    ['behringer-bcf2000', 'behringer-bcf2000'],
  ])('on %s and %s: quiet within 3 s of each, both where the desk is', (one, other) => {
    const desk = new PlainDeskView(registry)
    const shared = new SharedStates()
    const stirAll = (): void => {
      for (const { live } of both) live.stir()
    }
    const both = [new Echo('a', one, desk, shared, stirAll), new Echo('b', other, desk, shared, stirAll)]
    const told = (): number => both.reduce((sum, echo) => sum + echo.told, 0)
    const pass = (fromMs: number, forMs: number, each: (ms: number) => void = () => {}): void => {
      for (let ms = 0; ms < forMs; ms += 10) {
        for (const echo of both) echo.tick(fromMs + ms)
        each(ms)
      }
    }
    pass(0, gestureEveryMs)
    let most = 0
    for (let startMs = gestureEveryMs, turn = 0; startMs < hourMs; startMs += gestureEveryMs, turn++) {
      const hand = both[turn % 2]!
      // Every third time the other hand is on its fader as well.
      const alsoOn = turn % 3 === 0 ? both[(turn + 1) % 2]! : undefined
      const before = told()
      for (const echo of [hand, alsoOn]) echo?.touch(true)
      pass(startMs, rideMs, (ms) => {
        hand.move((turn * 131 + ms) % 1024)
        if (ms % 30 === 0) alsoOn?.move((turn * 77 + ms) % 1024)
      })
      for (const echo of [hand, alsoOn]) echo?.touch(false)
      pass(startMs + rideMs, settleMs)
      most = Math.max(most, told() - before)
      const [quiet, level] = [told(), desk.get('strip.1.faderDb')]
      // What is not noticed in a second, twice, is not there.
      pass(startMs + rideMs + settleMs, 1000)
      pass(startMs + gestureEveryMs - 1000, 1000)
      expect(told()).toBe(quiet)
      expect(desk.get('strip.1.faderDb')).toBe(level)
      for (const echo of both) {
        const { law } = echo.live.shape.controls.get('fader.1')!
        expect(Math.abs(law!.positionOfDb(level) * 1023 - echo.stands), `${echo.live.name} after ${turn}`).toBeLessThan(2)
      }
    }
    // A ride has 60 steps; at 100 a second both hear of it, and a confirmation each.
    expect(most).toBeLessThan(140)
    expect(most).toBeGreaterThan(30)
  })
})
