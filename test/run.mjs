// Runs every test, names what was skipped and why, and ends with one line: N passed, N failed, N skipped.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCLI, startVitest } from 'vitest/node'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
const vitest = await startVitest('test', filter, { ...options, watch: false, run: true, passWithNoTests: true })

const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()])
const brokenFiles = vitest.state.getTestModules().filter((module) => module.errors().length > 0)
const unhandled = vitest.state.getUnhandledErrors()
const inState = (state) => tests.filter((test) => test.result().state === state)
const passed = inState('passed').length
const skipped = inState('skipped')
const failed = inState('failed').length + inState('pending').length + brokenFiles.length + unhandled.length
await vitest.close()

const chosenOut = options.testNamePattern !== undefined
if (skipped.length > 0 && !chosenOut) {
  console.log('Skipped:')
  for (const test of skipped)
    console.log(`  ${test.module.relativeModuleId}: ${test.fullName}: ${test.result().note ?? 'marked as skipped'}`)
}
if (passed + failed === 0) console.log('No test ran.')
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
