// Faults that are put into clean sound are found where they are, and what mending gives is near the clean sound; clean sound has none.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/engine/native.js'
import { type Fault, faultText, findFaults, type MendableKind, mendFile } from '../../src/mastering/faults.js'
import { deskd } from '../fixtures/command.js'
import { nullDb, rmsDb, sameBits } from '../fixtures/measurements.js'
import { plucked } from '../fixtures/plucked.js'
import { noise, random, sine } from '../fixtures/signals.js'
import { readWav, writeWav } from '../fixtures/wav.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-mending-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seconds = 12
const clean = plucked(seconds)
const other = plucked(seconds, 48000, 2)
const path = join(folder, 'in.wav')
const outPath = join(folder, 'out.wav')

const faultsOf = (...channels: Float32Array[]): Promise<readonly Fault[]> => {
  writeWav(path, { sampleRateHz: 48000, channels })
  return findFaults(path)
}
const certain = (faults: readonly Fault[]): Fault[] => faults.filter((fault) => fault.isCertain)

/** Mends planes; floats stay floats, at the level they have. */
async function mended(channels: readonly Float32Array[], only: readonly MendableKind[] = []) {
  writeWav(path, { sampleRateHz: 48000, channels })
  const mending = await mendFile(path, outPath, { only, isFlac: false, isConverted: true })
  const { sampleRateHz } = nativeAddon().audioFileInfo(outPath)
  expect([sampleRateHz, mending.bits, mending.gainDb]).toEqual([48000, '32f', 0])
  return { ...mending, channels: readWav(outPath).channels }
}

const areSame = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  a.length === b.length && a.every((plane, c) => sameBits(plane, b[c]!))

/** How much nearer to the clean sound it is than the spoilt one was, dB. */
const gainDb = (result: Float32Array, spoilt: Float32Array): number => nullDb(spoilt, clean) - nullDb(result, clean)

const only = <K extends Fault['kind']>(faults: readonly Fault[], kind: K): Extract<Fault, { kind: K }> => {
  expect(certain(faults).map((fault) => fault.kind)).toEqual([kind])
  return certain(faults)[0] as Extract<Fault, { kind: K }>
}

describe('clean sound has no faults', () => {
  it.each([
    ['music', clean],
    ['music beside other music', clean, other],
    ['music in 16 bit, 50 dB down', clean.map((x) => Math.round(x * 0.003 * 32768) / 32768)],
    ['a sine', sine(96000, 997, -1)],
    ['a low sine of coarse steps', sine(96000, 31, -50).map((x) => Math.round(x * 32768) / 32768)],
    ['a square', sine(96000, 110, 0).map((x) => 0.9 * Math.sign(x + 1e-9))],
    ['a saw', Float32Array.from({ length: 96000 }, (_, n) => 1.6 * (((110 * n) / 48000) % 1) - 0.8)],
    ['noise', noise(96000, -3)],
    ['silence', new Float32Array(48000)],
    ['one sample', Float32Array.of(0.5)],
  ])('%s', async (_, ...channels) => {
    expect(certain(await faultsOf(...channels)).map(faultText)).toEqual([])
  })
})

describe('DC', () => {
  it.each([0.02, 0.002, -0.1])('of %d is found to 1 % and subtracted', async (offset) => {
    const spoilt = clean.map((x) => x + offset)
    const fault = only(await faultsOf(spoilt), 'dc')
    expect(fault.dcOffset / offset).toBeCloseTo(1, 1)
    const { channels, mended: done } = await mended([spoilt])
    const left = channels[0]!.reduce((sum, x) => sum + x, 0) / clean.length
    expect(20 * Math.log10(Math.abs(left))).toBeLessThan(-80)
    expect(done[0]?.left).toBe(0)
    expect(nullDb(channels[0]!, clean)).toBeLessThan(rmsDb(clean) - 50)
  })
})

