// Tablets as surfaces over real UDP: each client its own link, replies where it listens, caps and silence.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundleMark, decode } from '../../src/osc/decode.js'
import { encodeBundle, encodeMessage } from '../../src/osc/encode.js'
import { KnownTablets, type Tablet } from '../../src/osc/known-tablets.js'
import { createOscServer } from '../../src/osc/server.js'
import { mentionsSurface, SurfaceClients, surfaceClientLimits } from '../../src/osc/surface-clients.js'
import { openUdpPort } from '../../src/osc/udp.js'
import { type Link, type PortName, tabletPort } from '../../src/surface/link.js'
import { messageOf, number, param, testDesk } from './desk.js'

const fader = (position: number, column = 1) => encodeMessage(`/surface/fader/${column}`, [number(position)])
const wordsOf = (bytes: Uint8Array): string => {
  if (bytes[0] === bundleMark) return '#bundle'
  const { address, args } = messageOf(bytes)
  return [address, ...args].join(' ')
}

/** A desk on a real port; every surface that appears is opened, what it says is in `heard`. */
async function desk(tablets: readonly Tablet[] = []) {
  const udp = await openUdpPort({ bind: { address: '127.0.0.1', port: 0 } })
  let kept: readonly Tablet[] = tablets
  const known = new KnownTablets(tablets, (all) => {
    kept = all
  })
  const clients = new SurfaceClients(known, udp.send)
  const { desk: port, store } = testDesk()
  const server = createOscServer(port, { known, surfaceClients: clients })
  const ports: PortName[] = []
  const links = new Map<string, Link>()
  const heard: string[] = []
  udp.datagrams$.subscribe(server.receive)
  server.outgoing$.subscribe(udp.send)
  clients.ports$.subscribe(async (now) => {
    for (const { name, place, ...rest } of now) {
      const id = place.includes(':') ? `${name} ${place}` : place
      if (ports.some((one) => one.name === name && one.place === place)) continue
      ports.push({ name, place, ...rest })
      const link = await clients.open({ name, place, ...rest })
      links.set(id, link)
      link.messages$.subscribe({
        next: (bytes) => heard.push(`${id}: ${wordsOf(bytes)}`),
        complete: () => heard.push(`${id} is gone`),
      })
    }
  })
  onTestFinished(async () => {
    server.close()
    await udp.close()
  })
  return { udp, known, clients, server, store, ports, links, heard, kept: () => kept }
}

async function socket(address = '127.0.0.1'): Promise<{ socket: Socket; port: number; heard: string[] }> {
  const made = createSocket('udp4')
  made.bind(0, address)
  await once(made, 'listening')
  const heard: string[] = []
  made.on('message', (bytes) => heard.push(wordsOf(bytes)))
  onTestFinished(() => void made.close())
  return { socket: made, port: made.address().port, heard }
}

const until = async (check: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !check(); i++) await new Promise((resolve) => setTimeout(resolve, 4))
  expect(check()).toBe(true)
}

