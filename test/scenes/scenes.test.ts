// Scenes of a desk: stored and brought back, what is safe stays, what is wrong changes nothing, and undo.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kindOf, usualKinds } from '../../src/params/kinds.js'
import { isMeter, isText, type Param } from '../../src/params/registry.js'
import { settle, valueOfNorm } from '../../src/params/value.js'
import { readScope } from '../../src/scenes/scope.js'
import { sceneDesk } from '../fixtures/scene-desk.js'
import { random } from '../fixtures/signals.js'

type Desk = ReturnType<typeof sceneDesk>

const standing = ({ store, registry }: Desk): Map<string, number | string> =>
  new Map(
    [...registry.byId.values()].flatMap((entry) =>
      isMeter(entry) ? [] : [[entry.id, isText(entry) ? store.text(entry) : store.value(entry)] as const],
    ),
  )

/** Puts every parameter and text somewhere else; safes stay, and buses go where they may. */
function shake(desk: Desk, seed: number): void {
  const next = random(seed)
  const { store, registry } = desk
  const isShaken = (param: Param): boolean => kindOf(param.id) !== 'scene' && !/exclusiveSolo$|\.arm$/.test(param.id)
  for (const param of registry.params.filter(isShaken)) {
    const value = settle(param, valueOfNorm(param, (next() + 1) / 2))!
    store.set(
      param,
      Object.is(value, store.value(param)) ? (value === param.max ? param.min : param.max) : value,
      `shake ${seed}`,
    )
  }
  for (const text of registry.texts.filter(({ id }) => kindOf(id) !== 'scene'))
    store.setText(text, `${text.id} ${seed}`, `shake ${seed}`)
}

const different = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] =>
  [...a].filter(([id, value]) => !Object.is(value, b.get(id)) && id !== 'scene.current').map(([id]) => id)

