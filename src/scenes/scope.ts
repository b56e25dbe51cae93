// What a scene holds, or a recall touches: kinds of parameters on certain channels.
import { nearestNames } from '../config/yaml-file.js'
import { DeskError } from '../errors.js'
import { type Kind, kindOf, kinds, usualKinds } from '../params/kinds.js'

/** A word for channels: `master`, `strip` or `strip.*` for all strips, `strip.3`, `strip.1-8`. */
const channelWord = /^(master|desk|(strip|bus|dca|fx|output|muteGroup)(?:\.(?:\*|(\d+)(?:-(\d+))?))?)$/

const namedKinds: readonly string[] = kinds.filter((kind) => kind !== 'scene')

export interface Scope {
  /** As it is written: `faders, mutes, strip.1-8`; '' for the usual one. */
  readonly text: string
  has(id: string): boolean
}

/**
 * Words with commas or spaces between them. Kinds narrow it to these kinds, `all` is all of them; channels narrow it to these channels.
 * Without kinds it is those of `otherwise`. Throws a DeskError that names all words it does not know.
 */
export function readScope(words: string, otherwise: readonly string[] = usualKinds): Scope {
  const given = words.split(/[\s,]+/).filter((word) => word !== '')
  const isKind = (word: string): boolean => word === 'all' || namedKinds.includes(word)
  const unknown = given.filter((word) => !isKind(word) && !channelWord.test(word))
  if (unknown.length > 0)
    throw new DeskError('scene', unknown.map((word) => `scope: ${expectedWord(word)}, found "${word}"`).join('; '))
  const wanted = given.some(isKind) ? given.filter(isKind) : otherwise
  const held = new Set(wanted.includes('all') ? namedKinds : wanted)
  const channels = given.filter((word) => !isKind(word)).map(channelOf)
  return {
    text: given.join(', '),
    has: (id) => {
      const kind: Kind | undefined = kindOf(id)
      if (kind === undefined || !held.has(kind)) return false
      return channels.length === 0 || channels.some((fits) => fits(id))
    },
  }
}

function channelOf(word: string): (id: string) => boolean {
  const [, whole = '', numbered, first, last = first] = channelWord.exec(word) ?? []
  if (numbered === undefined) return (id) => id.startsWith(`${whole}.`)
  return (id) => {
    const [block, n] = id.split('.', 2)
    return block === numbered && (first === undefined || (Number(n) >= Number(first) && Number(n) <= Number(last)))
  }
}

const expectedWord = (word: string): string =>
  `expected kinds (all, ${namedKinds.join(', ')}) and channels (master, strip.3, strip.1-8, bus.* …; nearest: ${nearestNames(word, [...namedKinds, 'master', 'strip.1', 'bus.1', 'dca.1', 'fx.1']).join(', ')})`
