// The pointers of the master, PSR, crest and DC, as the running engine has them; off they cost nothing and read nothing.
import { describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { measureSamples } from '../../src/mastering/measure.js'
import { renderDesk } from '../fixtures/offline-desk.js'
import { noise, silence, sine } from '../fixtures/signals.js'

const second = 48000
const on = { 'master.ballistics.on': true }

describe.each(nativeAddon().isaNames)('in %s', (isa) => {
  it('a sine of −18 dBFS on the left stands at 0 of every scale of its own', async () => {
    const { meter } = await renderDesk({ strips: [[sine(4 * second, 1000, -18), silence(4 * second)]], set: on, isa })
    const left = (name: string): number => meter(`master.meter.${name}`)
    // The render runs out the desk's latency: pointers have fallen by a few hundredths.
    const scales = { ppm1LeftDb: -9, ppm2aLeft: 4, ppm2bLeftDb: 0, vuLeftDb: 0, k20LeftDb: 2, k14LeftDb: -4, k12LeftDb: -6 }
    for (const [name, db] of Object.entries(scales)) expect(Math.abs(left(name) - db)).toBeLessThan(0.1)
    for (const name of ['ppm1RightDb', 'ppm2bRightDb', 'vuRightDb', 'k20RightDb', 'k14RightDb', 'k12RightDb'])
      expect(left(name)).toBe(Number.NEGATIVE_INFINITY)
    expect(left('ppm2aRight')).toBe(0)
  })

  it('PSR, PLR and crest are those of the file, DC that of each side', async () => {
    const left = noise(5 * second, -12, 1).map((v) => v + 0.01)
    const right = noise(5 * second, -15, 2).map((v) => v - 0.02)
    const { meter } = await renderDesk({ strips: [[left, right]], set: on, isa })
    const file = await measureSamples([left, right], 48000)
    expect(meter('master.meter.plrLu')).toBeCloseTo(file.plrLu, 0)
    expect(Math.abs(meter('master.meter.psrLu') - file.minPsrLu)).toBeLessThan(0.5)
    expect(meter('master.meter.crestDb')).toBeCloseTo(file.crestDb, 1)
    expect(meter('master.meter.dcLeft')).toBeCloseTo(0.01, 3)
    expect(meter('master.meter.dcRight')).toBeCloseTo(-0.02, 3)
    expect(meter('master.meter.maxShortTermLufs')).toBeCloseTo(file.maxShortTermLufs, 1)
    expect(meter('master.meter.maxMomentaryLufs')).toBeCloseTo(file.maxMomentaryLufs, 1)
  })

  it('off there is nothing, whatever was there before', async () => {
    const x = sine(2 * second, 1000, -18)
    const { meter } = await renderDesk({
      strips: [[x, x]],
      set: on,
      moves: [{ frame: second, set: { 'master.ballistics.on': false } }],
      isa,
    })
    expect(meter('master.meter.vuLeftDb')).toBe(Number.NEGATIVE_INFINITY)
    expect([meter('master.meter.crestDb'), meter('master.meter.dcLeft')]).toEqual([0, 0])
  })

  it('VU reaches 99 % of a tone in 300 ms', async () => {
    const at = async (ms: number): Promise<number> => {
      const { meter } = await renderDesk({
        strips: [[sine(48 * ms, 1000, -18), sine(48 * ms, 1000, -18)]],
        set: on,
        isa,
        trimLatency: false,
      })
      return 10 ** (meter('master.meter.vuLeftDb') / 20)
    }
    expect(await at(300)).toBeCloseTo(0.99, 2)
    expect(await at(150)).toBeLessThan(0.9)
    const over = await at(400)
    expect(over).toBeGreaterThan(1.01)
    expect(over).toBeLessThan(1.015)
  })
})
