// Paths of parameters with holes: `$` is the column's channel, `{state}` the value of a state.

/** Text between holes and names of holes, in turn; '$' is the hole of the column. */
export interface Template {
  readonly text: string
  readonly fixed: readonly string[]
  readonly holes: readonly string[]
}

/** Undefined where a brace is not closed or empty. */
export function parseTemplate(text: string): Template | undefined {
  const fixed: string[] = []
  const holes: string[] = []
  let end = 0
  for (const match of text.matchAll(/\$|\{([A-Za-z][A-Za-z0-9]*)\}/g)) {
    fixed.push(text.slice(end, match.index))
    holes.push(match[1] ?? '$')
    end = match.index + match[0].length
  }
  fixed.push(text.slice(end))
  return fixed.some((part) => /[{}]/.test(part)) ? undefined : { text, fixed, holes }
}

/** Undefined when a hole has no value. */
export function fill(template: Template, read: (hole: string) => string | undefined): string | undefined {
  let filled = template.fixed[0] ?? ''
  for (let i = 0; i < template.holes.length; i++) {
    const value = read(template.holes[i]!)
    if (value === undefined) return undefined
    filled += value + template.fixed[i + 1]!
  }
  return filled
}
