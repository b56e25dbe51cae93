// Pure resolution: (mapping, states, desk) gives a control what it does now.
import { type Entry, isMeter, isParam, isText, type Meter, type Param } from '../params/registry.js'
import { parseValue } from '../params/value.js'
import type { ControlId } from '../surface/control-event.js'
import type { ControlShape } from '../surface/driver.js'
import { kindOf } from './channels.js'
import type { DeskView } from './effect.js'
import {
  type Binding,
  type Bound,
  type Condition,
  controlIn,
  type Layer,
  type Mapping,
  type PressOn,
  roleOf,
  type Target,
} from './mapping.js'
import { fill, type Template } from './path.js'
import type { StateValue } from './state.js'
import type { States } from './states.js'
import { type Travel, travelOf } from './travel.js'
import type { Acceleration } from './turn.js'

export interface ResolvedParam {
  readonly kind: 'param'
  readonly param: Param
  readonly travel: Travel
  readonly range: readonly [number, number] | undefined
  readonly isInverted: boolean
  readonly step: number | undefined
  readonly acceleration: Acceleration | undefined
  readonly press: PressOn
  /** What a press of `value` sets; undefined where this parameter has none such. */
  readonly pressValue: number | undefined
}

export type ResolvedTarget =
  | ResolvedParam
  | { readonly kind: 'set'; readonly state: string; readonly to: StateValue; readonly again: readonly ResolvedTarget[] }
  | { readonly kind: 'bankTo'; readonly to: string }
  | { readonly kind: 'spill'; readonly dca: number }
  | { readonly kind: 'reset'; readonly params: readonly Param[] }
  | {
      readonly kind: 'action'
      readonly name: Extract<Target, { kind: 'action' }>['name']
      readonly args: readonly (number | string)[]
    }
  | Extract<Target, { kind: 'cycle' | 'bankMove' }>

/** What a control does now. Everything that it names and this desk or channel lacks is left out. */
export interface Resolved {
  readonly shape: ControlShape
  readonly binding: Binding
  readonly column: number | undefined
  readonly targets: readonly ResolvedTarget[]
  readonly long: readonly ResolvedTarget[]
  readonly double: readonly ResolvedTarget[]
  readonly left: readonly ResolvedTarget[]
  readonly right: readonly ResolvedTarget[]
  /** The first parameter that it moves, which it shows too. */
  readonly shown: ResolvedParam | undefined
}

interface Wanted {
  readonly entry: Param | Meter
  readonly values: readonly (number | undefined)[]
}

export class Resolver {
  private readonly wanted = new Map<Condition, Wanted | undefined>()
  private wantedAt = -1
  private readonly roles = new Map<ControlId, string>()
  private readonly solos: readonly Param[]
  private readonly watched: { readonly condition: Condition; held: boolean }[]

  constructor(
    private readonly mapping: Mapping,
    private readonly states: States,
    private readonly desk: DeskView,
    private readonly isHeld: (control: ControlId) => boolean,
  ) {
    for (const { id, column } of mapping.shape.controls.values()) this.roles.set(id, roleOf(id, column))
    this.solos = mapping.registry.params.filter(({ id }) => /^(strip|bus|dca)\.\d+\.solo$/.test(id))
    this.watched = mapping.layers.flatMap(({ when }) =>
      when.flatMap((condition) => (condition.kind === 'param' ? [{ condition, held: false }] : [])),
    )
  }

  isAnySoloed(): boolean {
    return this.solos.some((solo) => this.desk.value(solo) > 0)
  }

  entryOf(id: string): Entry | undefined {
    return this.mapping.registry.byId.get(id)
  }

  /** The layers that are active now, from top to bottom. */
  active(): Layer[] {
    return this.mapping.layers.filter(({ when }) => when.every((condition) => this.holds(condition))).reverse()
  }

  /** Looks at the parameters and meters that conditions go by; true when one of them holds that did not, or the other way round. */
  lookAtConditions(): boolean {
    let hasChanged = false
    for (const watch of this.watched) {
      const holds = this.holds(watch.condition)
      if (holds === watch.held) continue
      watch.held = holds
      hasChanged = true
    }
    return hasChanged
  }

  resolve(shape: ControlShape, active: readonly Layer[]): Resolved | undefined {
    const bound = this.boundOf(shape, active)
    if (!bound?.binding) return undefined
    const { binding, column } = bound
    const all = (targets: readonly Target[]): ResolvedTarget[] =>
      targets.length === 0 ? none : targets.flatMap((target) => this.target(target, shape, column, active))
    const targets = all(binding.targets)
    const shown = targets.find((target) => target.kind === 'param')
    return {
      shape,
      binding,
      column,
      targets,
      long: all(binding.long),
      double: all(binding.double),
      left: all(binding.left),
      right: all(binding.right),
      shown,
    }
  }

