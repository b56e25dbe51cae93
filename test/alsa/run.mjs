// Runs the tests of this folder in the guest that has a kernel with ALSA, where there is one beside the project. The guest builds nothing.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setupOrExit } from '../../src/setup/setup.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const guest = join(root, '../shared/tools/alsa-guest')
const limitS = 600

if (!existsSync(join(guest, 'vm-run.sh'))) {
  console.log(`Skipped:\n  test/alsa: real MIDI of the kernel: no ALSA guest at ${guest}\n0 passed, 0 failed, 1 skipped`)
  process.exit(0)
}
await setupOrExit()
const tools = realpathSync(guest)
const filters = process.argv.length > 2 ? process.argv.slice(2) : ['test/alsa']
const run = spawnSync(
  join(tools, 'vm-run.sh'),
  [
    '-a',
    'uml',
    '-t',
    String(limitS),
    '-e',
    `DESKD_ALSA_GUEST=${tools}`,
    root,
    '--',
    process.execPath,
    'test/run.mjs',
    ...filters,
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
process.exit(run.status ?? 1)
