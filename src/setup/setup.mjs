// Makes a fresh clone ready to run: system libraries, npm packages, native build, TypeScript. Does nothing when all is up to date.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesUnder, fingerprint, readStamp, writeStamp } from './fingerprint.mjs'
import { takeLock } from './lock.mjs'
import { aptInstall, hasApt, installCommand, isRoot, missingPackages, programPath } from './system-libraries.mjs'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const addonPath = join(root, 'src/native/build/Release/deskd.node')
export const mainPath = join(root, 'dist/main.js')

const stampPath = join(root, '.setup-stamp.json')
const lockPath = join(root, '.setup.lock')
const installedPath = join(root, 'node_modules/.package-lock.json')
const dayMs = 86400000

const say = (line) => process.stderr.write(`setup: ${line}\n`)

class SetupError extends Error {
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a program quietly; what it said is shown only when it fails. */
async function run(what, command, args, env = {}) {
  const startedMs = Date.now()
  say(`${what} …`)
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said = (said + data).slice(-20000)
    })
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      said += error.message
      resolve(1)
    })
    child.on('close', resolve)
  })
  if (code !== 0)
    throw new SetupError(`${said.trimEnd()}\nsetup: ${what} failed (${basename(command)} ${args.join(' ')} in ${root})`, 1)
  say(`${what}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`)
}

/** Node's own headers, so that nothing is downloaded to build against; undefined when this Node has none beside it. */
function nodeHeaders() {
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  return existsSync(join(prefix, 'include/node/node_api.h')) ? prefix : undefined
}

/** npm's own script: from the npm that started us, beside this Node, or from PATH. */
function npmScript() {
  const started = process.env.npm_execpath
  const candidates = [
    ...(started && /^np[mx]-cli\.js$/.test(basename(started)) ? [join(dirname(started), 'npm-cli.js')] : []),
    join(dirname(dirname(realpathSync(process.execPath))), 'lib/node_modules/npm/bin/npm-cli.js'),
    ...[programPath('npm')].filter(Boolean).map((path) => realpathSync(path)),
  ]
  const found = candidates.find((path) => existsSync(path))
  if (!found) throw new SetupError('npm was not found: install the npm that belongs to this Node and run again', 2)
  return found
}

/** node-gyp as npm ships it, else as a program on PATH. */
function nodeGyp() {
  const shipped = join(dirname(npmScript()), '../node_modules/node-gyp/bin/node-gyp.js')
  if (existsSync(shipped)) return { command: process.execPath, args: [shipped] }
  const found = programPath('node-gyp')
  if (found) return { command: found, args: [] }
  throw new SetupError("node-gyp was not found in npm's own folder nor on PATH: reinstall npm and run again", 2)
}

const isNewer = (path, than) => existsSync(path) && statSync(path).mtimeMs >= statSync(than).mtimeMs

/** What is out of date, each with the hash to stamp when it is done. */
function pending(stamp) {
  const under = (folder, pattern) => filesUnder(join(root, folder), (path) => pattern.test(path))
  const packageLock = join(root, 'package-lock.json')
  const packages = fingerprint([packageLock])
  const native = fingerprint(
    [...under('src/native', /./), ...under('src/processors', /\.(cc|h)$/), packageLock].map((path) => relative(root, path)),
    process.versions.modules,
    process.arch,
  )
  const typescript = fingerprint(
    [...under('src', /\.ts$/), ...under('drivers', /\.(ts|json)$/), join(root, 'tsconfig.json'), packageLock].map((path) =>
      relative(root, path),
    ),
  )
  return {
    packages: {
      hash: packages,
      needed: !existsSync(installedPath) || (stamp.packages !== packages && !isNewer(installedPath, packageLock)),
    },
    native: { hash: native, needed: stamp.native !== native || !existsSync(addonPath) },
    typescript: { hash: typescript, needed: stamp.typescript !== typescript || !existsSync(mainPath) },
  }
}