describe('a recall', () => {
  it.each([
    ['', '', {}],
    ['', 'faders,mutes,master', {}],
    ['eq,dynamics', '', {}],
    ['', 'strip.2-3,bus', {}],
    ['all', 'all', {}],
    ['', '', { 'strip.2.recallSafe': true, 'bus.1.recallSafe': true, 'master.recallSafe': true, 'fx.2.recallSafe': true }],
    ['', '', { 'scene.safe.faders': true, 'scene.safe.names': true, 'dca.1.recallSafe': true }],
    ['all', 'strip.*', { 'scene.safe.eq': true, 'strip.1.recallSafe': true }],
  ])('of a scene of scope "%s", with scope "%s" and safes %o, brings back what it should and nothing else', async (held, wanted, safes) => {
    for (const fadeS of [0, 0.5]) {
      const desk = sceneDesk()
      shake(desk, 1)
      const before = standing(desk)
      await desk.scenes.storeAs('Verse', held)
      shake(desk, 2)
      desk.set(safes)
      const shaken = standing(desk)
      desk.recall('Verse', { fadeS, ...(wanted ? { scope: wanted } : {}) })
      desk.wait(fadeS * 1000)
      const scopes = [readScope(held), wanted ? readScope(wanted, ['all']) : readScope('all')]
      const isSafe = (id: string): boolean =>
        Object.keys(safes).some((safe) =>
          safe.startsWith('scene.safe.') ? kindOf(id) === safe.slice(11) : id.startsWith(safe.replace('recallSafe', '')),
        )
      const isDue = (id: string): boolean => scopes.every((scope) => scope.has(id)) && !isSafe(id)
      const after = standing(desk)
      const ids = [...before.keys()].filter((id) => id !== 'scene.current')
      expect(ids.filter(isDue).length).toBeGreaterThan(1)
      expect(different(before, after).filter(isDue)).toEqual([])
      expect(different(shaken, after).filter((id) => !isDue(id))).toEqual([])
      expect(desk.scenes.state(desk.clock.nowMs)).toEqual({ current: 'Verse', fadeS: 0, leftOut: [] })
    }
  })

  it('takes the fade and scope of its file', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    const file = join(desk.folder, 'scenes', 'Verse.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('number: 1', 'number: 1\nnotes: softly\nfadeS: 2\nscope: faders'))
    desk.set({ 'strip.1.faderDb': -20, 'strip.1.pan': 20 })
    desk.recall(1)
    expect(desk.scenes.state(desk.clock.nowMs).fadeS).toBe(2)
    desk.wait(2000)
    expect([desk.is('strip.1.faderDb'), desk.is('strip.1.pan')]).toEqual([0, 20])
    // Stored again it keeps them.
    await desk.scenes.storeAs('Verse')
    expect(desk.files.list()).toMatchObject([{ number: 1, notes: 'softly', fadeS: 2, scope: 'faders' }])
  })

  it('swaps bus routing in one go, and refuses a loop with what is outside its scope', async () => {
    const desk = sceneDesk()
    desk.set({ 'bus.1.output': 'bus.2', 'bus.2.output': 'master' })
    await desk.scenes.storeAs('One')
    desk.set({ 'bus.1.output': 'master' })
    desk.set({ 'bus.2.output': 'bus.1' })
    desk.recall('One')
    expect([desk.is('bus.1.output'), desk.is('bus.2.output')]).toEqual(['bus.2', 'master'])
    desk.set({ 'bus.1.output': 'master', 'bus.2.recallSafe': true, 'strip.1.faderDb': -7 })
    desk.set({ 'bus.2.output': 'bus.1' })
    const before = standing(desk)
    expect(() => desk.recall('One')).toThrow('One: bus.1 → bus.2 → bus.1 would be a loop; nothing is changed')
    expect(different(before, standing(desk))).toEqual([])
  })

  it('makes no armed strip a return, and says so', async () => {
    const desk = sceneDesk()
    desk.set({ 'strip.1.input': 'fx1' })
    await desk.scenes.storeAs('Return')
    desk.set({ 'strip.1.input': 'in1', 'strip.1.arm': true })
    desk.set({ 'strip.1.faderDb': -3 })
    desk.recall('Return')
    expect([desk.is('strip.1.input'), desk.is('strip.1.faderDb')]).toEqual(['in1', 0])
    expect(desk.scenes.state(0).leftOut).toEqual([expect.stringContaining('strip.1 takes fx1, which a take computes again')])
  })

  it('of a scene that is not there, is corrupt or holds nothing changes nothing, and says so', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse', 'faders')
    await desk.scenes.storeAs('Chorus')
    const folder = join(desk.folder, 'scenes')
    writeFileSync(join(folder, 'Cut.yaml'), readFileSync(join(folder, 'Chorus.yaml'), 'utf8').slice(0, 150))
    writeFileSync(join(folder, 'Noise.yaml'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)))
    writeFileSync(join(folder, 'Wrong.yaml'), 'params:\n  strip.1.faderDb: -3\n  strip.2.faderDb: loud\n...\n')
    writeFileSync(join(folder, 'Large.yaml'), Buffer.alloc(9_000_000, 0x20))
    mkdirSync(join(folder, 'Folder.yaml'))
    shake(desk, 3)
    const before = standing(desk)
    const cases: [string | number, RegExp][] = [
      ['Vers', /no scene "Vers" among 6; nearest: Verse/],
      [9, /no scene of number 9 among 6/],
      ['Cut', /Cut.yaml: expected "..." on its last line, found none: the file was cut off/],
      ['Noise', /Noise.yaml/],
      ['Wrong', /Wrong.yaml:3: strip.2.faderDb: expected -inf to 10 dB, found "loud"/],
      ['Large', /9000000 bytes, more than/],
      ['Folder', /no scene "Folder"/],
    ]
    for (const [name, says] of cases) expect(() => desk.recall(name), String(name)).toThrow(says)
    expect(() => desk.recall('Verse', { scope: 'eq' })).toThrow('the scene holds nothing of eq')
    expect(() => desk.recall('Verse', { scope: 'eqs' })).toThrow('nearest: eq')
    expect(different(before, standing(desk))).toEqual([])
    expect(desk.history.depth.redo).toBe(0)
    expect(desk.is('scene.current')).toBe('Chorus')
  })

  it('leaves what a finger holds', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    desk.set({ 'strip.1.faderDb': -20, 'strip.2.faderDb': -20 })
    desk.history.touch(desk.param('strip.1.faderDb'), 'surface', true)
    desk.recall('Verse')
    expect([desk.is('strip.1.faderDb'), desk.is('strip.2.faderDb')]).toEqual([-20, 0])
    desk.history.touch(desk.param('strip.1.faderDb'), 'surface', false)
    desk.recall('Verse')
    expect(desk.is('strip.1.faderDb')).toBe(0)
  })

  it('tells everybody: its changes are nobody’s own', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    shake(desk, 1)
    desk.heard.length = 0
    desk.recall('Verse')
    expect(new Set(desk.heard.map(({ initiator }) => initiator))).toEqual(new Set(['scene']))
    expect(desk.heard.length).toBeGreaterThan(400)
  })
})

