// One file at a time: real audio and timing share two cores. Limits leave room for a loaded machine.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Drivers name the contract by the package's own import map, which leads to what is built.
  resolve: { alias: [{ find: /^#surface\/(.*)\.js$/, replacement: join(import.meta.dirname, 'src/surface/$1.ts') }] },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60000,
    hookTimeout: 60000,
  },
})
