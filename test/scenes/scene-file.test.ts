// Scenes as files: how they diff, what is read back, what is refused in words.
import { describe, expect, it } from 'vitest'
import { buildRegistry, isMeter, isParam, type Registry } from '../../src/params/registry.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'
import { settle, valueOfNorm } from '../../src/params/value.js'
import { readParamLines } from '../../src/scenes/param-lines.js'
import { readHead, readScene, sceneText } from '../../src/scenes/scene-file.js'
import { readScope } from '../../src/scenes/scope.js'
import { smallRegistry as registry } from '../fixtures/scene-desk.js'
import { random } from '../fixtures/signals.js'

const head = { number: 7, notes: '', fadeS: 0, scope: readScope('') }

/** Settings of a desk anywhere, by a seed. */
function anywhere(seed: number, of: Registry = registry) {
  const next = random(seed)
  return {
    values: Float32Array.from(of.params, (p) => settle(p, valueOfNorm(p, (next() + 1) / 2))!),
    texts: of.texts.map((_, i) => ['Voice', '12', 'Größe: 3 "x"', '', '# no', 'null'][i % 6]!),
  }
}

const read = (text: string, of: Registry = registry) => readScene('a.yaml', text, of)

describe('a scene’s file', () => {
  it('of an untouched desk says what cannot be told from defaults alone', () => {
    const text = sceneText(registry, { values: defaultValues(registry), texts: defaultTexts(registry) }, head)
    const order = registry.params.filter(({ id }) => id.startsWith('master.chain.order.'))
    expect(order.length).toBeGreaterThan(2)
    expect(text).toBe(`# A scene. What is in its scope and not said here stands at its default.
number: 7
desk: {strips: 4, buses: 3, fx: 2, dcas: 2, outputs: 4}
params:
${order.map((param) => `  ${param.id}: ${param.names[param.default]}`).join('\n')}
  fx.1.source: bus.2
  fx.2.source: bus.3
...
`)
  })

  it('differs by one line for one parameter, and not by the order of changes', () => {
    const before = anywhere(1)
    const after = { ...before, values: before.values.slice() }
    const fader = registry.params.find(({ id }) => id === 'strip.2.faderDb')!
    after.values[fader.index] = -12.5
    const lines = (settings: typeof before): string[] => sceneText(registry, settings, head).split('\n')
    const [one, other] = [lines(before), lines(after)]
    expect(other.filter((line) => !one.includes(line))).toEqual(['  strip.2.faderDb: -12.5'])
    expect(one.filter((line) => !other.includes(line))).toHaveLength(1)
    const order = [...registry.byId.keys()]
    const places = other.filter((line) => line.startsWith('  ')).map((line) => order.indexOf(line.trim().split(':')[0]!))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('gives back every value and text in its scope to the bit, by both ways of reading', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const settings = anywhere(seed)
      const text = sceneText(registry, settings, { number: 3, notes: 'a: b\n# c', fadeS: 2.5, scope: readScope('all') })
      expect(readParamLines(text)).toBeDefined()
      // A comment is what only YAML can read.
      for (const way of [text, text.replace('\n  master', ' \n  # by hand\n  master')]) {
        const scene = read(way)
        expect(scene.head).toMatchObject({ number: 3, notes: 'a: b\n# c', fadeS: 2.5 })
        expect(scene.leftOut).toEqual([])
        for (const [param, value] of scene.params) expect([param.id, value]).toEqual([param.id, settings.values[param.index]])
        for (const [entry, value] of scene.texts) expect([entry.id, value]).toEqual([entry.id, settings.texts[entry.index]])
        const held = [...registry.byId.values()].filter((entry) => !isMeter(entry) && !/^scene\.|recallSafe/.test(entry.id))
        expect(scene.params.size + scene.texts.size).toBe(held.length)
      }
    }
  })

  it('tells its head without its parameters', () => {
    const text = sceneText(registry, anywhere(1), { number: 3, notes: 'soft', fadeS: 4, scope: readScope('faders,master') })
    expect(readHead('a.yaml', text)).toMatchObject({ number: 3, notes: 'soft', fadeS: 4, scope: { text: 'faders, master' } })
    expect(() => readHead('a.yaml', 'number: x\nfades: 2\nparams:\n  nonsense')).toThrow(
      /2 problems[\s\S]*a.yaml:1: number[\s\S]*a.yaml:2: fades/,
    )
  })
})

