// The `deskd` command as it is started: the built program, its exit codes, its output.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const bin = join(root, 'src/setup/deskd.mjs')
const deskd = (...words: string[]) => spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8' })

describe('npx deskd', () => {
  it('--version prints the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(deskd('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('--version loads commander and nothing heavier', () => {
    const hook = 'export async function load(url, context, next) { process._rawDebug(url); return next(url, context) }'
    const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(register)}`, bin, '--version'],
      { encoding: 'utf8' },
    )
    const loaded = stderr.split('\n').filter((url) => url.startsWith('file:'))
    expect(loaded.join(' ')).toContain('/dist/cli/program.js')
    const packages = loaded.map((url) => /node_modules\/([^/]+)/.exec(url)?.[1]).filter((name) => name !== undefined)
    expect([...new Set(packages)].sort()).toEqual(['commander', 'fastest-levenshtein'])
    expect(loaded.length).toBeLessThan(25)
  })

  it('exits with 2 for an unknown command and says nothing on stdout', () => {
    expect(deskd('rendr')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/Did you mean render/) })
  })

  it('doctor --json names every finding, with the command that mends what is missing', () => {
    const { status, stdout } = deskd('doctor', '--json')
    const findings = JSON.parse(stdout) as { name: string; ok: boolean; required: boolean; detail: string; mend?: string }[]
    expect(findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Node', 'g++', 'libsndfile1-dev', 'engine', 'real-time', 'sound']),
    )
    for (const { ok, mend, required } of findings) if (!ok && required) expect(mend).toBeTruthy()
    expect(status).toBe(findings.some(({ ok, required }) => !ok && required) ? 1 : 0)
  })
})
