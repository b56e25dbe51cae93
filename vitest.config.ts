// What computes runs two files at a time, what mostly waits three; what may not be late runs behind it, a file at a time.
// Limits leave room for a loaded machine.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests of desks, clocks and cards that a busy machine would make late. */
const realTime = [
  'test/e2e/{jack,kill,load,soak,surface-load}.test.ts',
  'test/alsa/**/*.test.ts',
  'test/native/hosts.test.ts',
  'test/surface/ports/{midi,socket}-ports.test.ts',
  'test/osc/{udp,server,subscriptions,work-queue}.test.ts',
]

/** Desks, processes and disks that run, but have the time they take. */
const live = [
  'test/e2e/**/*.test.ts',
  'test/supervisor/**/*.test.ts',
  'test/control/{control,own-devices}.test.ts',
  'test/native/disk.test.ts',
  'test/osc/fuzz.test.ts',
  'test/cli/{reach,setup}.test.ts',
  'test/config/state-file.test.ts',
]

/** What takes longest, by its path's end: begun first, so that no file is left to run alone behind all others. */
const longest = [
  ...['master', 'neon', 'sweep/clicks-96000', 'sweep/finite', 'dynamics', 'sweep/clicks-48000', 'neon-sources'].map(
    (name) => `native/${name}`,
  ),
  ...['mastering/mending', 'mastering/conformance', 'processors/analyser', 'native/sweep/clicks-44100', 'mastering/album'],
  ...['e2e/recorder', 'supervisor/supervisor', 'e2e/surfaces', 'native/disk', 'cli/setup', 'e2e/take', 'e2e/recording'],
  ...['config/state-file', 'e2e/timeline', 'e2e/master-take', 'e2e/surface-tools', 'e2e/tablet-pairing', 'e2e/surface-test'],
].map((name) => `/test/${name}.test.ts`)

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((end) => moduleId.endsWith(end))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/** They need a kernel with ALSA: `npm run test:alsa`. */
const alsa = process.env.DESKD_ALSA_GUEST ? [] : ['test/alsa/**']

const shared = { pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 } as const

export default defineConfig({
  // Drivers name the contract by the package's own import map, which leads to what is built.
  resolve: { alias: [{ find: /^#surface\/(.*)\.js$/, replacement: join(import.meta.dirname, 'src/surface/$1.ts') }] },
  test: {
    sequence: { sequencer: LongestFirst },
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
          maxWorkers: 3,
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
