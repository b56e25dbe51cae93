// The numbers of a render against an oracle: the real session's mix as libebur128 reads it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'

const session = fileURLToPath(new URL('../../../shared/audio/session', import.meta.url))
const missing = !existsSync(session)
  ? '../shared/audio/session is not here'
  : !existsSync('/usr/include/ebur128.h')
    ? 'no ebur128.h: apt-get install libebur128-dev'
    : ''

describe.skipIf(missing)(`the session’s mix${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'deskd-loudness-'))
    const source = fileURLToPath(new URL('../fixtures/ebur.c', import.meta.url))
    execFileSync('gcc', ['-O2', source, '-o', join(folder, 'ebur'), '-lebur128', '-lsndfile', '-lm'])
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['flat', []],
    ['limited to −1 dBTP', ['--set', 'master.limiter.on=on', 'master.faderDb=-3']],
    ['at −30 dB', ['--set', 'master.faderDb=-30']],
  ])(
    '%s: loudness within .05 LU and true peak within .1 dB of libebur128',
    async (_, settings) => {
      const out = join(folder, 'mix.wav')
      const said = await deskd('render', '--in', session, '--out', out, '--bits', '32f', '--json', ...settings)
      expect(said.stderr).toBe('')
      const ours = JSON.parse(said.stdout) as { integratedLufs: number; truePeakDbtp: number; strips: number }
      const theirs = JSON.parse(execFileSync(join(folder, 'ebur'), [out], { encoding: 'utf8' })) as typeof ours
      expect(ours.strips).toBe(12)
      expect(Math.abs(ours.integratedLufs - theirs.integratedLufs)).toBeLessThan(0.05)
      expect(Math.abs(ours.truePeakDbtp - theirs.truePeakDbtp)).toBeLessThan(0.1)
    },
    60_000,
  )
})
