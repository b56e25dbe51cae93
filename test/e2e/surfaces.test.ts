// Whole gestures on simulated motor surfaces, in real bytes against a desk that runs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { dm2000Law } from '../../src/surface/fader-law.js'
import type { LiveDesk } from '../fixtures/live-desk.js'
import type { SimulatedSurface } from '../fixtures/simulated-surface.js'
import { isWhole, type SurfaceDesk, startSurfaceDesk } from '../fixtures/surface-desk.js'
import { makeTracks } from '../fixtures/tracks.js'

const notes = { mute: 0x10, select: 0x18, assignPan: 0x2a, bankLeft: 0x2e, bankRight: 0x2f, flip: 0x32 }
const master = 9

/** 16 strips named S1 … S16, at −1, −2 … −16 dB. */
const strips = Array.from({ length: 16 }, (_, i) => ({ name: `S${i + 1}`, faderDb: -(i + 1) }))
const desk16 = JSON.stringify({ strips, params: { 'master.faderDb': -5 } })
const dbOf = (surface: SimulatedSurface, column: number): number => dm2000Law.dbOfPosition(surface.position(column))

/** Within what a fader of 1024 steps and its motor can say, in dB at −30 dB and above. */
const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.15 || (a < -60 && b < -60)

const allFaders = async (desk: LiveDesk): Promise<number[]> => {
  const ids = strips.map((_, i) => `strip.${i + 1}.faderDb`)
  return Promise.all(ids.map((id) => desk.ask(id)))
}

/** The fader stands where the desk has its parameter, and nobody holds it. */
const follows = (desk: LiveDesk, surface: SimulatedSurface, column: number, id: string) => async (): Promise<boolean> =>
  surface.isAtRest(column) && near(dbOf(surface, column), await desk.ask(id))

/** The clock on the surface stands, and what was shown for a moment has gone. */
async function stop(desk: LiveDesk): Promise<void> {
  await desk.client.set([['/transport/stop', true]])
  await sleep(2500)
}

// A busy machine may take longer than a hand or a motor waits.
const often = { retry: 2 }

