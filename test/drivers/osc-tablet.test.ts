// The tablet's driver: every control there and back, and what strangers send.
import { describe, expect, it } from 'vitest'
import { oscTablet } from '../../drivers/osc-tablet.js'
import { encodeBundle, encodeMessage, type TypedArg } from '../../src/osc/encode.js'
import type { Look } from '../../src/surface/look.js'
import { messageOf } from '../osc/desk.js'

const unit = oscTablet.units[0]!
const codec = unit.createCodec()
const said = (address: string, ...args: TypedArg[]) => codec.decode(encodeMessage(address, args))
const f = (value: number): TypedArg => ({ type: 'f', value })
const shown = (control: string, look?: Look) =>
  codec.encode(control, look).map(({ bytes, urgency }) => {
    const { address, args } = messageOf(bytes)
    return [urgency, address, ...args]
  })

describe('osc-tablet', () => {
  it('reads a fader, its touch, a knob, a wheel and a button as they are sent by f, i, T and F', () => {
    expect(said('/surface/fader/3', f(0.25))).toEqual([{ kind: 'position', control: 'fader.3', position: 0.25, steps: 1024 }])
    expect(said('/surface/fader/3', f(7))).toEqual([{ kind: 'position', control: 'fader.3', position: 1, steps: 1024 }])
    expect(said('/surface/main/fader/touch', { type: 'i', value: 1 })).toEqual([
      { kind: 'touch', control: 'main.fader', isTouched: true },
    ])
    expect(said('/surface/vpot/8/touch', f(0))).toEqual([{ kind: 'touch', control: 'vpot.8', isTouched: false }])
    expect(said('/surface/jog', { type: 'i', value: -3 })).toEqual([{ kind: 'turn', control: 'jog', ticks: -3 }])
    expect(said('/surface/mute/1', { type: 'T', value: true })).toEqual([{ kind: 'press', control: 'mute.1', isPressed: true }])
    expect(said('/surface/mute/1', f(0))).toEqual([{ kind: 'press', control: 'mute.1', isPressed: false }])
  })

  it('a button without an argument is pressed and let go', () => {
    expect(said('/surface/bankLeft')).toEqual([
      { kind: 'press', control: 'bankLeft', isPressed: true },
      { kind: 'press', control: 'bankLeft', isPressed: false },
    ])
    expect(said('/surface/fader/1')).toEqual([])
  })

  it('reads what a bundle holds for a surface, in order', () => {
    const bundle = encodeBundle([
      encodeMessage('/surface/fader/1', [f(0.5)]),
      encodeMessage('/strip/1/mute', [f(1)]),
      encodeBundle([encodeMessage('/surface/vpot/1/push', [f(1)])]),
    ])
    expect(codec.decode(bundle).map(({ kind, control }) => `${kind} ${control}`)).toEqual([
      'position fader.1',
      'press vpot.1.push',
    ])
  })

  it('is shown everything when it says hello', () => {
    expect(codec.startsAnew?.(encodeMessage('/surface/hello'))).toBe(true)
    expect(codec.startsAnew?.(encodeBundle([encodeMessage('/surface/hello')]))).toBe(true)
    expect(codec.startsAnew?.(encodeMessage('/surface/fader/1', [f(1)]))).toBe(false)
  })

  it('makes nothing of other addresses, NaN, texts and broken bytes', () => {
    for (const address of ['/surface/fader/9', '/surface/fader', '/strip/1/faderDb', '/surface/lcd/1/top'])
      expect(said(address, f(1))).toEqual([])
    expect(said('/surface/fader/1', f(Number.NaN))).toEqual([])
    expect(said('/surface/fader/1', { type: 's', value: '1' })).toEqual([])
    expect(codec.decode(Buffer.from('/surface/fader/1'))).toEqual([])
    expect(codec.decode(new Uint8Array())).toEqual([])
  })

  it('shows positions, lights, both rows of a text, −30 dBFS as half a meter with its clip, colours', () => {
    expect(shown('fader.1', { kind: 'position', position: 0.75 })).toEqual([['motor', '/surface/fader/1', 0.75]])
    expect(shown('mute.2', { kind: 'light', light: 'on' })).toEqual([['light', '/surface/mute/2', 1]])
    expect(shown('lcd.3', { kind: 'text', rows: ['Süß', '−6 dB'] })).toEqual([
      ['text', '/surface/lcd/3/top', 'Süß'],
      ['text', '/surface/lcd/3/bottom', '−6 dB'],
    ])
    expect(shown('meter.4', { kind: 'meter', levelDb: -30, isClipped: true })).toEqual([
      ['meter', '/surface/meter/4', 0.5],
      ['meter', '/surface/meter/4/clip', 1],
    ])
    expect(shown('color.5', { kind: 'color', color: 'red' })).toEqual([['light', '/surface/color/5', '#e5484d']])
  })

  it.each(
    unit.controls.map((shape) => [shape.id, shape] as const),
  )('%s comes back as it was shown, and is dark without a look', (id, shape) => {
    const back = (look: Look | undefined) => codec.encode(id, look).flatMap(({ bytes }) => codec.decode(bytes))
    if (shape.kind === 'fader' || shape.kind === 'pot')
      for (const position of [0, 0.125, 0.75, 1])
        expect(back({ kind: 'position', position })).toMatchObject([{ control: id, position }])
    else if (shape.kind === 'button')
      for (const light of ['on', 'off'] as const)
        expect(back({ kind: 'light', light })).toEqual([{ kind: 'press', control: id, isPressed: light === 'on' }])
    const dark = codec.encode(id, undefined)
    expect(dark.length > 0 || shape.kind === 'wheel').toBe(true)
    for (const { bytes } of dark) expect([0, '', '#000000']).toContain(messageOf(bytes).args[0])
    expect(new Set(dark.map(({ key }) => key)).size).toBe(dark.length)
  })
})
