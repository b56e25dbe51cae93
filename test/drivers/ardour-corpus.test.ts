// Our tables against what Ardour's users wrote of the same devices: every binding of a map is a control of ours, every profile's facts hold.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/surface/assemble.js'
import { loadDrivers } from '../../src/surface/catalogue.js'
import { fromHex } from '../fixtures/surface-bytes.js'

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))
const isThere = existsSync(corpus)
const why = isThere ? '' : ', skipped: ../shared/corpus is not here'

const drivers = await loadDrivers()
const driverOf = (id: string) => drivers.find((driver) => driver.id === id)!
const textOf = (folder: string, file: string): string =>
  readFileSync(join(corpus, folder, file), 'utf8').replace(/<!--.*?-->/gs, '')

const maps = {
  'AKAI_APCmini.map': 'akai-apc-mini',
  'AKAI_MIDIMix_EQ_Mode.map': 'akai-midimix',
  'Korg_nanoKONTROL2.map': 'korg-nanokontrol2',
  'Novation_LaunchControl_XL.map': 'novation-launch-control-xl',
  'bcf2000.map': 'behringer-bcf2000-midi',
}

interface Binding {
  readonly bytes: Uint8Array
  /** Which of a bank it moves, where it moves one. */
  readonly column: number | undefined
}

const bindingsOf = (xml: string): Binding[] =>
  [...xml.matchAll(/<Binding\s([^>]*)\/>/g)].map(([, attributes]) => {
    const { channel, ctl, note, pgm, msg, sysex, uri } = Object.fromEntries(
      [...attributes!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    )
    const at = Number(channel) - 1
    const bytes = () => {
      if (ctl !== undefined) return Uint8Array.of(0xb0 | at, Number(ctl), 127)
      if (note !== undefined) return Uint8Array.of(0x90 | at, Number(note), 127)
      if (pgm !== undefined) return Uint8Array.of(0xc0 | at, Number(pgm))
      return fromHex((msg ?? sysex)!)
    }
    const column = / B(\d+)/.exec(uri ?? '')?.[1]
    return { bytes: bytes(), column: column === undefined ? undefined : Number(column) }
  })

describe.skipIf(!isThere)(`Ardour's MIDI maps${why}`, () => {
  it.each(Object.entries(maps))('%s: every binding is a control of %s, in its column', (file, id) => {
    const bindings = bindingsOf(textOf('ardour-midi-maps', file))
    expect(bindings.length).toBeGreaterThan(20)
    const unit = driverOf(id).units[0]!
    const codec = unit.createCodec()
    for (const { bytes, column } of bindings) {
      const [event] = codec.decode(bytes)
      expect(event, `${file}: ${bytes}`).toBeDefined()
      const shape = unit.controls.find((control) => control.id === event!.control)
      if (column !== undefined && shape!.column !== undefined) expect(shape!.column).toBe(column)
    }
  })
})

const profiles = {
  'mc.device': 'mackie-control',
  'mc+xt+xt.device': 'mackie-control',
  'xt+mc.device': 'mackie-control',
  'x-touch.device': 'behringer-x-touch',
  'x-touch-mini.device': 'behringer-x-touch-mini-mc',
  'platform_m+.device': 'icon-platform-m-plus',
  'qcon.device': 'icon-qcon-pro-x',
  'p1-m+p1-x.device': 'icon-p1-m',
  'p1-x+p1-m.device': 'icon-p1-m',
}

describe.skipIf(!isThere)(`Ardour's Mackie profiles${why}`, () => {
  it.each(
    Object.entries(profiles),
  )('%s: %s has its strips, faders, touch, wheel, displays and meters, in its order', (file, id) => {
    const xml = textOf('ardour-devices', file)
    const fact = (name: string): string | undefined => new RegExp(`<${name} value="([^"]*)"`).exec(xml)?.[1]
    const has = (name: string): boolean => fact(name) === 'yes'
    const extenders = Number(fact('Extenders'))
    const roles = Array.from({ length: extenders + 1 }, (_, at) =>
      at === Math.max(0, Number(fact('MasterPosition')) - 1) ? 'main' : 'extender',
    )
    const { shape } = assemble(driverOf(id), roles)
    const controls = [...shape.controls.values()]
    const isHere = (name: string): boolean => shape.controls.has(name)
    expect(shape.columns).toBe(Number(fact('Strips')) * (1 + extenders))
    expect(isHere('main.fader')).toBe(has('MasterFader'))
    expect(isHere('jog')).toBe(has('JogWheel'))
    expect(isHere('timecode')).toBe(has('TimecodeDisplay'))
    expect(isHere('assignment')).toBe(has('TwoCharacterDisplay'))
    expect(isHere('play')).toBe(has('GlobalControls'))
    expect(isHere('meter.1')).toBe(has('HasMeters') || has('HasSeparateMeters'))
    expect(isHere('main.meter')).toBe(has('HasQConMasterMeters'))
    expect(
      controls.filter(({ kind }) => kind === 'fader').every(({ hasTouch }) => (hasTouch ?? false) === has('TouchSenseFaders')),
    ).toBe(true)
  })

  it('are as many as are known of', () => {
    expect(readdirSync(join(corpus, 'ardour-devices'))).toEqual(expect.arrayContaining(Object.keys(profiles)))
  })
})