  /** From the top down: a layer's own binding, else another's under the name that a swap gives. */
  private boundOf(shape: ControlShape, active: readonly Layer[]): Bound | undefined {
    let { id } = shape
    for (const { bindings, swap } of active) {
      const bound = bindings.get(id)
      if (bound) return bound
      if (!swap) continue
      const role = shape.column === undefined ? id : (this.roles.get(id) ?? id)
      const other = swap[0] === role ? swap[1] : swap[1] === role ? swap[0] : undefined
      if (other !== undefined) id = controlIn(other, shape.column)
    }
    return undefined
  }

  entry(template: Template, column: number | undefined): Entry | undefined {
    const id = this.text(template, column)
    return id === undefined ? undefined : this.mapping.registry.byId.get(id)
  }

  param(template: Template, column: number | undefined): Param | undefined {
    const entry = this.entry(template, column)
    return entry && isParam(entry) ? entry : undefined
  }

  meter(template: Template, column: number | undefined): Meter | undefined {
    const entry = this.entry(template, column)
    return entry && isMeter(entry) ? entry : undefined
  }

  private text(template: Template, column: number | undefined): string | undefined {
    return fill(template, (hole) => {
      if (hole !== '$') return String(this.states.get(hole))
      return column === undefined ? undefined : this.states.channelOn(column)
    })
  }

  private holds(condition: Condition): boolean {
    switch (condition.kind) {
      case 'held':
        return this.isHeld(condition.control)
      case 'state':
        return condition.values.includes(this.states.get(condition.state))
      case 'channel':
        return condition.kinds.includes(kindOf(String(this.states.get(condition.state))) ?? '')
      case 'param': {
        const wanted = this.wantedOf(condition)
        if (!wanted) return false
        const { entry, values } = wanted
        return values.includes(isMeter(entry) ? Number(this.desk.meter(entry) > 0) : this.desk.value(entry))
      }
    }
  }

  /** The parameter of a condition and the values it asks for; found anew when a state has changed. */
  private wantedOf(condition: Extract<Condition, { kind: 'param' }>): Wanted | undefined {
    if (this.wantedAt !== this.states.changes) {
      this.wantedAt = this.states.changes
      this.wanted.clear()
    }
    if (this.wanted.has(condition)) return this.wanted.get(condition)
    const entry = this.entry(condition.path, undefined)
    const numberOf = (value: string | number | boolean): number | undefined =>
      entry && isParam(entry) ? parseValue(entry, value) : Number(value)
    const found = entry && !isText(entry) ? { entry, values: condition.values.map(numberOf) } : undefined
    this.wanted.set(condition, found)
    return found
  }

  private target(target: Target, shape: ControlShape, column: number | undefined, active: readonly Layer[]): ResolvedTarget[] {
    switch (target.kind) {
      case 'cycle':
      case 'bankMove':
        return [target]
      case 'param': {
        const param = this.param(target.path, column)
        if (!param) return none
        const { travel, step, acceleration, press } = target
        return [
          {
            kind: 'param',
            param,
            travel: travelOf(param, travel, shape.law),
            range: travel.range,
            isInverted: travel.invert === true,
            step,
            acceleration,
            press,
            pressValue: press.kind === 'value' ? parseValue(param, press.value) : undefined,
          },
        ]
      }
      case 'set': {
        const to = typeof target.to === 'object' ? this.text(target.to, column) : target.to
        if (to === undefined) return none
        return [
          {
            kind: 'set',
            state: target.state,
            to,
            again: target.again.flatMap((inner) => this.target(inner, shape, column, active)),
          },
        ]
      }
      case 'bankTo': {
        const to = this.text(target.to, column)
        return to === undefined ? none : [{ kind: 'bankTo', to }]
      }
      case 'spill': {
        const to = typeof target.to === 'number' ? `dca.${target.to}` : this.text(target.to, column)
        const [, number] = /^dca\.(\d+)$/.exec(to ?? '') ?? []
        return number === undefined ? none : [{ kind: 'spill', dca: Number(number) }]
      }
      case 'reset': {
        const param = target.path && this.param(target.path, column)
        if (target.path) return param ? [{ kind: 'reset', params: [param] }] : none
        return [{ kind: 'reset', params: this.paramsBehind(shape, active) }]
      }
      case 'action': {
        const args = target.args.map((arg) => (typeof arg === 'number' ? arg : numberOr(this.text(arg, column))))
        return args.includes(undefined) ? none : [{ kind: 'action', name: target.name, args: args as (number | string)[] }]
      }
    }
  }

  /** What the control moves that a push hangs behind. */
  private paramsBehind(shape: ControlShape, active: readonly Layer[]): readonly Param[] {
    const behind = this.mapping.shape.controls.get(shape.id.replace(/\.push$/, ''))
    if (!behind || behind === shape) return []
    return this.resolve(behind, active)?.targets.flatMap((target) => (target.kind === 'param' ? [target.param] : [])) ?? []
  }
}

/** A state's number is one to an action too. */
const numberOr = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : text

const none: never[] = []
