// Surfaces on the kernel's own MIDI: bytes in and out, what a port takes without loss, and USB devices that come and go. Runs in the ALSA guest.
import type { Subscription } from 'rxjs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Driver } from '../../src/surface/driver.js'
import { surfaceEvents } from '../../src/surface/hot-plug.js'
import type { Link, PortName } from '../../src/surface/link.js'
import { matchSurfaces } from '../../src/surface/match.js'
import { MidiPorts } from '../../src/surface/ports/midi-ports.js'
import { MidiStream } from '../../src/surface/ports/midi-stream.js'
import { SendQueue } from '../../src/surface/send-queue.js'
import { smallCodec, smallControls } from '../fixtures/small-codec.js'
import { until } from '../fixtures/until.js'
import { RawMidi, UsbMidiDevice } from '../fixtures/usb-gadget.js'

const entry = new URL('../../dist/surface/ports/midi-process.js', import.meta.url).pathname
let ports: MidiPorts
let list: readonly PortName[] = []

beforeAll(async () => {
  ports = new MidiPorts({ pollMs: 100, entry })
  ports.ports$.subscribe((now) => {
    list = now
  })
  await until('the list', () => list.length > 0)
})
afterAll(() => ports.close())

const called = (name: RegExp): PortName => list.find((port) => name.test(port.name))!

const messages = (bytes: readonly number[]): string[] => new MidiStream().push(Uint8Array.from(bytes)).map(String)
const sysex = (length: number): number[] => [0xf0, ...Array.from({ length: length - 2 }, (_, i) => i & 0x7f), 0xf7]

const everyKind = [
  [0x90, 60, 127],
  [0x80, 60, 0],
  [0xa0, 1, 2],
  [0xb0, 16, 65],
  [0xc0, 5],
  [0xd0, 0x1c],
  [0xe8, 0x7f, 0x7f],
  [0xf2, 1, 2],
  [0xfa],
  [0xfc],
  sysex(7),
  sysex(255),
  sysex(256),
  sysex(257),
  sysex(4096),
]

describe('a virtual MIDI card', () => {
  let link: Link
  let device: RawMidi

  beforeAll(async () => {
    device = new RawMidi('/dev/snd/midiC1D0')
    link = await ports.open(called(/VirMIDI 1-0$/))
  })
  afterAll(() => {
    link.close()
    device.close()
  })

  it('is called without its number, and our own ends and the loop are not listed', () => {
    expect(list.map(({ name }) => name)).toEqual([0, 1, 2, 3].map((n) => `Virtual Raw MIDI 1-${n}:VirMIDI 1-${n}`))
  })

  it('is sent every kind of message byte for byte', async () => {
    for (const [i, message] of everyKind.entries()) {
      link.send(Uint8Array.from(message))
      await until(`message ${i}`, () => messages(device.bytes).length === i + 1)
    }
    expect(messages(device.bytes)).toEqual(everyKind.map(String))
  })

  it('is heard byte for byte', async () => {
    const heard: string[] = []
    const listening = link.messages$.subscribe((bytes) => heard.push(String(bytes)))
    for (const message of everyKind) await device.write(message)
    await until('all messages', () => heard.length >= everyKind.length)
    listening.unsubscribe()
    expect(heard).toEqual(everyKind.map(String))
  })
})

