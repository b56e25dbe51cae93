// The state file: what wins, what is left out, and that no kill tears it.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readDeskText } from '../../src/config/desk-file.js'
import { stateText } from '../../src/config/desk-text.js'
import { mergeState, readState } from '../../src/config/state-file.js'
import { previousStateFileName, stateFileName, writeState } from '../../src/config/state-write.js'
import { buildRegistry, entryOf, isParam, type Param } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'
import { valueOfNorm } from '../../src/params/value.js'

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'deskd-state-'))
const registry = buildRegistry({
  stripStereo: [false, true],
  busCount: 3,
  inputCount: 4,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})
const defaults = () => ({ values: defaultValues(registry), texts: defaultTexts(registry) })
const param = (id: string, of = registry): Param => {
  const entry = entryOf(of, id)
  if (!isParam(entry)) throw new Error(id)
  return entry
}

describe('the state over the desk', () => {
  it('wins where ids match, and leaves the rest to the desk file', () => {
    const desk = readDeskText('desk.yaml', 'strips: 2\nparams: {strip.1.faderDb: -5, strip.2.faderDb: -7}\n')
    const { settings } = mergeState(desk.registry, desk, new Map([['strip.1.faderDb', -1]]))
    expect(settings.values[param('strip.1.faderDb', desk.registry).index]).toBe(-1)
    expect(settings.values[param('strip.2.faderDb', desk.registry).index]).toBe(-7)
  })

  it('remembers a fader that was moved back to its default against the desk file', async () => {
    const folder = newFolder()
    const base = defaults()
    base.values[param('strip.1.faderDb').index] = -5
    await writeState(folder, stateText(registry, defaults(), base))
    expect(readFileSync(join(folder, stateFileName), 'utf8')).toContain('\n  strip.1.faderDb: 0\n')
    expect(mergeState(registry, base, readState(folder).entries).settings.values[param('strip.1.faderDb').index]).toBe(0)
  })

  it('warns of an id that no longer exists and of a value out of range, and goes on', () => {
    const state = new Map<string, number>([
      ['strip.9.faderDb', -3],
      ['master.faderDb', 99],
      ['strip.1.pan', 10],
    ])
    const { settings, warnings } = mergeState(registry, defaults(), state)
    expect(settings.values[param('strip.1.pan').index]).toBe(10)
    expect(warnings).toEqual([
      'state: strip.9.faderDb is not on this desk and is left out',
      'state: master.faderDb: expected -inf to 10 dB, found 99; left out',
    ])
  })

  it('keeps the desk file’s buses when desk and state make a loop together', () => {
    const base = defaults()
    base.values[param('bus.1.output').index] = 2
    const { settings, warnings } = mergeState(registry, base, new Map([['bus.2.output', 'bus.1']]))
    expect(settings.values[param('bus.1.output').index]).toBe(2)
    expect(settings.values[param('bus.2.output').index]).toBe(0)
    expect(warnings[0]).toContain('bus.1 → bus.2 → bus.1')
  })

  it('brings 50 random desks back bit for bit through text: defaults ← desk ← state', () => {
    const random = randomNumbers(7)
    const scrambled = (share: number) => {
      const { values, texts } = defaults()
      for (const p of registry.params) {
        if (/^bus\.\d+\.output$/.test(p.id) || random() > share) continue
        const value = valueOfNorm(p, random())
        values[p.index] = p.spec.kind === 'number' && p.spec.taper === 'fader' && value <= -90 ? Number.NEGATIVE_INFINITY : value
      }
      for (const text of registry.texts) if (random() < share) texts[text.index] = `n${Math.floor(random() * 1e6)}: "é\\`
      return { values, texts }
    }
    for (let i = 0; i < 50; i++) {
      const base = scrambled(0.1)
      const wanted = scrambled(0.1)
      const folder = newFolder()
      writeFileSync(join(folder, stateFileName), stateText(registry, wanted, base))
      const { entries, warnings } = readState(folder)
      expect(warnings).toEqual([])
      const merged = mergeState(registry, base, entries)
      expect(merged.warnings).toEqual([])
      expect(merged.settings.values).toEqual(wanted.values)
      expect(merged.settings.texts).toEqual(wanted.texts)
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the state file on disk', () => {
  it('keeps the generation before, and falls back to it when the newest was cut off', async () => {
    const folder = newFolder()
    const write = (faderDb: number): Promise<void> => writeState(folder, `params:\n  master.faderDb: ${faderDb}\n...\n`)
    await write(-1)
    await write(-2)
    await write(-3)
    expect(readState(folder)).toEqual({ entries: new Map([['master.faderDb', -3]]), warnings: [] })
    expect(readFileSync(join(folder, previousStateFileName), 'utf8')).toContain('-2')
    truncateSync(join(folder, stateFileName), 20)
    const { entries, warnings } = readState(folder)
    expect(entries.get('master.faderDb')).toBe(-2)
    expect(warnings).toHaveLength(2)
    rmSync(join(folder, stateFileName))
    expect(readState(folder).entries.get('master.faderDb')).toBe(-2)
  })

  it('is nothing, without a warning, in a new folder', () => {
    expect(readState(newFolder())).toEqual({ entries: new Map(), warnings: [] })
  })

  it('is whole after each of 100 SIGKILLs at random moments', { timeout: 120_000 }, async () => {
    const writer = fileURLToPath(new URL('../fixtures/state-writer.mjs', import.meta.url))
    const random = randomNumbers(11)
    const broken: string[] = []
    const killOne = async (folder: string): Promise<void> => {
      await killWriter(writer, folder, random() * 12)
      const { entries, warnings } = readState(folder)
      broken.push(...warnings)
      // All 400 values are of one generation: a mix of two would show.
      if (entries.size !== 400 || new Set(entries.values()).size !== 1) broken.push(`${entries.size} values`)
    }
    const folders = [newFolder(), newFolder(), newFolder(), newFolder()]
    await Promise.all(
      folders.map(async (folder) => {
        for (let i = 0; i < 25; i++) await killOne(folder)
      }),
    )
    expect(broken).toEqual([])
  })
})

/** Starts a writer, waits until it has written once, and kills it after some more milliseconds. */
function killWriter(writer: string, folder: string, afterMs: number): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.once('error', fail)
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs))
    child.once('exit', (code, signal) => (signal === 'SIGKILL' ? done() : fail(new Error(`the writer ended with ${code}`))))
  })
}

/** Repeatable numbers in 0…1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
