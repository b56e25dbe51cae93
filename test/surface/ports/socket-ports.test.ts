// A surface behind a Unix socket, for real: bytes both ways, and back after it was away.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstValueFrom, take, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { surfaceEvents } from '../../../src/surface/hot-plug.js'
import type { Link } from '../../../src/surface/link.js'
import type { MatchedSurface } from '../../../src/surface/match.js'
import { openPorts } from '../../../src/surface/ports/all-ports.js'
import { until } from '../../fixtures/until.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-socket-'))

interface Device {
  readonly server: Server
  readonly sockets: Socket[]
  readonly heard: number[]
}

async function listen(path: string): Promise<Device> {
  const device: Device = { server: createServer(), sockets: [], heard: [] }
  device.server.on('connection', (socket) => {
    device.sockets.push(socket)
    socket.on('data', (bytes) => device.heard.push(...bytes))
    socket.on('error', () => {})
  })
  rmSync(path, { force: true })
  await new Promise<void>((resolve) => device.server.listen(path, resolve))
  return device
}

const gone = (device: Device): void => {
  device.server.close()
  for (const socket of device.sockets) socket.destroy()
}

describe('a Unix socket', () => {
  it('carries whole messages in, bytes out, and ends with its other end', async () => {
    const path = join(folder, 'one.sock')
    const device = await listen(path)
    const ports = openPorts({ midi: { on: false, pollMs: 100 }, named: [`unix:${path}`, 'X-Touch'] })
    const [port] = await firstValueFrom(ports.ports$)
    expect(port).toEqual({ name: `unix:${path}`, place: '1', canReceive: true, canSend: true })
    const link = await ports.open(port!)
    const heard = firstValueFrom(link.messages$.pipe(toArray()))
    await until('the connection', () => device.sockets.length === 1)
    device.sockets[0]!.write(Buffer.from([0x90, 1, 127, 2]))
    device.sockets[0]!.write(Buffer.from([126, 0xf8, 0xf0, 1, 0xf7]))
    link.send(Uint8Array.of(0xe0, 1, 2))
    await until('the bytes', () => device.heard.length === 3)
    expect(device.heard).toEqual([0xe0, 1, 2])
    gone(device)
    expect((await heard).map((message) => [...message])).toEqual([[0x90, 1, 127], [0x90, 2, 126], [0xf8], [0xf0, 1, 0xf7]])
    await expect(ports.open(port!)).rejects.toThrow('ENOENT')
    await ports.close()
  })

  it('is opened again and again by itself', async () => {
    const path = join(folder, 'two.sock')
    const ports = openPorts({ midi: { on: false, pollMs: 100 }, named: [`unix:${path}`] })
    const surface = (port: MatchedSurface['units'][0]['port']) =>
      ({
        name: 'box',
        driver: {},
        isConfigured: true,
        units: [{ id: 'main', spec: {}, port, home: port }],
      }) as unknown as MatchedSurface
    const told: string[] = []
    const links: Link[] = []
    const events = surfaceEvents(ports, (list) => [surface(list[0])]).subscribe((event) => {
      told.push(event.kind === 'message' ? `message ${[...event.bytes]}` : event.kind)
      if (event.kind === 'open') links.push(event.link)
    })
    onTestFinished(() => events.unsubscribe())
    for (let time = 1; time <= 3; time++) {
      const device = await listen(path)
      await until('the link', () => links.length === time)
      const first = firstValueFrom(links.at(-1)!.messages$.pipe(take(1)))
      device.sockets[0]!.write(Buffer.from([0x90, time, 1]))
      await first
      gone(device)
      await until('its end', () => told.filter((kind) => kind === 'gone').length === time)
    }
    const turn = (time: number): string[] => ['open', `message 144,${time},1`, 'gone']
    expect(told).toEqual(['surfaces', ...turn(1), ...turn(2), ...turn(3)])
  })
})
