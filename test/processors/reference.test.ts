// The reference track in the monitor: as loud as the master, before its fader, never in the master.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EngineRunner } from '../fixtures/engine-runner.js'
import { nullDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import { noise, silence } from '../fixtures/signals.js'
import { registry } from '../fixtures/sweep-desk.js'

const runner = new EngineRunner()
beforeAll(() => runner.start(), 120_000)
afterAll(() => runner.stop())

const frames = 4 * 48000
const mix = noise(frames, -26, 1)
const track = noise(frames, -8, 2)
const inputs = Array.from({ length: registry.topology.inputCount }, (_, c) => (c < 2 ? mix : c < 4 ? track : silence(frames)))
const set = {
  'strip.1.input': 'in1',
  'strip.3.input': 'in3',
  'strip.3.faderDb': '-inf',
  'strip.2.input': 'off',
  'strip.4.input': 'off',
  'monitor.reference': 'strip.3',
  'output.1.source': 'master.left',
  'output.2.source': 'monitor.left',
}

it('is heard at the loudness of the master within .1 LU, and the master is as without it', async () => {
  const moves = [{ frame: 48000, set: { 'monitor.source': 'reference' } }]
  const { outputs } = await runner.run({ registry, inputs, set, moves })
  const without = await runner.run({ registry, inputs, set: { ...set, 'monitor.reference': 'off' } })
  expect(sameBits(outputs[0]!, without.outputs[0]!)).toBe(true)
  // Both are white: as loud is as strong.
  const heard = outputs[1]!.subarray(-48000)
  expect(Math.abs(rmsDb(heard) - rmsDb(outputs[0]!.subarray(-48000)))).toBeLessThan(0.1)
  for (let at = 48000; at < 96000; at += 2400) expect(rmsDb(outputs[1]!.subarray(at, at + 2400))).toBeLessThan(rmsDb(heard) + 1)
  expect(nullDb(heard, outputs[0]!.subarray(-48000))).toBeGreaterThan(rmsDb(heard))
})

it('is heard as it is where it is not to be matched', async () => {
  const { outputs } = await runner.run({
    registry,
    inputs,
    set: { ...set, 'monitor.matchReference': false, 'monitor.source': 'reference' },
  })
  expect(Math.abs(rmsDb(outputs[1]!.subarray(-48000)) - rmsDb(track))).toBeLessThan(0.1)
})
