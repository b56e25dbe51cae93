// Other people's OSC against a running desk: liblo's oscsend and oscdump, and the osc-min package.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { fromBuffer, type OscBundle, type OscMessage, toBuffer } from 'osc-min'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'

const hasLiblo = spawnSync('oscsend', ['--help']).error === undefined && spawnSync('oscdump', ['-h']).error === undefined

let desk: LiveDesk
let port: number
const opened: (ChildProcess | Socket)[] = []

beforeAll(async () => {
  desk = await startDesk({
    args: ['--audio', 'virtual'],
    desk: 'strips: 16\nparams: {master.oscillator: true, oscillator.on: true}',
  })
  port = desk.run().osc.port
}, 30_000)

afterAll(async () => {
  for (const one of opened) 'kill' in one ? one.kill('SIGKILL') : one.close()
  await desk?.stop()
})

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0)
  await once(socket, 'listening')
  const { port: free } = socket.address()
  socket.close()
  return free
}

describe.runIf(hasLiblo)('oscsend and oscdump of liblo-tools', () => {
  const send = (...words: string[]): void => void execFileSync('oscsend', ['127.0.0.1', String(port), ...words])

  it('say hello for a layout and hear all of it, then what changes', async () => {
    const listens = await freePort()
    const dump = spawn('oscdump', ['-L', String(listens)], { stdio: ['ignore', 'pipe', 'inherit'] })
    opened.push(dump)
    let heard = ''
    dump.stdout.on('data', (bytes: Buffer) => {
      heard += bytes.toString()
    })
    await desk.until('the whole desk', () => {
      send('/tablet/hello', 'si', 'mix', String(listens))
      return / \/norm\/master\/faderDb f 0\.75/.test(heard) && / \/strip\/1\/name s "/.test(heard)
    })
    send('/norm/strip/2/faderDb', 'f', '0.5')
    await desk.until(
      'the change, as 0…1 and in words',
      () => / \/norm\/strip\/2\/faderDb f 0\.500000/.test(heard) && heard.includes(' /text/strip/2/faderDb s "-10.0 dB"'),
    )
    expect(await desk.ask('strip.2.faderDb')).toBe(-10)
  })

  it('move a fader of a surface, press its buttons', async () => {
    send('/surface/fader/1', 'f', '0.5')
    await desk.until('the fader', async () => (await desk.ask('strip.1.faderDb')) === -10)
    send('/surface/mute/3')
    await desk.until('the mute', async () => (await desk.ask('strip.3.mute')) === 1)
  })
})

describe('osc-min', () => {
  it('plays a surface in a bundle and is shown its names and levels', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    opened.push(socket)
    const heard = new Map<string, unknown>()
    const take = (packet: OscMessage | OscBundle): void => {
      if (packet.oscType === 'bundle') for (const element of packet.elements) take(element as OscMessage | OscBundle)
      else heard.set(packet.address, packet.args[0]?.value)
    }
    socket.on('message', (bytes) => take(fromBuffer(bytes) as OscMessage | OscBundle))
    const say = (...messages: [string, number][]): void =>
      socket.send(
        toBuffer({
          oscType: 'bundle',
          timetag: [0, 1],
          elements: messages.map(([address, value]) => ({ address, args: [{ type: 'float', value }] })),
        }),
        port,
        '127.0.0.1',
      )
    say(['/surface/fader/4', 0.75], ['/surface/mute/4', 1], ['/surface/mute/4', 0])
    await desk.until('it moves the desk', async () => (await desk.ask('strip.4.mute')) === 1)
    await desk.until(
      'names, lights and faders are shown',
      () => heard.get('/surface/mute/4') === 1 && heard.get('/surface/fader/5') === 0.75,
    )
    expect(String(heard.get('/surface/lcd/4/top')).length).toBeGreaterThan(0)
    await desk.set('strip.5.faderDb', -10)
    await desk.until('what others do is shown', () => heard.get('/surface/fader/5') === 0.5)
    say(['/surface/bankRight', 1], ['/surface/bankRight', 0])
    await desk.until('the next bank', () => heard.get('/surface/mute/4') === 0)
    say(['/surface/fader/1', 0.25])
    await desk.until('its first fader', async () => (await desk.ask('strip.9.faderDb')) === -30)
    await desk.until('meters move', () => Number(heard.get('/surface/main/meter')) > 0)
  })
})