describe('a motor surface', () => {
  let shared: SurfaceDesk
  beforeAll(async () => {
    shared = await startSurfaceDesk([{}], desk16)
  })
  afterAll(() => shared.close())

  /** The desk as it starts, whatever the test before left. */
  async function fresh() {
    const { desk, surfaces, cables, heard } = shared
    const [surface, cable] = [surfaces[0]!, cables[0]!]
    if (!cable.isConnected) await cable.plug()
    for (let column = 1; column <= master; column++) if (surface.isTouched(column)) surface.letGo(column)
    await desk.until('the surface', () => isWhole(surface))
    if (surface.isLit(notes.flip)) surface.tap(notes.flip)
    if (surface.text(1, 0) !== 'S1') surface.tap(notes.bankLeft)
    await desk.client.set(
      strips.flatMap(({ faderDb }, i) => [[`/strip/${i + 1}/faderDb`, faderDb] as const, [`/strip/${i + 1}/pan`, 0] as const]),
    )
    await desk.until('all as it was', () => surface.text(8, 0) === 'S8' && isWhole(surface) && near(dbOf(surface, 8), -8))
    surface.fights = 0
    surface.returns = 0
    return { desk, surface, cable, heard }
  }

  it('shows the desk as soon as it is plugged in: names, faders on its own scale, lights', often, async () => {
    const { desk, surface } = await fresh()
    for (let column = 1; column <= 8; column++) {
      expect(surface.text(column, 0)).toBe(`S${column}`)
      expect(dbOf(surface, column)).toBeCloseTo(-column, 0)
    }
    expect(dbOf(surface, master)).toBeCloseTo(-5, 0)
    await desk.set('strip.3.mute', true)
    await desk.until('the light', () => surface.isLit(notes.mute + 2))
    surface.tap(notes.mute + 2)
    await desk.until('mute off', async () => (await desk.ask('strip.3.mute')) === 0 && !surface.isLit(notes.mute + 2))
  })

  it(
    'rides: the parameter is where the hand left it, nothing drove against the finger, the fader did not go back',
    often,
    async () => {
      const { desk, surface } = await fresh()
      surface.touch(2)
      for (const position of [1, 0.1, 0.9, 0.5]) await surface.ride(2, position, 300)
      surface.letGo(2)
      await desk.until('the fader follows', follows(desk, surface, 2, 'strip.2.faderDb'))
      await sleep(300)
      expect(surface.position(2)).toBeCloseTo(0.5, 2)
      expect(await desk.ask('strip.2.faderDb')).toBeCloseTo(dm2000Law.dbOfPosition(0.5), 0)
      expect(surface.fights).toBe(0)
      expect(surface.returns).toBe(0)
      expect(await desk.ask('strip.1.faderDb')).toBe(-1)
    },
  )

  it('holds what a finger holds while the bank moves under it', often, async () => {
    const { desk, surface } = await fresh()
    surface.touch(1)
    surface.move(1, 0.6)
    await desk.until('strip 1 moves', async () => near(await desk.ask('strip.1.faderDb'), dm2000Law.dbOfPosition(0.6)))
    surface.tap(notes.bankRight)
    await desk.until('the others show the next bank', () => surface.text(2, 0) === 'S10' && surface.isAtRest(2))
    expect(dbOf(surface, 2)).toBeCloseTo(-10, 0)
    await surface.ride(1, 0.3, 300)
    surface.letGo(1)
    await desk.until('fader 1 is strip 9 now', () => surface.isAtRest(1) && near(dbOf(surface, 1), -9))
    const at = await allFaders(desk)
    expect(at[0]).toBeCloseTo(dm2000Law.dbOfPosition(0.3), 0)
    expect(at.slice(1)).toEqual(strips.slice(1).map(({ faderDb }) => faderDb))
    expect(surface.text(1, 0)).toBe('S9')
    expect(surface.fights).toBe(0)
    surface.tap(notes.bankLeft)
    await desk.until('back again', follows(desk, surface, 1, 'strip.1.faderDb'))
  })

  it('flips: pans onto the faders and back, and no sound changes by it', often, async () => {
    const { desk, surface } = await fresh()
    await desk.set('strip.4.pan', 50)
    surface.tap(notes.assignPan)
    surface.tap(notes.flip)
    await desk.until('pans on faders', () => isWhole(surface) && Math.abs(surface.position(4) - 0.75) < 0.01)
    expect(surface.position(1)).toBeCloseTo(0.5, 2)
    expect(await allFaders(desk)).toEqual(strips.map(({ faderDb }) => faderDb))
    surface.touch(1)
    await surface.ride(1, 1, 200)
    surface.letGo(1)
    await desk.until('pan 1', async () => (await desk.ask('strip.1.pan')) === 100)
    surface.turn(2, 4)
    await desk.until('fader 2 by its V-pot', async () => (await desk.ask('strip.2.faderDb')) > -2)
    surface.tap(notes.flip)
    await desk.until('faders are back', follows(desk, surface, 1, 'strip.1.faderDb'))
    expect(await desk.ask('strip.1.faderDb')).toBe(-1)
  })

  it(
    'on a DIN port rides fast on all faders with meters on: nothing chokes, meters live, all ends where hands left it',
    often,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'deskd-ride-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      makeTracks(folder, 8, 10)
      const { desk, surfaces } = await startSurfaceDesk([{ bytesASecond: 3125 }, { bytesASecond: 3125 }], desk16, [
        '--play',
        folder,
      ])
      const [surface, other] = surfaces as [SimulatedSurface, SimulatedSurface]
      const columns = [1, 2, 3, 4, 5, 6, 7, 8]
      for (const column of columns) surface.touch(column)
      await sleep(100)
      surface.fights = 0
      for (const position of [0.9, 0.2, 1, 0.6]) await Promise.all(columns.map((column) => surface.ride(column, position, 400)))
      const levels = columns.map((column) => other.level(column))
      for (const column of columns) surface.letGo(column)
      for (const column of columns) {
        await desk.until(`fader ${column} follows`, follows(desk, surface, column, `strip.${column}.faderDb`))
        await desk.until(`fader ${column} of the other follows`, follows(desk, other, column, `strip.${column}.faderDb`))
        expect(surface.position(column)).toBeCloseTo(0.6, 2)
      }
      expect(surface.fights).toBe(0)
      expect([surface.overruns, other.overruns]).toEqual([0, 0])
      // One motor told less than 20 times a second would be seen to jump.
      expect(other.heard.motor).toBeGreaterThan(8 * 1.6 * 20)
      expect(levels.filter((level) => level > 0).length).toBeGreaterThan(4)
      expect((await desk.status()).engine.xruns).toBe(0)
    },
  )

  it(
    'comes back from a cable pulled in the middle of a ride: everything shown again, and nobody holds its faders',
    often,
    async () => {
      const { desk, surface, cable } = await fresh()
      surface.touch(3)
      const ride = surface.ride(3, 1, 400)
      await sleep(200)
      cable.pull()
      await ride
      surface.letGo(3)
      await sleep(200)
      const left = await desk.ask('strip.3.faderDb')
      expect(left).toBeGreaterThan(-3)
      expect(left).toBeLessThan(10)
      await desk.set('strip.5.faderDb', -20)
      const pluggedMs = performance.now()
      await cable.plug()
      await desk.until('the whole desk on it', () => isWhole(surface) && surface.text(8, 0) === 'S8')
      expect(performance.now() - pluggedMs).toBeLessThan(2000)
      await desk.until('fader 3 where the desk is', follows(desk, surface, 3, 'strip.3.faderDb'))
      expect(await desk.ask('strip.3.faderDb')).toBe(left)
      expect(dbOf(surface, 5)).toBeCloseTo(-20, 0)
      await desk.set('strip.3.faderDb', -12)
      await desk.until('its motor is driven again', follows(desk, surface, 3, 'strip.3.faderDb'))
    },
  )

  it('that was told everything is told no more: a quiet desk sends nothing', often, async () => {
    const { desk, heard } = await fresh()
    await stop(desk)
    const before = heard()
    await sleep(1500)
    expect(heard() - before).toBe(0)
  })
})