describe('a USB device', () => {
  let box: UsbMidiDevice
  let device: RawMidi | undefined

  beforeAll(async () => {
    box = new UsbMidiDevice('Box')
    device = await box.plug(0)
    await until('the port', () => called(/^Box MIDI 1$/) !== undefined)
  })
  afterAll(() => {
    device?.close()
    box.unplug()
    box.remove()
  })

  it('stands at its socket', () => {
    expect(called(/^Box/)).toEqual({ name: 'Box MIDI 1', place: 'usb-dummy_hcd.0-1', canReceive: true, canSend: true })
  })

  // The device's end is read by this process, which a busy machine may hold up for longer than its buffer lasts.
  it.each([3125, 12_500])('takes %i paced bytes a second without a loss', { retry: 2 }, async (bytesASecond) => {
    const link = await ports.open(called(/^Box/))
    device!.bytes.length = 0
    const queue = new SendQueue(bytesASecond)
    const sent: string[] = []
    const startMs = performance.now()
    for (let n = 0, nowMs = 0; nowMs < 3000; ) {
      // Always more than goes out: every key anew.
      for (; queue.waitingBytes < 2000; n++)
        queue.put({
          key: `${n}`,
          urgency: 'light',
          bytes: Uint8Array.from(n % 8 ? [0xb0, n % 120, n & 0x7f] : sysex(64 + (n % 64))),
        })
      nowMs = performance.now() - startMs
      for (const bytes of queue.take(
        nowMs,
        () => false,
        () => {},
      )) {
        sent.push(String(bytes))
        link.send(bytes)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until('the last of them', () => messages(device!.bytes).length >= sent.length, 5000).catch(() => {})
    expect(messages(device!.bytes)).toEqual(sent)
    expect(device!.bytes.length).toBeGreaterThan(bytesASecond * 3 * 0.4)
    link.close()
  })

  it('ends its link when it is pulled in the middle of what it sends, and of what it is sent', async () => {
    const link = await ports.open(called(/^Box/))
    let count = 0
    const ended = new Promise<void>((complete) => link.messages$.subscribe({ next: () => count++, complete }))
    const sending = setInterval(() => link.send(Uint8Array.of(0xe0, 1, 2)), 2)
    for (let i = 0; i < 50; i++) await device!.write([0xe0, i, i])
    await until('some of it', () => count > 0)
    await device!.write(sysex(200).slice(0, 100))
    device!.close()
    device = undefined
    box.unplug()
    await ended
    clearInterval(sending)
    await until('its port gone', () => called(/^Box/) === undefined)
    expect(ports.pid).toBeDefined()
  })
})

describe('two identical devices', () => {
  const driver: Driver = {
    id: 'twin',
    name: 'Twin',
    protocol: 'midi',
    isTestedOnHardware: false,
    echo: 'never',
    units: [
      {
        role: 'main',
        ports: [/^Twin MIDI 1$/],
        columns: 8,
        controls: smallControls(),
        bytesASecond: 40_000,
        createCodec: () => smallCodec(),
      },
    ],
  }
  const twins: UsbMidiDevice[] = []
  let filler: UsbMidiDevice
  let events: Subscription

  afterEach(() => {
    events.unsubscribe()
    for (const device of [...twins, filler]) {
      device.unplug()
      device.remove()
    }
  })

  it('keep their surfaces over 100 replugs, in any order, with other client numbers each time', async () => {
    const links = new Map<string, Link>()
    const heard: string[] = []
    events = surfaceEvents(ports, (now, before) => matchSurfaces(now, [driver], [], before)).subscribe((event) => {
      if (event.kind === 'open') links.set(event.surface, event.link)
      else if (event.kind === 'gone') links.delete(event.surface)
      else if (event.kind === 'message') heard.push(`${event.surface} ${event.bytes}`)
    })
    twins.push(new UsbMidiDevice('TwinA', 'Twin'), new UsbMidiDevice('TwinB', 'Twin'))
    filler = new UsbMidiDevice('Filler')
    const numbers = new Set<string>()
    const tookMs: number[] = []
    let ends: (RawMidi | undefined)[] = []
    for (let turn = 0; turn < 50; turn++) {
      const order = turn % 2 ? [1, 0] : [0, 1]
      if (turn % 3 === 0) filler.unplug()
      else if (turn % 3 === 1) (await filler.plug(2)).close()
      const plugged = performance.now()
      await Promise.all(order.map(async (twin) => (ends[twin] = await twins[twin]!.plug(twin))))
      await until(`both links, turn ${turn}`, () => links.size === 2)
      tookMs.push(performance.now() - plugged)
      heard.length = 0
      for (const twin of [0, 1]) {
        await ends[twin]!.write([0x90, twin, 1 + turn])
        links.get(twin === 0 ? 'twin' : 'twin-2')!.send(Uint8Array.of(0xb0, twin, turn))
      }
      await until(`bytes both ways, turn ${turn}`, () => heard.length === 2 && ends.every((end) => end!.bytes.length >= 3))
      expect(heard.sort()).toEqual([`twin ${[0x90, 0, 1 + turn]}`, `twin-2 ${[0x90, 1, 1 + turn]}`])
      expect(ends.map((end) => [...end!.bytes])).toEqual([
        [0xb0, 0, turn],
        [0xb0, 1, turn],
      ])
      numbers.add(ends.map((end) => end!.device).join())
      for (const twin of [0, 1]) {
        ends[twin]!.close()
        twins[twin]!.unplug()
      }
      await until(`both gone, turn ${turn}`, () => links.size === 0)
    }
    ends = []
    expect(numbers.size).toBeGreaterThan(2)
    tookMs.sort((a, b) => a - b)
    console.log(
      `from plug to link: median ${Math.round(tookMs[25]!)} ms, at most ${Math.round(tookMs[49]!)} ms; ${numbers.size} sets of numbers`,
    )
    expect(tookMs[25]).toBeLessThan(2000)
  }, 240_000)
})
