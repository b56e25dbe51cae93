// An hour of virtual time of two motor surfaces on one fader: whatever their motors say on their way, nothing goes round in circles.
import { filter, interval, type Subscription, timer, VirtualAction, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { LiveSurface } from '../../src/control/live-surface.js'
import { SurfaceTap } from '../../src/control/surface-tap.js'
import { readMappingText } from '../../src/mapping/load.js'
import { MappedSurface } from '../../src/mapping/mapped-surface.js'
import { buildRegistry, defaultTopology, isParam } from '../../src/params/registry.js'
import { defaultTexts, defaultValues, ParameterStore } from '../../src/params/store.js'
import { deviceDriver } from '../../src/surface/device-data.js'

const tickMs = 10
const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Of 16383, in a tick. */
const motorStep = 400

const registry = buildRegistry({ ...defaultTopology, stripStereo: [false] })
const fader = registry.byId.get('strip.1.faderDb')!
if (!isParam(fader)) throw new Error('no parameter')

/** A fader with a motor and no touch sense: it tells all its way, also that of its motor, and trembles when told to. */
class TrembleFader {
  raw = 12000
  told = 0
  private target: number | undefined

  constructor(private readonly say: (raw: number, nowMs: number) => void) {}

  hear(bytes: Uint8Array): void {
    this.told++
    this.target = bytes[1]! | (bytes[2]! << 7)
  }

  move(raw: number, nowMs: number): void {
    this.target = undefined
    this.raw = raw
    this.say(raw, nowMs)
  }

  tick(nowMs: number): void {
    if (this.target === undefined || this.target === this.raw) return
    const way = this.target - this.raw
    this.raw += Math.sign(way) * Math.min(Math.abs(way), motorStep)
    this.say(this.raw, nowMs)
  }
}

function desk() {
  const store = new ParameterStore(registry, defaultValues(registry), defaultTexts(registry), {
    set: () => {},
    setText: () => {},
  })
  const made = { effects: 0 }
  const surfaces = ['left', 'right'].map((name) => {
    const driver = deviceDriver({
      id: name,
      name,
      ports: [name],
      echo: 'onRelease',
      controls: { fader: { kind: 'fader', wire: 'pitchBend ch 1', motor: true, value: true } },
    })
    const port = { name, place: '1', canReceive: true, canSend: true }
    const live = new LiveSurface({
      matched: { name, driver, isConfigured: false, units: [{ id: 'main', spec: driver.units[0]!, port, home: port }] },
      bytesASecond: undefined,
      tap: new SurfaceTap(),
      counts: { messages: 0, events: 0, effects: 0 },
      act: (effect, initiator) => {
        made.effects++
        if (effect.kind === 'set') store.set(effect.param, effect.value, initiator)
      },
      touched: () => {},
      released: () => {},
    })
    const mapping = readMappingText(
      `${name}.yaml`,
      `surface: ${name}\nlayers:\n  - controls: {fader: strip.1.faderDb}\n`,
      () => live.shape,
      registry,
    )
    live.mapped = new MappedSurface(mapping, {
      registry,
      value: (param) => store.value(param),
      text: (text) => store.text(text),
      meter: () => Number.NEGATIVE_INFINITY,
    })
    const hardware = new TrembleFader((raw, nowMs) => live.received('main', Uint8Array.of(0xe0, raw & 0x7f, raw >> 7), nowMs))
    live.plug('main', { messages$: undefined as never, send: (bytes) => hardware.hear(bytes), close: () => {} })
    return { live, hardware }
  })
  const all: Subscription[] = [store.changes$.subscribe(() => surfaces.forEach(({ live }) => void live.stir()))]
  const tick = (nowMs: number): void => {
    for (const { live, hardware } of surfaces) {
      hardware.tick(nowMs)
      live.advance(nowMs)
      if (live.waitingMs(nowMs) > 0) live.look(nowMs)
      live.send(nowMs)
    }
  }
  return { store, surfaces, made, tick, end: () => all.forEach((one) => void one.unsubscribe()) }
}

describe('two motor faders without a sense of touch on one parameter', () => {
  it('settle behind each hand, answer a trembling one once a tremble, and are silent while nobody moves', () => {
    const { store, surfaces, made, tick, end } = desk()
    const [left, right] = surfaces.map(({ hardware }) => hardware) as [TrembleFader, TrembleFader]
    const scheduler = new VirtualTimeScheduler(VirtualAction, hourMs)
    const now = (): number => scheduler.now()
    const at = (atMs: number, act: () => void): Subscription => timer(atMs, scheduler).subscribe(act)
    const quiet: number[] = []
    let trembles = 0
    interval(tickMs, scheduler).subscribe(() => tick(now()))
    // Hands: left rides, right rides, both at once; then one trembles for a quarter of an hour; then nobody, to the end.
    at(1000, () => left.move(9000, now()))
    at(11_000, () => right.move(3000, now()))
    at(21_000, () => {
      left.move(15000, now())
      right.move(500, now())
    })
    interval(1000, scheduler)
      .pipe(filter((i) => i > 600 && i < 1500))
      .subscribe((i) => {
        trembles++
        left.move(left.raw + (i % 2 === 0 ? 1 : -1), now())
      })
    for (const minute of [4, 9, 26, 59]) at(minute * minuteMs, () => quiet.push(left.told + right.told + made.effects))
    scheduler.flush()
    const [beforeRest, afterRest, beforeSilence, afterSilence] = quiet as [number, number, number, number]
    expect(trembles).toBeGreaterThan(800)
    expect(afterRest - beforeRest, 'messages of a minute in which nobody moves, behind the hands').toBe(0)
    expect(afterSilence - beforeSilence, 'messages of half an hour in which nobody moves').toBe(0)
    // A tremble changes the parameter once; both surfaces are told where it stands.
    expect(beforeSilence - afterRest).toBeLessThanOrEqual(trembles * 4)
    // Four moves, to two of whom the other's fader goes; the end of a way may be heard as a hand.
    expect(beforeRest).toBeLessThan(30)
    const position = left.raw
    expect(Math.abs(right.raw - position)).toBeLessThanOrEqual(2)
    expect(store.value(fader as never)).toBeLessThan(10)
    end()
  })
})
