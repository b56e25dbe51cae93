// The soak in short (`npm run soak` is the whole): fuzzed packets and everything moving on a desk that runs, beside an idle one.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Row {
  readonly figure: string
  readonly value: number
  readonly isOk: boolean
}

it('lives through 5000 fuzzed packets and ten seconds of all its parameters moving: no process ends, no sample is not finite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-soak-test-'))
  try {
    const json = join(folder, 'rows.json')
    const args = ['--minutes', '0.17', '--packets', '5000', '--changes', '20000', '--buffer', '1024', '--json', json]
    const program = fileURLToPath(new URL('../soak/run.mjs', import.meta.url))
    // Whether the clock was in time is for a quiet machine to say, so the exit code is not looked at.
    await new Promise<void>((resolve) => {
      execFile(process.execPath, [program, ...args], () => resolve())
    })
    const rows = JSON.parse(readFileSync(json, 'utf8')) as Row[]
    const value = (figure: string): number | undefined => rows.find((row) => row.figure === figure)?.value
    expect(value('fuzzed packets read')).toBeGreaterThanOrEqual(5000)
    expect(value('changes applied')).toBeGreaterThan(1000)
    for (const when of ['fuzzed', 'moving']) {
      expect(value(`processes that ended or were replaced, ${when}`)).toBe(0)
      expect(value(`samples that are not finite, ${when}`)).toBe(0)
      expect(value(`xruns of the virtual clock, ${when}`)).toBeGreaterThanOrEqual(0)
    }
    for (const desk of ['busy', 'idle']) {
      expect(value(`exit code of the ${desk} desk`)).toBe(0)
      expect(value(`complaints in the log of the ${desk} desk`)).toBe(0)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