describe('surface clients', () => {
  it('two tablets have a link each: what one says comes from it, what it is shown goes to it alone', async () => {
    const at = await desk()
    const [a, b] = [await socket(), await socket()]
    a.socket.send(fader(0.25), at.udp.local.port)
    await until(() => at.heard.length === 1)
    b.socket.send(fader(0.5, 2), at.udp.local.port)
    await until(() => at.heard.length === 2)
    expect(at.heard).toEqual([
      `${tabletPort} 127.0.0.1:${a.port}: /surface/fader/1 0.25`,
      `${tabletPort} 127.0.0.1:${b.port}: /surface/fader/2 0.5`,
    ])
    at.links.get(`${tabletPort} 127.0.0.1:${b.port}`)?.send(fader(0.75))
    await until(() => b.heard.length === 1)
    expect(b.heard).toEqual(['/surface/fader/1 0.75'])
    expect(a.heard).toEqual([])
  })

  it('keeps what comes before its link is opened, in order', async () => {
    const at = await desk()
    const a = await socket()
    for (const position of [0, 0.25, 0.5, 0.75, 1])
      at.clients.receive({ bytes: fader(position), from: { address: '127.0.0.1', port: a.port } }, 0)
    await until(() => at.heard.length === 5)
    expect(at.heard.map((line) => line.split(' ').at(-1))).toEqual(['0', '0.25', '0.5', '0.75', '1'])
  })

  it('a named client is known by its address from whatever port, and listens where it was said', async () => {
    const listener = await socket('127.0.0.2')
    const at = await desk([{ name: 'ipad', address: '127.0.0.2', replyPort: listener.port }])
    const [one, other] = [await socket('127.0.0.2'), await socket('127.0.0.2')]
    one.socket.send(fader(0.25), at.udp.local.port, '127.0.0.1')
    await until(() => at.heard.length === 1)
    other.socket.send(fader(0.5), at.udp.local.port, '127.0.0.1')
    await until(() => at.heard.length === 2)
    expect(at.heard).toEqual(['ipad: /surface/fader/1 0.25', 'ipad: /surface/fader/1 0.5'])
    at.links.get('ipad')?.send(fader(1))
    await until(() => listener.heard.length === 1)
    expect([one.heard, other.heard, listener.heard]).toEqual([[], [], ['/surface/fader/1 1']])
  })

  it('a named client is there again after a restart without a word of its own', async () => {
    const first = await desk([{ name: 'ipad', address: '127.0.0.3' }])
    const tablet = await socket('127.0.0.3')
    expect(first.ports).toEqual([])
    tablet.socket.send(fader(0.25), first.udp.local.port, '127.0.0.1')
    await until(() => first.heard.length === 1)
    expect(first.kept()).toEqual([{ name: 'ipad', address: '127.0.0.3', heardPort: tablet.port, isSurface: true }])

    const second = await desk(first.kept())
    expect(second.ports.map(({ name, place }) => `${name} ${place}`)).toEqual(['OSC tablet ipad'])
    await until(() => second.links.has('ipad'))
    second.links.get('ipad')?.send(fader(0.5))
    await until(() => tablet.heard.length === 1)
    expect(tablet.heard).toEqual(['/surface/fader/1 0.5'])
  })

  it('only /surface/… makes a surface; of a bundle the desk takes the rest', async () => {
    const at = await desk()
    const a = await socket()
    a.socket.send(encodeMessage('/strip/1/faderDb', [number(-3)]), at.udp.local.port)
    await until(() => at.store.value(param('strip.1.faderDb')) === -3)
    expect(at.ports).toEqual([])
    a.socket.send(encodeBundle([fader(0.5), encodeMessage('/strip/2/faderDb', [number(-6)])]), at.udp.local.port)
    await until(() => at.store.value(param('strip.2.faderDb')) === -6)
    expect(at.ports.length).toBe(1)
    expect(a.heard).toEqual([])
  })

  it(`serves ${surfaceClientLimits.clients} and tells the next so; a named one comes in for the longest silent`, async () => {
    const at = await desk([{ name: 'ipad', address: '10.0.0.9' }])
    const from = (port: number, address = '10.0.0.1') => ({ bytes: fader(0), from: { address, port } })
    for (let i = 0; i < surfaceClientLimits.clients; i++) expect(at.clients.receive(from(1000 + i), 1000 + i)).toBeUndefined()
    expect(at.clients.receive(from(999), 2000)).toMatch(/^32 tablets are surfaces/)
    expect(at.clients.receive(from(1, '10.0.0.9'), 2000)).toBeUndefined()
    await until(() => at.heard.includes(`${tabletPort} 10.0.0.1:1000 is gone`))
    // After half a minute of silence anybody does.
    expect(at.clients.receive(from(998), 1001 + surfaceClientLimits.crowdedSilenceMs)).toBeUndefined()
    await until(() => at.heard.includes(`${tabletPort} 10.0.0.1:1001 is gone`))
  })

  it('forgets a nameless client after ten minutes of silence, a named one never', async () => {
    const at = await desk([{ name: 'ipad', address: '10.0.0.9' }])
    at.clients.receive({ bytes: fader(0), from: { address: '10.0.0.1', port: 1 } }, 0)
    at.clients.receive({ bytes: fader(0), from: { address: '10.0.0.9', port: 1 } }, 0)
    await until(() => at.heard.length === 2)
    at.clients.tend(surfaceClientLimits.silenceMs)
    expect(at.heard.filter((line) => line.endsWith('is gone'))).toEqual([])
    at.clients.tend(surfaceClientLimits.silenceMs + 1)
    at.clients.tend(1e12)
    expect(at.heard.filter((line) => line.endsWith('is gone'))).toEqual([`${tabletPort} 10.0.0.1:1 is gone`])
  })

  it('looks for its prefix in any bytes', () => {
    expect(mentionsSurface(fader(1))).toBe(true)
    expect(mentionsSurface(Buffer.from('/surface'))).toBe(false)
    expect(mentionsSurface(encodeMessage('/subscribe', []))).toBe(false)
    expect(mentionsSurface(encodeBundle([encodeMessage('/strip/1/mute', []), fader(0)]))).toBe(true)
    expect(mentionsSurface(encodeBundle([encodeMessage('/strip/1/mute', [])]))).toBe(false)
    expect(mentionsSurface(new Uint8Array())).toBe(false)
    expect(typeof decode(fader(1))).toBe('object')
  })
})
