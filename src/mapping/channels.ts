// What stands on the columns: kinds of channels, lists of them, and the stretch that a bank shows.
import { limits, type Registry } from '../params/registry.js'
import type { Topology } from '../params/spec.js'

/** `strip.3`, `bus.1`, `master`: an id that parameters hang behind. */
export type ChannelId = string

interface ChannelKindSpec {
  /** What its ids begin with. */
  readonly prefix: string
  readonly most: number
  count(topology: Topology): number
}

export const channelKinds = {
  strips: { prefix: 'strip', most: limits.strips, count: (topology) => topology.stripStereo.length },
  buses: { prefix: 'bus', most: limits.buses, count: (topology) => topology.busCount },
  dcas: { prefix: 'dca', most: limits.dcas, count: (topology) => topology.dcaCount },
  fx: { prefix: 'fx', most: limits.fx, count: (topology) => topology.fxCount },
  outputs: { prefix: 'output', most: limits.outputs, count: (topology) => topology.outputCount },
  muteGroups: { prefix: 'muteGroup', most: 8, count: () => 8 },
} as const satisfies Record<string, ChannelKindSpec>

export type ChannelKind = keyof typeof channelKinds

/** What a state `{index: channels}` can be. */
export const selectable: readonly ChannelKind[] = ['strips', 'buses', 'dcas', 'fx']

export const isChannelKind = (name: string): name is ChannelKind => Object.hasOwn(channelKinds, name)

/** The kind of an id, or `master`; undefined where there can be no such channel on any desk. */
export function kindOf(id: ChannelId): ChannelKind | 'master' | undefined {
  if (id === 'master') return 'master'
  const [, prefix, number] = /^([a-zA-Z]+)\.([1-9]\d{0,3})$/.exec(id) ?? []
  const kind = (Object.keys(channelKinds) as ChannelKind[]).find((name) => channelKinds[name].prefix === prefix)
  return kind && Number(number) <= channelKinds[kind].most ? kind : undefined
}

/** Every channel of a kind on this desk. */
export const channelsOf = (kind: ChannelKind, registry: Registry): ChannelId[] =>
  Array.from({ length: channelKinds[kind].count(registry.topology) }, (_, i) => `${channelKinds[kind].prefix}.${i + 1}`)

/** Kinds and ids laid end to end; an id that this desk lacks holds its place. */
export const channelList = (over: readonly string[], registry: Registry): ChannelId[] =>
  over.flatMap((name) => (isChannelKind(name) ? channelsOf(name, registry) : [name]))

/** Every channel that can be selected on this desk. */
export const selectableChannels = (registry: Registry): ChannelId[] => [
  ...selectable.flatMap((kind) => channelsOf(kind, registry)),
  'master',
]

/** Where a bank may begin, from 0: the last bank begins at a whole number of widths. */
export const clampBank = (first: number, channels: number, width: number): number =>
  Math.max(0, Math.min(first, Math.floor(Math.max(0, channels - 1) / width) * width))
