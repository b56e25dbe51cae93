// The `params:` block of a file that the desk wrote itself, read line by line: YAML takes a second for ten thousand lines.
import { endMarker } from '../config/state-write.js'
import type { Scalar } from '../config/yaml-file.js'

const block = '\nparams:\n'
const line = /^ {2}([A-Za-z][\w.]*): (.+)$/

/** What stands before the block, and what in it; undefined where it is written in any other way, which only YAML can tell. */
export function readParamLines(text: string): { readonly head: string; readonly entries: Map<string, Scalar> } | undefined {
  const at = text.indexOf(block)
  if (at < 0) return undefined
  const entries = new Map<string, Scalar>()
  for (const written of text.slice(at + block.length, -endMarker.length - 1).split('\n')) {
    const [, id, word = ''] = line.exec(written) ?? []
    const scalar = scalarOf(word)
    if (id === undefined || scalar === undefined || entries.has(id)) return undefined
    entries.set(id, scalar)
  }
  return { head: text.slice(0, at + 1), entries }
}

function scalarOf(word: string): Scalar | undefined {
  if (word === 'true' || word === 'false') return word === 'true'
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(word)) return Number(word)
  if (word === '-inf' || (/^[a-z][\w.]*$/i.test(word) && !/^(null|true|false)$/i.test(word))) return word
  try {
    const read: unknown = word.startsWith('"') ? JSON.parse(word) : undefined
    return typeof read === 'string' ? read : undefined
  } catch {
    return undefined
  }
}
