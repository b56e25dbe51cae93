// Results on stdout: aligned tables for people, one JSON value for programs.

/** JSON has no infinities: they are written as `"-inf"` and `"inf"`. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (v === Number.NEGATIVE_INFINITY ? '-inf' : v === Number.POSITIVE_INFINITY ? 'inf' : v))

export const printJson = (value: unknown): void => {
  process.stdout.write(`${jsonText(value)}\n`)
}

export const printLines = (lines: readonly string[]): void => {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** Rows with their columns aligned to the left, two spaces apart. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length)
    })
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A level with one decimal, as wide as `-144.5`. */
export const levelText = (db: number): string => (Number.isFinite(db) ? db.toFixed(1) : db < 0 ? '-inf' : 'inf').padStart(6)
