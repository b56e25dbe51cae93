// What people read of surfaces: a monitor's lines, the list, a test as it stands.
import { describe, expect, it } from 'vitest'
import { checklistView, resultLines } from '../../src/cli/checklist-view.js'
import { clockOf, monitorText } from '../../src/cli/monitor-text.js'
import { surfaceLines } from '../../src/cli/surface.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { Checklist } from '../../src/surface/checklist.js'
import type { ControlShape } from '../../src/surface/driver.js'

const registry = buildRegistry(defaultTopology)
const atMs = Date.UTC(2026, 0, 2, 3, 4, 5, 67)
const at = clockOf(atMs)

describe('a line of the monitor', () => {
  it('tells the time, the surface, the bytes, the event and what the mapping made of it', () => {
    const heard = { kind: 'in', atMs, surface: 'x-touch', unit: 1 } as const
    expect(at).toMatch(/^\d\d:04:05\.067$/)
    expect(
      monitorText(
        {
          ...heard,
          bytes: 'E0 0C 64',
          events: [{ kind: 'position', control: 'fader.1', position: 0.7816, steps: 1024 }],
          made: [{ id: 'strip.1.faderDb', value: 1.2649 }],
        },
        registry,
      ),
    ).toBe(`${at}  x-touch  < E0 0C 64  fader.1 78.2 %  → strip.1.faderDb 1.26 dB`)
    expect(
      monitorText(
        {
          ...heard,
          unit: 2,
          bytes: '90 5E 7F',
          events: [{ kind: 'press', control: 'play', isPressed: true }],
          made: [{ action: 'transport.toSong', args: ['Opener'] }],
        },
        registry,
      ),
    ).toBe(`${at}  x-touch/2  < 90 5E 7F  play pressed  → transport.toSong Opener`)
    expect(
      monitorText({ ...heard, bytes: 'B0 10 43', events: [{ kind: 'turn', control: 'vpot.1', ticks: -3 }], made: [] }, registry),
    ).toBe(`${at}  x-touch  < B0 10 43  vpot.1 −3`)
    expect(monitorText({ ...heard, bytes: 'B0 7A 00', events: [], made: [] }, registry)).toBe(`${at}  x-touch  < B0 7A 00`)
  })

  it('tells what goes out, and who changed what', () => {
    expect(monitorText({ kind: 'out', atMs, surface: 'x-touch', unit: 1, bytes: 'D0 07' }, registry)).toBe(
      `${at}  x-touch  > D0 07`,
    )
    expect(monitorText({ kind: 'change', atMs, id: 'strip.2.mute', value: true, by: 'osc:127.0.0.1:50123' }, registry)).toBe(
      `${at}  strip.2.mute on  by osc:127.0.0.1:50123`,
    )
    expect(monitorText({ kind: 'change', atMs, id: 'strip.2.faderDb', value: '-inf', by: 'undo' }, registry)).toBe(
      `${at}  strip.2.faderDb -inf dB  by undo`,
    )
  })
})

it('lists surfaces with units, ports, what is awaited and why, and a broken mapping', () => {
  const lines = surfaceLines([
    {
      name: 'x-touch',
      driver: 'behringer-x-touch',
      device: 'Behringer X-Touch',
      mapping: 'mappings/behringer-x-touch.yaml',
      mappingProblem: 'x.yaml: 1 problem\n  x.yaml:3: layers[1]: expected a map, found 3',
      units: [
        { role: 'main', port: 'X-Touch MIDI 1', isConnected: true, why: '' },
        { role: 'extender', port: '', isConnected: false, why: 'not plugged in' },
      ],
      state: { page: 'pan', bank: 1 },
      isHeld: false,
    },
  ])
  expect(lines).toEqual([
    'x-touch  Behringer X-Touch',
    '  main      connected  X-Touch MIDI 1',
    '  extender  waiting                    not plugged in',
    '  mapping  mappings/behringer-x-touch.yaml',
    '  ! x.yaml: 1 problem',
    '  !   x.yaml:3: layers[1]: expected a map, found 3',
    '  page pan, bank 1',
  ])
})

it('shows a test as it stands, within the width of the terminal', () => {
  const controls = Array.from({ length: 16 }, (_, i): ControlShape => ({ id: `button.${i + 1}`, kind: 'button' }))
  const shape = { driver: 'x', columns: 0, controls: new Map(controls.map((control) => [control.id, control])) }
  const checklist = new Checklist(shape)
  const press = (control: string, isPressed: boolean): void =>
    checklist.hear(new Uint8Array(0), [{ kind: 'press', control, isPressed }], 0)
  press('button.1', true)
  press('button.1', false)
  press('button.2', true)
  checklist.skip('button.3')
  const view = checklistView(checklist.checks, checklist.next, 60)
  expect(view).toContain('1 of 16')
  expect(view).toContain('✓button.1 ▶button.2 –button.3 ·button.4')
  expect(view).toContain('button.2: and let it go')
  for (const line of view.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
  expect(resultLines(checklist.result())[0]).toBe('1 came, 1 skipped, 14 missing')
})
