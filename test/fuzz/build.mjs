// Compiles the reader of mutated headers into a folder; gives the program's path.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const flags = ['-std=c++20', '-O2', '-ffp-contract=off', '-Wall', '-Wextra', '-Werror']
const disk = ['audio-file', 'file-head', 'quantiser', 'wav-cues', 'wav-header', 'wav-repair', 'wav-writer']
const under = ['mending/sound', ...disk.map((name) => `disk/${name}`)]

/** What the compiler is told; `partOf` gives the source or the object of what is named by its path under src/native. */
export const readerWords = (partOf) => [
  ...flags,
  join(root, 'test/fuzz/headers.cc'),
  ...under.map((name) => partOf(name)),
  '-lsndfile',
]

export function buildReader(folder) {
  const program = join(folder, 'headers')
  const words = readerWords((name) => join(root, `src/native/${name}.cc`))
  execFileSync('g++', [...words, '-o', program], { stdio: 'inherit' })
  return program
}