describe('scenes in their folder', () => {
  it('have numbers, and are stored by name, by number, as the current one or as a new one', async () => {
    const { scenes, files, is, set } = sceneDesk()
    expect(await scenes.storeAs()).toBe('Scene 1')
    expect(await scenes.storeAs('Verse')).toBe('Verse')
    expect(await scenes.storeAs(12)).toBe('Scene 12')
    expect(await scenes.storeAs('Bridge')).toBe('Bridge')
    set({ 'strip.1.pan': 30 })
    expect(await scenes.storeAs()).toBe('Bridge')
    expect(await scenes.storeAs('2')).toBe('Verse')
    expect(is('scene.current')).toBe('Verse')
    expect(files.list().map(({ number, name }) => `${number} ${name}`)).toEqual([
      '1 Scene 1',
      '2 Verse',
      '12 Scene 12',
      '13 Bridge',
    ])
    await expect(scenes.storeAs('Scene 14').then(() => scenes.rename('Scene 14', 'Scene 99'))).resolves.toBeUndefined()
    await expect(scenes.storeAs(99)).rejects.toThrow('scene 14 is named Scene 99')
  })

  it('are recalled one behind the other, there and back', async () => {
    const { scenes, is, clock, wait } = sceneDesk()
    expect(() => scenes.step(1, 0)).toThrow('there are no scenes')
    for (const name of ['Intro', 'Verse', 'Chorus']) await scenes.storeAs(name)
    const steps = (...by: (1 | -1)[]) =>
      by.map((step) => {
        wait(10)
        scenes.step(step, clock.nowMs)
        return is('scene.current')
      })
    expect(steps(-1, -1)).toEqual(['Verse', 'Intro'])
    expect(() => scenes.step(-1, clock.nowMs)).toThrow('Intro is the first scene')
    expect(steps(1, 1)).toEqual(['Verse', 'Chorus'])
    expect(() => scenes.step(1, clock.nowMs)).toThrow('Chorus is the last scene')
    await scenes.delete('Chorus')
    expect(is('scene.current')).toBe('–')
    expect(steps(1)).toEqual(['Intro'])
  })

  it('keep their number and place when they are renamed, and are gone with what they were when deleted', async () => {
    const { scenes, files, folder, is } = sceneDesk()
    await scenes.storeAs('Verse')
    await scenes.storeAs('Verse')
    await scenes.storeAs('Chorus')
    await scenes.rename('Verse', 'Vers 1')
    await expect(scenes.rename(1, 'Chorus')).rejects.toThrow('there is a scene "Chorus" already')
    expect(readdirSync(join(folder, 'scenes')).sort()).toEqual(['Chorus.yaml', 'Vers 1.yaml', 'Vers 1.yaml.1'])
    expect(files.list()).toMatchObject([
      { name: 'Vers 1', number: 1 },
      { name: 'Chorus', number: 2 },
    ])
    await scenes.rename(2, 'Refrain')
    expect(is('scene.current')).toBe('Refrain')
    await scenes.delete(1)
    await expect(scenes.delete(1)).rejects.toThrow('no scene of number 1')
    expect(readdirSync(join(folder, 'scenes'))).toEqual(['Refrain.yaml'])
  })

  it('take names in any script, and none that leads elsewhere', async () => {
    const { scenes, files, folder } = sceneDesk()
    await scenes.storeAs('Zäh\u0308e Größe'.normalize('NFD'))
    expect(files.find('Zäḧe Größe'.normalize('NFC')).number).toBe(1)
    for (const name of ['../up', '/etc/x', '.hidden', 'a/b', 'a\0b', ' a', 'a.', 'x'.repeat(64)]) {
      await expect(scenes.storeAs(name), name).rejects.toThrow('is no name of a scene')
      await expect(scenes.rename(1, name), name).rejects.toThrow('is no name of a scene')
    }
    expect(readdirSync(folder)).toEqual(['scenes'])
  })

  it('are as they were when the disk is full or the folder cannot be', async () => {
    const full = sceneDesk()
    await full.scenes.storeAs('Verse')
    const folder = join(full.folder, 'scenes')
    const before = readFileSync(join(folder, 'Verse.yaml'), 'utf8')
    full.set({ 'strip.1.faderDb': -9 })
    symlinkSync('/dev/full', join(folder, 'Verse.yaml.next'))
    await expect(full.scenes.storeAs('Verse')).rejects.toThrow(/Verse.yaml cannot be stored: ENOSPC/)
    expect(readFileSync(join(folder, 'Verse.yaml'), 'utf8')).toBe(before)
    expect(readdirSync(folder)).toEqual(['Verse.yaml'])
    // There is room again.
    await full.scenes.storeAs('Verse')
    expect(readFileSync(join(folder, 'Verse.yaml'), 'utf8')).toContain('strip.1.faderDb: -9')
    expect(readFileSync(join(folder, 'Verse.yaml.1'), 'utf8')).toBe(before)

    const none = sceneDesk()
    writeFileSync(join(none.folder, 'scenes'), 'a file')
    await expect(none.scenes.storeAs('Verse')).rejects.toThrow(/cannot be stored|ENOTDIR/)
    expect(none.is('scene.current')).toBe('–')
  })

  it('are at most 999', async () => {
    const { scenes, folder } = sceneDesk()
    await scenes.storeAs('Verse')
    const text = readFileSync(join(folder, 'scenes', 'Verse.yaml'), 'utf8')
    for (let n = 2; n <= 999; n++) writeFileSync(join(folder, 'scenes', `S ${n}.yaml`), text.replace('number: 1', `number: ${n}`))
    await expect(scenes.storeAs('One more')).rejects.toThrow('there are 999 scenes, the most there may be')
    expect(await scenes.storeAs('S 500')).toBe('S 500')
    await scenes.delete(7)
    expect(await scenes.storeAs('One more')).toBe('One more')
    expect(scenes.list().find(({ name }) => name === 'One more')?.number).toBe(7)
  })
})

