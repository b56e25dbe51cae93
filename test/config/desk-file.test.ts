// Desk files: shapes a person writes, and every mistake at once with line and path.
import { describe, expect, it } from 'vitest'
import { type Desk, readDeskText } from '../../src/config/desk-file.js'
import { deskText } from '../../src/config/desk-text.js'
import { entryOf, isParam, isText } from '../../src/params/registry.js'
import { formatValue } from '../../src/params/value.js'

const read = (text: string): Desk => readDeskText('desk.yaml', text)

function at(desk: Desk, id: string): number | boolean | string {
  const entry = entryOf(desk.registry, id)
  if (isText(entry)) return desk.texts[entry.index]!
  if (!isParam(entry)) throw new Error(`${id} is a meter`)
  return formatValue(entry, desk.values[entry.index]!)
}

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

it('takes delays in ms, s, metres and, where the sample rate is known, samples', () => {
  const text = 'strips: [{delayMs: 3.4 ms}, {delayMs: .02 s}, {delayMs: 3.432 m}, {delayMs: 96 smp}]\n'
  const desk = readDeskText('desk.yaml', text, undefined, 48000)
  const delays = [1, 2, 3, 4].map((n) => {
    const entry = desk.registry.byId.get(`strip.${n}.delayMs`)
    return Math.round(1e4 * desk.values[entry!.index]!) / 1e4
  })
  expect(delays).toEqual([3.4, 20, 10, 2])
  expect(() => read(text)).toThrow(/strips\[4\]\.delayMs.*or with a unit/)
})