/** Mains with a spectrum of odd and even lines; it strays by `strayHz` and its level by a fifth, over 15 s. */
function hum(hz: number, amplitude: number, strayHz = 0): Float32Array {
  let phase = 0
  return Float32Array.from({ length: clean.length }, (_, n) => {
    const slow = Math.sin((2 * Math.PI * n) / 48000 / 15)
    phase += (2 * Math.PI * (hz + strayHz * slow)) / 48000
    const level = amplitude * (1 + (strayHz > 0 ? 0.2 * slow : 0))
    return level * (Math.sin(phase) + 0.5 * Math.sin(2 * phase + 1) + 0.3 * Math.sin(3 * phase + 2) + 0.1 * Math.sin(5 * phase))
  })
}

describe('mains hum', () => {
  it.each([
    // Its fifth line hides behind a note.
    ['50 Hz', 50, 0.004, 20],
    ['49.97 Hz', 49.97, 0.004, 20],
    ['60.02 Hz, loud', 60.02, 0.03, 30],
    ['60 Hz, soft', 60, 0.0006, 10],
  ])('of %s is found, and what is left of it and of damage together is so many dB lower', async (_, hz, amplitude, least) => {
    const added = hum(hz, amplitude)
    const spoilt = clean.map((x, n) => x + added[n]!)
    const fault = only(await faultsOf(spoilt), 'hum')
    expect(Math.abs(fault.mainsHz - hz)).toBeLessThan(0.01)
    expect(fault.levelDbfs).toBeCloseTo(rmsDb(added), 0)
    const { channels } = await mended([spoilt])
    expect(gainDb(channels[0]!, spoilt)).toBeGreaterThan(least)
    expect(certain(await findFaults(outPath))).toEqual([])
  })

  it('that strays by a fiftieth of a hertz and a fifth in level goes by 20 dB', async () => {
    const added = hum(50, 0.004, 0.02)
    const spoilt = clean.map((x, n) => x + added[n]!)
    const { channels } = await mended([spoilt])
    expect(gainDb(channels[0]!, spoilt)).toBeGreaterThan(20)
  })

  it('leaves digital silence silent', async () => {
    const added = hum(50, 0.004)
    const spoilt = clean.map((x, n) => (n > 240_000 && n < 288_000 ? 0 : x + added[n]!))
    const { channels } = await mended([spoilt])
    expect(channels[0]!.subarray(240_001, 288_000).every((x) => x === 0)).toBe(true)
  })
})

describe('clipped runs', () => {
  // Least gains: a third of what was measured in dB, and never below 8.
  it.each([
    [1, 12],
    [3, 12],
    [6, 8],
  ])('of sound cut %d dB below its peak are restored, %d dB nearer to the original', async (db, least) => {
    const ceiling = 0.7 * 10 ** (-db / 20)
    const spoilt = clean.map((x) => Math.max(-ceiling, Math.min(ceiling, x)))
    const fault = only(await faultsOf(spoilt), 'clips')
    expect(fault.levelDbfs).toBeCloseTo(20 * Math.log10(ceiling), 2)
    for (const { startFrame, frames } of fault.places)
      expect(spoilt.subarray(startFrame, startFrame + frames).every((x) => Math.abs(x) > 0.999 * ceiling)).toBe(true)
    const { channels, mended: done } = await mended([spoilt])
    const result = channels[0]!
    expect(done[0]?.left).toBe(0)
    expect(certain(await findFaults(outPath))).toEqual([])
    const gained = gainDb(result, spoilt)
    console.log(`de-clipping, ${db} dB: ${fault.runs} runs, ${gained.toFixed(1)} dB`)
    expect(gained).toBeGreaterThan(least)
    // Nothing but what was cut is touched.
    const touched = spoilt.filter((x, n) => Math.abs(x) < 0.99 * ceiling && x !== result[n])
    expect(touched.length).toBe(0)
  })

  it('below a few samples that stand higher are found all the same', async () => {
    const ceiling = 0.7 * 10 ** (-3 / 20)
    const cut = clean.map((x) => Math.max(-ceiling, Math.min(ceiling, x)))
    const spiked = cut.slice()
    for (const n of [100_000, 300_000, 500_001]) spiked[n] = n % 2 ? -0.9 : 0.9
    const [alone, below] = [await faultsOf(cut), await faultsOf(spiked)].map((all) => all.find(({ kind }) => kind === 'clips'))
    expect(below?.levelDbfs).toBeCloseTo(20 * Math.log10(ceiling), 2)
    expect(below?.runs).toBe(alone?.runs)
  })

  it('at full scale in 24 bit make room by a lower gain, which is said', async () => {
    const loud = clean.map((x) => Math.max(-1, Math.min(1, 2 * x)))
    writeWav(path, { sampleRateHz: 48000, channels: [loud] })
    const flac = join(folder, 'loud.flac')
    const mending = await mendFile(path, flac, { only: ['clips'], isFlac: true, isConverted: true })
    expect([mending.bits, certain(mending.left)]).toEqual(['24', []])
    expect(mending.gainDb).toBeLessThan(-0.5)
    expect(mending.mended[0]?.left).toBe(0)
  })
})

