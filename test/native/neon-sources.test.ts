// All sources of the addon, told for 64-bit ARM: what such a machine will have to say about them.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { arm64, missingArm64 } from '../fixtures/arm64.js'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const native = join(root, 'src/native')

it.skipIf(!arm64)(
  `the addon’s sources compile for 64-bit ARM without a warning${arm64 ? '' : ` (skipped: ${missingArm64})`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deskd-neon-sources-'))
    try {
      const headers = [dirname(dirname(process.execPath)), join(root, 'node_modules/node-api-headers')]
      const { stdout } = await run('node', [join(native, 'portaudio-include.mjs')])
      const include = [join(root, 'node_modules/node-addon-api'), ...headers.map((h) => join(h, 'include/node')), stdout.trim()]
      const options = [
        ...['-std=c++20', '-ffp-contract=off', '-Wall', '-Wextra', '-Werror', '-Wno-psabi'],
        ...['-DNAPI_VERSION=8', '-DNODE_ADDON_API_CPP_EXCEPTIONS'],
        ...include.map((path) => `-I${path}`),
        ...['-idirafter', '/usr/include'],
      ]
      const all = readdirSync(native, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('build/'))
      const files = all.filter((file) => /\.cc$/.test(file) && !file.startsWith('graph-'))
      // Libraries' headers are read once for all: what they lack, the build itself finds.
      const read = all.filter((file) => /\.(cc|h)$/.test(file)).map((file) => readFileSync(join(native, file), 'utf8'))
      const libraries = [...new Set(read.flatMap((text) => text.match(/^#include <[^>]+>$/gm) ?? []))].sort()
      const common = join(folder, 'libraries.h')
      writeFileSync(common, libraries.map((line) => `#if __has_include(${line.slice(9)})\n${line}\n#endif\n`).join(''))
      await run(arm64!.compiler, [...options, '-x', 'c++-header', common, '-o', `${common}.gch`])
      const paths = files.map((file) => join(native, file))
      await run(arm64!.compiler, [...options, '-fsyntax-only', '-Winvalid-pch', '-include', common, ...paths])
      expect(files.length).toBeGreaterThan(15)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  240_000,
)
