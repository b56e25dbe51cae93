// `deskd surface test` on a Mackie Control that exists only here, and a key of it that is learnt anew while the desk runs.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { startProgram } from '../fixtures/program.js'
import { SimulatedSurface, SocketCable } from '../fixtures/simulated-surface.js'
import { makeTracks } from '../fixtures/tracks.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-test-'))
const surface = new SimulatedSurface()
const cable = new SocketCable(surface, join(folder, 'mackie.sock'))
let desk: LiveDesk

beforeAll(async () => {
  makeTracks(join(folder, 'tracks'), 2, 1)
  const config = join(folder, 'host.yaml')
  const units = `units: [{ port: '${cable.port}' }]`
  writeFileSync(config, `midi: { on: false }\nsurfaces:\n  - { name: left, driver: mackie-control, ${units} }\n`)
  await cable.plug()
  desk = await startDesk({ args: ['--config', config, '--audio', 'virtual', '--play', join(folder, 'tracks')] })
  await desk.set('strip.1.name', 'Voice')
  await desk.until('the surface shows the desk', () => surface.text(1, 0) === 'Voice')
})

afterAll(async () => {
  await desk?.stop()
  cable.pull()
  rmSync(folder, { recursive: true, force: true })
})

const jog = (value: number): void => {
  // The wheel is the one control that the simulated surface leaves out.
  ;(surface as unknown as { send(bytes: readonly number[]): void }).send([0xb0, 0x3c, value])
}

it('sweeps motors, rings, lights, text and meters, then ticks off every control, and gives the surface back', async () => {
  const before = { ...surface.heard }
  const test = startProgram('surface', 'test', 'left', '--json', '--idle', '20', '--state', desk.state)
  const seen = {
    positions: new Set<number>(),
    texts: new Set<string>(),
    rings: new Set<number | undefined>(),
    levels: new Set<number>(),
    lit: false,
  }
  const isAsking = (): boolean => surface.text(1, 1) === 'touch' && surface.text(2, 1) === ''
  for (const endMs = Date.now() + 30_000; !isAsking() && Date.now() < endMs; await sleep(20)) {
    seen.positions.add(Math.round(surface.position(3) * 10))
    seen.texts.add(surface.text(3, 1))
    seen.rings.add(surface.rings.get(2))
    seen.levels.add(surface.level(3))
    seen.lit ||= surface.isOverloaded(3)
  }
  expect(isAsking()).toBe(true)
  expect(seen.positions.size).toBeGreaterThanOrEqual(9)
  expect(seen.texts.size).toBeGreaterThan(10)
  expect(seen.rings.size).toBeGreaterThan(20)
  expect(seen.levels.size).toBeGreaterThan(5)
  expect(seen.lit).toBe(true)
  for (const kind of ['motor', 'light', 'text', 'meter'] as const)
    expect([kind, surface.heard[kind] - before[kind] > 20]).toEqual([kind, true])

  // Buttons that are open are lit; one that came is dark.
  await desk.until('mute 2 is lit', () => surface.isLit(0x11))
  surface.tap(0x11)
  await desk.until('mute 2 is dark', () => !surface.isLit(0x11))
  expect(await desk.ask('strip.2.mute')).toBe(0)

  for (let column = 1; column <= 9; column++) {
    surface.touch(column)
    for (const position of [0.5, 0, 1]) surface.move(column, position)
    surface.letGo(column)
    if (column < 9) for (const ticks of [1, -1]) surface.turn(column, ticks)
  }
  for (const value of [1, 0x41]) jog(value)
  for (let key = 0; key < 0x68; key++) {
    surface.tap(key)
    await sleep(2)
  }
  expect(await test.next()).toMatchObject({
    surface: 'left',
    driver: 'mackie-control',
    missing: [],
    wrong: [],
    skipped: [],
    unknown: [],
  })
  expect(await test.end()).toBe(0)
  expect(surface.fights).toBe(0)
  expect(await desk.ask('strip.1.faderDb')).toBe(0)
  await desk.until('the surface shows the desk again', () => surface.text(1, 0) === 'Voice' && !surface.isLit(0x12))
}, 60_000)

it('exits with 1 and names what never came', async () => {
  const { code, stdout } = await deskd('surface', 'test', 'left', '--no-sweep', '--idle', '1', '--state', desk.state)
  expect(code).toBe(1)
  expect(stdout).toMatch(/^0 came, \d+ missing\n {2}never touch, bottom, top, release: fader\.1, fader\.2/)
  const unknown = await deskd('surface', 'test', 'right', '--state', desk.state)
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('no surface is called "right"; there are left')
})

it('learns a key of a surface that a driver knows, on top of the mapping that ships, at once', async () => {
  const learn = startProgram('learn', '--json', '--state', desk.state)
  expect(await learn.next()).toMatchObject({ what: 'touch' })
  await sleep(1500)
  surface.tap(0x36)
  expect(await learn.next()).toMatchObject({ what: 'target', control: 'f1' })
  learn.say('strip.1.hpf.on')
  const file = join(desk.state, 'mappings', 'mackie-control.yaml')
  expect(await learn.next()).toMatchObject({ kind: 'learnt', learnt: { control: 'f1', binding: 'strip.1.hpf.on' }, file })
  expect(await learn.end()).toBe(0)
  expect(existsSync(file)).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe(
    'extends: mackie-control\nsurface: mackie-control\nlayers:\n  - controls:\n      f1: strip.1.hpf.on\n',
  )
  await desk.until('the key switches the filter', async () => {
    surface.tap(0x36)
    await sleep(200)
    return (await desk.ask('strip.1.hpf.on')) === 1
  })
})
