// A live take on the virtual card renders again to the bits of its live master, whatever was moved while it ran.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deskd } from '../fixtures/command.js'
import { startDesk } from '../fixtures/live-desk.js'
import { madeTrack, makeTracks } from '../fixtures/tracks.js'
import { readWav } from '../fixtures/wav.js'

const session = new URL('../../../shared/audio/session/', import.meta.url).pathname

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskd-take-'))
  makeTracks(join(folder, 'tracks'), 9, 20)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lively = `
strips: 12
buses: 4
params:
  strip.1.hpf.on: true
  strip.2.eq.on: true
  strip.2.comp.on: true
  strip.2.comp.lookaheadMs: 3
  strip.2.comp.key: bus.3
  strip.3.gate.on: true
  strip.3.gate.mode: expand
  strip.3.gate.key: strip.1
  strip.6.comp.on: true
  strip.6.comp.autoRelease: true
  strip.4.send.1.levelDb: -6
  strip.5.delayMs: 250
  strip.6.automix.on: true
  strip.7.automix.on: true
  strip.8.panMode: lcr
  strip.8.dca.1: true
  dca.1.faderDb: -3
  desk.centreBus: bus.4
  oscillator.on: true
  oscillator.type: pink
  oscillator.levelDb: -50
  bus.3.oscillator: true
  bus.1.comp.on: true
  bus.1.comp.lookaheadMs: 2
  bus.1.output: bus.2
  master.limiter.on: true
`

/** A reverb, a delay and a chorus, returned on stereo strips that also send to each other's buses. */
const withEffects = `
strips:
${Array.from({ length: 9 }, (_, i) => `  - {send: {${1 + (i % 3)}: {levelDb: -6}}}`).join('\n')}
  - {stereo: true, input: fx1, send: {2: {levelDb: -9}}}
  - {stereo: true, input: fx2, comp: {on: true}}
  - {input: fx3, pan: 40, send: {2: {levelDb: -12}}}
buses: [{output: off}, {output: off, eq: {on: true}}, {output: off}]
fx:
  - {type: reverb, reverb: {decayS: 6}}
  - {type: delay, delay: {timeMs: 1900, feedbackPercent: 70, mode: pingPong, highPassHz: 200}}
  - {type: chorus}
`

