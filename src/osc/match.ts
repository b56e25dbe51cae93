// The tree of addresses and OSC 1.0 pattern matching over it, lazily and in linear time.
import { distance } from 'fastest-levenshtein'

export interface AddressNode<T> {
  readonly name: string
  readonly children: Map<string, AddressNode<T>>
  entry?: T
}

export const patternLimit = 256

const newNode = <T>(name: string): AddressNode<T> => ({ name, children: new Map() })
const segmentsOf = (address: string): string[] => address.slice(1).split('/')

export function addressTree<T extends { readonly address: string }>(entries: Iterable<T>): AddressNode<T> {
  const root = newNode<T>('')
  for (const entry of entries) {
    let node = root
    for (const name of segmentsOf(entry.address)) {
      const child: AddressNode<T> = node.children.get(name) ?? newNode(name)
      node.children.set(name, child)
      node = child
    }
    node.entry = entry
  }
  return root
}

export const isPattern = (address: string): boolean => /[*?[\]{}]/.test(address)

type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  /** One of these texts; plain text is a choice of one. */
  | { readonly kind: 'choice'; readonly options: readonly string[] }

export interface SegmentPattern {
  /** The segment itself where it has no wildcard. */
  readonly literal?: string
  readonly tokens: readonly Token[]
}

/** The segments of a pattern, or in words why it is none. */
export function compilePattern(pattern: string): SegmentPattern[] | string {
  if (!pattern.startsWith('/')) return 'a pattern starts with /'
  if (pattern.length > patternLimit) return `a pattern of more than ${patternLimit} characters`
  const segments: SegmentPattern[] = []
  for (const text of segmentsOf(pattern)) {
    const tokens = isPattern(text) ? tokensOf(text) : undefined
    if (typeof tokens === 'string') return tokens
    segments.push(tokens ? { tokens } : { literal: text, tokens: [] })
  }
  return segments
}

const tokenSyntax = /(\*+)|(\?)|\[(!?)([^\]]*)\]|\{([^}]*)\}|([^*?[\]{}]+)|(.)/gsy

function tokensOf(text: string): Token[] | string {
  const tokens: Token[] = []
  for (const [, star, any, negated, set, choice, plain] of text.matchAll(tokenSyntax)) {
    if (star) tokens.push({ kind: 'star' })
    else if (any) tokens.push({ kind: 'any' })
    else if (set !== undefined) tokens.push({ kind: 'set', negated: negated === '!', ranges: rangesOf(set) })
    else if (choice !== undefined) tokens.push({ kind: 'choice', options: choice.split(',') })
    else if (plain) tokens.push({ kind: 'choice', options: [plain] })
    else return `"${text}" has a bracket without its other half`
  }
  return tokens
}

/** `a-z0` → a…z and 0; a minus at either end is itself. */
const rangesOf = (set: string): (readonly [string, string])[] =>
  Array.from(set.matchAll(/(.)-(.)|(.)/gs), ([, from, to, one]) => [from ?? one ?? '', to ?? one ?? ''] as const)

/** Counts elementary steps, so that work can be bounded and sliced. */
export interface StepCount {
  steps: number
}

/**
 * Whether a segment's name fits: for each token, the set of offsets in the name reachable after it. Nothing is ever tried twice,
 * so the steps are bounded by pattern length × name length.
 */
export function segmentFits(pattern: SegmentPattern, name: string, count: StepCount): boolean {
  let reachable = [0]
  for (const token of pattern.tokens) {
    reachable = reachableAfter(token, name, reachable, count)
    if (reachable.length === 0) return false
  }
  return reachable.at(-1) === name.length
}

/** Offsets are kept in rising order, each once. */
function reachableAfter(token: Token, name: string, from: readonly number[], count: StepCount): number[] {
  const first = from[0] ?? 0
  if (token.kind === 'star') {
    count.steps += name.length - first + 1
    return Array.from({ length: name.length - first + 1 }, (_, i) => first + i)
  }
  if (token.kind === 'choice') return afterChoice(token.options, name, from, count)
  count.steps += from.length
  return from.filter((at) => at < name.length && (token.kind === 'any' || inSet(token, name.charAt(at)))).map((at) => at + 1)
}

const inSet = ({ negated, ranges }: Token & { kind: 'set' }, char: string): boolean =>
  ranges.some(([from, to]) => char >= from && char <= to) !== negated

function afterChoice(options: readonly string[], name: string, from: readonly number[], count: StepCount): number[] {
  const hit = new Set<number>()
  for (const option of options)
    for (const at of from) {
      count.steps += Math.min(option.length, name.length) + 1
      if (name.startsWith(option, at)) hit.add(at + option.length)
    }
  return [...hit].sort((a, b) => a - b)
}

/** Steps between two chances to pause, some tens of microseconds. */
const stepsAPause = 2000

/**
 * The entries that a pattern matches, in the order of the tree. Gives undefined now and then, at least every few thousand steps,
 * so that a caller can pause there.
 */
export function* matches<T>(
  root: AddressNode<T>,
  pattern: readonly SegmentPattern[],
  count: StepCount = { steps: 0 },
): Generator<T | undefined, void> {
  // The same names stand below every strip: each is tried once for each segment.
  const known = pattern.map(() => new Map<string, boolean>())
  const fits = (depth: number, segment: SegmentPattern, name: string): boolean => {
    const before = known[depth]?.get(name)
    const fit = before ?? segmentFits(segment, name, count)
    if (before === undefined) known[depth]?.set(name, fit)
    return fit
  }
  const open: Iterator<AddressNode<T>>[] = [candidates(root, pattern[0])]
  let nextPause = stepsAPause
  while (open.length > 0) {
    if (++count.steps > nextPause) {
      nextPause = count.steps + stepsAPause
      yield undefined
    }
    const depth = open.length - 1
    const segment = pattern[depth]
    const next = open[depth]?.next()
    if (!segment || !next || next.done) open.pop()
    else if (segment.literal !== undefined || fits(depth, segment, next.value.name)) {
      if (depth + 1 < pattern.length) open.push(candidates(next.value, pattern[depth + 1]))
      else if (next.value.entry !== undefined) yield next.value.entry
    }
  }
}

function candidates<T>(node: AddressNode<T>, segment: SegmentPattern | undefined): Iterator<AddressNode<T>> {
  if (segment?.literal === undefined) return node.children.values()
  const child = node.children.get(segment.literal)
  return (child ? [child] : []).values()
}

/** Addresses most like a mistyped one, best first: the nearest name at every level, a few at the last. */
export function nearestAddresses<T>(root: AddressNode<T>, address: string, count = 3): string[] {
  const names = segmentsOf(address)
  let node = root
  let path = ''
  for (const [depth, name] of names.entries()) {
    const near = node.children.has(name) ? [name] : nearestNames(node, name, count)
    const best = near[0]
    if (best === undefined) break
    if (depth === names.length - 1) return near.map((n) => `${path}/${n}`)
    path += `/${best}`
    node = node.children.get(best) ?? node
  }
  return path ? [path] : []
}

const nearestNames = <T>(node: AddressNode<T>, name: string, count: number): string[] =>
  [...node.children.keys()]
    .map((known) => ({ known, distance: distance(known, name.slice(0, 64)) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map((n) => n.known)
