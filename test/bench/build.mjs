// Builds the C++ programs of the bench: the graphs with the very flags of src/native/binding.gyp. Objects are kept by hash.
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const root = new URL('../..', import.meta.url).pathname
const native = join(root, 'src/native')
const engine = join(root, 'test/bench/engine')
const folder = join(tmpdir(), `deskd-bench-${userInfo().uid}`)
const compiler = process.env.CXX ?? 'g++'

const benchFlags = ['-std=c++20', '-O2', '-ffp-contract=off', '-Wall', '-Wextra', '-Wno-psabi']
/** The naive engine as a package is built, and as somebody builds it who looks for speed on this very machine. */
const naiveBuilds = [
  ['-std=c++20', '-O2', '-DNAIVE_BUILD=plain', '-Wall', '-Wextra'],
  ['-std=c++20', '-O3', '-march=native', '-DNAIVE_BUILD=tuned', '-Wall', '-Wextra'],
]

const inMemory = ['main', 'job-p', 'full-strip', 'strip-cost', 'moving', 'silence', 'analyser', 'precision', 'desk', 'music']

/** The words between quotes in the first list behind `key`. */
function listBehind(text, key) {
  const at = text.indexOf(key)
  if (at < 0) throw new Error(`src/native/binding.gyp: expected ${key}, found none`)
  return [...text.slice(text.indexOf('[', at), text.indexOf(']', at)).matchAll(/'([^']+)'/g)].map((match) => match[1])
}

const graphFlags = (gyp) => listBehind(gyp, "'graph_flags'")

/** The graph's sources with their flags, as binding.gyp has them for this processor. */
function graphs() {
  const gyp = readFileSync(join(native, 'binding.gyp'), 'utf8')
  const common = graphFlags(gyp)
  const sets = { x64: ['graph_avx512', 'graph_avx2', 'graph_sse2'], arm64: ['graph_neon'] }
  const names = sets[process.arch] ?? ['graph_portable']
  return names.map((name) => {
    const target = gyp.slice(gyp.indexOf(`'target_name': '${name}'`))
    const flags = listBehind(target, "'cflags_cc':").flatMap((flag) => (flag === '<@(graph_flags)' ? common : flag))
    return { source: join(native, listBehind(target, "'sources'")[0]), flags }
  })
}

const headersIn = (dir) =>
  readdirSync(dir, { recursive: true })
    .filter((name) => name.endsWith('.h') && !name.startsWith('build/'))
    .sort()
    .map((name) => readFileSync(join(dir, name)))

function headerHash() {
  const hash = createHash('sha256').update(execFileSync(compiler, ['--version']))
  for (const dir of [native, join(root, 'src/processors'), engine]) for (const text of headersIn(dir)) hash.update(text)
  return hash.digest('hex')
}

const digest = (...parts) =>
  parts
    .reduce((hash, part) => hash.update(part), createHash('sha256'))
    .digest('hex')
    .slice(0, 16)

/** Gives the object's path. */
async function compile({ source, flags }, headers) {
  const key = digest(headers, flags.join(' '), source, readFileSync(source))
  const object = join(folder, `${key}.o`)
  if (existsSync(object)) return object
  process.stderr.write(`compiling ${source.slice(root.length)}\n`)
  await run(compiler, [...flags, '-c', source, '-o', `${object}.part`]).catch((error) => {
    throw new Error(`${source} does not compile with ${compiler}:\n${error.stderr || error.message}`)
  })
  renameSync(`${object}.part`, object)
  return object
}

async function link(objects, libraries) {
  const program = join(folder, digest(...objects))
  if (existsSync(program)) return program
  await run(compiler, [...objects, ...libraries, '-o', `${program}.part`])
  renameSync(`${program}.part`, program)
  return program
}

const of = (name, flags = benchFlags) => ({ source: join(engine, `${name}.cc`), flags })

async function build(sources, libraries = []) {
  mkdirSync(folder, { recursive: true })
  const headers = headerHash()
  const objects = []
  for (const source of sources) objects.push(await compile(source, headers))
  return link(objects, libraries)
}

const sets = { source: join(native, 'instruction-sets.cc'), flags: benchFlags }

/** The program that measures in memory. */
export const buildInMemory = () =>
  build([...inMemory.map((name) => of(name)), ...naiveBuilds.map((flags) => of('naive', flags)), sets, ...graphs()])

/** The program that callgrind counts. */
export const buildInstructions = () => build([...['instructions', 'desk', 'music'].map((name) => of(name)), sets, ...graphs()])

/** The program that runs job P for so many seconds of audio. */
export const buildSeconds = () => build([...['seconds', 'desk', 'music'].map((name) => of(name)), sets, ...graphs()])

/** The program that measures loudness and true peak alone; it links with libebur128. */
export function buildMeter() {
  const flags = graphFlags(readFileSync(join(native, 'binding.gyp'), 'utf8'))
  const native512 = process.arch === 'x64' ? ['-mprefer-vector-width=512'] : []
  return build([of('meter', [...flags, '-march=native', ...native512]), of('music')], ['-lebur128'])
}

export const compilerVersion = () => execFileSync(compiler, ['--version']).toString().split('\n')[0]
