// Reads what people want changed, `id=value` and `id+=value`, against a registry. All problems are found at once.
import { closest } from 'fastest-levenshtein'
import { DeskError, type ErrorCode } from '../errors.js'
import { entryOf, isMeter, isText, type Param, type Registry, type TextParam, textBytes } from '../params/registry.js'
import { parseValue, rangeText } from '../params/value.js'

export interface WrittenChange {
  readonly id: string
  readonly value: string
  /** `id+=value`: added to what the parameter stands at. */
  readonly add: boolean
}

/** A checked change. With `add`, `value` is the difference. */
export type WantedChange =
  | { readonly param: Param; readonly value: number; readonly add: boolean }
  | { readonly text: TextParam; readonly value: string }

/** `strip.1.faderDb=-5`, `strip.1.faderDb+=2.5` */
export function readChange(written: string): WrittenChange {
  const [, id, plus, value] = /^([^=+\s]+)(\+?)=(.*)$/s.exec(written) ?? []
  if (id === undefined || value === undefined)
    throw new DeskError('usage', `"${written}": expected id=value or id+=value, such as strip.1.faderDb=-5`)
  return { id, value, add: plus === '+' }
}

/** `id=value` words, and pairs of words `id value`, in any mixture. */
export function readChanges(words: readonly string[]): WrittenChange[] {
  const changes: WrittenChange[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word.includes('=')) changes.push(readChange(word))
    else {
      const value = words[++i]
      if (value === undefined) throw new DeskError('usage', `${word}: expected a value after it, found none`)
      changes.push({ id: word, value, add: false })
    }
  }
  return changes
}

/** Checks changes against the registry. Throws one DeskError that names every problem. */
export function checkChanges(registry: Registry, changes: readonly WrittenChange[], sampleRateHz?: number): WantedChange[] {
  const problems: DeskError[] = []
  const wanted = changes.flatMap((change) => {
    try {
      return [checkChange(registry, change, sampleRateHz)]
    } catch (error) {
      if (!(error instanceof DeskError)) throw error
      problems.push(error)
      return []
    }
  })
  throwAll(problems)
  return wanted
}

export function throwAll(problems: readonly DeskError[]): void {
  const first = problems[0]
  if (first) throw new DeskError(first.code as ErrorCode, problems.map((problem) => problem.message).join('\n'))
}

function checkChange(registry: Registry, { id, value, add }: WrittenChange, sampleRateHz?: number): WantedChange {
  const entry = entryOf(registry, id)
  if (isMeter(entry)) throw new DeskError('usage', `${id} is a meter: it can be read and not set`)
  if (isText(entry)) {
    if (add) throw new DeskError('usage', `${id} is a text: expected ${id}=text`)
    if (Buffer.byteLength(value) >= textBytes)
      throw new DeskError('outOfRange', `${id}: expected at most ${textBytes - 1} bytes, found ${Buffer.byteLength(value)}`)
    return { text: entry, value }
  }
  if (add) {
    if (entry.spec.kind !== 'number') throw new DeskError('usage', `${id} is not a number: expected ${id}=value`)
    const difference = value.trim() === '' ? Number.NaN : Number(value.replace('−', '-'))
    if (!Number.isFinite(difference)) throw new DeskError('outOfRange', `${id}: expected a number to add, found "${value}"`)
    return { param: entry, value: difference, add }
  }
  const parsed = parseValue(entry, value, sampleRateHz)
  if (parsed !== undefined) return { param: entry, value: parsed, add }
  const near = entry.names.length > 0 ? `; nearest: ${closest(value, [...entry.names])}` : ''
  throw new DeskError('outOfRange', `${id}: expected ${rangeText(entry)}, found "${value}"${near}`)
}

/**
 * Writes changes into a table of values and texts, in order. Throws one DeskError with every sum that leaves its range.
 */
export function applyChanges(changes: readonly WantedChange[], values: Float32Array, texts: string[]): void {
  const problems: DeskError[] = []
  for (const change of changes) {
    if ('text' in change) texts[change.text.index] = change.value
    else if (!change.add) values[change.param.index] = change.value
    else {
      const { param } = change
      const sum = (values[param.index] ?? param.default) + change.value
      const settled = parseValue(param, sum)
      if (settled !== undefined) values[param.index] = settled
      else problems.push(new DeskError('outOfRange', `${param.id}: expected ${rangeText(param)}, found ${sum} after the sum`))
    }
  }
  throwAll(problems)
}