/** Values that move within a range, from a seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

async function renderAgain(take: string): Promise<void> {
  const out = join(folder, 'again.wav')
  const said = await deskd('render', '--take', take, '--out', out)
  expect(said.stderr + said.stdout).not.toMatch(/deskd:/)
  expect(said.code).toBe(0)
  const live = readWav(join(take, 'master.wav'))
  const again = readWav(out)
  expect(again.channels[0]?.length).toBe(live.channels[0]?.length)
  expect(again.channels.map((c, i) => c.findIndex((x, n) => x !== live.channels[i]?.[n]))).toEqual([-1, -1])
  expect(live.channels[0]?.some((x) => Math.abs(x) > 0.01)).toBe(true)
}

describe('a live take on the virtual card', () => {
  it('renders to the same bits after 900 moves of faders, EQ, groups and solos over OSC', async () => {
    const tracks = existsSync(session) ? session : join(folder, 'tracks')
    const take = join(folder, 'moves')
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', tracks, '--record', take], desk: lively })
    await desk.until('it plays', async () => (await desk.status()).transport.positionS > 0.2)
    const next = random(5)
    for (let i = 0; i < 900; i++) {
      const strip = `/strip/${1 + Math.floor(next() * 12)}`
      const moves = [
        [`${strip}/faderDb`, -20 + 25 * next()],
        [`${strip}/pan`, -100 + 200 * next()],
        [`${strip}/eq/on`, next() > 0.3],
        [`${strip}/eq/band${1 + Math.floor(next() * 6)}/gainDb`, -12 + 24 * next()],
        [`${strip}/eq/band${1 + Math.floor(next() * 6)}/frequencyHz`, 40 * 300 ** next()],
        [`/strip/5/delayMs`, 500 * next()],
        [`/strip/4/send/1/tap`, Math.floor(next() * 6)],
        [`/bus/1/output`, next() > 0.5 ? 'bus.2' : 'master'],
        [`/strip/3/gate/mode`, Math.floor(next() * 3)],
        [`${strip}/comp/on`, next() > 0.5],
        [`${strip}/gate/keyListen`, next() > 0.5],
        [`${strip}/dca/${1 + Math.floor(next() * 8)}`, next() > 0.5],
        [`/oscillator/type`, Math.floor(next() * 3)],
        [`/oscillator/on`, next() > 0.5],
        [`/${next() > 0.5 ? 'master' : 'bus/2'}/oscillator`, next() > 0.7],
        [`${strip}/automix/on`, next() > 0.5],
        [`${strip}/panMode`, next() > 0.5 ? 'lcr' : 'lr'],
        [`/desk/centreBus`, Math.floor(next() * 5)],
        [`/bus/1/dca/3`, next() > 0.5],
        [`/dca/${1 + Math.floor(next() * 8)}/faderDb`, -10 + 15 * next()],
        [`${strip}/muteGroup/${1 + Math.floor(next() * 8)}`, next() > 0.7],
        [`/muteGroup/${1 + Math.floor(next() * 8)}/on`, next() > 0.8],
        [`/monitor/soloMode`, next() > 0.5 ? 'sip' : 'afl'],
        [`${strip}/solo`, next() > 0.6],
      ] as const
      const move = moves[Math.floor(next() * moves.length)]
      if (move) await desk.client.set([move])
    }
    // Late or not, the virtual card drops nothing: the bits are the proof.
    expect(await desk.stop()).toBe(0)
    const moved = readFileSync(join(take, 'events.log'), 'utf8')
      .split('\n')
      .filter((line) => /\t(strip|bus|dca|muteGroup|monitor|oscillator|desk|master)\./.test(line))
    expect(moved.length).toBeGreaterThan(400)
    await renderAgain(take)
  }, 120_000)

  it('renders to the same bits when it began in the middle of play, with locates, loops and stops', async () => {
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '100', '--play', join(folder, 'tracks')],
      desk: lively,
    })
    await desk.until('it plays', async () => (await desk.status()).transport.positionS > 0.5)
    // Kept for the next start, and not heard in this one.
    await desk.client.set([
      ['/strip/2/comp/lookaheadMs', 7],
      ['/bus/2/comp/lookaheadMs', 1],
    ])
    await desk.client.act('/transport/record', ['middle'])
    await desk.until('it records', async () => (await desk.status()).recording.frames > 9600)
    await desk.client.act('/transport/locate', [12.345])
    await sleep(300)
    await desk.client.set([
      ['/transport/loop/startS', 12.5],
      ['/transport/loop/endS', 12.75],
      ['/transport/loop/on', true],
    ])
    await sleep(700)
    await desk.client.act('/transport/stop')
    await sleep(200)
    await desk.client.act('/transport/record', [0])
    await desk.until('it is written', async () => !(await desk.status()).recording.active)
    const take = join(desk.state, 'takes', readdirSync(join(desk.state, 'takes'))[0] ?? '')
    await renderAgain(take)
    await desk.stop()
  }, 120_000)

  it('renders to the same bits with effects on, begun while they rang, and moved', async () => {
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--buffer', '100', '--play', join(folder, 'tracks')],
      desk: withEffects,
    })
    await desk.until('it plays', async () => (await desk.status()).transport.positionS > 3)
    await desk.client.act('/transport/record', ['effects'])
    await desk.until('it records', async () => (await desk.status()).recording.frames > 4800)
    const moves = [
      ['/fx/1/reverb/decayS', 3],
      ['/fx/1/reverb/roomSize', 0.7],
      ['/fx/2/delay/timeMs', 333],
      ['/transport/tempoBpm', 97],
      ['/fx/3/chorus/rateHz', 5],
      ['/fx/1/reverb/freeze', true],
      ['/fx/3/type', 'delay'],
      ['/fx/2/delay/medium', 'tape'],
      ['/fx/2/delay/sync', true],
      ['/strip/11/input', 'fx3'],
      ['/fx/2/source', 'bus.3'],
      ['/fx/1/reverb/freeze', false],
      ['/fx/3/type', 'off'],
      ['/strip/12/faderDb', -3],
    ] as const
    for (const move of moves) {
      await desk.client.set([move])
      await sleep(120)
    }
    expect((await desk.status()).engine.nonFinite).toBe(0)
    await desk.client.act('/transport/record', [0])
    await desk.until('it is written', async () => !(await desk.status()).recording.active)
    const take = join(desk.state, 'takes', readdirSync(join(desk.state, 'takes'))[0] ?? '')
    expect(readdirSync(join(take, 'inputs'))).toEqual([])
    await renderAgain(take)
    // What rang when it began is in it: without the saved lines the same log renders to other samples.
    await desk.stop()
  }, 120_000)

  it('says why a strip that takes an effect cannot be armed', async () => {
    const desk = await startDesk({ args: ['--audio', 'virtual', '--play', join(folder, 'tracks')], desk: withEffects })
    await desk.client.set([['/strip/11/arm', true]]).catch(() => {})
    expect(await desk.ask('strip.11.arm')).toBe(0)
    await desk.stop()
  }, 60_000)

  it('puts an overdub back where it was played, to the sample', async () => {
    // The virtual card's outputs are wired to its inputs: strip 2 records what strip 1 played, one buffer later.
    const config = join(folder, 'loopback.yaml')
    writeFileSync(config, 'loopback: true\nbufferFrames: 128\n')
    const take = join(folder, 'overdub')
    const one = join(folder, 'one')
    makeTracks(one, 1, 4)
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--config', config, '--play', one, '--record', take],
      desk: 'strips: [{name: Play}, {name: Dub, input: in1, arm: true, mute: true}]\noutputs: 2\ninputs: 2\noutput.1.source: strip.1\n',
    })
    await desk.until('it has played', async () => (await desk.status()).transport.positionS > 2)
    await desk.stop()
    const dub = readWav(join(take, 'inputs', readdirSync(join(take, 'inputs'))[0] ?? '')).channels[0]
    const log = readFileSync(join(take, 'events.log'), 'utf8')
    const rolled = Number(/^(\d+)\ttransport\.roll/m.exec(log)?.[1])
    const played = madeTrack(1, 4 * 48000)
    if (!dub) throw new Error('no dub')
    // The limiter's look-ahead, saturation and clipper delay the outputs: the recorded frame is that of the strip, less the
    // desk's own latency.
    const latency = 87 + 50 + 50
    let wrong = 0
    for (let n = 24_000; n < 72_000; n++) if (dub[rolled + n + latency] !== played[n]) wrong++
    expect(wrong).toBe(0)
    await renderAgain(take)
  }, 60_000)

  it('goes by the round trip that was measured, in status and take', async () => {
    const config = join(folder, 'measured.yaml')
    writeFileSync(config, 'roundTripFrames: 77\n')
    const take = join(folder, 'measured')
    const desk = await startDesk({
      args: ['--audio', 'virtual', '--config', config, '--record', take],
      desk: 'strips: [{name: Dub, input: in1, arm: true}]\n',
    })
    await desk.until('it records', async () => (await desk.status()).recording.frames > 4800)
    expect((await desk.status()).engine.roundTripFrames).toBe(77)
    await desk.stop()
    expect(readFileSync(join(take, 'take.yaml'), 'utf8')).toContain('roundTripFrames: 77')
    const lead = readdirSync(take).find((name) => name.startsWith('lead')) ?? ''
    expect(readWav(join(take, lead)).channels[0]?.length).toBe(77)
  }, 60_000)
})
