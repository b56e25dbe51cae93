// What the machine must have besides Node: found by its files, so that nothing is spawned when all is there.
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Debian packages with what each is for and how it shows itself.
 * `need`: `build` (required), `sound` (optional), `test` (optional, asked for by `npm test`).
 */
export const systemPackages = [
  { name: 'g++', need: 'build', what: 'a C++20 compiler', program: 'g++' },
  { name: 'make', need: 'build', what: 'make', program: 'make' },
  { name: 'python3', need: 'build', what: 'Python 3 (for node-gyp)', program: 'python3' },
  { name: 'pkg-config', need: 'build', what: 'pkg-config', program: 'pkg-config' },
  { name: 'libsndfile1-dev', need: 'build', what: 'libsndfile with headers', file: 'sndfile.h' },
  { name: 'libsoxr-dev', need: 'build', what: 'libsoxr with headers', file: 'soxr.h' },
  { name: 'libportaudio2', need: 'sound', what: 'PortAudio with the JACK API', file: 'libportaudio.so.2' },
  { name: 'gcc', need: 'test', what: 'a C compiler', program: 'gcc' },
  { name: 'jackd2', need: 'test', what: 'a JACK server', program: 'jackd' },
  { name: 'libasound2-plugins', need: 'test', what: "ALSA's JACK plugin", file: 'alsa-lib/libasound_module_pcm_jack.so' },
  { name: 'libjack-jackd2-dev', need: 'test', what: 'JACK headers', file: 'jack/jack.h' },
  { name: 'libebur128-dev', need: 'test', what: 'libebur128 with headers', file: 'ebur128.h' },
  { name: 'liblo-tools', need: 'test', what: 'oscsend and oscdump', program: 'oscsend' },
]

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const programPath = (program) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable)

const list = (folder) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Folders of headers and libraries, Debian's multiarch ones included. */
function searchFolders() {
  const bases = [
    '/usr/include',
    '/usr/lib',
    '/lib',
    '/usr/local/include',
    '/usr/local/lib',
    '/opt/homebrew/include',
    '/opt/homebrew/lib',
  ]
  const multiarch = ['/usr/include', '/usr/lib'].flatMap((base) =>
    list(base)
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => join(base, name)),
  )
  return [...bases, ...multiarch]
}

/** The packages of the given needs that are not there. */
export function missingPackages(needs) {
  const folders = searchFolders()
  return systemPackages
    .filter((p) => needs.includes(p.need))
    .filter((p) => (p.program ? !programPath(p.program) : !folders.some((folder) => existsSync(join(folder, p.file)))))
}

export const installCommand = (packages) =>
  `sudo apt-get install -y --no-install-recommends ${packages.map((p) => p.name).join(' ')}`

export const hasApt = () => programPath('apt-get') !== undefined
export const isRoot = () => process.getuid?.() === 0

const packageListsPresent = () =>
  list('/var/lib/apt/lists').some((name) => name.endsWith('_Packages') || name.includes('_Packages.'))

// Everything apt says goes to stderr: stdout is for results.
function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn('apt-get', args, { stdio: ['ignore', 2, 2], env })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })
}

const install = (packages) => apt('install', '-y', '--no-install-recommends', ...packages.map((p) => p.name))

/** Installs packages as root, refreshing apt's lists only when they are missing or too old to serve. */
export async function aptInstall(packages) {
  if (packageListsPresent() && (await install(packages))) return true
  return (await apt('update')) && (await install(packages))
}