describe('clicks', () => {
  it('of 1 to 6 samples are found, 19 of 20 at least and nothing else, and the sound is 20 dB nearer without them', async () => {
    const next = random(3)
    const spoilt = clean.slice()
    const places = Array.from({ length: 20 }, (_, i) => Math.round((0.6 + 0.53 * i + 0.1 * next()) * 48000))
    for (const at of places) for (let n = 0; n < 1 + Math.floor(3 * (1 + next())); n++) spoilt[at + n]! += next() > 0 ? 0.4 : -0.4
    const fault = only(await faultsOf(spoilt), 'clicks')
    const isNear = (at: number): boolean => fault.places.some((place) => Math.abs(place.startFrame - at) < 20)
    expect(places.filter(isNear).length).toBeGreaterThanOrEqual(19)
    expect(fault.places.filter((place) => !places.some((at) => Math.abs(place.startFrame - at) < 20))).toEqual([])
    const { channels } = await mended([spoilt])
    console.log(`clicks: ${places.filter(isNear).length} of 20, ${gainDb(channels[0]!, spoilt).toFixed(1)} dB`)
    expect(gainDb(channels[0]!, spoilt)).toBeGreaterThan(10)
    expect(certain(await findFaults(outPath))).toEqual([])
  })
})

describe('left and right', () => {
  const side = other.map((x) => 0.3 * x)
  const left = clean.map((x, n) => x + side[n]!)
  const right = clean.map((x, n) => x - side[n]!)

  it('an inverted side is found and turned round', async () => {
    const inverted = right.map((x) => -x)
    expect(only(await faultsOf(left, inverted), 'polarity').correlation).toBeLessThan(-0.8)
    expect(areSame((await mended([left, inverted])).channels, [left, right])).toBe(true)
  })

  it('a dead side becomes a copy of the other', async () => {
    const dead = new Float32Array(clean.length)
    expect(only(await faultsOf(left, dead), 'balance').balanceDb).toBe(Number.NEGATIVE_INFINITY)
    expect(areSame((await mended([left, dead])).channels, [left, left])).toBe(true)
    expect(areSame((await mended([dead, right])).channels, [right, right])).toBe(true)
  })

  it('a side that is 3 dB louder is told, and mended when that is asked for', async () => {
    const quiet = right.map((x) => x * 10 ** (-3 / 20))
    const faults = await faultsOf(left, quiet)
    expect(certain(faults)).toEqual([])
    expect(faults.find((fault) => fault.kind === 'balance')).toMatchObject({ balanceDb: expect.closeTo(-3, 0) })
    expect(areSame((await mended([left, quiet])).channels, [left, quiet])).toBe(true)
    const balanced = (await mended([left, quiet], ['balance'])).channels
    expect(rmsDb(balanced[0]!) - rmsDb(balanced[1]!)).toBeCloseTo(rmsDb(left) - rmsDb(right), 0)
  })

  it('the same on both sides is told', async () => {
    expect((await faultsOf(clean, clean)).map((fault) => fault.kind)).toContain('mono')
  })
})

