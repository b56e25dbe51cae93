import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { type OscClient, openOscClient } from '../../src/osc/client.js'
import { parsePeer } from '../../src/osc/peer.js'
import { createOscServer } from '../../src/osc/server.js'
import { allowList, openUdpPort, refusalText } from '../../src/osc/udp.js'
import { messageOf, param, testDesk, text } from './desk.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const anyPort = { address: '127.0.0.1', port: 0 }

/** A desk on a real UDP port of this machine. */
async function runningDesk() {
  const at = testDesk()
  const udp = await openUdpPort({ bind: anyPort })
  const server = createOscServer(at.desk)
  udp.datagrams$.subscribe(server.receive)
  at.store.changes$.subscribe(server.changed)
  server.outgoing$.subscribe(udp.send)
  closing.push(udp.close, server.close)
  return { ...at, udp, server }
}

async function clientOf(peer: { address: string; port: number }): Promise<OscClient> {
  const client = await openOscClient(peer)
  closing.push(() => client.close())
  return client
}

describe('over UDP', () => {
  it('sets −12 dB, a name and a mute, and asks them back', async () => {
    const { udp, store } = await runningDesk()
    const client = await clientOf(udp.local)
    await client.set([
      ['/strip/1/faderDb', -12],
      ['/strip/1/name', 'Größe'],
      ['/strip/1/mute', true],
    ])
    expect([store.value(param('strip.1.faderDb')), store.text(text('strip.1.name')), store.value(param('strip.1.mute'))]).toEqual(
      [-12, 'Größe', 1],
    )
    expect([...(await client.ask(['/strip/1/faderDb', '/strip/1/name', '/strip/{1,2}/mute']))]).toEqual([
      ['/strip/1/faderDb', -12],
      ['/strip/1/name', 'Größe'],
      ['/strip/1/mute', 1],
      ['/strip/2/mute', 0],
    ])
  })

  it('asks 400 addresses at once', async () => {
    const { udp, store } = await runningDesk()
    const client = await clientOf(udp.local)
    const addresses = store.registry.params.slice(0, 400).map((p) => p.address)
    expect((await client.ask(addresses)).size).toBe(400)
  })

  it('gives the JSON of /status and the name of /info', async () => {
    const { udp } = await runningDesk()
    const client = await clientOf(udp.local)
    expect([...(await client.ask(['/status', '/info']))]).toEqual(
      expect.arrayContaining([
        ['/status', '{"frames":96000}'],
        ['/info', 'deskd'],
      ]),
    )
  })

  it('says what the desk says: unknown address, refused value', async () => {
    const { udp } = await runningDesk()
    const client = await clientOf(udp.local)
    await expect(client.ask(['/strip/1/fader'])).rejects.toMatchObject({
      code: 'unknownId',
      message: expect.stringContaining('/strip/1/faderDb'),
    })
    await expect(client.set([['/strip/1/mute', 'maybe']])).rejects.toMatchObject({
      code: 'outOfRange',
      message: expect.stringContaining('on or off'),
    })
  })

  it('acts once', async () => {
    const { udp, done } = await runningDesk()
    const client = await clientOf(udp.local)
    await client.act('/transport/locate', [12.3456789])
    await client.act('/transport/play')
    expect(done).toEqual([['transport.locate', 12.3456789], ['transport.play']])
  })

  it('watches: first the state, then what others change, until aborted', async () => {
    const { udp, store, server } = await runningDesk()
    const client = await clientOf(udp.local)
    const stop = new AbortController()
    const seen: string[] = []
    for await (const { address, value } of client.watch('/strip/*/pan', 100, stop.signal)) {
      seen.push(`${address} ${value}`)
      if (seen.length === 4) store.set(param('strip.2.pan'), 33, 'test')
      if (seen.length === 5) stop.abort()
    }
    expect(seen).toEqual(['/strip/1/pan 0', '/strip/2/pan 0', '/strip/3/pan 0', '/strip/4/pan 0', '/strip/2/pan 33'])
    await client.ask(['/strip/1/pan'])
    expect(server.pending()).toBe(0)
  })

  it('says how to start a desk where none answers', async () => {
    const { local, close } = await openUdpPort({ bind: anyPort })
    await close()
    const client = await clientOf(local)
    await expect(client.ask(['/strip/1/pan'], 50)).rejects.toMatchObject({
      code: 'notRunning',
      message: expect.stringContaining('deskd run'),
    })
  })

  it('answers a plain socket that sends a message without type tags', async () => {
    const { udp } = await runningDesk()
    const socket = createSocket('udp4')
    closing.push(() => socket.close())
    socket.send(Buffer.from('/strip/1/faderDb\0\0\0\0'), udp.local.port, udp.local.address)
    const [bytes] = (await once(socket, 'message')) as [Buffer]
    expect(messageOf(bytes)).toEqual({ address: '/strip/1/faderDb', args: [0] })
  })
})

describe('openUdpPort', () => {
  it('says which port is in use and offers another', async () => {
    const { udp } = await runningDesk()
    await expect(openUdpPort({ bind: udp.local })).rejects.toMatchObject({
      code: 'portInUse',
      message: expect.stringContaining(`--osc 127.0.0.1:${udp.local.port + 1}`),
    })
  })

  it('refuses a bind that others can reach without a list of who may send', async () => {
    await expect(openUdpPort({ bind: { address: '0.0.0.0', port: 0 } })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('osc: {allow: [192.168.1.0/24]}'),
    })
    const port = await openUdpPort({ bind: { address: '0.0.0.0', port: 0 }, allow: ['10.0.0.0/8'] })
    await port.close()
  })

  it('refuses an address this machine does not have', async () => {
    await expect(openUdpPort({ bind: { address: '203.0.113.9', port: 0 }, allow: ['10.0.0.0/8'] })).rejects.toMatchObject({
      code: 'config',
    })
  })

  it('knows its networks and names every one that is none', () => {
    const list = allowList(['192.168.1.0/24', '10.1.2.3', 'fd00::/8'])
    const check = (address: string, family: 'ipv4' | 'ipv6' = 'ipv4'): boolean => list.check(address, family)
    expect([check('192.168.1.77'), check('192.168.2.77'), check('10.1.2.3'), check('10.1.2.4')]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([check('fd12::1', 'ipv6'), check('fe80::1', 'ipv6')]).toEqual([true, false])
    expect(() => allowList(['10.0.0.0/33', '10.0.0.0/8', 'studio'])).toThrow(/"10\.0\.0\.0\/33", "studio"/)
  })

  it('says what would allow a refused sender', () => {
    expect(refusalText('192.168.7.20')).toContain('osc: {allow: [192.168.7.0/24]}')
    expect(refusalText('fe80::1')).toContain('osc: {allow: [fe80::1/64]}')
  })
})

describe('parsePeer', () => {
  it.each([
    ['127.0.0.1:9000', '127.0.0.1', 9000],
    ['studio.local:8000', 'studio.local', 8000],
    ['[::1]:9000', '::1', 9000],
    [':9001', '127.0.0.1', 9001],
  ])('reads %s', (written, address, port) => {
    expect(parsePeer(written)).toEqual({ address, port })
  })

  it.each(['9000', 'host', 'host:', 'host:70000', '::1:9000', 'a:b:1'])('refuses %s', (written) => {
    expect(() => parsePeer(written)).toThrow(/HOST:PORT/)
  })
})
