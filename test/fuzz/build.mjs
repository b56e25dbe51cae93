// Compiles the reader of mutated headers into a folder; gives the program's path.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const sources = ['audio-file', 'file-head', 'wav-cues', 'wav-header', 'wav-repair', 'wav-writer'].map(
  (name) => `src/native/disk/${name}.cc`,
)

export function buildReader(folder) {
  const program = join(folder, 'headers')
  const flags = ['-std=c++20', '-O2', '-ffp-contract=off', '-Wall', '-Wextra', '-Werror']
  const all = ['test/fuzz/headers.cc', 'src/native/mending/sound.cc', ...sources]
  execFileSync('g++', [...flags, ...all.map((source) => join(root, source)), '-o', program, '-lsndfile'], { stdio: 'inherit' })
  return program
}
