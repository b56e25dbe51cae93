// Mistakes of mapping files: all at once, with line, path, what was expected, what was found.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DeskError } from '../../src/errors.js'
import { caps } from '../../src/mapping/grammar.js'
import { filesOf, readMapping, readMappingText, shippedFolder } from '../../src/mapping/load.js'
import type { Mapping } from '../../src/mapping/mapping.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { shapeOf } from '../fixtures/shipped-mappings.js'

const registry = buildRegistry(defaultTopology)
const read = (text: string): Mapping => readMappingText('test.yaml', text, shapeOf, registry)

/** Lines of the error without the first, which counts them. */
function mistakes(text: string): string[] {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(DeskError)
    expect((error as DeskError).code).toBe('mapping')
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace('test.yaml:', ''))
  }
  return []
}

const head = 'surface: behringer-x-touch\nbank: { over: [strips, buses, dcas] }\n'
const one = (binding: string): string[] => mistakes(`${head}layers:\n  - controls:\n      ${binding}\n`)
const column = (binding: string): string[] => mistakes(`${head}layers:\n  - column:\n      ${binding}\n`)

describe('the mapping in the README', () => {
  it('can be used as it stands', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, text = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readme) ?? []
    expect(read(text).layers.length).toBeGreaterThan(10)
  })
})

describe("one's own mapping", () => {
  it('of the name of one that ships begins with that one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deskd-mapping-'))
    const file = join(folder, 'korg-nanokontrol2.yaml')
    writeFileSync(file, 'extends: korg-nanokontrol2\nlayers: [{ column: { pot: $.trimDb } }]\n')
    expect(readMapping(file, shapeOf, registry).layers).toHaveLength(2)
    expect(filesOf(file)).toEqual([join(shippedFolder, 'korg-nanokontrol2.yaml'), file])
    rmSync(folder, { recursive: true })
  })

  it('goes by what it extends only so far', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deskd-mapping-'))
    writeFileSync(join(folder, 'a.yaml'), 'extends: b\n')
    writeFileSync(join(folder, 'b.yaml'), 'extends: a\n')
    expect(() => readMapping(join(folder, 'a.yaml'), shapeOf, registry)).toThrow('at most 4 mappings, each on another')
    rmSync(folder, { recursive: true })
  })
})

