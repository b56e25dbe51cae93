// The states of one surface: its own, and those that it shares with others.
import type { Registry } from '../params/registry.js'
import { channelList, clampBank, isChannelKind, kindOf } from './channels.js'
import type { DeskView } from './effect.js'
import type { Mapping } from './mapping.js'
import { choicesOf, readState, SharedStates, type StateValue, startOf } from './state.js'

export class States {
  private own = new SharedStates()
  private channels: readonly string[] | undefined
  private channelsOf = ''
  private members = ''
  /** Values as they were read at the count of changes `keptAt`. */
  private readonly kept = new Map<string, StateValue>()
  private keptAt = -1

  constructor(
    private mapping: Mapping,
    private readonly shared: SharedStates,
  ) {}

  /** Grows whenever any state has changed that this surface may go by. */
  get changes(): number {
    return this.own.changes + this.shared.changes
  }

  get registry(): Registry {
    return this.mapping.registry
  }

  get(name: string): StateValue {
    if (this.keptAt !== this.changes) {
      this.keptAt = this.changes
      this.kept.clear()
    }
    const known = this.kept.get(name)
    if (known !== undefined) return known
    const value = this.read(name)
    this.kept.set(name, value)
    return value
  }

  private read(name: string): StateValue {
    const spec = this.mapping.states.get(name)
    if (!spec) return ''
    const kept = this.cells(name).get(this.key(name))
    const value = kept === undefined ? undefined : spec.kind === 'bank' ? kept : readState(spec, kept, this.registry)
    return value ?? startOf(spec)
  }

  startOf(name: string): StateValue {
    const spec = this.mapping.states.get(name)
    return spec ? startOf(spec) : ''
  }

  /** Undefined when it was taken, else what the state can be, in words. */
  set(name: string, value: unknown): string | undefined {
    const spec = this.mapping.states.get(name)
    if (!spec) return `no state "${name}": there are ${[...this.mapping.states.keys()].join(', ')}`
    const read = readState(spec, value, this.registry)
    if (read === undefined) return `${name}: cannot be ${JSON.stringify(value)}`
    const { bank } = this.mapping
    const settled = spec.kind === 'bank' && bank ? clampBank(read as number, this.list().length, bank.width) : read
    this.cells(name).set(this.key(name), settled)
    return undefined
  }

  /** The next value, or the one `steps` on; round and round, or up to the ends. */
  step(name: string, steps: number, isRound: boolean): void {
    const spec = this.mapping.states.get(name)
    const choices = spec && choicesOf(spec, this.registry)
    if (!choices || choices.length === 0) return
    const at = Math.max(0, choices.indexOf(this.get(name))) + steps
    const { length } = choices
    this.set(name, choices[isRound ? ((at % length) + length) % length : Math.min(length - 1, Math.max(0, at))])
  }

  /** Where a list of channels begins the bank: the first of a kind, or the channel. */
  bankTo(to: string): void {
    const at = this.list().findIndex((id) => id === to || (isChannelKind(to) && kindOf(id) === to))
    if (at >= 0) this.set('bank', at)
  }

  moveBank(by: number): void {
    const first = Number(this.get('bank')) + by
    this.set('bank', Math.max(0, first))
  }

  /** The channel on a column, counted from 1; undefined where there is none. */
  channelOn(column: number): string | undefined {
    const { bank } = this.mapping
    return bank && this.list()[Number(this.get('bank')) + bank.offset + column - 1]
  }

  /** What the bank runs over now: a view, or the members of a DCA. */
  list(): readonly string[] {
    const { bank } = this.mapping
    if (!bank) return []
    const spill = this.get('spill')
    const view = bank.views.has('') ? '' : String(this.get('view'))
    const of = spill ? `${view} ${this.members}` : view
    if (this.channels && this.channelsOf === of) return this.channels
    this.channelsOf = of
    this.channels = spill
      ? this.members.split(' ').filter((id) => id !== '')
      : channelList(bank.views.get(view) ?? [], this.registry)
    return this.channels
  }

  /** Looks at who is in the DCA that is spilled; true when that has changed. */
  lookAtMembers(desk: DeskView): boolean {
    const spill = this.mapping.bank ? this.get('spill') : 0
    let members = ''
    if (spill)
      for (const id of channelList(['strips', 'buses'], this.registry)) {
        const param = this.registry.byId.get(`${id}.dca.${spill}`)
        if (param && 'min' in param && desk.value(param)) members += ` ${id}`
      }
    if (members === this.members) return false
    this.members = members
    return true
  }

  /** Goes over to another mapping; what it knows by the same names stays. */
  replace(mapping: Mapping): void {
    this.mapping = mapping
    this.channels = undefined
    this.keptAt = -1
  }

  private cells(name: string): SharedStates {
    return this.mapping.states.get(name)?.follow === undefined ? this.own : this.shared
  }

  /** Each view of a bank, and a spilled DCA, remembers where it stood. */
  private key(name: string): string {
    const spec = this.mapping.states.get(name)
    const scope = spec?.follow === undefined ? '' : `${spec.follow}.`
    if (spec?.kind !== 'bank') return `${scope}${name}`
    const spill = this.get('spill')
    return `${scope}bank.${spill ? `spill${spill}` : this.mapping.bank?.views.has('') ? '' : this.get('view')}`
  }
}
