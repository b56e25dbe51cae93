// A box that nobody knows, from its first touch to its place on a running desk: learnt, listed, monitored, learnt again, tested.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ChecklistResult } from '../../src/surface/checklist.js'
import { cc, note } from '../../src/surface/wire.js'
import { deskd } from '../fixtures/command.js'
import { presses, sweepAbsolute, sweepRelative } from '../fixtures/hand.js'
import { knobBox } from '../fixtures/knob-box.js'
import { startDesk } from '../fixtures/live-desk.js'
import { startProgram } from '../fixtures/program.js'
import { makeTracks } from '../fixtures/tracks.js'

it('is learnt, works at once, is learnt further without moving the desk, and tested', { timeout: 120_000 }, async () => {
  const box = await knobBox()
  const mapping = join(box.folder, 'box.yaml')
  const config = join(box.folder, 'host.yaml')
  writeFileSync(
    config,
    `midi: { on: false }\nsurfaces:\n  - { name: box, mapping: box.yaml, units: [{ port: '${box.port}' }] }\n`,
  )
  const tracks = join(box.folder, 'tracks')
  makeTracks(tracks, 2, 1)
  const desk = await startDesk({ args: ['--config', config, '--audio', 'virtual', '--play', tracks] })
  const state = ['--state', desk.state]
  expect((await deskd('surface', 'list', ...state)).stdout).toContain('no surfaces')

  // A knob; its target is what another client moves.
  const first = startProgram('learn', 'box', '--port', box.port, '--out', mapping, '--json', ...state)
  expect(await first.next()).toMatchObject({ what: 'touch' })
  await box.connected
  await box.play(sweepAbsolute(cc(20), 127, { seed: 1 }))
  expect(await first.next()).toMatchObject({ what: 'target' })
  await desk.set('strip.1.pan', 7)
  expect(await first.next()).toMatchObject({ kind: 'learnt', learnt: { control: 'knob1', binding: 'strip.1.pan' } })
  expect(await first.end()).toBe(0)

  const listed = async (): Promise<{ name: string; mapping: string; units: { isConnected: boolean }[] }[]> =>
    JSON.parse((await deskd('surface', 'list', '--json', ...state)).stdout)
  await desk.until('the desk has the box', async () => (await listed())[0]?.units[0]?.isConnected === true)
  expect(await listed()).toMatchObject([{ name: 'box', mapping }])

  // It moves the desk, and the monitor tells how.
  const monitor = startProgram('monitor', '--changes', '--json', ...state)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  // It is picked up where the pan stands, and goes back to its left end.
  await box.play(sweepAbsolute(cc(20), 127, { seed: 1 }))
  await desk.until('the knob moves the pan', async () => (await desk.ask('strip.1.pan')) === -100)
  const lines = await Promise.all(Array.from({ length: 100 }, () => monitor.next()))
  expect(lines).toContainEqual(
    expect.objectContaining({ kind: 'in', surface: 'box', unit: 1, events: [expect.objectContaining({ control: 'knob1' })] }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ kind: 'in', made: [expect.objectContaining({ id: 'strip.1.pan' })] }))
  expect(lines).toContainEqual(expect.objectContaining({ kind: 'change', id: 'strip.1.pan', by: 'surface:box' }))

  // More of it, heard through the desk: meanwhile it moves nothing.
  const second = startProgram('learn', 'box', '--json', ...state)
  expect(await second.next()).toMatchObject({ what: 'touch' })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await box.play(sweepRelative(cc(21), 'signBit', { seed: 1 }))
  expect(await second.next()).toMatchObject({ what: 'target', control: 'encoder1' })
  await box.play(sweepAbsolute(cc(20), 127, { seed: 2 }))
  expect(await desk.ask('strip.1.pan')).toBe(-100)
  second.say('strip.2.faderDb')
  expect(await second.next()).toMatchObject({ kind: 'learnt' })
  expect(await second.next()).toMatchObject({ what: 'touch' })
  await box.play(presses(note(40), 'momentary', 2, 100), 2)
  expect(await second.next()).toMatchObject({ what: 'target', control: 'button1' })
  second.say('strip.1.mute')
  expect(await second.next()).toMatchObject({ kind: 'learnt' })
  expect(await second.end()).toBe(0)
  expect(readFileSync(mapping, 'utf8')).toContain('encoder1: { kind: encoder, wire: cc 21 ch 1, encoding: signBit }')

  await desk.until('the desk has the button', async () => {
    await box.play(presses(note(40), 'momentary', 1, 50))
    return (await desk.ask('strip.1.mute')) === 1
  })

  // The test asks for all of it; the button never comes.
  const test = startProgram('surface', 'test', 'box', '--no-sweep', '--idle', '3', '--json', ...state)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await box.play(sweepAbsolute(cc(20), 127, { seed: 3 }))
  await box.play(sweepRelative(cc(21), 'signBit', { seed: 3 }))
  await box.play(sweepRelative(cc(77), 'binaryOffset', { seed: 3 }))
  const result = (await test.next()) as unknown as ChecklistResult & { surface: string }
  expect(result).toMatchObject({
    surface: 'box',
    came: ['knob1', 'encoder1'],
    missing: [{ control: 'button1', never: ['press', 'let go'] }],
    wrong: [],
    unknown: [{ wire: 'cc 77 ch 1', looksLike: 'relative, binary offset (65 up, 63 down)' }],
  })
  expect(await test.end()).toBe(1)
})
