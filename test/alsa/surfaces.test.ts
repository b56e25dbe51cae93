// A desk without a word of configuration, and an X-Touch on the kernel's own USB MIDI. Runs in the ALSA guest.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { x32Law } from '../../src/surface/fader-law.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { SimulatedSurface } from '../fixtures/simulated-surface.js'
import { isWhole } from '../fixtures/surface-desk.js'
import { type RawMidi, UsbMidiDevice } from '../fixtures/usb-gadget.js'

const surface = new SimulatedSurface()
let device: UsbMidiDevice
let raw: RawMidi
let desk: LiveDesk

const strips = Array.from({ length: 8 }, (_, i) => ({ name: `S${i + 1}`, faderDb: -(i + 1) }))

async function plug(socket: number): Promise<void> {
  raw = await device.plug(socket)
  surface.plug(raw)
}

function pull(): void {
  surface.pull()
  raw.close()
  device.unplug()
}

beforeAll(async () => {
  desk = await startDesk({ desk: JSON.stringify({ strips }), args: ['--audio', 'virtual', '--buffer', '2048'] })
  device = new UsbMidiDevice('XTouch', 'X-Touch')
})
afterAll(async () => {
  await desk.stop()
  raw.close()
  device.unplug()
  device.remove()
})

it('is under the hands as it is plugged in: names, motors, a ride', async () => {
  await plug(0)
  await desk.until('the whole desk on it', () => isWhole(surface), 20_000)
  expect([1, 8].map((column) => surface.text(column, 0))).toEqual(['S1', 'S8'])
  surface.touch(2)
  await surface.ride(2, 0.9, 500)
  surface.letGo(2)
  // The guest is slow: the motor may have begun to go back before it was told where it stands.
  await desk.until('the fader at rest', () => surface.isAtRest(2) && Math.abs(surface.position(2) - 0.9) < 0.005)
  expect(await desk.ask('strip.2.faderDb')).toBeCloseTo(x32Law.dbOfPosition(0.9), 0)
  expect(surface.fights).toBe(0)
})

it('is whole again after its cable was pulled in the middle of a ride, in whatever socket', async () => {
  const tookMs: number[] = []
  for (const socket of [0, 1, 0, 2]) {
    surface.touch(3)
    const ride = surface.ride(3, Math.random(), 400)
    await sleep(200)
    pull()
    await ride
    surface.letGo(3)
    await desk.set('strip.5.faderDb', -10 - socket)
    await plug(socket)
    const pluggedMs = performance.now()
    await desk.until(`all of it, socket ${socket}`, () => isWhole(surface), 20_000)
    tookMs.push(Math.round(performance.now() - pluggedMs))
    expect(x32Law.dbOfPosition(surface.position(5))).toBeCloseTo(-10 - socket, 0)
    expect(x32Law.dbOfPosition(surface.position(3))).toBeCloseTo(await desk.ask('strip.3.faderDb'), 0)
  }
  console.log(`whole again after ${tookMs} ms`)
  expect(tookMs.sort((a, b) => a - b)[1]).toBeLessThan(2000)
  expect((await desk.status()).engine.frames).toBeGreaterThan(0)
})
