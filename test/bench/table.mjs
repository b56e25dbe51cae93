// The table: one line a row, aligned, with the bound and whether it is met.

/** A row: `bound` 0 for none; `atLeast`: the value must reach the bound, else it must not pass it. */
export const row = (figure, value, unit, { bound = 0, atLeast = false, low = 0, high = 0, detail = '' } = {}) => ({
  figure,
  value,
  unit,
  bound,
  atLeast,
  low,
  high,
  detail,
})

export const isMissed = ({ value, bound, atLeast }) => bound !== 0 && !(atLeast ? value >= bound : value <= bound)

export function short(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ')
  return value.toFixed(Math.abs(value) >= 100 ? 1 : 2)
}

const spread = ({ low, high }) => (low || high ? `${short(low)} … ${short(high)}` : '')

const verdict = (r) => (r.bound === 0 ? '' : isMissed(r) ? 'MISSED' : 'ok')

const cells = (r) => [
  r.figure,
  `${short(r.value)} ${r.unit}`,
  spread(r),
  r.bound === 0 ? '' : `${r.atLeast ? '≥' : '≤'} ${short(r.bound)}`,
  verdict(r),
  r.detail,
]

/** Lines of the whole table, with the middle 80 % of the rounds beside the median. */
export function tableLines(rows) {
  const all = [['figure', 'median', '10 … 90 %', 'bound', '', 'detail'], ...rows.map(cells)]
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => [...line[column]].length)))
  const padded = (line) => line.map((cell, i) => cell + ' '.repeat(widths[i] - [...cell].length)).join('  ')
  return all.map((line) => padded(line).trimEnd())
}

export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
}

export const spreadOf = (values) => ({ low: quantile(values, 0.1), high: quantile(values, 0.9) })
