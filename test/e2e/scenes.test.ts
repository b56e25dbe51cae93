// Scenes and undo on a desk as a user starts it: over OSC and from the command line, faded, and over the death of its control process.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { catchPrinted } from '../fixtures/printed.js'

interface SceneStatus {
  readonly scene: { readonly current: string; readonly fadeS: number; readonly leftOut: readonly string[] }
  readonly undo: { readonly undo: number; readonly redo: number }
}

let desk: LiveDesk
const status = async (): Promise<SceneStatus> => (await desk.status()) as unknown as SceneStatus
const act = (address: string, ...args: (string | number)[]): Promise<void> => desk.client.act(address, args)
const both = async (): Promise<number[]> => [await desk.ask('strip.1.faderDb'), await desk.ask('strip.2.pan')]
const file = (name: string): string => join(desk.state, 'scenes', `${name}.yaml`)

beforeAll(async () => {
  desk = await startDesk({ args: ['--audio', 'virtual'], desk: 'strips: 8\nbuses: 2\n' })
}, 60_000)
afterAll(async () => {
  await desk.stop()
})
beforeEach(async () => {
  await desk.client.set([
    ['/strip/1/faderDb', -30],
    ['/strip/2/pan', -50],
  ])
})

describe('over OSC', () => {
  it('a scene is stored, recalled by name and number, and undone', async () => {
    await act('/scene/store', 'Verse')
    await desk.client.set([
      ['/strip/1/faderDb', 5],
      ['/strip/2/pan', 50],
      ['/strip/3/name', 'Solo'],
    ])
    await act('/scene/store', 'Chorus')
    expect(await status()).toMatchObject({ scene: { current: 'Chorus' } })
    await act('/scene/recall', 'Verse')
    expect([await both(), (await status()).scene.current]).toEqual([[-30, -50], 'Verse'])
    await act('/scene/recall', 2)
    expect(await both()).toEqual([5, 50])
    await act('/edit/undo')
    expect([await both(), (await status()).scene.current]).toEqual([[-30, -50], 'Verse'])
    await act('/edit/redo')
    expect([await both(), (await status()).scene.current]).toEqual([[5, 50], 'Chorus'])
    await act('/scene/previous')
    expect((await status()).scene.current).toBe('Verse')
    await act('/scene/next')
    expect((await status()).scene.current).toBe('Chorus')
  })

  it('a fade brings it over time; a hand takes its fader; undo goes back at once', async () => {
    await act('/scene/recall', 'Verse')
    await act('/scene/recall', 'Chorus', 3)
    const seen: number[] = []
    await desk.until('the pan is on its way', async () => {
      seen.push(await desk.ask('strip.2.pan'))
      return seen.at(-1)! > -40 && seen.at(-1)! < 50
    })
    await desk.set('strip.1.faderDb', -60)
    expect((await status()).scene.fadeS).toBeGreaterThan(0)
    await desk.until('the fade ends', async () => (await status()).scene.fadeS === 0)
    expect(await both()).toEqual([-60, 50])
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    await act('/edit/undo')
    await act('/edit/undo')
    expect(await both()).toEqual([-30, -50])
    await act('/scene/recall', 'Chorus', 10)
    await act('/edit/undo')
    expect(await both()).toEqual([-30, -50])
    expect((await status()).scene).toMatchObject({ current: 'Verse', fadeS: 0 })
  })

  it('a client hears what its own recall, undo and cleared solos change', async () => {
    await desk.set('strip.1.solo', true)
    const heard = new Map<string, unknown>()
    const end = new AbortController()
    const watching = (async () => {
      for await (const { address, value } of desk.client.watch('/strip/1/*', 50, end.signal)) heard.set(address, value)
    })()
    await desk.until('it is told what stands', () => heard.size > 5)
    await act('/scene/recall', 'Chorus')
    await act('/solo/clear')
    await desk.until('it hears of both', () => heard.get('/strip/1/faderDb') === 5 && heard.get('/strip/1/solo') === 0)
    await act('/edit/undo')
    await desk.until('it hears of the undo', () => heard.get('/strip/1/solo') === 1)
    end.abort()
    await watching
  })

  it('what cannot be is told to who asked, and changes nothing', async () => {
    writeFileSync(file('Broken'), 'number: 3\nparams:\n  strip.1.faderDb: 12\n...\n')
    await expect(act('/scene/recall', 'Broken')).rejects.toThrow(
      /Broken.yaml:3: strip.1.faderDb: expected -inf to 10 dB, found 12/,
    )
    await expect(act('/scene/recall', 'Vrse')).rejects.toThrow(/there is no scene "Vrse" among 3; nearest: Verse/)
    await expect(act('/scene/recall', '../state')).rejects.toThrow('expected a scene')
    await expect(act('/scene/store', '../state')).rejects.toThrow('expected a scene')
    await expect(act('/scene/rename', 'Verse', 'Chorus')).rejects.toThrow('there is a scene "Chorus" already')
    expect(await both()).toEqual([-30, -50])
    await act('/scene/delete', 'Broken')
  })
})

