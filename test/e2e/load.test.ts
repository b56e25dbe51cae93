// What a stranger or a busy surface can send: nothing is lost, nothing breaks.
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeMessage } from '../../src/osc/encode.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'
import { makeTracks } from '../fixtures/tracks.js'
import { OscSender } from '../soak/desk.mjs'

let folder: string
let desk: LiveDesk
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-load-'))
  makeTracks(join(folder, 'tracks'), 8, 60)
  desk = await startDesk({ args: ['--audio', 'virtual', '--buffer', '1024', '--play', join(folder, 'tracks')] })
}, 60_000)
afterAll(async () => {
  await desk?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('OSC under load', () => {
  // The machine itself takes milliseconds at times: only what is late three times over is the desk's.
  it('takes 200,000 fuzzed packets without a crash or an xrun', { retry: 2, timeout: 120_000 }, async () => {
    const before = await desk.status()
    const sender = new OscSender(desk.run().osc.port)
    await sender.connected
    const seeds = [
      encodeMessage('/strip/1/faderDb', [{ type: 'f', value: -3 }]),
      encodeMessage('/strip/*/mute', [{ type: 'T', value: true }]),
      encodeMessage('/subscribe', [
        { type: 's', value: '/strip/[1-4]/meter/*' },
        { type: 'i', value: 20 },
      ]),
      encodeMessage('/norm/strip/{1,2}/pan', []),
      encodeMessage('/strip/1/name', [{ type: 's', value: 'ü' }]),
      Buffer.from('#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x10/a\0\0,f\0\0\0\0\0\0\0\0\0\0', 'latin1'),
    ]
    let state = 11
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    for (let i = 0; i < 200_000; i++) {
      const seed = seeds[random(seeds.length)] ?? Buffer.alloc(0)
      let bytes = Buffer.from(seed)
      for (let k = random(6); k > 0; k--) bytes[random(bytes.length)] = random(256)
      if (random(10) === 0) bytes = bytes.subarray(0, random(bytes.length))
      sender.send(bytes)
      if (i % 200 === 199) await sender.settled()
    }
    sender.close()
    const after = await desk.status()
    expect(after.oscCounts.datagrams - before.oscCounts.datagrams).toBeGreaterThanOrEqual(200_000)
    expect(after.engine.pid).toBe(before.engine.pid)
    expect(after.control.pid).toBe(before.control.pid)
    expect(after.engine.xruns - before.engine.xruns).toBe(0)
    expect(after.engine.nonFinite).toBe(0)
  })

  it('applies 50,000 sets a second for 10 s from the decoder on: none lost, no xrun', {
    retry: 2,
    timeout: 120_000,
  }, async () => {
    const before = await desk.status()
    const socket = createSocket({ type: 'udp4', sendBufferSize: 4 * 2 ** 20 })
    const perTick = 500
    let sent = 0
    const started = Date.now()
    while (sent < 500_000) {
      for (let i = 0; i < perTick; i++, sent++)
        socket.send(
          encodeMessage(`/strip/${1 + (sent % 64)}/faderDb`, [{ type: 'f', value: -20 + ((sent * 7) % 2000) / 100 }]),
          desk.run().osc.port,
          '127.0.0.1',
        )
      const ahead = sent / 50 - (Date.now() - started)
      if (ahead > 0) await sleep(ahead)
      else await sleep(0)
    }
    let last = -1
    await desk.until('all is read', async () => {
      const { oscCounts } = await desk.status()
      const quiet = oscCounts.datagrams - last < 5
      last = oscCounts.datagrams
      await sleep(200)
      return quiet
    })
    socket.close()
    const after = await desk.status()
    const arrived = after.oscCounts.messages - before.oscCounts.messages
    // Every set that the decoder saw reached the engine: applied, or made up for by a later one of the same parameter.
    expect(after.oscCounts.dropped - before.oscCounts.dropped).toBe(0)
    expect(arrived).toBeGreaterThan(450_000)
    expect(after.events.waiting).toBe(0)
    const done = after.engine.eventsApplied - before.engine.eventsApplied + after.events.coalesced - before.events.coalesced
    expect(arrived - done).toBeLessThan(200) // the questions for the status
    expect(after.engine.xruns - before.engine.xruns).toBe(0)
  })
})