describe('silence at the ends', () => {
  it('is told, and trimmed to .02 and .2 s when that is asked for', async () => {
    const long = new Float32Array(48000 * 10)
    long.set(sine(48000, 440, -10), 48000 * 4)
    const faults = await faultsOf(long)
    expect(faults).toMatchObject([{ kind: 'silence', isCertain: false, seconds: expect.closeTo(9, 2) }])
    expect((await mended([long])).channels[0]!.length).toBe(long.length)
    expect((await mended([long], ['silence'])).channels[0]!.length / 48000).toBeCloseTo(1.22, 2)
  })
})

const session = fileURLToPath(new URL('../../../shared/audio/session/', import.meta.url))

describe.skipIf(!existsSync(session))('the real session (../shared/audio/session)', () => {
  const faulty: Record<string, Fault['kind']> = {
    '07-synth-bass.flac': 'dc',
    '09-guitar-right.flac': 'hum',
    '11-voice.flac': 'clips',
  }
  const files = existsSync(session) ? readdirSync(session) : []

  it.each(files.filter((name) => !(name in faulty)))('%s is clean and stays as it is, to the bit', {
    timeout: 120_000,
  }, async (name) => {
    const out = join(folder, name)
    const { code, stdout } = await deskd('repair', join(session, name), '--out', out, '--json')
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { isUnchanged: true, mended: [], gainDb: 0 }])
    expect(readFileSync(out).equals(readFileSync(join(session, name)))).toBe(true)
  })

  const repaired = async (name: string) => {
    const out = join(folder, `mended-${basename(name, '.flac')}.flac`)
    const { code, stdout } = await deskd('repair', join(session, name), '--out', out, '--json')
    expect(code).toBe(0)
    const report = JSON.parse(stdout)
    expect(report.mended.map(({ fault }: { fault: Fault }) => fault.kind)).toEqual([faulty[name]])
    expect(report.bits).toBe('24')
    expect(certain(await findFaults(out))).toEqual([])
    const bits32 = join(folder, 'as-float.wav')
    await nativeAddon().conformTrack(out, bits32, 48000)
    await nativeAddon().conformTrack(join(session, name), path, 48000)
    return { report, before: readWav(path).channels[0]!, after: readWav(bits32).channels[0]! }
  }

  it('the DC of the synth bass goes below −80 dBFS, in the mean and in the rests', { timeout: 120_000 }, async () => {
    const { before, after } = await repaired('07-synth-bass.flac')
    const mean = (x: Float32Array): number => Math.abs(x.reduce((sum, one) => sum + one, 0) / x.length)
    expect(mean(before)).toBeGreaterThan(0.01)
    expect(mean(after)).toBeLessThan(1e-4)
    expect(mean(after.subarray(0, 10 * 48000))).toBeLessThan(1e-4)
    expect(mean(before.subarray(0, 10 * 48000))).toBeGreaterThan(0.01)
  })

  it('the hum of the guitar is 30 dB lower at least, and nothing else has changed', { timeout: 120_000 }, async () => {
    const { before, after, report } = await repaired('09-guitar-right.flac')
    // Before the guitar comes in there is hum alone.
    const rest = (x: Float32Array): Float32Array => x.subarray(48000, 3 * 48000)
    expect(rmsDb(rest(before))).toBeGreaterThan(-55)
    expect(rmsDb(rest(after))).toBeLessThan(rmsDb(rest(before)) - 30)
    expect(report.mended[0].after).toBeLessThan(report.mended[0].fault.levelDbfs - 30)
    // What was taken away is the hum's level all through: no note went with it.
    const taken = before.map((x, n) => x - after[n]!)
    for (let s = 4; s < 46; s++) expect(rmsDb(taken.subarray(s * 48000, (s + 1) * 48000))).toBeCloseTo(-50.97, 1)
  })

  it('the voice has no clipped run any more', { timeout: 120_000 }, async () => {
    const { report, before, after } = await repaired('11-voice.flac')
    expect(report.mended[0]).toMatchObject({ fault: { runs: 5 }, left: 0 })
    const gain = 10 ** (report.gainDb / 20)
    let touched = 0
    for (let n = 0; n < before.length; n++) if (Math.abs(after[n]! - gain * before[n]!) > 2 ** -22) touched++
    expect(touched).toBeGreaterThan(20)
    expect(touched).toBeLessThan(50)
  })
})
