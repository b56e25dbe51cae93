// Twenty thousand mutated headers; `npm run fuzz:audio` reads a million.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { builtObject, compiled } from '../fixtures/compiled.js'
import { readerWords } from './build.mjs'

it('mutated WAV, RF64, AIFF and FLAC files neither crash nor hang nor take memory that they do not have', {
  timeout: 300_000,
}, async () => {
  const program = await compiled('fuzz-headers', 'g++', readerWords(builtObject))
  const folder = mkdtempSync(join(tmpdir(), 'deskd-fuzz-test-'))
  try {
    const { stdout } = await promisify(execFile)(program, ['20000', '1', folder])
    const { cases, read, refused, mended } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(cases).toBe(20_000)
    expect(read + refused).toBe(20_000)
    // Both ways are gone often enough to mean something.
    expect([read, refused].every((count) => count > 1000)).toBe(true)
    expect(mended).toBeGreaterThan(10)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
