// Surfaces coming and going as one stream, in virtual time.
import { NEVER, type Observable, of, Subject } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { type SurfaceEvent, surfaceEvents } from '../../src/surface/hot-plug.js'
import type { Link, PortName, Ports } from '../../src/surface/link.js'
import type { MatchedSurface } from '../../src/surface/match.js'

const port = (name: string): PortName => ({ name, place: '1', canReceive: true, canSend: true })

/** Each port is a surface of its name, which stays when the port goes. */
const match = (list: readonly PortName[], before: readonly MatchedSurface[]): MatchedSurface[] => {
  const names = new Set([...before.map(({ name }) => name), ...list.map(({ name }) => name)])
  return [...names].map((name) => {
    const at = list.find((each) => each.name === name)
    return { name, driver: {}, isConfigured: false, units: [{ id: 'main', port: at }] } as unknown as MatchedSurface
  })
}

/** Promises that are kept or broken at once: virtual time knows no others. */
const now = <T>(value: T): Promise<T> => thenable((done) => done(value))
const never = (reason: string): Promise<never> => thenable((_, failed) => failed(new Error(reason)))
const thenable = <T>(then: (done: (value: T) => void, failed: (error: Error) => void) => void) =>
  ({ then }) as unknown as Promise<T>

const portsOf = (ports$: Observable<readonly PortName[]>, open: Ports['open']): Ports => ({
  ports$,
  open,
  status$: of(''),
  close: async () => {},
})

const link = (messages$: Observable<Uint8Array>, closed: string[] = [], name = ''): Link => ({
  messages$,
  send: () => {},
  close: () => closed.push(name),
})

const short = (event: SurfaceEvent): string =>
  event.kind === 'surfaces'
    ? `list ${event.surfaces.map(({ name, units }) => name + (units[0]!.port ? '' : '-'))}`
    : `${event.kind} ${event.surface}${event.kind === 'message' ? ` ${event.bytes[0]}` : ''}`

type Lists = (marbles: string, values: Record<string, readonly PortName[]>) => Observable<readonly PortName[]>

/** What came in `forMs` of virtual time. */
function told(make: (hot: Lists) => Ports, forMs: number): string[] {
  const events: string[] = []
  new TestScheduler(() => {}).run(({ hot, flush }) => {
    const subscription = surfaceEvents(make(hot), match).subscribe((event) => events.push(short(event)))
    hot(`${forMs}ms x`).subscribe(() => subscription.unsubscribe())
    flush()
  })
  return events
}

describe('hot-plug', () => {
  it('opens what comes, tells what it says, and that it is gone', () => {
    const closed: string[] = []
    const events = told((hot) => {
      const list$ = hot('a 99ms b 99ms a', { a: [], b: [port('x')] })
      return portsOf(list$, () => now(link(of(Uint8Array.of(1), Uint8Array.of(2)), closed, 'x')))
    }, 250)
    expect(events.slice(0, 6)).toEqual(['list ', 'list x', 'open x', 'message x 1', 'message x 2', 'gone x'])
    expect(closed).toContain('x')
  })

  it('tells gone once when the port leaves the list before its link ends, and closes the link', () => {
    const closed: string[] = []
    const events = told((hot) => {
      const list$ = hot('b 99ms a 99ms b', { a: [], b: [port('x')] })
      return portsOf(list$, () => now(link(NEVER, closed, 'x')))
    }, 250)
    expect(events).toEqual(['list x', 'open x', 'list x-', 'gone x', 'list x', 'open x'])
    expect(closed).toEqual(['x', 'x'])
  })

  it('tries again every 300 ms while a port cannot be opened, without ending anything else', () => {
    let tries = 0
    const events = told((hot) => {
      const list$ = hot('b', { b: [port('x'), port('y')] })
      return portsOf(list$, ({ name }) => (name === 'x' && tries++ < 3 ? never('busy') : now(link(NEVER))))
    }, 2000)
    expect(events).toEqual(['list x,y', 'open y', 'open x'])
    expect(tries).toBe(4)
  })

  it('opens anew a link that ended while its port is still listed: cable out and in between two looks', () => {
    let opened = 0
    const events = told((hot) => {
      const list$ = hot('b', { b: [port('x')] })
      return portsOf(list$, () => now(link(opened++ === 0 ? of(Uint8Array.of(1)) : NEVER)))
    }, 1000)
    expect(events).toEqual(['list x', 'open x', 'message x 1', 'gone x', 'open x'])
  })

  it('leaves the others alone when one comes or goes', () => {
    const events = told((hot) => {
      const list$ = hot('a 99ms b 99ms c', { a: [port('x')], b: [port('x'), port('y')], c: [port('x')] })
      return portsOf(list$, () => now(link(NEVER)))
    }, 400)
    expect(events).toEqual(['list x', 'open x', 'list x,y', 'open y', 'list x,y-', 'gone y'])
  })

  it('follows a surface that is forgotten no longer, and anew when it comes back', () => {
    const closed: string[] = []
    const events: string[] = []
    const list$ = new Subject<readonly PortName[]>()
    const forget = (list: readonly PortName[]): MatchedSurface[] => match(list, [])
    const ports = portsOf(list$, () => now(link(NEVER, closed, 'x')))
    const subscription = surfaceEvents(ports, forget).subscribe((event) => events.push(short(event)))
    for (const list of [[port('x')], [], [port('x')], [port('y')], []]) list$.next(list)
    expect(events).toEqual([
      ...['list x', 'open x', 'list ', 'gone x'],
      ...['list x', 'open x', 'list y', 'open y', 'gone x', 'list ', 'gone y'],
    ])
    expect(closed).toHaveLength(3)
    subscription.unsubscribe()
    expect(list$.observed).toBe(false)
  })

  it('closes what is opened only after it is no longer wanted', async () => {
    const closed: string[] = []
    let open: (link: Link) => void = () => {}
    const list$ = new Subject<readonly PortName[]>()
    const ports = portsOf(list$, () => new Promise((resolve) => (open = resolve)))
    const events: string[] = []
    const subscription = surfaceEvents(ports, match).subscribe((event) => events.push(short(event)))
    list$.next([port('x')])
    list$.next([])
    open(link(NEVER, closed, 'x'))
    await Promise.resolve()
    await Promise.resolve()
    expect(closed).toEqual(['x'])
    expect(events).toEqual(['list x', 'list x-'])
    subscription.unsubscribe()
  })
})