describe('undo', () => {
  it('of a recall brings everything back at once, in the middle of its fade too, with the scene that was current', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    shake(desk, 1)
    await desk.scenes.storeAs('Chorus')
    const before = standing(desk)
    const depth = desk.history.depth.undo
    for (const passedMs of [0, 700, 3000]) {
      desk.wait(2000)
      desk.recall('Verse', { fadeS: 2 })
      desk.wait(passedMs)
      expect(different(before, standing(desk)).length).toBeGreaterThan(10)
      expect(desk.history.depth.undo).toBe(depth + 1)
      desk.history.undo()
      expect(different(before, standing(desk))).toEqual([])
      expect(desk.is('scene.current')).toBe('Chorus')
      desk.wait(3000)
      expect(different(before, standing(desk))).toEqual([])
      expect(desk.scenes.state(desk.clock.nowMs).fadeS).toBe(0)
    }
    desk.history.redo()
    expect(desk.is('scene.current')).toBe('Verse')
    const wrong = [...standing(desk)].filter(([id, value]) => {
      const entry = desk.registry.byId.get(id)!
      return (
        readScope('').has(id) && !isMeter(entry) && !Object.is(value, isText(entry) ? entry.default : Math.fround(entry.default))
      )
    })
    expect(wrong).toEqual([])
  })

  it('of a hand’s move during a fade leaves the fade’s recall to the next undo', async () => {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    desk.set({ 'strip.1.faderDb': -40, 'strip.2.faderDb': -40 })
    desk.wait(2000)
    desk.recall('Verse', { fadeS: 2 })
    desk.wait(1000)
    const midway = desk.is('strip.1.faderDb')
    desk.set({ 'strip.1.faderDb': -60 })
    desk.wait(2000)
    expect([desk.is('strip.1.faderDb'), desk.is('strip.2.faderDb')]).toEqual([-60, 0])
    desk.history.undo()
    expect([desk.is('strip.1.faderDb'), desk.is('strip.2.faderDb')]).toEqual([midway, 0])
    desk.history.undo()
    expect([desk.is('strip.1.faderDb'), desk.is('strip.2.faderDb')]).toEqual([-40, -40])
  })

  it('does not count what was stored', async () => {
    const desk = sceneDesk()
    desk.set({ 'strip.1.faderDb': -40 })
    await desk.scenes.storeAs('Verse')
    expect(desk.history.depth.undo).toBe(1)
    desk.history.undo()
    expect([desk.is('strip.1.faderDb'), desk.is('scene.current')]).toEqual([0, 'Verse'])
  })
})

it('every usual kind is brought back by a recall of it alone', async () => {
  for (const kind of usualKinds) {
    const desk = sceneDesk()
    await desk.scenes.storeAs('Verse')
    shake(desk, 4)
    const shaken = standing(desk)
    desk.recall('Verse', { scope: kind })
    const moved = different(shaken, standing(desk))
    expect(new Set(moved.map(kindOf))).toEqual(new Set([kind]))
  }
})