describe('the command line', () => {
  const deskd = async (...words: string[]) => {
    const printed = catchPrinted()
    const code = await runCommandLine([...words, '--state', desk.state])
    return { code, stdout: printed.stdout, stderr: printed.stderr }
  }

  it('stores, lists, shows, compares, recalls, renames, deletes, undoes', async () => {
    expect((await deskd('scene', 'list')).stdout).toBe('1  Verse\n2  Chorus\n')
    expect((await deskd('scene', 'store', 'Bridge', '--scope', 'faders')).stdout).toBe('current scene: Bridge\n')
    expect(JSON.parse((await deskd('scene', 'list', '--json')).stdout)[2]).toEqual({
      name: 'Bridge',
      number: 3,
      notes: '',
      fadeS: 0,
      scope: 'faders',
      problem: '',
    })
    expect((await deskd('scene', 'show', 'Bridge')).stdout).toBe('strip.1.faderDb  -30\n')
    await desk.set('strip.1.faderDb', -12)
    expect((await deskd('scene', 'diff', 'Bridge')).stdout).toBe('strip.1.faderDb  -30  →  -12\n')
    expect(JSON.parse((await deskd('scene', 'diff', 'Verse', 'Chorus', '--json')).stdout)).toEqual([
      { id: 'strip.1.faderDb', from: -30, to: 5 },
      { id: 'strip.2.pan', from: -50, to: 50 },
      { id: 'strip.3.name', from: 'hats', to: 'Solo' },
    ])
    expect((await deskd('scene', 'recall', 'Chorus', '--fade', '0', '--scope', 'pans')).code).toBe(0)
    expect(await both()).toEqual([-12, 50])
    expect(JSON.parse((await deskd('undo', '--json')).stdout).redo).toBe(1)
    expect(await both()).toEqual([-12, -50])
    expect((await deskd('redo')).code).toBe(0)
    expect((await deskd('scene', 'rename', 'Bridge', 'Outro')).code).toBe(0)
    expect((await deskd('scene', 'delete', '3')).code).toBe(0)
    expect((await deskd('scene', 'list')).stdout).toBe('1  Verse\n2  Chorus\n')
    expect((await deskd('status')).stdout).toMatch(/scene +Chorus[\s\S]*undo +\d+ steps/)
  })

  it.each([
    [['scene', 'recall', 'Vers'], /no scene "Vers"/],
    [['scene', 'recall', '../x'], /expected a scene/],
    [['scene', 'recall', 'Verse', '--fade', '11'], /seconds from 0 to 10/],
    [['scene', 'recall', 'Verse', '--scope', 'fader'], /nearest: faders/],
    [['scene', 'show', '9'], /no scene of number "9"/],
  ])('%j ends with 2 and says why', async (words, says) => {
    const { code, stderr, stdout } = await deskd(...words)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(says)
  })
})

it('the current scene and its values outlive the control process; what could be undone does not', async () => {
  await act('/scene/recall', 'Chorus')
  const { pid } = (await desk.status()).control
  desk.kill('control')
  await desk.until('another control answers', async () => (await desk.status()).control.pid !== pid)
  expect([await both(), (await status()).scene.current, (await status()).undo]).toEqual([[5, 50], 'Chorus', { undo: 0, redo: 0 }])
  await desk.set('strip.1.faderDb', -1)
  const engine = (await desk.status()).engine.pid
  desk.kill('engine')
  await desk.until('another engine runs', async () => {
    const now = (await desk.status()).engine
    return now.pid !== engine && now.pid !== 0
  })
  await act('/edit/undo')
  expect(await both()).toEqual([5, 50])
  expect(readFileSync(file('Chorus'), 'utf8')).toContain('  strip.1.faderDb: 5\n')
})
