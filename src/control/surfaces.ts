// All surfaces of a desk: those that are configured and those that drivers find, each with its mapping, coming and going.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { combineLatest, filter, map, merge, mergeMap, type Observable, Subject, shareReplay, takeUntil } from 'rxjs'
import type { SurfaceConfig } from '../config/surfaces-config.js'
import { log } from '../log.js'
import type { DeskView } from '../mapping/effect.js'
import { shippedFolder } from '../mapping/load.js'
import { MappedSurface } from '../mapping/mapped-surface.js'
import { type MappingNews, watchMapping } from '../mapping/mapping-file.js'
import { SharedStates, type StateValue } from '../mapping/state.js'
import type { Change } from '../params/store.js'
import type { Driver, SurfaceShape } from '../surface/driver.js'
import { type SurfaceEvent, surfaceEvents } from '../surface/hot-plug.js'
import type { PortName, Ports } from '../surface/link.js'
import { type MatchedSurface, matchSurfaces, type SurfaceWanted } from '../surface/match.js'
import type { Hold, SurfaceStatus, SurfaceTools } from '../surface/surface-tools.js'
import { type HandParts, LiveSurface, type SurfaceCounts } from './live-surface.js'
import type { OwnDevice } from './own-devices.js'
import type { SurfaceTap } from './surface-tap.js'

export interface SurfacesParts extends HandParts {
  readonly ports: Ports
  /** Those that ship. */
  readonly drivers: readonly Driver[]
  /** Devices that mapping files describe; they go before those that ship. */
  readonly ownDevices$: Observable<readonly OwnDevice[]>
  readonly configured: readonly SurfaceConfig[]
  /** Mappings of one's own: they go before those that ship. */
  readonly mappingFolder: string
  readonly desk: DeskView
  readonly tap: SurfaceTap
}

interface Running {
  readonly live: LiveSurface
  readonly file: string
  /** Where its states stood before it was put together anew. */
  readonly states: ReadonlyMap<string, StateValue> | undefined
  /** Why the file as it is now is not in force; ''. */
  problem: string
}

/** A look at a surface takes some .1 ms: hands that move something wait behind this many. */
const looksATick = 4

export interface MappingOf {
  readonly surface: string
  readonly news: MappingNews
}

export class Surfaces implements SurfaceTools {
  readonly counts: SurfaceCounts = { messages: 0, events: 0, effects: 0 }
  private readonly running = new Map<string, Running>()
  private readonly begun = new Subject<Running>()
  private readonly ended = new Subject<Running>()
  private readonly shared = new SharedStates()
  private own: readonly OwnDevice[] = []
  private portsProblem = ''

  /** Surfaces and their units coming, going and speaking. */
  readonly events$: Observable<SurfaceEvent>
  /** Mappings as they are read, and again whenever their files are saved. */
  readonly mappings$: Observable<MappingOf>
  /** Why there are no ports, in words. */
  readonly status$: Observable<string>

  constructor(private readonly parts: SurfacesParts) {
    // A device that is described anew is matched anew.
    const own$ = parts.ownDevices$.pipe(shareReplay({ bufferSize: 1, refCount: true }))
    const ports$ = combineLatest([parts.ports.ports$, own$]).pipe(
      map(([ports, own]) => {
        this.own = own
        return ports
      }),
    )
    const match = (ports: readonly PortName[], before: readonly MatchedSurface[]): MatchedSurface[] => {
      const known = [...this.own.map(({ driver }) => driver), ...parts.drivers]
      const drivers = known.filter(({ id }, i) => known.findIndex((other) => other.id === id) === i)
      return matchSurfaces(ports, drivers, this.wanted(), before.filter(isWorthKeeping).map(withDriversOf(drivers)))
    }
    this.status$ = parts.ports.status$
    this.events$ = merge(
      surfaceEvents({ ports$, open: (port) => parts.ports.open(port) }, match),
      // Surfaces that stay may have a mapping of one's own now.
      own$.pipe(map((): SurfaceEvent => ({ kind: 'surfaces', surfaces: this.matched() }))),
    )
    this.mappings$ = this.begun.pipe(
      mergeMap((running) =>
        watchMapping(running.file, this.shapeFor(running.live), parts.desk.registry).pipe(
          map((news) => ({ surface: running.live.name, news })),
          takeUntil(this.ended.pipe(filter((one) => one === running))),
        ),
      ),
    )
  }

  /** Takes what happened to the surfaces. */
  take(event: SurfaceEvent, nowMs: number): void {
    if (event.kind === 'surfaces') {
      this.reconcile(event.surfaces)
      return
    }
    const live = this.running.get(event.surface)?.live
    if (!live) return
    if (event.kind === 'message') {
      live.received(event.unit, event.bytes, nowMs)
      return
    }
    if (event.kind === 'open') live.plug(event.unit, event.link)
    else live.unplug(event.unit, nowMs)
    log.info({ surface: event.surface, unit: event.unit }, event.kind === 'open' ? 'the surface is here' : 'the surface is gone')
  }

  /** A mapping was read, or a save cannot be used: then the one before stays. */
  use({ surface, news }: MappingOf): void {
    const running = this.running.get(surface)
    if (!running) return
    if ('problem' in news) {
      running.problem = news.problem
      log.error({ surface }, news.problem)
      return
    }
    running.problem = ''
    const { live } = running
    if (live.mapped) live.mapped.replace(news.mapping)
    else {
      live.mapped = new MappedSurface(news.mapping, this.parts.desk, this.shared)
      for (const [state, value] of running.states ?? []) live.mapped.setState(state, value)
    }
    live.stir()
  }

