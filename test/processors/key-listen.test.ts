// A key that is listened to: in the monitor alone, behind its filters, and without a click.
import { describe, expect, it } from 'vitest'
import { runGraph } from '../fixtures/bare-graph.js'
import { nullDb, peakDb, sameBits, spillDb, toneDb } from '../fixtures/measurements.js'
import type { Settings } from '../fixtures/offline-desk.js'
import { sine } from '../fixtures/signals.js'

const frames = 65536
const tail = 16384
const low = sine(frames, 100, -20)
const high = sine(frames, 997, -20)

/** Master and monitor of strip 1 with 100 Hz and strip 2 with 997 Hz. */
async function heard(set: Settings, moves: { frame: number; set: Settings }[] = []) {
  const { outputs, master } = await runGraph({ strips: [[low], [high]], set, moves, outputCount: 4 })
  return { master, monitor: [outputs[2]!, outputs[3]!] as const }
}

describe.each(['gate', 'comp'])('the key of a %s', (processor) => {
  const listen = { [`strip.1.${processor}.key`]: 'strip.2', [`strip.1.${processor}.keyListen`]: true }

  it('is all that the monitor gives, at −3.01 dB in the centre, though the processor is off; the master keeps its bits', async () => {
    const plain = await heard({})
    const { master, monitor } = await heard(listen)
    expect(sameBits(master[0].slice(), plain.master[0].slice())).toBe(true)
    for (const side of monitor) {
      expect(Math.abs(toneDb(side.subarray(-48000), 997) + 23.01)).toBeLessThan(0.01)
      expect(toneDb(side.subarray(-48000), 100)).toBeLessThan(-140)
    }
  })

  it('is heard behind its filters', async () => {
    const filters = {
      [`strip.1.${processor}.keyHpf.on`]: true,
      [`strip.1.${processor}.keyHpf.frequencyHz`]: 10000,
      [`strip.1.${processor}.keyLpf.on`]: true,
      [`strip.1.${processor}.keyLpf.frequencyHz`]: 100,
    }
    const { monitor } = await heard({ ...listen, ...filters })
    // A tenth of one corner (bilinear: tan(π·10000/48000)/tan(π·997/48000) squared) and ten times the other.
    expect(Math.abs(toneDb(monitor[0].subarray(-48000), 997) + 23 + 42.8 + 40)).toBeLessThan(0.5)
  })

  it('comes and goes without a click, and leaves the monitor as it was', async () => {
    const own = { [`strip.2.${processor}.key`]: 'self' }
    const on = { frame: 16384, set: { [`strip.2.${processor}.keyListen`]: true } }
    const off = { frame: 32768, set: { [`strip.2.${processor}.keyListen`]: false } }
    const plain = await heard({ ...own, 'strip.1.mute': true })
    const { master, monitor } = await heard({ ...own, 'strip.1.mute': true }, [on, off])
    expect(sameBits(master[0].slice(), plain.master[0].slice())).toBe(true)
    expect(sameBits(monitor[0].slice(-tail), plain.monitor[0].slice(-tail))).toBe(true)
    expect(spillDb(monitor[0].slice(0, 65536))).toBeLessThan(-85)
  })
})

it('a bus’s key is heard on both sides of the monitor, while its compressor is off and nothing feeds it', async () => {
  const { master, monitor } = await heard({ 'bus.1.comp.key': 'strip.2', 'bus.1.comp.keyListen': true })
  const plain = await heard({})
  expect(nullDb(monitor[0], monitor[1])).toBe(Number.NEGATIVE_INFINITY)
  expect(Math.abs(peakDb(monitor[0].subarray(-48000)) + 20)).toBeLessThan(0.01)
  expect(sameBits(master[0].slice(), plain.master[0].slice())).toBe(true)
})
