// Moves in a 997 Hz tone at −20 dBFS: the energy that they spill above 3 kHz, over the whole (conformance §14: ≤ −85 dB).
import { describe, expect, it } from 'vitest'
import { rmsDb, sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import { renderDesk, type Settings } from '../fixtures/offline-desk.js'
import { constant, sine } from '../fixtures/signals.js'

const frames = 65536
const tone = sine(frames, 997, -20)

const overBus = { 'strip.1.faderDb': '-inf', 'strip.1.send.1.levelDb': 0, 'strip.1.send.1.tap': 'preFader' }
const bell = { 'strip.1.eq.on': true, 'strip.1.eq.band1.frequencyHz': 997 }
const closedGate = { 'strip.1.gate.on': true, 'strip.1.gate.thresholdDb': 0, 'strip.1.gate.releaseMs': 50 }
const gentle = { 'strip.1.comp.on': true, 'strip.1.comp.thresholdDb': 0, 'strip.1.comp.ratio': 1 }

/** What stands, then what is set in the middle. */
const gains: Record<string, [Settings, Settings]> = {
  'strip fader −20 → 0 dB': [{ 'strip.1.faderDb': -20 }, { 'strip.1.faderDb': 0 }],
  'strip fader 0 → −20 dB': [{}, { 'strip.1.faderDb': -20 }],
  'strip fader 10 → −inf dB': [{ 'strip.1.faderDb': 10 }, { 'strip.1.faderDb': '-inf' }],
  'pan 93 → 0': [{ 'strip.1.pan': 93 }, { 'strip.1.pan': 0 }],
  'trim −20 → 0 dB': [{ 'strip.1.trimDb': -20 }, { 'strip.1.trimDb': 0 }],
  polarity: [{}, { 'strip.1.polarity': true }],
  'mute on': [{}, { 'strip.1.mute': true }],
  'mute off': [{ 'strip.1.mute': true }, { 'strip.1.mute': false }],
  'pan law −3 → −6 at pan 50': [{ 'strip.1.pan': 50 }, { 'desk.panLaw': '-6' }],
  'bus output master → off': [overBus, { 'bus.1.output': 'off' }],
  'send level −20 → 0 dB': [{ ...overBus, 'strip.1.send.1.levelDb': -20 }, { 'strip.1.send.1.levelDb': 0 }],
  'send pan 93 → 0': [{ ...overBus, 'strip.1.send.1.pan': 93 }, { 'strip.1.send.1.pan': 0 }],
  'send off': [overBus, { 'strip.1.send.1.on': false }],
  'send tap preFader → input, behind a trim of 20 dB': [{ ...overBus, 'strip.1.trimDb': 20 }, { 'strip.1.send.1.tap': 'input' }],
  'bus fader −20 → 0 dB': [{ ...overBus, 'bus.1.faderDb': -20 }, { 'bus.1.faderDb': 0 }],
  'bus pan 93 → 0': [{ ...overBus, 'bus.1.pan': 93 }, { 'bus.1.pan': 0 }],
  'bus mute': [overBus, { 'bus.1.mute': true }],
  'bus output master → bus 2': [{ ...overBus, 'bus.2.faderDb': -10 }, { 'bus.1.output': 'bus.2' }],
  'master fader −20 → 0 dB': [{ 'master.faderDb': -20 }, { 'master.faderDb': 0 }],
  'master mute': [{}, { 'master.mute': true }],
  'compressor make-up −10 → 10 dB': [{ ...gentle, 'strip.1.comp.makeupDb': -10 }, { 'strip.1.comp.makeupDb': 10 }],
  'compressor mix 100 → 0 % at 20 dB of make-up': [{ ...gentle, 'strip.1.comp.makeupDb': 20 }, { 'strip.1.comp.mixPercent': 0 }],
  'compressor on at 20 dB of make-up': [
    { ...gentle, 'strip.1.comp.on': false, 'strip.1.comp.makeupDb': 20 },
    { 'strip.1.comp.on': true },
  ],
  'gate range 40 → 20 dB': [{ ...closedGate, 'strip.1.gate.rangeDb': 40 }, { 'strip.1.gate.rangeDb': 20 }],
  'gate range 20 → 0 dB': [{ ...closedGate, 'strip.1.gate.rangeDb': 20 }, { 'strip.1.gate.rangeDb': 0 }],
  'gate off while closed by 20 dB': [{ ...closedGate, 'strip.1.gate.rangeDb': 20 }, { 'strip.1.gate.on': false }],
  'EQ gain −10 → 10 dB': [{ ...bell, 'strip.1.eq.band1.gainDb': -10 }, { 'strip.1.eq.band1.gainDb': 10 }],
  'EQ gain 12 → 0 dB': [{ ...bell, 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.band1.gainDb': 0 }],
  'EQ gain 0 → 12 dB': [bell, { 'strip.1.eq.band1.gainDb': 12 }],
  'EQ low shelf −10 → 10 dB': [
    { ...bell, 'strip.1.eq.band1.type': 'lowShelf', 'strip.1.eq.band1.gainDb': -10 },
    { 'strip.1.eq.band1.gainDb': 10 },
  ],
  'EQ Q .5 → 5': [
    { ...bell, 'strip.1.eq.band1.gainDb': 12, 'strip.1.eq.band1.frequencyHz': 800, 'strip.1.eq.band1.q': 0.5 },
    { 'strip.1.eq.band1.q': 5 },
  ],
  'EQ frequency 200 → 4000 Hz': [
    { ...bell, 'strip.1.eq.band1.gainDb': 12, 'strip.1.eq.band1.frequencyHz': 200 },
    { 'strip.1.eq.band1.frequencyHz': 4000 },
  ],
  'EQ on with a bell of 12 dB': [{ ...bell, 'strip.1.eq.on': false, 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.on': true }],
  'EQ off with a bell of 12 dB': [{ ...bell, 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.on': false }],
  'EQ band bell → notch at 12 dB': [{ ...bell, 'strip.1.eq.band1.gainDb': 12 }, { 'strip.1.eq.band1.type': 'notch' }],
  'EQ band low cut on': [
    { ...bell, 'strip.1.eq.band1.type': 'lowCut', 'strip.1.eq.band1.on': false },
    { 'strip.1.eq.band1.on': true },
  ],
  'EQ band high cut on': [
    { ...bell, 'strip.1.eq.band1.type': 'highCut', 'strip.1.eq.band1.on': false },
    { 'strip.1.eq.band1.on': true },
  ],
  'high-pass on at 400 Hz': [{ 'strip.1.hpf.frequencyHz': 400 }, { 'strip.1.hpf.on': true }],
  'high-pass 24 dB/oct on at 1 kHz': [{ 'strip.1.hpf.frequencyHz': 1000, 'strip.1.hpf.slope': '24' }, { 'strip.1.hpf.on': true }],
  'high-pass off': [
    { 'strip.1.hpf.on': true, 'strip.1.hpf.frequencyHz': 1000, 'strip.1.hpf.slope': '24' },
    { 'strip.1.hpf.on': false },
  ],
  'high-pass slope 6 → 24 dB/oct': [
    { 'strip.1.hpf.on': true, 'strip.1.hpf.frequencyHz': 1000, 'strip.1.hpf.slope': '6' },
    { 'strip.1.hpf.slope': '24' },
  ],
  'high-pass 100 → 1000 Hz': [{ 'strip.1.hpf.on': true, 'strip.1.hpf.frequencyHz': 100 }, { 'strip.1.hpf.frequencyHz': 1000 }],
  'master EQ gain −10 → 10 dB': [
    { 'master.eq.on': true, 'master.eq.band1.frequencyHz': 997, 'master.eq.band1.gainDb': -10 },
    { 'master.eq.band1.gainDb': 10 },
  ],
  'master EQ off with a bell of 12 dB': [
    { 'master.eq.on': true, 'master.eq.band1.frequencyHz': 997, 'master.eq.band1.gainDb': 12 },
    { 'master.eq.on': false },
  ],
  'bus EQ gain −10 → 10 dB': [
    { ...overBus, 'bus.1.eq.on': true, 'bus.1.eq.band1.frequencyHz': 997, 'bus.1.eq.band1.gainDb': -10 },
    { 'bus.1.eq.band1.gainDb': 10 },
  ],
  'limiter on': [{}, { 'master.limiter.on': true }],
  'input track → off': [{}, { 'strip.1.input': 'off' }],
  'input off → track': [{ 'strip.1.input': 'off' }, { 'strip.1.input': 'track' }],
  'delay 0 → 10 ms': [{}, { 'strip.1.delayMs': 10 }],
  'delay 10 → 0 ms': [{ 'strip.1.delayMs': 10 }, { 'strip.1.delayMs': 0 }],
  'delay 10 → 10.5 ms': [{ 'strip.1.delayMs': 10 }, { 'strip.1.delayMs': 10.5 }],
  'delay 1 → 300 ms': [{ 'strip.1.delayMs': 1 }, { 'strip.1.delayMs': 300 }],
  'delay 0 → 300 ms': [{}, { 'strip.1.delayMs': 300 }],
}

describe('a 997 Hz tone spills at most −85 dB above 3 kHz on', () => {
  it.each(Object.keys(gains))('%s', async (name) => {
    const [set, move] = gains[name]!
    const { left } = await renderDesk({ strips: [[tone, tone]], set, moves: [{ frame: frames / 2, set: move }] })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })

  it.each([
    ['the strip fader, 20 steps of 1 dB', {}, (i: number) => ({ 'strip.1.faderDb': -i })],
    ['pan, 20 steps of 5', {}, (i: number) => ({ 'strip.1.pan': 5 * i })],
    ['EQ gain, 20 steps of 1 dB', bell, (i: number) => ({ 'strip.1.eq.band1.gainDb': 10 - i })],
    [
      'EQ frequency at 12 dB, 20 steps of a quarter octave',
      { ...bell, 'strip.1.eq.band1.gainDb': 12 },
      (i: number) => ({ 'strip.1.eq.band1.frequencyHz': 200 * 2 ** (i / 4) }),
    ],
    ['delay, 10 → 20 → 5 … ms', { 'strip.1.delayMs': 10 }, (i: number) => ({ 'strip.1.delayMs': [20, 5, 10][i % 3]! })],
  ] as [string, Settings, (i: number) => Settings][])('%s, 7 ms apart', async (_, set, at) => {
    const moves = Array.from({ length: 20 }, (_, i) => ({ frame: 28000 + 336 * i, set: at(i + 1) }))
    const { left } = await renderDesk({ strips: [[tone, tone]], set, moves })
    expect(rmsDb(left)).toBeGreaterThan(-50)
    expect(spillDb(left)).toBeLessThan(-85)
  })

  it('a move of the compressor’s threshold by 20 dB', async () => {
    const x = constant(frames, -10)
    const set = { 'strip.1.comp.on': true, 'strip.1.comp.ratio': 4, 'strip.1.comp.thresholdDb': -40 }
    const moves = [{ frame: frames / 2, set: { 'strip.1.comp.thresholdDb': -20 } }]
    const { left } = await renderDesk({ strips: [[x, x]], set, moves })
    expect(spillDb(left)).toBeLessThan(-85)
  })
})

describe('a move ends where it was aimed: 300 ms later, bit for bit the desk that stood there from the start', () => {
  const ends: [string, Settings][] = [
    ['strip.1.faderDb', { from: -20, to: 0 }],
    ['strip.1.faderDb', { from: 6, to: 0 }],
    ['strip.1.faderDb', { from: -20, to: 9.5 }],
    ['strip.1.trimDb', { from: 0, to: 23 }],
    ['strip.1.pan', { from: -40, to: 71 }],
    ['bus.1.faderDb', { from: 10, to: 4 }],
  ]
  it.each([48000, 96000, 192000])('at %i Hz', async (sampleRateHz) => {
    for (const [id, { from, to }] of ends) {
      const x = sine(sampleRateHz, 997, -30, sampleRateHz)
      const job = { sampleRateHz, strips: [[x, x]] }
      const set = id.startsWith('bus') ? overBus : {}
      const moved = await renderDesk({ ...job, set: { ...set, [id]: from! }, moves: [{ frame: 0, set: { [id]: to! } }] })
      const still = await renderDesk({ ...job, set: { ...set, [id]: to! } })
      const tail = Math.round(sampleRateHz * 0.3)
      expect([id, sameBits(moved.left.slice(tail), still.left.slice(tail))]).toEqual([id, true])
    }
  })
})

it('a fader moved from −20 to 0 dB is at 0 dB ± .1 after 30 ms', async () => {
  const moves = [{ frame: 4800, set: { 'strip.1.faderDb': 0 } }]
  const { left } = await renderDesk({ strips: [[tone, tone]], set: { 'strip.1.faderDb': -20 }, frames: 12000, moves })
  expect(Math.abs(toneDb(left.subarray(6240, 6240 + 4814), 997) + 20)).toBeLessThan(0.1)
})