describe('a mapping with mistakes', () => {
  it('is told all of them at once, in the order of the file', () => {
    const found = mistakes(`surface: behringer-x-touch
bank: { over: [strips, busses] }
state:
  page: { oneOf: [pan, eq] }
  send: { index: sends }
layers:
  - column:
      fadr: $.faderDb
      mute: $.mut
      rec: { set: pgae, to: pan }
      select: { set: page, to: eqq }
    controls:
      play: { do: transport.plai }
      f1: { do: scene.recall }
      f2: { do: scene.recall, with: 1000 }
  - when: { page: pam }
    controls: { main.fader: { param: master.faderDb, range: [-60, 20] } }
`)
    expect(found).toEqual([
      '2: bank.over[2]: expected one of strips, buses, dcas, fx, outputs, muteGroups, master, or an id like bus.2 (nearest: buses), found "busses"',
      '5: state.send.index: expected a whole number from 1 to 512, or one of strips, buses, dcas, fx, outputs, muteGroups, channels, found "sends"',
      '8: layers[1].column.fadr: expected a control that the columns have (nearest: fader, lcd, vpot), found "fadr"',
      '9: layers[1].column.mute: expected a parameter; nearest: $.mute, found "$.mut"',
      '10: layers[1].column.rec.set: expected a state (nearest: page, bank, spill), found "pgae"',
      '11: layers[1].column.select.to: expected one of pan, eq (the state page), found "eqq"',
      '13: layers[1].controls.play.do: expected a known name (nearest: transport.play, transport.stop, transport.move), found "transport.plai"',
      '14: layers[1].controls.f1.with: expected a scene: its number from 1 to 999, or a name of up to 63 bytes of letters, digits, spaces and . _ - that does not start with a space or a dot; then seconds from 0 to 10; then a scope such as faders,mutes,strip.1-8, found none',
      '15: layers[1].controls.f2.with: expected a scene: its number from 1 to 999, or a name of up to 63 bytes of letters, digits, spaces and . _ - that does not start with a space or a dot, found 1000',
      '16: layers[2].when.page: expected one of pan, eq, found "pam"',
      '17: layers[2].controls.main.fader.range: expected values within -inf to 10 dB, found 20',
    ])
  })

  it.each([
    ['a path without a bank', 'surface: behringer-x-touch\nlayers:\n  - column: { fader: $.faderDb }', 'a bank'],
    ['no driver', 'layers: []', 'the id of a driver'],
    ['a driver that there is not', 'surface: moog', '"moog"'],
    ['YAML that is none', `${head}layers: [`, 'YAML'],
    ['a key that there is not', `${head}colour: red`, '"colour"'],
    ['a list in place of a map', '- 1', 'a map'],
    ['a state with a name that the bank has', `${head}state: { view: { toggle: true } }`, 'a name that is free'],
  ])('%s', (_, text, part) => {
    expect(mistakes(text).join('\n')).toContain(part)
  })

  it.each([
    ['an action on a fader', 'main.fader: { do: transport.play }', 'a parameter, which is what a fader moves'],
    ['a meter as a parameter', 'main.fader: master.meter.peakDb', 'which is a meter'],
    ['a press on a number', 'f1: master.faderDb', 'value or step'],
    ['a number that is on while it is pressed', 'f1: { param: master.faderDb, momentary: true }', 'on or off'],
    ['a value outside', 'f1: { param: master.faderDb, value: 11 }', '-inf to 10 dB'],
    ['a value that is no name', 'f1: { param: monitor.soloMode, value: pdf }', 'pfl, afl, sip'],
    ['two things at once', 'f1: { set: bank, do: transport.play }', 'what goes with do'],
    ['nothing to do', 'f1: { name: Foo }', 'one of param'],
    ['a long press of a wheel', 'jog: { do: transport.move, long: { do: transport.play } }', 'a button'],
    ['an unknown state in a path', "f1: '{page}.mute'", 'one of the states'],
    ['braces that do not close', "f1: 'strip.{page.mute'", 'braces'],
    ['a strip that no desk has', 'f1: strip.513.mute', 'a parameter'],
    ['channels and pages', 'f1: { do: bank.move, by: 1, pages: 1 }', 'by (channels) or pages'],
    ['a state without a value', 'f1: { set: bank }', 'found none'],
    ['a colour that there is not', 'f1: { param: master.mute, color: pink }', 'red, green'],
    ['a text where a number goes', 'f1: { do: transport.move, with: fast }', 'seconds from'],
    ['more than an action takes', 'f1: { do: transport.play, with: 3 }', 'nothing more with transport.play'],
    ['an instance of another kind of display', 'timecode: { of: vpot }', 'a control'],
    ['seconds of what is none', 'timecode: { param: master.faderDb, as: timecode }', 'something in s'],
    [
      'acceleration that goes down',
      'jog: { do: transport.move, with: 1 }\n      main.fader: { param: master.faderDb, curve: linear }',
      'a range',
    ],
  ])('%s', (_, binding, part) => {
    const found = one(binding)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(part)
  })

  it.each([
    ['a parameter that no kind of channel has', 'vpot: $.reverb.decayS', 'a parameter'],
    [
      'more in a spread than there are columns',
      'fader: $.faderDb\n    spread: { vpot: [~, ~, ~, ~, ~, ~, ~, ~, master.faderDb] }',
      'at most 8',
    ],
    ['a swap of a fader and a button', 'fader: $.faderDb\n    swap: [fader, mute]', 'two controls of a kind'],
    ['a swap with nothing', 'fader: $.faderDb\n    swap: [fader, knob]', '"knob"'],
    ['a condition on nothing', 'fader: $.faderDb\n    when: { pag: 1 }', 'a state, held'],
    ['a condition on no button', 'fader: $.faderDb\n    when: { held: fader.1 }', 'a button'],
  ])('%s', (_, binding, part) => {
    const found = column(binding)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(part)
  })

  it('checks a path in every state that its layer can be active in, and in no other', () => {
    const states = 'state: { page: { oneOf: [gate, eq, comp] } }\n'
    const layer = (when: string): string => `${head}${states}layers:\n  - ${when}controls: { f1: 'strip.1.{page}.thresholdDb' }\n`
    const press = (text: string): string =>
      text.replace("'strip.1.{page}.thresholdDb'", "{ param: 'strip.1.{page}.thresholdDb', value: -20 }")
    expect(mistakes(press(layer('')))).toEqual([
      '5: layers[1].controls.f1.param: expected a parameter; nearest: strip.1.eq.on, found "strip.1.{page}.thresholdDb" with page: eq',
    ])
    expect(mistakes(press(layer('when: { page: [gate, comp] }\n    ')))).toEqual([])
  })

  it('takes what one kind of channel has and others lack', () => {
    expect(column('rec: $.gate.on')).toEqual([])
  })

  it('holds to its caps', () => {
    expect(() => read(`#${'x'.repeat(caps.fileBytes)}`)).toThrow(`at most ${caps.fileBytes} bytes`)
    const states = Array.from({ length: caps.states + 1 }, (_, i) => `s${i}: { toggle: false }`).join(', ')
    expect(mistakes(`${head}state: { ${states} }`)[0]).toContain(`at most ${caps.states} keys`)
    expect(
      mistakes(`${head}state: { page: { oneOf: [${Array.from({ length: caps.choices + 1 }, (_, i) => `a${i}`)}] } }`)[0],
    ).toContain(`a list of 1 to ${caps.choices}`)
    expect(mistakes(`${head}layers: [${'{}, '.repeat(caps.layers)} {}]`)[0]).toContain(`a list of 1 to ${caps.layers}`)
  })

  it('is not fooled by names of JavaScript', () => {
    expect(mistakes(`${head}state: { __proto__: { toggle: true } }`)[0]).toContain('"__proto__"')
    expect(one('constructor: master.mute')[0]).toContain('"constructor"')
    expect(one('f1: { set: toString, to: 1 }')[0]).toContain('a state')
  })

  it('may not extend itself, nor a file outside', () => {
    expect(mistakes('extends: ../secrets')[0]).toContain('the name of a mapping')
    expect(mistakes('extends: no-such')[0]).toContain('a mapping beside this one or one that ships')
  })
})
