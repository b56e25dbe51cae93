// The engine writes its event log under the ids that the registry reads it back with.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { buildRegistry } from '../../src/params/registry.js'
import { compiled } from '../fixtures/compiled.js'

let program: string
beforeAll(async () => {
  program = await compiled('param-ids', 'g++', ['-std=c++20', '-O0', join(import.meta.dirname, 'param-ids-test.cc')])
}, 120_000)

it.each([
  [3, 2, 4, 2, 1],
  [1, 1, 2, 0, 0],
  [2, 5, 2, 24, 16],
])('every parameter of %i strips, %i buses, %i outputs, %i DCAs and %i effects is logged under its id', (...counts) => {
  const [strips, busCount, outputCount, dcaCount, fxCount] = counts
  const stripStereo = Array(strips).fill(false)
  const registry = buildRegistry({ stripStereo, busCount, inputCount: 2, outputCount, dcaCount, fxCount })
  const said = execFileSync(program, counts.map(String), { encoding: 'utf8' })
  expect(said.trimEnd().split('\n')).toEqual(registry.params.map(({ id }) => id))
})
