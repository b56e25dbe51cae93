// `npm run fuzz:audio [CASES [SEED]]`: a million mutated WAV, RF64, AIFF and FLAC files by default, read in process, on two cores.
// A case that crashes, hangs or takes too much memory is kept and named.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildReader } from './build.mjs'

const cases = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const folder = mkdtempSync(join(tmpdir(), 'deskd-fuzz-'))
const program = buildReader(folder)
const half = (number) =>
  new Promise((resolve) => {
    spawn(program, [String(Math.ceil(cases / 2)), String(2 * seed + number), folder], {
      stdio: ['ignore', 'inherit', 'inherit'],
    }).on('close', resolve)
  })
const codes = await Promise.all([half(0), half(1)])
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
