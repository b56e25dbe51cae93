// `npm run bench`: the engine's figures with their bounds (README, measured figures). Rows by name run alone.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { buildInMemory } from './build.mjs'
import { instructionRows } from './instructions.mjs'
import { isMissed, tableLines } from './table.mjs'

const inMemory = ['job-p', 'full-strip', 'strip-cost', 'moving', 'silence', 'analyser', 'precision']
const names = [
  ...inMemory,
  'instructions',
  'osc',
  'osc-latency',
  'surface-latency',
  'processes',
  'mastering',
  'peers',
  'peers-memory',
]
const usage = `npm run bench -- [--quick] [--json FILE] [--record] [${names.join('|')} …]`

function options() {
  try {
    const flags = { quick: { type: 'boolean' }, json: { type: 'string' }, record: { type: 'boolean' } }
    const { values, positionals } = parseArgs({ options: flags, allowPositionals: true })
    const unknown = positionals.find((name) => !names.includes(name))
    if (unknown) throw new Error(`expected one of ${names.join(', ')}, found ${unknown}`)
    return { ...values, rows: positionals.length > 0 ? positionals : names }
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}\n`)
    process.exit(2)
  }
}

/** One row of JSON a line from the program that measures in memory. */
async function inMemoryRows(rows, quick) {
  if (rows.length === 0) return []
  const child = spawn(await buildInMemory(), [...rows, ...(quick ? ['--quick'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const found = []
  for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line))
  const code = await ended
  if (code !== 0) throw new Error(`the program that measures in memory ended with ${code}`)
  return found
}

const skipped = (name, why) => {
  process.stderr.write(`skipped ${name}: ${why}\n`)
  return []
}

let failures = 0

/** Rows that fail cost no others; the run has failed all the same. */
async function tried(name, file, from) {
  try {
    const module = await import(file)
    return await module[from](chosen)
  } catch (error) {
    failures++
    return skipped(name, error.message)
  }
}

const chosen = options()
const wants = (name) => chosen.rows.includes(name)
const hasValgrind = spawnSync('valgrind', ['--version']).status === 0
const hasBuild = existsSync(new URL('../../dist/main.js', import.meta.url))

const rows = await inMemoryRows(
  inMemory.filter((name) => wants(name)),
  chosen.quick,
)
if (wants('instructions') || chosen.record) {
  const counts = process.arch === 'x64' && hasValgrind
  rows.push(...(counts ? await instructionRows(chosen) : skipped('instructions', 'needs valgrind on x86-64')))
}
for (const [name, file, from] of [
  ['osc', './osc.mjs', 'oscRows'],
  ['osc-latency', './osc-latency.mjs', 'oscLatencyRows'],
  ['surface-latency', './surface-latency.mjs', 'surfaceLatencyRows'],
  ['processes', './processes.mjs', 'processRows'],
  ['mastering', './mastering.mjs', 'masteringRows'],
  ['peers', './peers/file-rows.mjs', 'fileRows'],
  ['peers-memory', './peers/memory-rows.mjs', 'memoryRows'],
])
  if (wants(name)) rows.push(...(hasBuild ? await tried(name, file, from) : skipped(name, 'dist/main.js is not built')))

const bounded = rows.filter((row) => row.bound !== 0)
const missed = bounded.filter(isMissed)
console.log(tableLines(rows).join('\n'))
console.log(`${bounded.length - missed.length} of ${bounded.length} bounds met`)
if (chosen.json) writeFileSync(chosen.json, `${JSON.stringify(rows, null, 2)}\n`)
process.exitCode = missed.length + failures > 0 ? 1 : 0
