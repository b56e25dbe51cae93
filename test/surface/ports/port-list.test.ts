// Names and places of ports, from what RtMidi and /sys say.
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { portList } from '../../../src/surface/ports/port-list.js'
import { isPulled, usbPlug } from '../../../src/surface/ports/usb-plug.js'

const names = (inputs: readonly string[], outputs: readonly string[] = inputs): string[] =>
  portList(inputs, outputs, () => undefined).map(({ name, place }) => `${name} @ ${place}`)

describe('names', () => {
  it('are without client and port number, and without the device in front where the port says it', () => {
    expect(names(['X-Touch:X-Touch MIDI 1 32:0', 'X-Touch:X-Touch MIDI 2 32:1'])).toEqual([
      'X-Touch MIDI 1 @ 1',
      'X-Touch MIDI 2 @ 1',
    ])
    expect(names(['Virtual Raw MIDI 1-0:VirMIDI 1-0 20:0'])).toEqual(['Virtual Raw MIDI 1-0:VirMIDI 1-0 @ 1'])
    expect(names(['RtMidi Output Client:Box 130:0'], ['RtMidi Input Client:Box 129:0'])).toEqual(['Box @ 1'])
  })

  it('leave out the loop of ALSA and ends of connections that programs built on RtMidi have opened', () => {
    const own = [
      'Midi Through:Midi Through Port-0 14:0',
      'RtMidi Output Client:RtMidi Output 130:0',
      'RtMidi Input Client:RtMidi Input 131:0',
    ]
    expect(names(own)).toEqual([])
  })

  it('are as they are where there are no numbers', () => {
    expect(names(['X-TOUCH_INT'])).toEqual(['X-TOUCH_INT @ 1'])
  })
})

describe('both directions', () => {
  it('are put together by name and place; one alone is told as such', () => {
    const [both, one] = portList(['A:A in 20:0', 'B:B 24:0'], ['A:A in 20:0'], () => undefined)
    expect(both).toMatchObject({ name: 'A in', canReceive: true, canSend: true, input: 'A:A in 20:0', output: 'A:A in 20:0' })
    expect(one).toMatchObject({ name: 'B', canReceive: true, canSend: false })
  })
})

describe('twins', () => {
  const twins = ['Box:Box MIDI 1 28:0', 'Box:Box MIDI 1 32:0']

  it('have the place of their USB sockets, whatever their numbers', () => {
    const list = (inputs: string[], place: (client: number) => string) =>
      portList(inputs, inputs, (client) => ({ place: place(client), turn: '5' })).map(({ place, input }) => `${place} ${input}`)
    expect(list(twins, (client) => (client === 28 ? 'usb-a' : 'usb-b'))).toEqual([`usb-a ${twins[0]}`, `usb-b ${twins[1]}`])
    expect(list(twins, (client) => (client === 28 ? 'usb-b' : 'usb-a')).sort()).toEqual([
      `usb-a ${twins[1]}`,
      `usb-b ${twins[0]}`,
    ])
    expect(list(['Box:Box 28:0', 'Box:Box 28:1'], () => 'usb-a')).toEqual(['usb-a Box:Box 28:0', 'usb-a#2 Box:Box 28:1'])
  })

  it('without USB are counted', () => {
    expect(names(twins)).toEqual(['Box MIDI 1 @ 1', 'Box MIDI 1 @ 2'])
  })

  it('that were away in between are others, even with their old numbers', () => {
    const identity = (turn: string) => portList([twins[0]!], [], () => ({ place: 'usb-a', turn }))[0]!.identity
    expect(identity('7')).not.toBe(identity('8'))
  })
})

describe('the USB socket of a sequencer client', () => {
  /** A piece of /sys: card 4 behind a hub of a PCI controller, card 1 on no bus. */
  function sys(): string {
    const root = mkdtempSync(join(tmpdir(), 'deskd-sys-'))
    const device = 'devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2'
    for (const folder of [
      `${device}/1-4.2:1.0`,
      'class/sound/card4',
      'class/sound/card1',
      'devices/platform/snd_virmidi.0',
      'bus/usb/devices',
    ])
      mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, device, 'devnum'), '17\n')
    symlinkSync(`../../../${device}/1-4.2:1.0`, join(root, 'class/sound/card4/device'))
    symlinkSync('../../../devices/platform/snd_virmidi.0', join(root, 'class/sound/card1/device'))
    symlinkSync(`../../../${device}`, join(root, 'bus/usb/devices/1-4.2'))
    symlinkSync(`../../../${device}/1-4.2:1.0`, join(root, 'bus/usb/devices/1-4.2:1.0'))
    return root
  }

  it('is controller and way through the hubs, as ALSA names it, and which time it was plugged in', () => {
    const root = sys()
    expect(usbPlug(16 + 4 * 4, root)).toEqual({ place: 'usb-0000:00:14.0-4.2', turn: '17' })
    expect(usbPlug(16 + 4 * 4 + 3, root)).toEqual({ place: 'usb-0000:00:14.0-4.2', turn: '17' })
    expect(usbPlug(16 + 4 * 1, root)).toBeUndefined()
    expect(usbPlug(16 + 4 * 9, root)).toBeUndefined()
    expect(usbPlug(129, root)).toBeUndefined()
    expect(usbPlug(14, root)).toBeUndefined()
    const pulled = [14, 16 + 4 * 4, 16 + 4 * 9, 129].map((client) => isPulled(client, root))
    expect(pulled).toEqual([false, false, true, false])
  })
})
