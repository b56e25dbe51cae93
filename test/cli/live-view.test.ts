// The live view's text, from a region with known meters and counters.
import { describe, expect, it } from 'vitest'
import { bandMark, clockText, liveView, meterBar } from '../../src/cli/live-view.js'
import { viewRegion } from '../../src/engine/region.js'
import { counterFields, countersOffset, initialRegion, layoutOf } from '../../src/engine/shared-layout.js'
import { buildRegistry, entryOf, isMeter } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'
import { amplitudeOfDb } from '../../src/units.js'

const registry = buildRegistry({
  stripStereo: Array(24).fill(false),
  busCount: 2,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})

function region(set: Record<string, number> = {}) {
  const texts = defaultTexts(registry)
  texts[registry.texts.findIndex(({ id }) => id === 'strip.1.name')] = 'Kick'
  const values = defaultValues(registry)
  for (const [id, value] of Object.entries(set)) values[entryOf(registry, id).index] = value
  const bytes = initialRegion(registry, 48000, values, texts)
  const buffer = new ArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  const meters = new Float32Array(buffer, layoutOf(registry).metersOffset, registry.meters.length)
  const counters = new Float64Array(buffer, countersOffset, counterFields.length)
  const setMeter = (id: string, raw: number): void => {
    const entry = registry.byId.get(id)
    if (entry && isMeter(entry)) meters[entry.index] = raw
  }
  setMeter('strip.1.meter.peakDb', amplitudeOfDb(-12))
  setMeter('master.meter.peakDb', amplitudeOfDb(-3))
  setMeter('master.meter.momentaryLufs', -16.04)
  setMeter('master.meter.band.18.levelDb', 0.25)
  counters[counterFields.indexOf('xruns')] = 7
  counters[counterFields.indexOf('host')] = 1
  counters[counterFields.indexOf('playing')] = 1
  counters[counterFields.indexOf('positionFrames')] = 48000 * 3661.5
  return viewRegion(buffer)
}

const osc = { host: '127.0.0.1', port: 9000 }

describe('meterBar', () => {
  it('is empty at −60 dB, half at −30 dB, full at 0 dB and above', () => {
    expect(meterBar(Number.NEGATIVE_INFINITY, 8)).toBe('········')
    expect(meterBar(-60, 8)).toBe('········')
    expect(meterBar(-30, 8)).toBe('████····')
    expect(meterBar(0, 8)).toBe('████████')
    expect(meterBar(6, 8)).toBe('████████')
  })
})

describe('bandMark', () => {
  it('is blank at −72 dB and below, full from −8 dB up, a step every 8 dB', () => {
    expect([Number.NEGATIVE_INFINITY, -72, -64, -40, -8, 0].map(bandMark).join('')).toBe('  ▁▄██')
  })
})

describe('clockText', () => {
  it('reads 3661.5 s as 1:01:01.5', () => expect(clockText(3661.5)).toBe('1:01:01.5'))
})

describe('liveView', () => {
  it('shows strips by name with their peaks, the master, loudness, load, xruns and the OSC address', () => {
    const lines = liveView(region(), osc, { columns: 100, rows: 40 }).split('\n')
    expect(lines.find((line) => line.includes('Kick'))).toMatch(/ -12\.0/)
    expect(lines.find((line) => line.startsWith('Master'))).toMatch(/ -3\.0/)
    const text = lines.join('\n')
    for (const part of ['virtual card', '▶ 1:01:01.5', 'momentary -16.0', 'xruns 7', 'OSC on 127.0.0.1:9000'])
      expect(text).toContain(part)
  })

  it('shows the spectrum of the master while it is on', () => {
    const size = { columns: 80, rows: 40 }
    expect(liveView(region(), osc, size)).not.toContain('20 kHz')
    expect(liveView(region({ 'master.spectrum.on': 1 }), osc, size)).toMatch(/20 Hz – 20 kHz {18}█ {13}\n/)
  })

  it.each([
    [80, 24],
    [120, 15],
    [200, 50],
  ])('stays within %i columns and %i rows with 24 strips', (columns, rows) => {
    const lines = liveView(region(), osc, { columns, rows }).split('\n')
    expect(lines.length).toBeLessThan(rows)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
    for (const line of lines) expect(line.replace(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(columns)
  })
})