  /** Something on the desk has changed. */
  changed(change: Change): void {
    this.parts.tap.changed(change)
    this.stirAll()
  }

  private stirAll(): void {
    for (const { live } of this.running.values()) live.stir()
  }

  /** Why there are no MIDI ports, told once. */
  portsAre(problem: string): void {
    if (problem !== '' && problem !== this.portsProblem) log.warn(problem)
    this.portsProblem = problem
  }

  /** Sends what is due. Call it every 5 ms. */
  tick(nowMs: number): void {
    const all = [...this.running.values()].map(({ live }) => live)
    for (const live of all) live.advance(nowMs)
    const waiting = all.map((live) => ({ live, waitingMs: live.waitingMs(nowMs) })).filter(({ waitingMs }) => waitingMs > 0)
    waiting.sort((a, b) => b.waitingMs - a.waitingMs)
    for (const { live } of waiting.slice(0, looksATick)) live.look(nowMs)
    for (const live of all) live.send(nowMs)
  }

  list(): SurfaceStatus[] {
    return [...this.running.values()].map(({ live, file, problem }) => ({
      name: live.name,
      driver: live.driver.id,
      device: live.driver.name,
      mapping: file,
      mappingProblem: problem,
      units: live.unitStatus(),
      state: Object.fromEntries(live.mapped?.stateValues() ?? []),
      isHeld: live.isHeld,
    }))
  }

  shape(name: string): SurfaceShape | undefined {
    return this.running.get(name)?.live.shape
  }

  hold(name: string): Hold | undefined {
    return this.running.get(name)?.live.hold(performance.now())
  }

  /** Sets a page, a bank, a flip of a surface. Gives a reason in words when it cannot be. */
  setState(name: string, state: string, value: StateValue): string | undefined {
    const live = this.running.get(name)?.live
    if (!live?.mapped) return `no surface is called "${name}"; there are ${[...this.running.keys()].join(', ') || 'none'}`
    const refused = live.mapped.setState(state, value)
    // A state may be shared: every surface looks anew.
    if (refused === undefined) this.stirAll()
    return refused
  }

  async close(): Promise<void> {
    await this.parts.ports.close()
  }

  private reconcile(surfaces: readonly MatchedSurface[]): void {
    for (const [name, running] of this.running) if (!surfaces.some((one) => one.name === name)) this.end(running)
    for (const matched of surfaces) {
      const known = this.running.get(matched.name)
      const file = this.mappingFileOf(matched)
      if (known?.file === file && isSameSurface(matched, known.live.matched)) {
        known.live.matched = matched
        continue
      }
      // Units that stay, stay plugged in; pages and banks stay where they were.
      if (known) this.end(known)
      const states = known?.live.mapped?.stateValues() ?? known?.states
      const live = this.begin(matched, file, states)
      if (known) live.take(known.live)
    }
  }

  private matched(): MatchedSurface[] {
    return [...this.running.values()].map(({ live }) => live.matched)
  }

  private begin(matched: MatchedSurface, file: string, states: Running['states']): LiveSurface {
    const config = this.parts.configured.find(({ name }) => name === matched.name)
    const live = new LiveSurface({ ...this.parts, counts: this.counts, matched, bytesASecond: config?.bytesASecond })
    const running = { live, file, states, problem: '' }
    this.running.set(matched.name, running)
    this.begun.next(running)
    return live
  }

  private end(running: Running): void {
    this.running.delete(running.live.name)
    this.ended.next(running)
  }

  /** As configured; else one's own, which may describe the device too; else the one that ships. */
  private mappingFileOf({ name, driver: { id } }: MatchedSurface): string {
    const configured = this.parts.configured.find((config) => config.name === name)?.mapping
    if (configured !== undefined) return configured
    const device = this.own.find(({ driver }) => driver.id === id)
    if (device) return device.file
    const own = join(this.parts.mappingFolder, `${id}.yaml`)
    return existsSync(own) ? own : join(shippedFolder, `${id}.yaml`)
  }

  /** What is configured; a mapping that describes its device says the driver. */
  private wanted(): SurfaceWanted[] {
    return this.parts.configured.flatMap((config) => {
      const driver = config.driver ?? this.own.find(({ file }) => file === config.mapping)?.driver.id
      return driver === undefined ? [] : [{ ...config, driver }]
    })
  }

  private shapeFor(live: LiveSurface): (driver: string) => SurfaceShape | undefined {
    return (driver) => (driver === live.driver.id ? live.shape : undefined)
  }
}

/** Tablets without a name come under a new one each time: what is gone is forgotten. */
const isWorthKeeping = ({ driver, isConfigured, units }: MatchedSurface): boolean =>
  driver.protocol === 'midi' || isConfigured || units.some(({ port }) => port !== undefined)

/** Surfaces of before with the drivers as they are now. */
const withDriversOf =
  (drivers: readonly Driver[]) =>
  (before: MatchedSurface): MatchedSurface => {
    const driver = drivers.find(({ id }) => id === before.driver.id) ?? before.driver
    if (driver === before.driver) return before
    const units = before.units.map((unit) => ({
      ...unit,
      spec: driver.units.find(({ role }) => role === unit.spec.role) ?? unit.spec,
    }))
    return { ...before, driver, units }
  }

/** The same units in the same order: where they are plugged in may differ. */
const isSameSurface = (a: MatchedSurface, b: MatchedSurface): boolean =>
  a.driver === b.driver && a.units.length === b.units.length && a.units.every(({ id }, i) => id === b.units[i]!.id)
