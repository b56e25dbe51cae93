// The set-up in a project of its own: what it does, that it does it once, and that two at a time are safe.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const project = mkdtempSync(join(tmpdir(), 'deskd-setup-'))
const lock = join(project, '.setup.lock')
const setup = (): Promise<{ code: number | null; said: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(project, 'src/setup/setup.mjs')], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    child.on('close', (code) => resolve({ code, said }))
  })
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(project, path)), { recursive: true })
  writeFileSync(join(project, path), text)
}

beforeAll(() => {
  for (const path of ['src/setup', 'tsconfig.json', 'drivers/tsconfig.json'])
    cpSync(join(root, path), join(project, path), { recursive: true })
  // Nothing to download: TypeScript alone, from the packages that are here.
  cpSync(join(root, 'node_modules/typescript'), join(project, 'node_modules/typescript'), { recursive: true })
  cpSync(join(root, 'node_modules/@types'), join(project, 'node_modules/@types'), { recursive: true })
  cpSync(join(root, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'), { recursive: true })
  write('package.json', '{ "type": "module" }')
  write('package-lock.json', '{ "lockfileVersion": 3 }')
  write('node_modules/.package-lock.json', '{}')
  write('src/main.ts', 'export const started = true\n')
  write('drivers/one.ts', 'export const driver = 1\n')
  mkdirSync(join(project, 'src/processors'))
  write('src/native/binding.gyp', "{ 'targets': [{ 'target_name': 'deskd', 'sources': ['addon.cc'] }] }")
  write(
    'src/native/addon.cc',
    '#include <node_api.h>\nstatic napi_value Init(napi_env, napi_value exports) { return exports; }\nNAPI_MODULE(NODE_GYP_MODULE_NAME, Init)\n',
  )
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('setup', () => {
  it('builds the native engine and the TypeScript of a fresh project, twice at the same time', async () => {
    const both = await Promise.all([setup(), setup()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(both.map(({ said }) => said).join('')).toContain('another setup is running')
    expect(both.filter(({ said }) => said.includes('TypeScript: done')).length).toBe(1)
    expect(existsSync(join(project, 'src/native/build/Release/deskd.node'))).toBe(true)
    expect(readFileSync(join(project, 'dist/main.js'), 'utf8')).toContain('started')
    expect(existsSync(lock)).toBe(false)
  })

  it('says and does nothing when all is up to date', async () => {
    expect(await setup()).toEqual({ code: 0, said: '' })
  })

  it('builds again only what a changed source needs', async () => {
    write('src/main.ts', 'export const started = false\n')
    const { code, said } = await setup()
    expect(code).toBe(0)
    expect(said).toContain('TypeScript: done')
    expect(said).not.toContain('native')
  })

  it('shows what failed and exits with 1, and tries again the next time', async () => {
    write('src/main.ts', 'export const started: number = "no"\n')
    for (let i = 0; i < 2; i++) {
      const { code, said } = await setup()
      expect(code).toBe(1)
      expect(said).toMatch(/main\.ts.*TS2322/)
    }
    write('src/main.ts', 'export const started = true\n')
    write('drivers/one.ts', 'export const driver = 1\n')
    expect((await setup()).code).toBe(0)
  })

  it('takes over the lock of a process that is gone', async () => {
    write('src/main.ts', 'export const started = 1\n')
    writeFileSync(lock, '4194303')
    expect((await setup()).code).toBe(0)
    write('src/main.ts', 'export const started = 2\n')
    writeFileSync(lock, String(process.pid))
    utimesSync(lock, new Date(Date.now() - 60000), new Date(Date.now() - 60000))
    expect((await setup()).code).toBe(0)
    expect(existsSync(lock)).toBe(false)
  })
})