describe('what is wrong is told with line and path, all at once', () => {
  const file = (...lines: string[]): string => `${['params:', ...lines.map((line) => `  ${line}`)].join('\n')}\n...\n`
  const cases: [string, RegExp][] = [
    ['number: 1\nparams:\n  strip.1.faderDb: -3\n', /a.yaml: expected "..." on its last line, found none: the file was cut off/],
    ['', /cut off/],
    [file('strip.1.faderDb: 11'), /a.yaml:2: strip.1.faderDb: expected -inf to 10 dB, found 11/],
    [file('strip.1.fader: 1'), /a.yaml:2: strip.1.fader: expected the id of a parameter \(nearest: strip.1.faderDb/],
    [file('strip.1.mute: on', 'strip.1.meter.peakDb: 0'), /a.yaml:3: strip.1.meter.peakDb/],
    [file('strip.1.mute: on', 'strip.1.mute: off'), /a.yaml:3: strip.1.mute: expected each key once, found "strip.1.mute" again/],
    [file('strip.1.eq.band1.type: bel', 'strip.2.pan: 101'), /2 problems[\s\S]*bell[\s\S]*-100 to 100/],
    [file('strip.1.faderDb: {a: 1}'), /strip.1.faderDb/],
    [file('strip.1.name: [x]'), /at most 63 bytes/],
    ['number: 0\nfadeS: 11\nscope: fader\ndesk: {strip: 3}\ncolour: red\n...\n', /5 problems/],
    ['- a\n...\n', /a map/],
    ['params: {\n...\n', /YAML/],
    ['\0\u0001\u0002\n...\n', /a.yaml/],
  ]
  it.each(cases)('%j', (text, says) => {
    expect(() => read(text)).toThrow(says)
  })

  it('and no more than twenty of ten thousand', () => {
    const text = file(...Array.from({ length: 10_000 }, (_, i) => `strip.1.nothing${i}: 1`))
    expect(() => read(text)).toThrow(/20 problems/)
  })
})

describe('a scene of another desk', () => {
  const large = buildRegistry({ ...registry.topology, stripStereo: Array(12).fill(false), busCount: 8, inputCount: 16 })
  const input = (of: Registry, strip: number) => {
    const entry = of.byId.get(`strip.${strip}.input`)!
    if (!isParam(entry)) throw new Error('no parameter')
    return entry
  }

  it('that is larger leaves out what is not here, in words', () => {
    const settings = { values: defaultValues(large), texts: defaultTexts(large) }
    settings.values[input(large, 2).index] = input(large, 2).names.indexOf('in9')
    settings.values[input(large, 3).index] = input(large, 3).names.indexOf('in2')
    settings.values[input(large, 9).index] = input(large, 9).names.indexOf('in1')
    const scene = read(sceneText(large, settings, head))
    expect(scene.leftOut).toEqual([
      'fx.1.source: this desk has no "bus.7"',
      'fx.2.source: this desk has no "bus.8"',
      'strip.2.input: this desk has no "in9"',
      'strip.9.input is not on this desk',
    ])
    expect(scene.params.get(input(registry, 3))).toBe(input(registry, 3).names.indexOf('in2'))
    expect(scene.params.has(input(registry, 2))).toBe(false)
  })

  it('that is smaller says nothing of what is beyond it', () => {
    const scene = read(sceneText(registry, anywhere(1), head), large)
    const held = [...scene.params.keys(), ...scene.texts.keys()].map(({ id }) => id)
    expect(held).toContain('strip.4.faderDb')
    expect(held.filter((id) => /^strip\.([5-9]|1\d)|bus\.[4-8]|send\.[4-8]/.test(id))).toEqual([])
  })
})
