// Snapshots A to D of the mastering chain: stored, and recalled at matched level, so that the ear compares tone and not loudness.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Region } from '../engine/region.js'
import { DeskError } from '../errors.js'
import type { History } from '../params/history.js'
import { kindOf } from '../params/kinds.js'
import { entryOf, isMeter, isParam, type Param } from '../params/registry.js'
import { setTogether } from '../params/set-together.js'
import type { ParameterStore } from '../params/store.js'
import { formatValue, parseValue } from '../params/value.js'

const initiator = 'chain'

interface Snapshot {
  /** What the chain did to the loudness when it was stored, without its trim; missing where that was not measured. */
  readonly gainDb?: number
  /** As they are written, by id. */
  readonly params: Readonly<Record<string, number | boolean | string>>
}

/** What makes up the sound of the chain and its limiter; not the ways of listening to it. */
const isOfChain = ({ id, spec }: Param): boolean =>
  id.startsWith('master.') &&
  id !== 'master.chain.trimDb' &&
  !spec.fixed &&
  ['eq', 'mastering', 'dynamics'].includes(kindOf(id) ?? '')

export class ChainSnapshots {
  private readonly file: string
  private readonly params: readonly Param[]
  /** One at a time: each keeps what the one before has written. */
  private writing: Promise<void> = Promise.resolve()

  constructor(
    stateFolder: string,
    private readonly store: ParameterStore,
    private readonly history: Pick<History, 'begin'>,
    private readonly region: Pick<Region, 'meter'>,
  ) {
    this.file = join(stateFolder, 'chain-snapshots.json')
    this.params = store.registry.params.filter(isOfChain)
  }

  /** Keeps what the chain stands at. Rejects where the file cannot be written; it holds the snapshots before then. */
  keep(slot: string): Promise<void> {
    const params = Object.fromEntries(this.params.map((param) => [param.id, formatValue(param, this.store.value(param))]))
    const gainDb = this.isMatched() ? this.gainDb() - this.store.value(this.trim()) : Number.NaN
    const snapshot: Snapshot = { ...(Number.isFinite(gainDb) ? { gainDb } : {}), params }
    const written = this.writing.then(() => this.write(slot.toUpperCase(), snapshot))
    this.writing = written.catch(() => {})
    return written
  }

  /**
   * Brings a snapshot back as one step to undo. While levels are matched it is trimmed to the loudness of the quietest that is kept,
   * so that none sounds better for being louder; else it stands as it was made. Throws a DeskError where there is none.
   */
  recall(slot: string, nowMs: number): void {
    const all = this.read()
    const snapshot = all[slot.toUpperCase()]
    if (!snapshot) throw new DeskError('scene', `there is no snapshot ${slot.toUpperCase()} of the chain: store it first`)
    const trimDb = this.isMatched() ? trimOf(snapshot, Object.values(all)) : 0
    const changes: [Param, number][] = this.params.flatMap((param): [Param, number][] => {
      const written = snapshot.params[param.id]
      const value = written === undefined ? undefined : parseValue(param, written)
      return value === undefined ? [] : [[param, value]]
    })
    changes.push([this.trim(), trimDb])
    this.history.begin(initiator, changes, [], nowMs, () => {})
    setTogether(this.store, changes, initiator)
  }

  private async write(slot: string, snapshot: Snapshot): Promise<void> {
    const all = JSON.stringify({ ...this.read(), [slot]: snapshot }, null, 2)
    await writeFile(`${this.file}.next`, `${all}\n`)
    await rename(`${this.file}.next`, this.file)
  }
  private isMatched(): boolean {
    return this.store.value(this.param('master.chain.matchLevels')) !== 0
  }
  private gainDb(): number {
    const meter = entryOf(this.store.registry, 'master.chain.meter.loudnessDb')
    return isMeter(meter) ? this.region.meter(meter) : Number.NaN
  }
  private trim(): Param {
    return this.param('master.chain.trimDb')
  }
  private param(id: string): Param {
    const entry = entryOf(this.store.registry, id)
    if (!isParam(entry)) throw new Error(`${id} is no parameter`)
    return entry
  }

  /** Throws a DeskError where the file is there and makes no sense. */
  private read(): Readonly<Record<string, Snapshot>> {
    let text: string
    try {
      text = readFileSync(this.file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
      throw error
    }
    try {
      return JSON.parse(text) as Record<string, Snapshot>
    } catch (error) {
      throw new DeskError('scene', `${this.file}: expected JSON, found ${(error as Error).message}: mend or delete it`)
    }
  }
}

/** In dB, none above nought: down to the quietest of those whose gain is known. */
function trimOf({ gainDb }: Snapshot, all: readonly Snapshot[]): number {
  if (gainDb === undefined) return 0
  const gains = all.flatMap((other) => other.gainDb ?? [])
  return Math.max(-24, Math.min(...gains) - gainDb)
}