/** Required libraries are installed, or named and the setup ends; optional ones are tried or named once a day. */
async function systemLibraries(needs, stamp) {
  const required = missingPackages(['build'])
  if (required.length > 0) {
    const names = required.map((p) => p.what).join(', ')
    if (!hasApt()) throw new SetupError(`missing: ${names}. Install them with your system's package manager and run again`, 2)
    if (!isRoot()) throw new SetupError(`missing: ${names}. Run this, then run again:\n\n  ${installCommand(required)}\n`, 2)
    say(`installing ${required.map((p) => p.name).join(' ')} …`)
    if (!(await aptInstall(required)))
      throw new SetupError(`apt-get could not install ${required.map((p) => p.name).join(' ')}`, 2)
  }
  const tried = stamp.tried ?? {}
  const optional = missingPackages(needs).filter((p) => !(Date.now() - tried[p.name] < dayMs))
  if (optional.length === 0) return stamp
  const names = optional.map((p) => p.name).join(' ')
  if (hasApt() && isRoot()) {
    say(`installing ${names} …`)
    if (!aptInstall(optional))
      for (const p of optional) if (!aptInstall([p])) say(`${p.name} could not be installed; going on without it`)
  } else say(`going on without ${names}${hasApt() ? `; to add: ${installCommand(optional)}` : ''}`)
  const still = missingPackages(needs).filter((p) => optional.includes(p))
  return { ...stamp, tried: { ...tried, ...Object.fromEntries(still.map((p) => [p.name, Date.now()])) } }
}

/**
 * Brings everything up to date; says each step in one line on stderr.
 * `test`: ask for the libraries of the tests too. Throws an error with an `exitCode`: 2 when something is to be installed first.
 */
export async function setup({ test = false } = {}) {
  process.chdir(root)
  const needs = test ? ['sound', 'test'] : ['sound']
  const upToDate = (stamp) =>
    !Object.values(pending(stamp)).some((step) => step.needed) &&
    missingPackages(['build', ...needs]).every((p) => p.need !== 'build' && Date.now() - stamp.tried?.[p.name] < dayMs)
  if (upToDate(readStamp(stampPath))) return

  const release = await takeLock(lockPath, (pid) => say(`another setup is running (process ${pid}): waiting for it`))
  try {
    let stamp = readStamp(stampPath)
    const save = (changes) => {
      stamp = { ...stamp, ...changes }
      writeStamp(stampPath, stamp)
    }
    save(await systemLibraries(needs, stamp))
    const headers = nodeHeaders()
    const steps = pending(stamp)
    if (steps.packages.needed) {
      const args = [npmScript(), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
      await run('npm packages', process.execPath, args, headers ? { npm_config_nodedir: headers } : {})
    }
    save({ packages: steps.packages.hash })
    if (steps.native.needed) {
      const gyp = nodeGyp()
      const nodedir = headers ? [`--nodedir=${headers}`] : []
      await run('native engine (the first build takes minutes)', gyp.command, [
        ...gyp.args,
        '-C',
        'src/native',
        ...nodedir,
        '--jobs=max',
        '--loglevel=error',
        'configure',
        'build',
      ])
      save({ native: steps.native.hash })
    }
    if (steps.typescript.needed) {
      await run('TypeScript', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'drivers'])
      save({ typescript: steps.typescript.hash })
    }
  } finally {
    release()
  }
}

/** Runs the setup and ends the process with the right code when it fails. */
export async function setupOrExit(options) {
  try {
    await setup(options)
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`)
    process.exit(error.exitCode ?? 1)
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const unknown = process.argv.slice(2).find((arg) => arg !== '--test')
  if (unknown) {
    process.stderr.write(`setup: unknown argument ${unknown}; the only one is --test\n`)
    process.exit(2)
  }
  await setupOrExit({ test: process.argv.includes('--test') })
}
