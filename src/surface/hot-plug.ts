// Surfaces coming and going, and what their units say, as one stream.
import {
  concat,
  distinctUntilChanged,
  filter,
  finalize,
  from,
  map,
  merge,
  mergeMap,
  Observable,
  of,
  repeat,
  retry,
  scan,
  shareReplay,
  switchMap,
  takeWhile,
  timer,
} from 'rxjs'
import { log } from '../log.js'
import type { Link, PortName, Ports } from './link.js'
import { type MatchedSurface, type MatchedUnit, samePlace } from './match.js'

/** `surface` is its name, `unit` the unit's id. Between `open` and `gone` comes what the unit says. */
export type SurfaceEvent =
  | { readonly kind: 'surfaces'; readonly surfaces: readonly MatchedSurface[] }
  | { readonly kind: 'open'; readonly surface: string; readonly unit: string; readonly link: Link }
  | { readonly kind: 'message'; readonly surface: string; readonly unit: string; readonly bytes: Uint8Array }
  | { readonly kind: 'gone'; readonly surface: string; readonly unit: string }

/** How soon a port that could not be opened, or whose link ended while it is still listed, is tried again. */
const againMs = 300

/**
 * @param match surfaces for a list of ports, from those before
 */
export function surfaceEvents(
  ports: Pick<Ports, 'ports$' | 'open'>,
  match: (ports: readonly PortName[], before: readonly MatchedSurface[]) => readonly MatchedSurface[],
): Observable<SurfaceEvent> {
  const surfaces$ = ports.ports$.pipe(
    scan((before: readonly MatchedSurface[], list) => match(list, before), []),
    distinctUntilChanged(sameSurfaces),
    shareReplay({ bufferSize: 1, refCount: true }),
  )
  // Named by both, as two surfaces may have units of one id. Clients without a name come under another each time: who has left the list ends.
  const followed = new Set<string>()
  const follow = ({ surface, unit }: UnitName): Observable<SurfaceEvent> => {
    const key = `${surface}\n${unit}`
    followed.add(key)
    return surfaces$.pipe(
      takeWhile((surfaces) => unitOf(surfaces, surface, unit) !== undefined, true),
      map((surfaces) => unitOf(surfaces, surface, unit)?.port),
      distinctUntilChanged(samePlace),
      switchMap((port) =>
        concat(of<SurfaceEvent>({ kind: 'gone', surface, unit }), port ? session(ports, port, surface, unit) : []),
      ),
      withoutRepeatedGone,
      finalize(() => followed.delete(key)),
    )
  }
  const units$ = surfaces$.pipe(
    mergeMap((surfaces) => from(surfaces.flatMap(({ name, units }) => units.map(({ id }) => ({ surface: name, unit: id }))))),
    filter(({ surface, unit }) => !followed.has(`${surface}\n${unit}`)),
    mergeMap(follow),
  )
  return merge(surfaces$.pipe(map((surfaces): SurfaceEvent => ({ kind: 'surfaces', surfaces }))), units$)
}

interface UnitName {
  readonly surface: string
  readonly unit: string
}

const unitOf = (surfaces: readonly MatchedSurface[], surface: string, unit: string): MatchedUnit | undefined =>
  surfaces.find(({ name }) => name === surface)?.units.find(({ id }) => id === unit)

/** `open`, messages, `gone`, again and again for as long as the port is listed. */
function session(ports: Pick<Ports, 'open'>, port: PortName, surface: string, unit: string): Observable<SurfaceEvent> {
  return opened(ports, port).pipe(
    switchMap((link) =>
      concat(
        of<SurfaceEvent>({ kind: 'open', surface, unit, link }),
        link.messages$.pipe(map((bytes): SurfaceEvent => ({ kind: 'message', surface, unit, bytes }))),
        of<SurfaceEvent>({ kind: 'gone', surface, unit }),
      ),
    ),
    takeWhile(({ kind }) => kind !== 'gone', true),
    retry({
      resetOnSuccess: true,
      delay: (error: Error, count) => {
        if (count === 1) log.info({ surface, unit, port: port.name }, `waiting for the surface: ${error.message}`)
        return timer(againMs)
      },
    }),
    repeat({ delay: againMs }),
  )
}

/** Emits the link once it is open; closed with the subscription, even where opening takes longer than that. */
const opened = (ports: Pick<Ports, 'open'>, port: PortName): Observable<Link> =>
  new Observable((subscriber) => {
    let open: Link | undefined
    ports.open(port).then(
      (link) => {
        if (subscriber.closed) link.close()
        else {
          open = link
          subscriber.next(link)
        }
      },
      (error) => subscriber.error(error),
    )
    return () => open?.close()
  })

/** Units begin away: only what was open can go. */
const withoutRepeatedGone = (events$: Observable<SurfaceEvent>): Observable<SurfaceEvent> =>
  events$.pipe(
    scan(
      ({ event: before }: { event: SurfaceEvent; isNew: boolean }, event) => ({
        event,
        isNew: event.kind !== 'gone' || before.kind !== 'gone',
      }),
      { event: { kind: 'gone', surface: '', unit: '' }, isNew: false },
    ),
    filter(({ isNew }) => isNew),
    map(({ event }) => event),
  )

const sameSurfaces = (a: readonly MatchedSurface[], b: readonly MatchedSurface[]): boolean =>
  a.length === b.length &&
  a.every(
    (surface, i) =>
      surface.name === b[i]!.name &&
      surface.driver === b[i]!.driver &&
      surface.units.length === b[i]!.units.length &&
      surface.units.every(({ id, port }, n) => id === b[i]!.units[n]!.id && samePlace(port, b[i]!.units[n]!.port)),
  )
