// A surface that says as much as eight hands on eight faders never could: every event arrives, nothing grows, the audio goes on.
// DESKD_LOAD_SECONDS=60 makes it a minute.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startDesk } from '../fixtures/live-desk.js'

const seconds = Number(process.env.DESKD_LOAD_SECONDS ?? 10)
const eventsASecond = 50_000
const batch = 500

interface Counts {
  readonly surfaceCounts: { readonly messages: number; readonly events: number; readonly effects: number }
}

const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

it(`takes ${eventsASecond} fader moves a second for ${seconds} s from the decoder on: none lost, no xrun, memory flat`, {
  retry: 2,
  timeout: (seconds + 60) * 1000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskd-surface-load-'))
  const path = join(folder, 'surface.sock')
  const server = createServer().listen(path)
  try {
    writeFileSync(
      join(folder, 'host.yaml'),
      JSON.stringify({ surfaces: [{ name: 'busy', driver: 'mackie-control', units: [{ port: `unix:${path}` }] }] }),
    )
    const connection = once(server, 'connection') as Promise<[Socket]>
    const desk = await startDesk({ args: ['--audio', 'virtual', '--buffer', '1024', '--config', join(folder, 'host.yaml')] })
    const [surface] = await connection
    surface.resume()
    surface.write(Uint8Array.from({ length: 24 }, (_, i) => [0x90, 0x68 + Math.floor(i / 3), 0x7f][i % 3]!))
    await sleep(500)
    const status = async () => (await desk.status()) as Awaited<ReturnType<typeof desk.status>> & Counts
    const before = await status()
    const total = seconds * eventsASecond
    const startedMs = Date.now()
    let settledMb = { control: 0, engine: 0 }
    for (let sent = 0; sent < total; sent += batch) {
      const bytes = new Uint8Array(batch * 3)
      for (let i = 0; i < batch; i++) {
        // Every move of a fader is to another place than its last.
        const position = (Math.floor((sent + i) / 8) * 97) % 16383
        bytes.set([0xe0 + ((sent + i) % 8), position & 0x7f, position >> 7], i * 3)
      }
      if (!surface.write(bytes)) await once(surface, 'drain')
      const aheadMs = (sent + batch) / (eventsASecond / 1000) - (Date.now() - startedMs)
      if (aheadMs > 0) await sleep(aheadMs)
      if (settledMb.control === 0 && sent > total / 3)
        settledMb = { control: residentMb(before.control.pid), engine: residentMb(before.engine.pid) }
    }
    await desk.until('all is read', async () => (await status()).surfaceCounts.events - before.surfaceCounts.events >= total)
    await desk.until('all is applied', async () => (await status()).events.waiting === 0)
    await sleep(100)
    const after = await status()
    const events = after.surfaceCounts.events - before.surfaceCounts.events
    const effects = after.surfaceCounts.effects - before.surfaceCounts.effects
    const done = after.engine.eventsApplied - before.engine.eventsApplied + after.events.coalesced - before.events.coalesced
    expect(events).toBe(total)
    // Two places near the bottom of a fader may both be −inf.
    expect(effects).toBeGreaterThan(total * 0.98)
    expect(done).toBe(effects)
    expect(after.engine.xruns - before.engine.xruns).toBe(0)
    expect(residentMb(before.engine.pid) - settledMb.engine).toBeLessThan(5)
    expect(residentMb(before.control.pid) - settledMb.control).toBeLessThan(40)
    await desk.stop()
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
