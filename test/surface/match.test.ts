// Which units are on which ports: drivers by themselves, the configuration, twins, and devices that come back.
import { describe, expect, it } from 'vitest'
import type { Driver, UnitSpec } from '../../src/surface/driver.js'
import type { PortName } from '../../src/surface/link.js'
import { type MatchedSurface, matchSurfaces, type SurfaceWanted } from '../../src/surface/match.js'
import { smallCodec } from '../fixtures/small-codec.js'

const unit = (role: string, ...ports: RegExp[]): UnitSpec => ({
  role,
  ports,
  columns: 8,
  controls: [],
  bytesASecond: 3125,
  createCodec: () => smallCodec(),
})

const driver = (id: string, ...units: UnitSpec[]): Driver => ({
  id,
  name: id,
  protocol: 'midi',
  isTestedOnHardware: false,
  units,
  echo: 'never',
})

const xTouch = driver('x-touch', unit('main', /^X-Touch MIDI 1$/), unit('extender', /^X-Touch-Ext/))
const anyTouch = driver('any-touch', unit('main', /Touch/))
const knobs = driver('knobs', unit('main', /nanoKONTROL2/))
/** Another mode of the same device. */
const plainTouch: Driver = { ...driver('x-touch-midi', unit('main', /^X-Touch MIDI 1 *$/)), isByName: true }
const drivers = [plainTouch, anyTouch, xTouch, knobs]

const port = (name: string, place = '1'): PortName => ({ name, place, canReceive: true, canSend: true })

/** `name: unit at place …`, `-` for a unit that is away. */
const told = (surfaces: readonly MatchedSurface[]): string[] =>
  surfaces.map(({ name, units }) => `${name}: ${units.map(({ id, port }) => `${id} ${port ? port.place : '-'}`).join(', ')}`)

const matched = (lists: readonly PortName[][], wanted: readonly SurfaceWanted[] = []): string[] =>
  told(lists.reduce<MatchedSurface[]>((before, list) => matchSurfaces(list, drivers, wanted, before), []))

describe('a driver that is taken by its id', () => {
  it('leaves its ports to others unless it is asked for', () => {
    expect(matched([[port('X-Touch MIDI 1')]])).toEqual(['x-touch: main 1'])
    expect(matched([[port('X-Touch MIDI 1')]], [{ name: 'desk', driver: 'x-touch-midi', units: [] }])).toEqual(['desk: main 1'])
  })
})

describe('without configuration', () => {
  it('each known device is a surface, named for its driver; what nothing knows is left alone', () => {
    expect(matched([[port('nanoKONTROL2 MIDI 1'), port('Launchkey'), port('unix:/run/nanoKONTROL2')]])).toEqual(['knobs: main 1'])
  })

  it('the driver that says most of the name takes the port', () => {
    expect(matched([[port('X-Touch MIDI 1')]])).toEqual(['x-touch: main 1'])
    expect(matched([[port('Touchy')]])).toEqual(['any-touch: main 1'])
  })

  it('extenders join the surface of their driver, whichever was there first', () => {
    const main = port('X-Touch MIDI 1', 'usb-a')
    const extenders = [port('X-Touch-Ext MIDI 1', 'usb-b'), port('X-Touch-Ext MIDI 1', 'usb-c')]
    expect(matched([[...extenders, main]])).toEqual(['x-touch: main usb-a, extender usb-b, extender-2 usb-c'])
    expect(matched([extenders, [...extenders, main]])).toEqual(['x-touch: main usb-a, extender usb-b, extender-2 usb-c'])
  })

  it('twins are two surfaces in the order of their places, 10 behind 9', () => {
    const twins = [port('nanoKONTROL2', 'usb-1.10'), port('nanoKONTROL2', 'usb-1.9')]
    expect(matched([twins])).toEqual(['knobs: main usb-1.9', 'knobs-2: main usb-1.10'])
  })
})

