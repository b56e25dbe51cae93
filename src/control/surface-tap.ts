// Where all that goes through the surfaces, and every change, can be listened to: what `deskd monitor` and `deskd learn` hear.
import { Subject } from 'rxjs'
import type { Effect } from '../mapping/effect.js'
import type { Change } from '../params/store.js'
import { formatValue } from '../params/value.js'
import type { ControlEvent } from '../surface/control-event.js'
import { hexOf, type Made, type MonitorKind, type MonitorLine } from '../surface/monitor-line.js'

/** It costs nothing while nobody listens. */
export class SurfaceTap {
  private readonly subject = new Subject<MonitorLine>()
  readonly lines$ = this.subject.asObservable()
  /** Whether anybody listens to that kind. */
  wants: (kind: MonitorKind) => boolean = () => false

  heard(surface: string, unit: number, bytes: Uint8Array, events: readonly ControlEvent[], effects: readonly Effect[]): void {
    if (!this.wants('in')) return
    this.subject.next({ kind: 'in', atMs: nowMs(), surface, unit, bytes: hexOf(bytes), events, made: effects.map(madeOf) })
  }

  sent(surface: string, unit: number, bytes: Uint8Array): void {
    if (this.wants('out')) this.subject.next({ kind: 'out', atMs: nowMs(), surface, unit, bytes: hexOf(bytes) })
  }

  changed(change: Change): void {
    if (!this.wants('change')) return
    const [id, value] =
      'text' in change ? [change.text.id, change.value] : [change.param.id, formatValue(change.param, change.value)]
    this.subject.next({ kind: 'change', atMs: nowMs(), id, value, by: change.initiator })
  }
}

const madeOf = (effect: Effect): Made =>
  effect.kind === 'set'
    ? { id: effect.param.id, value: formatValue(effect.param, effect.value) }
    : { action: effect.action, args: effect.args }

/** Since 1970, with fractions. */
const nowMs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000
