// Who listens to the surfaces: lines of JSON as they come, to clients that renew their lease, so many a second and no more.
import { type MonitorKind, type MonitorLine, monitorKinds } from '../surface/monitor-line.js'
import { encodeMessage } from './encode.js'
import type { Caller, Outgoing } from './peer.js'

export const monitorLimits = { clients: 8, leaseMs: 10_000, linesASecond: 5000, burstLines: 1000 } as const

interface Lease {
  readonly caller: Caller
  /** '' for all. */
  surface: string
  kinds: ReadonlySet<MonitorKind>
  untilMs: number
  /** Counts every line for this client, also those that are dropped: a gap tells it how many. */
  count: number
  /** Lines that may go out at once. */
  room: number
  filledMs: number
}

export class MonitorLeases {
  private readonly leases = new Map<string, Lease>()

  constructor(private readonly send: (outgoing: Outgoing) => void) {}

  /** Begins or renews a lease. Gives a reason in words when it is refused. */
  open(caller: Caller, surface: string, kinds: string, nowMs: number): string | undefined {
    const wanted = kinds.split(/\s+/).filter((kind) => kind !== '')
    const unknown = wanted.find((kind) => !monitorKinds.includes(kind as MonitorKind))
    if (unknown !== undefined) return `expected some of ${monitorKinds.join(', ')}, found "${unknown}"`
    this.forgetOld(nowMs)
    const lease = this.leases.get(caller.id)
    const fields = {
      surface,
      kinds: new Set((wanted.length > 0 ? wanted : ['in']) as MonitorKind[]),
      untilMs: nowMs + monitorLimits.leaseMs,
    }
    if (lease) Object.assign(lease, fields)
    else if (this.leases.size >= monitorLimits.clients) return `${monitorLimits.clients} clients listen already`
    else this.leases.set(caller.id, { caller, ...fields, count: 0, room: monitorLimits.burstLines, filledMs: nowMs })
    return undefined
  }

  end(caller: Caller): void {
    this.leases.delete(caller.id)
  }

  wants(kind: MonitorKind): boolean {
    for (const { kinds } of this.leases.values()) if (kinds.has(kind)) return true
    return false
  }

  /** `/monitor ,is` to everyone who wants the line: its count, and its JSON. */
  tell(line: MonitorLine, nowMs: number): void {
    this.forgetOld(nowMs)
    let json: string | undefined
    for (const lease of this.leases.values()) {
      const isOther = line.kind !== 'change' && lease.surface !== '' && lease.surface !== line.surface
      if (!lease.kinds.has(line.kind) || isOther) continue
      lease.count++
      if (!hasRoom(lease, nowMs)) continue
      json ??= JSON.stringify(line)
      const args = [{ type: 'i', value: lease.count } as const, { type: 's', value: json } as const]
      this.send({ bytes: encodeMessage('/monitor', args), to: lease.caller.peer })
    }
  }

  private forgetOld(nowMs: number): void {
    for (const [id, { untilMs }] of this.leases) if (nowMs > untilMs) this.leases.delete(id)
  }
}

function hasRoom(lease: Lease, nowMs: number): boolean {
  const { linesASecond, burstLines } = monitorLimits
  lease.room = Math.min(burstLines, lease.room + ((nowMs - lease.filledMs) / 1000) * linesASecond)
  lease.filledMs = nowMs
  if (lease.room < 1) return false
  lease.room--
  return true
}
