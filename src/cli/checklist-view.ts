// A surface's test as it stands on the terminal: pure text.
import type { Check, ChecklistResult } from '../surface/checklist.js'

const barWidth = 30

/** What to do, for each sign that is open. */
const asks: Readonly<Record<string, string>> = {
  touch: 'touch it',
  release: 'let it go',
  bottom: 'all the way down',
  top: 'all the way up',
  clockwise: 'clockwise',
  back: 'and back',
  press: 'press it',
  'let go': 'and let it go',
}

/** `columns` is the terminal's width. */
export function checklistView(checks: readonly Check[], next: Check | undefined, columns: number): string {
  const done = checks.filter(({ open }) => open.length === 0).length
  const full = checks.length === 0 ? barWidth : Math.round((done / checks.length) * barWidth)
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${done} of ${checks.length}`
  const kinds = [...new Set(checks.map(({ kind }) => kind))]
  const lists = kinds.flatMap((kind) => {
    const marks = checks.filter((check) => check.kind === kind).map((check) => mark(check, check.control === next?.control))
    return wrapped(`${kind}s`.padEnd(10), marks, columns)
  })
  const wrong = checks.flatMap(({ control, wrong }) => wrong.map((found) => `  ! ${control}: ${found}`))
  const ask = next
    ? [`${next.control}: ${next.open.map((sign) => asks[sign]).join(', ')}`, 's skip   k skip all of its kind   q end']
    : []
  return [bar, '', ...lists, ...wrong, '', ...ask].join('\n')
}

function mark({ control, open, isSkipped }: Check, isNext: boolean): string {
  if (open.length === 0) return `✓${control}`
  if (isSkipped) return `–${control}`
  return isNext ? `▶${control}` : `·${control}`
}

function wrapped(head: string, words: readonly string[], columns: number): string[] {
  const lines: string[] = []
  let line = head
  for (const word of words) {
    if (line.length + 1 + word.length > columns && line.trim() !== head.trim()) {
      lines.push(line)
      line = ' '.repeat(head.length)
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** The end of a test in words. */
export function resultLines({ came, missing, wrong, skipped, unknown }: ChecklistResult): string[] {
  const byNever = new Map<string, string[]>()
  for (const { control, never } of missing) byNever.set(never.join(', '), [...(byNever.get(never.join(', ')) ?? []), control])
  return [
    `${came.length} came${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}${missing.length > 0 ? `, ${missing.length} missing` : ''}`,
    ...[...byNever].map(([never, controls]) => `  never ${never}: ${controls.join(', ')}`),
    ...wrong.map(({ control, found }) => `  ! ${control}: ${found}`),
    ...unknown.map(({ wire, count, looksLike }) => `  ? ${wire} is not known to the driver: ${count} messages, ${looksLike}`),
  ]
}