describe('a desk file', () => {
  it('reads 12 strips, 3 buses and flat ids', () => {
    const desk = read('strips: 12\nbuses: 3\nparams: {strip.1.faderDb: -5, master.limiter.on: true, strip.2.faderDb: -inf}\n')
    expect(desk.registry.topology.stripStereo).toHaveLength(12)
    expect(desk.registry.topology.busCount).toBe(3)
    expect(at(desk, 'strip.1.faderDb')).toBe(-5)
    expect(at(desk, 'master.limiter.on')).toBe(true)
    expect(at(desk, 'strip.2.faderDb')).toBe('-inf')
    expect(at(desk, 'strip.3.faderDb')).toBe(0)
  })

  it('reads effects as a number, as a list, or as parameters', () => {
    expect(read('strips: 2\nfx: 0\n').registry.topology.fxCount).toBe(0)
    const list = read(
      'strips:\n  - {stereo: true, input: fx2}\nbuses: [{output: off}, {name: Room, output: off}]\nfx:\n  - {type: delay}\n  - {type: reverb, name: Hall, source: bus.2, reverb: {decayS: 3}}\n',
    )
    expect(list.registry.topology.fxCount).toBe(2)
    expect(['fx.1.type', 'fx.1.source', 'fx.2.name', 'fx.2.reverb.decayS', 'strip.1.input'].map((id) => at(list, id))).toEqual([
      'delay',
      'bus.1',
      'Hall',
      3,
      'fx2',
    ])
    const map = read('strips: 2\nfx: {1: {type: chorus, chorus: {voices: 8}}}\n')
    expect([map.registry.topology.fxCount, at(map, 'fx.1.type'), at(map, 'fx.1.chorus.voices')]).toEqual([4, 'chorus', 8])
    expect(messageOf(() => read('strips: 2\nfx: 17\n'))).toMatch(/fx: expected a whole number from 0 to 16/)
    expect(messageOf(() => read('strips: 2\nfx: [{type: echo}]\n'))).toMatch(
      /expected one of off, reverb, delay, chorus, found "echo"/,
    )
    expect(messageOf(() => read('strips: [{input: fx1, arm: true}]\n'))).toMatch(
      /strip\.1\.arm: expected off, found on, but strip\.1 takes fx1, which a take computes again/,
    )
  })

  it('writes its effects down so that they read back', () => {
    const desk = read('strips: 2\nfx: [{type: reverb, reverb: {decayS: 3}}]\n')
    const again = read(deskText(desk.registry, desk))
    expect([again.registry.topology.fxCount, at(again, 'fx.1.type'), at(again, 'fx.1.reverb.decayS')]).toEqual([1, 'reverb', 3])
  })

  it('reads nested maps, under params and beside it', () => {
    const desk = read(
      'strips: 2\nmaster: {mute: on}\nparams:\n  strip:\n    1: {faderDb: -5, eq: {on: true, band2: {gainDb: 3, type: notch}}}\n',
    )
    expect(at(desk, 'strip.1.eq.band2.gainDb')).toBe(3)
    expect(at(desk, 'strip.1.eq.band2.type')).toBe('notch')
    expect(at(desk, 'strip.1.eq.on')).toBe(true)
    expect(at(desk, 'master.mute')).toBe(true)
  })

  it('reads a list of strips with names, one of them stereo', () => {
    const desk = read('strips:\n  - name: Kick\n  - {name: OH, stereo: true, pan: -20}\n  -\n')
    expect(desk.registry.topology.stripStereo).toEqual([false, true, false])
    expect(at(desk, 'strip.1.name')).toBe('Kick')
    expect(at(desk, 'strip.2.pan')).toBe(-20)
    expect(at(desk, 'strip.3.name')).toBe('Strip 3')
  })

  it('takes a slope of 12 for 12 dB/oct and a track from its own folder', () => {
    const desk = readDeskText('/songs/one/desk.yaml', 'strips: 2\nparams: {strip.1.hpf.slope: 12}\ntracks: {2: kick.flac}\n')
    expect(at(desk, 'strip.1.hpf.slope')).toBe('12')
    expect([...desk.tracks]).toEqual([[2, '/songs/one/kick.flac']])
  })

  it('tells all seven mistakes at once, each with its line and path', () => {
    const message = messageOf(() =>
      read(`strips: 4
busses: 2
params:
  strip.1.faderDB: -5
  strip.2.faderDb: 11
  strip:
    3: {pan: left, eq: {band9: {gainDb: 3}}}
  strip.1.hpf.on: maybe
tracks: {9: a.wav}
`),
    )
    const lines = message.split('\n')
    expect(lines[0]).toBe('desk.yaml: 7 problems')
    expect(lines[1]).toMatch(/desk\.yaml:2: busses: expected .*nearest: buses.*, found "busses"/)
    expect(lines[2]).toMatch(/desk\.yaml:4: params\.strip\.1\.faderDB: expected .*strip\.1\.faderDb.*, found "strip\.1\.faderDB"/)
    expect(lines[3]).toBe('  desk.yaml:5: params.strip.2.faderDb: expected -inf to 10 dB, found 11')
    expect(lines[4]).toBe('  desk.yaml:7: params.strip.3.pan: expected -100 to 100 %, found "left"')
    expect(lines[5]).toMatch(/desk\.yaml:7: params\.strip\.3\.eq\.band9: expected .*band\d.*, found "band9"/)
    expect(lines[6]).toBe('  desk.yaml:8: params.strip.1.hpf.on: expected on or off, found "maybe"')
    expect(lines[7]).toBe('  desk.yaml:9: tracks.9: expected a strip from 1 to 4, found "9"')
  })

  it('refuses what is no YAML, with the line', () => {
    expect(messageOf(() => read('strips: 4\nparams: {a: [\n'))).toMatch(/desk\.yaml:\d: .*expected YAML/)
  })

  it('refuses an id that is set twice', () => {
    expect(messageOf(() => read('params:\n  master.mute: on\n  master: {mute: off}\n'))).toContain(
      'desk.yaml:3: params.master.mute: expected master.mute once, found it set on line 2 too',
    )
  })

  it('refuses NaN, a list for a number and 513 strips', () => {
    expect(messageOf(() => read('params: {master.faderDb: .nan}\n'))).toContain('expected -inf to 10 dB, found NaN')
    expect(messageOf(() => read('params: {master.faderDb: [1]}\n'))).toContain('found a list')
    expect(messageOf(() => read('strips: 513\n'))).toContain(
      'expected a whole number from 1 to 512, or a list of as many, found 513',
    )
  })

  it('prints the path of a bus loop', () => {
    expect(messageOf(() => read('buses: 3\nparams:\n  bus.1.output: bus.3\n  bus.3.output: bus.1\n'))).toContain(
      'desk.yaml:3: bus.1.output: expected buses that end in the master, found the loop bus.1 → bus.3 → bus.1',
    )
  })

  it('refuses a name of 64 bytes', () => {
    expect(messageOf(() => read(`params: {strip.1.name: ${'x'.repeat(64)}}\n`))).toContain('expected text of at most 63 bytes')
  })
})

describe('a desk as text', () => {
  it('has only what differs from the defaults, in the order of the registry', () => {
    const desk = read(
      'strips: 2\nbuses: 1\nparams: {strip.2.faderDb: -3, master.mute: on, strip.1.name: "808", strip.1.faderDb: 0}\n',
    )
    expect(deskText(desk.registry, desk)).toBe(
      'strips: 2\nbuses: 1\nfx: 4\ninputs: 32\noutputs: 8\ndcas: 8\nparams:\n  master.mute: true\n  strip.1.name: "808"\n  strip.2.faderDb: -3\n',
    )
  })

  it('reads back to the same desk, −inf, enums and stereo strips included', () => {
    const desk = read(
      'strips: [{stereo: true}, {}]\nbuses: 2\nparams: {strip.1.faderDb: -inf, strip.2.input: in3, desk.panLaw: "-4.5", strip.1.name: "a: # b", bus.1.output: bus.2}\n',
    )
    for (const all of [false, true]) {
      const again = read(deskText(desk.registry, desk, { all }))
      expect([...again.values]).toEqual([...desk.values])
      expect(again.texts).toEqual(desk.texts)
      expect(again.registry.topology).toEqual(desk.registry.topology)
    }
  })
})
