// `deskd learn` and `deskd monitor` on the kernel's own MIDI, both on one port at once. Runs in the ALSA guest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { HeardLine } from '../../src/surface/monitor-line.js'
import { cc } from '../../src/surface/wire.js'
import { sweepRelative } from '../fixtures/hand.js'
import { startProgram } from '../fixtures/program.js'
import { RawMidi } from '../fixtures/usb-gadget.js'

it('learns an encoder of a box that no driver knows, while a monitor listens too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-learn-'))
  const file = join(folder, 'box.yaml')
  const box = new RawMidi('/dev/snd/midiC1D3')
  try {
    const learn = startProgram('learn', 'box', '--port', 'VirMIDI 1-3', '--out', file, '--json')
    const monitor = startProgram('monitor', '--port', 'VirMIDI 1-3', '--json')
    expect(await learn.next()).toMatchObject({ what: 'touch' })
    const first = monitor.next()
    let isHeard = false
    void first.then(() => {
      isHeard = true
    })
    // What a device tells of itself is no touch.
    const telling = [0xf0, ...Array.from({ length: 40 }, () => 1), 0xf7]
    while (!isHeard) {
      await box.write(telling)
      await sleep(200)
    }
    expect(await first).toMatchObject({ kind: 'in', surface: 'Virtual Raw MIDI 1-3:VirMIDI 1-3', events: [] })
    await sleep(2000)
    const sweep = sweepRelative(cc(30, 2), 'binaryOffset', { seed: 1 })
    for (const { bytes } of sweep) {
      await box.write([...bytes])
      await sleep(5)
    }
    expect(await learn.next()).toMatchObject({ what: 'target', encoding: 'cc 30 ch 3: relative, binary offset (65 up, 63 down)' })
    learn.say('strip.1.pan')
    expect([(await learn.next()).kind, (await learn.next()).what]).toEqual(['learnt', 'touch'])
    expect(await learn.end()).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('ports: [ "Virtual Raw MIDI 1-3:VirMIDI 1-3" ]')
    const told: string[] = []
    while (told.length < sweep.length) {
      const { bytes } = (await monitor.next()) as unknown as HeardLine
      if (bytes.startsWith('B2')) told.push(bytes)
    }
    expect(told.slice(0, 2)).toEqual(['B2 1E 41', 'B2 1E 41'])
  } finally {
    box.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
