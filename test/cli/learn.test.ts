// `deskd learn` as a program runs it: a box behind a socket, lines of JSON out, targets in, a mapping that the desk can read.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nameOfPort } from '../../src/cli/learn-place.js'
import { cc, note } from '../../src/surface/wire.js'
import { presses, sweepAbsolute, sweepRelative } from '../fixtures/hand.js'
import { knobBox } from '../fixtures/knob-box.js'
import { startProgram } from '../fixtures/program.js'

describe('deskd learn', () => {
  it('learns a knob, an encoder and a button of a box that nobody knows', async () => {
    const box = await knobBox()
    const file = join(box.folder, 'mappings', 'box.yaml')
    const learn = startProgram('learn', 'box', '--port', box.port, '--out', file, '--json')
    expect(await learn.next()).toEqual({ kind: 'ask', what: 'touch', wires: [] })
    await box.connected
    await box.play(sweepAbsolute(cc(20), 127, { seed: 1 }))
    expect(await learn.next()).toMatchObject({ kind: 'ask', what: 'target', encoding: 'cc 20 ch 1: absolute, 128 steps' })
    learn.say('strip.1.nonsense')
    expect(await learn.next()).toMatchObject({ kind: 'refused' })
    learn.say('strip.1.faderDb')
    expect(await learn.next()).toMatchObject({ kind: 'learnt', learnt: { control: 'fader1' }, file })
    expect(await learn.next()).toMatchObject({ what: 'touch' })
    await box.play(sweepRelative(cc(21), 'twosComplement', { seed: 1 }))
    expect(await learn.next()).toMatchObject({ what: 'target', control: 'encoder1' })
    learn.say('master.eq.on band')
    expect(await learn.next()).toMatchObject({ kind: 'refused' })
    learn.say('strip.1.pan')
    expect([(await learn.next()).kind, (await learn.next()).what]).toEqual(['learnt', 'touch'])
    await box.play(presses(note(40), 'momentary', 2, 100), 2)
    expect(await learn.next()).toMatchObject({ what: 'target', control: 'button1' })
    learn.say('transport.toggle')
    expect([(await learn.next()).kind, (await learn.next()).what]).toEqual(['learnt', 'touch'])
    expect(await learn.end()).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(`# Learnt with deskd learn. More can be learnt into it, or written by hand.
surface: box
device:
  name: "${box.port}"
  ports: [ "${box.port}" ]
  controls:
    fader1: { kind: fader, wire: cc 20 ch 1 }
    encoder1: { kind: encoder, wire: cc 21 ch 1, encoding: twosComplement }
    button1: { kind: button, wire: note 40 ch 1 }
layers:
  - controls:
      fader1: strip.1.faderDb
      encoder1: strip.1.pan
      button1: { do: transport.toggle }
`)
  })

  it('names boxes after their ports', () => {
    for (const [port, name] of [
      ['nanoKONTROL2 MIDI 1', 'nanokontrol2'],
      ['Launch Control XL', 'launch-control-xl'],
      ['unix:/run/my box.sock', 'my-box'],
      ['2i2: Midi Port 3', 'box-2i2'],
      ['日本', 'box'],
    ])
      expect(nameOfPort(port!)).toBe(name)
  })

  it('refuses a name that could be no id', async () => {
    const learn = startProgram('learn', 'My Box', '--json')
    await expect(learn.next()).rejects.toThrow(
      /expected a name of small letters, digits and - that begins with a letter, found "My Box"/,
    )
    expect(await learn.end()).toBe(2)
  })
})
