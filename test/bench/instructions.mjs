// Instructions that a 64-frame block takes in the AVX2 build, counted by callgrind and held against callgrind.json.
// valgrind 3.19 knows no AVX-512, and AVX2 is what a change is judged by.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildInstructions, compilerVersion } from './build.mjs'
import { row } from './table.mjs'

const run = promisify(execFile)
const recordPath = new URL('callgrind.json', import.meta.url)
const blocks = 40
/** What a change may add without a word of why. */
const mayAddPercent = 10

const jobs = [
  { name: 'job P, 32 strips', key: 'jobP32' },
  { name: 'full strip ×64', key: 'full64' },
]

async function count(program, job) {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-callgrind-'))
  try {
    const out = join(folder, 'out')
    const flags = ['--tool=callgrind', '--collect-atstart=no', '--toggle-collect=measuredBlock', `--callgrind-out-file=${out}`]
    await run('valgrind', [...flags, program, 'avx2', job === 'jobP32' ? 'p' : 'full', String(blocks)])
    const total = /^(?:summary|totals): (\d+)/m.exec(readFileSync(out, 'utf8'))
    return Number(total[1]) / blocks
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const recorded = () => (existsSync(recordPath) ? JSON.parse(readFileSync(recordPath, 'utf8')) : {})

/** With `record`, writes what was counted to callgrind.json. */
export async function instructionRows({ record }) {
  const program = await buildInstructions()
  const before = recorded()
  const now = { compiler: compilerVersion(), set: 'avx2' }
  const rows = []
  for (const { name, key } of jobs) {
    process.stderr.write(`instructions: ${name}\n`)
    now[key] = Math.round(await count(program, key))
    const old = before[key]
    const change = old ? (now[key] / old - 1) * 100 : 0
    const bound = old && !record ? old * (1 + mayAddPercent / 100) : 0
    const against = old
      ? `${change >= 0 ? '+' : '−'}${Math.abs(change).toFixed(1)} % on the recorded ${old}`
      : 'nothing recorded yet'
    const compiler = old && before.compiler !== now.compiler ? `, which ${before.compiler} made` : ''
    rows.push(row(`instructions a block, ${name}, avx2`, now[key], 'instr.', { bound, detail: against + compiler }))
  }
  if (record) writeFileSync(recordPath, `${JSON.stringify(now, null, 2)}\n`)
  return rows
}