describe('two surfaces on one fader', () => {
  it('follow each other, the last hand wins, neither drives against a finger, and then both rest', often, async () => {
    const { desk, surfaces, heard } = await startSurfaceDesk([{}, {}], desk16)
    const [left, right] = surfaces as [SimulatedSurface, SimulatedSurface]
    left.touch(1)
    await left.ride(1, 0.9, 300)
    await desk.until('the right follows', () => Math.abs(right.position(1) - 0.9) < 0.02)
    right.touch(1)
    await sleep(100)
    right.fights = 0
    await Promise.all([left.ride(1, 0.3, 500), right.ride(1, 0.7, 500)])
    await right.ride(1, 0.65, 100)
    expect(near(await desk.ask('strip.1.faderDb'), dm2000Law.dbOfPosition(0.65))).toBe(true)
    left.letGo(1)
    await desk.until('the left goes where the right holds', () => left.isAtRest(1) && Math.abs(left.position(1) - 0.65) < 0.01)
    right.letGo(1)
    await desk.until('both rest', follows(desk, right, 1, 'strip.1.faderDb'))
    expect([left.fights, right.fights]).toEqual([0, 0])
    await stop(desk)
    const before = heard()
    await sleep(1000)
    expect(heard() - before).toBe(0)
    expect(left.position(1)).toBeCloseTo(right.position(1), 3)
  })
})
