// What computes and what mostly waits runs two files at a time; what may not be late runs behind it, a file at a time.
// Limits leave room for a loaded machine.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests of desks, clocks, cards and disks that a busy machine would make late. */
const realTime = [
  'test/e2e/{jack,kill,load,recorder,recording,soak,surface-load,surfaces,take,timeline}.test.ts',
  'test/alsa/**/*.test.ts',
  'test/native/disk.test.ts',
  'test/native/hosts.test.ts',
  'test/surface/ports/{midi,socket}-ports.test.ts',
  'test/osc/{fuzz,udp,server,subscriptions,work-queue}.test.ts',
]

/** Desks that run, but have the time they take. */
const live = ['test/e2e/**/*.test.ts', 'test/supervisor/**/*.test.ts', 'test/control/{control,own-devices}.test.ts']

/** They need a kernel with ALSA: `npm run test:alsa`. */
const alsa = process.env.DESKD_ALSA_GUEST ? [] : ['test/alsa/**']

const shared = { pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 } as const

export default defineConfig({
  // Drivers name the contract by the package's own import map, which leads to what is built.
  resolve: { alias: [{ find: /^#surface\/(.*)\.js$/, replacement: join(import.meta.dirname, 'src/surface/$1.ts') }] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'computed',
          include: ['test/**/*.test.ts'],
          exclude: [...realTime, ...live],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'live',
          include: live,
          exclude: realTime,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'real time',
          include: realTime,
          exclude: alsa,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