describe('what comes back', () => {
  const a = port('nanoKONTROL2', 'usb-a')
  const b = port('nanoKONTROL2', 'usb-b')

  it('is what it was: twins keep their surfaces in whatever order they go and come', () => {
    const kept = ['knobs: main usb-a', 'knobs-2: main usb-b']
    expect(matched([[a, b], [b], []])).toEqual(['knobs: main -', 'knobs-2: main -'])
    for (const way of [
      [[b], [a, b]],
      [[a], [], [b], [b, a]],
      [[], [b, a]],
    ])
      expect(matched([[a, b], ...way])).toEqual(kept)
  })

  it('in another socket takes the place of the one of its name that is away', () => {
    expect(matched([[a, b], [a], [a, port('nanoKONTROL2', 'usb-z')]])).toEqual(['knobs: main usb-a', 'knobs-2: main usb-z'])
  })

  it('finds its columns kept: a unit that is away leaves its place in the surface', () => {
    const all = [port('X-Touch MIDI 1', 'm'), port('X-Touch-Ext 1', 'x'), port('X-Touch-Ext 1', 'y')]
    expect(matched([all, all.slice(1)])).toEqual(['x-touch: main -, extender x, extender-2 y'])
    expect(matched([all, [all[0]!, all[2]!], all])).toEqual(['x-touch: main m, extender x, extender-2 y'])
  })
})

describe('with configuration', () => {
  const wanted = (name: string, driver: string, ...units: SurfaceWanted['units']): SurfaceWanted => ({ name, driver, units })

  it('surfaces have their names, there or not, and the rest is found as ever', () => {
    expect(matched([[port('X-Touch MIDI 1')]], [wanted('desk', 'x-touch'), wanted('box', 'knobs')])).toEqual([
      'desk: main 1',
      'box: main -',
    ])
    expect(matched([[port('nanoKONTROL2', 'p'), port('X-Touch MIDI 1')]], [wanted('desk', 'x-touch')])).toEqual([
      'desk: main 1',
      'knobs: main p',
    ])
  })

  it('twins are told apart by place, and units stand in the order written', () => {
    const twins = [port('nanoKONTROL2', 'usb-a'), port('nanoKONTROL2', 'usb-b')]
    expect(matched([twins], [wanted('left', 'knobs', { place: 'usb-b' }), wanted('right', 'knobs', { place: 'usb-a' })])).toEqual(
      ['left: main usb-b', 'right: main usb-a'],
    )
    const all = [port('X-Touch MIDI 1', 'm'), port('X-Touch-Ext 1', 'x'), port('X-Touch-Ext 1', 'y')]
    const units = [{ role: 'extender', place: 'y' }, { role: 'main' }, { role: 'extender', place: 'x' }]
    expect(matched([all], [wanted('desk', 'x-touch', ...units)])).toEqual(['desk: extender y, main m, extender-2 x'])
  })

  it('a port can be named that no driver knows, by a part of its name, or as a socket by all of it', () => {
    expect(matched([[port('Strange Box MIDI 1')]], [wanted('box', 'knobs', { port: 'strange' })])).toEqual(['box: main 1'])
    const sockets = [port('unix:/run/a.sock.old'), port('unix:/run/a.sock')]
    expect(
      matchSurfaces(sockets, drivers, [wanted('box', 'knobs', { port: 'unix:/run/a.sock' })], [])[0]?.units[0]?.port?.name,
    ).toBe('unix:/run/a.sock')
    expect(matched([[port('unix:/run/strange')]], [wanted('box', 'knobs', { port: 'strange' })])).toEqual(['box: main -'])
  })

  it('a part of a name that fits several ports is the one whose name it is, or that the driver knows for the unit', () => {
    const all = [port('X-Touch-Ext MIDI 1', 'a'), port('X-Touch MIDI 1', 'b')]
    const units = [
      { role: 'main', port: 'X-Touch' },
      { role: 'extender', port: 'X-Touch' },
    ]
    expect(matched([all], [wanted('desk', 'x-touch', ...units)])).toEqual(['desk: main b, extender a'])
    const exact = matchSurfaces(
      [port('Box 10', 'a'), port('Box 1', 'b')],
      drivers,
      [wanted('box', 'knobs', { port: 'Box 1' })],
      [],
    )
    expect(exact[0]?.units[0]?.port?.name).toBe('Box 1')
  })

  it('a surface whose units are written down takes no others; one without takes extenders', () => {
    const all = [port('X-Touch MIDI 1', 'm'), port('X-Touch-Ext 1', 'x')]
    expect(matched([all, all], [wanted('desk', 'x-touch', { role: 'main' })])).toEqual(['desk: main m', 'x-touch: extender x'])
    expect(matched([all, all], [wanted('desk', 'x-touch')])).toEqual(['desk: main m, extender x'])
  })
})
