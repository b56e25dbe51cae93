// The engine writes its event log under the ids that the registry reads it back with.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildRegistry } from '../../src/params/registry.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-ids-'))
  const source = fileURLToPath(new URL('param-ids-test.cc', import.meta.url))
  execFileSync('g++', ['-std=c++20', '-O0', source, '-o', join(folder, 'ids')])
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  [3, 2, 4, 2, 1],
  [1, 1, 2, 0, 0],
  [2, 5, 2, 24, 16],
])('every parameter of %i strips, %i buses, %i outputs, %i DCAs and %i effects is logged under its id', (...counts) => {
  const [strips, busCount, outputCount, dcaCount, fxCount] = counts
  const stripStereo = Array(strips).fill(false)
  const registry = buildRegistry({ stripStereo, busCount, inputCount: 2, outputCount, dcaCount, fxCount })
  const said = execFileSync(join(folder, 'ids'), counts.map(String), { encoding: 'utf8' })
  expect(said.trimEnd().split('\n')).toEqual(registry.params.map(({ id }) => id))
})
