// The layout to master on: EQ, limiter, loudness, true peak, correlation, monitor; the stages of its chain and the spectrum on pages of their own.
import type { Desk } from '../config/desk-file.js'
import { isMeter, isParam } from '../params/registry.js'
import { type Frame, type Layout, tabHeight, theme, type Widget } from './layout.js'
import { frame, label, masterColumn, masterWidth, meter, normOf, Source, toggle, words } from './parts.js'

const width = 1180
const height = 820
const gap = 8

export function masterLayout(desk: Desk): Layout {
  const source = new Source(desk)
  const all = frame(0, 0, width - masterWidth, height)
  const page = { width: all.width, height: all.height - tabHeight }
  return {
    name: 'deskd master',
    job: 'master',
    width,
    height,
    widgets: [
      {
        kind: 'pages',
        id: 'master pages',
        frame: all,
        pages: [
          {
            label: 'Chain',
            widgets: [
              ...equalizer(source, page.width),
              ...loudness(source, page.width),
              ...limiter(source, page.width),
              ...monitor(source, page),
            ],
          },
          { label: 'Stages', widgets: stages(source, page.width, page.height) },
          { label: 'Spectrum', widgets: spectrum(source, page.width, page.height) },
        ],
      },
      ...masterColumn(source, 'master', all.width, height),
    ],
  }
}

const knob = (source: Source, id: string, at: Frame, isCentred = false): Widget => ({
  kind: 'knob',
  id,
  frame: at,
  address: normOf(id),
  color: theme.level,
  home: source.home(id),
  isCentred,
})

/** A knob with what it is above and where it stands below. */
function knobWithWords(source: Source, id: string, name: string, at: Frame, isCentred = false): Widget[] {
  const size = Math.min(at.width, at.height - 40)
  return [
    label(`${id} label`, name, frame(at.x, at.y, at.width, 18), 12),
    knob(source, id, frame(at.x + (at.width - size) / 2, at.y + 18, size, size), isCentred),
    words(id, frame(at.x, at.y + 18 + size + 2, at.width, 20), 13),
  ]
}

const equalizerBottom = 394

function equalizer(source: Source, total: number): Widget[] {
  const bands = Array.from({ length: 32 }, (_, i) => `master.eq.band${i + 1}`).filter((band) => source.has(`${band}.gainDb`))
  const left = 96
  const each = (total - left - gap) / bands.length
  return [
    label('master eq label', 'EQ', frame(gap, 8, left - 2 * gap, 24), 18, theme.text),
    toggle('master.eq.on', 'EQ ON', frame(gap, 40, left - 2 * gap, 64), theme.on),
    ...bands.flatMap((band, i) => {
      const x = left + i * each
      const at = (y: number, tall: number): Frame => frame(x + gap / 2, y, each - gap, tall)
      return [
        toggle(`${band}.on`, `BAND ${i + 1}`, at(8, 44), theme.on),
        words(`${band}.type`, at(54, 20), 12, theme.dim),
        ...knobWithWords(source, `${band}.frequencyHz`, 'Frequency', at(76, 106)),
        ...knobWithWords(source, `${band}.gainDb`, 'Gain', at(182, 106), true),
        ...knobWithWords(source, `${band}.q`, 'Q', at(288, 106)),
      ]
    }),
  ]
}

function loudness(source: Source, total: number): Widget[] {
  const shown = [
    ['momentaryLufs', 'Momentary', true],
    ['shortTermLufs', 'Short term', true],
    ['integratedLufs', 'Integrated', false],
    ['loudnessRangeLu', 'Range', false],
    ['truePeakDbtp', 'True peak', false],
  ] as const
  const there = shown.filter(([name]) => source.has(`master.meter.${name}`))
  const each = (total - gap) / there.length
  const y = equalizerBottom + gap
  return there.flatMap(([name, title, hasBar], i) => {
    const id = `master.meter.${name}`
    const at = (dy: number, tall: number): Frame => frame(gap + i * each, y + dy, each - gap, tall)
    return [
      label(`${id} label`, title, at(0, 20), 13),
      words(id, at(20, 44), 26),
      ...(hasBar ? [{ ...meter(id, at(68, 16)), isHorizontal: true } as Widget] : []),
    ]
  })
}

const limiterTop = equalizerBottom + 8 + 96

function limiter(source: Source, total: number): Widget[] {
  const y = limiterTop
  const tall = 150
  const knobs = [
    ['master.limiter.ceilingDbtp', 'Ceiling'],
    ['master.limiter.releaseMs', 'Release'],
  ] as const
  const correlation = y + tall + gap
  return [
    label('limiter label', 'Limiter', frame(gap, y, 100, 24), 16, theme.text),
    toggle('master.limiter.on', 'LIMITER ON', frame(gap, y + 28, 100, 56), theme.on),
    ...knobs.flatMap(([id, name], i) => knobWithWords(source, id, name, frame(120 + i * 130, y, 120, tall))),
    label('reduction label', 'Gain', frame(380, y, 76, 18), 12),
    meter('master.meter.limiterDb', frame(404, y + 20, 28, tall - 44), '#ff9f0a'),
    words('master.meter.limiterDb', frame(380, y + tall - 22, 76, 20), 12),
    label('correlation label', 'Correlation  −1 … +1', frame(gap, correlation, total - 2 * gap, 18), 12),
    {
      ...meter('master.meter.correlation', frame(gap, correlation + 20, total - 2 * gap, 22), '#5ac8fa'),
      isHorizontal: true,
      isCentred: true,
    } as Widget,
    label('balance label', 'Balance  L … R', frame(gap, correlation + 50, total - 2 * gap, 18), 12),
    {
      ...meter('master.meter.balance', frame(gap, correlation + 70, total - 2 * gap, 22), '#5ac8fa'),
      isHorizontal: true,
      isCentred: true,
    } as Widget,
  ]
}

/** Monitor, and the bypass of the whole chain. */
function monitor(source: Source, page: { readonly width: number; readonly height: number }): Widget[] {
  const [x, y] = [480, limiterTop]
  const switches = [
    ['master.chain.bypass', 'CHAIN BYPASS'],
    ['master.chain.matchLevels', 'MATCH LEVELS'],
  ] as const
  const rest = page.width - x - 260 - gap
  return [
    label('monitor label', 'Monitor', frame(x, y, 116, 24), 16, theme.text),
    toggle('monitor.dim', 'DIM', frame(x, y + 28, 116, 56), '#ff9f0a'),
    toggle('monitor.mono', 'MONO', frame(x, y + 90, 116, 56), '#ff9f0a'),
    ...knobWithWords(source, 'monitor.levelDb', 'Level', frame(x + 128, y, 124, 150)),
    ...switches.map(([id, name], i) => toggle(id, name, frame(x + 260, y + 28 + i * 62, rest, 56), theme.solo)),
  ]
}

/** A row for each stage of the chain: on, bypass, listen, and its levels. */
function stages(source: Source, total: number, tall: number): Widget[] {
  const names = source.desk.registry.params.flatMap(({ id }) => /^master\.(?!chain\.)([^.]+)\.bypass$/.exec(id)?.[1] ?? [])
  const row = Math.min(80, (tall - gap) / names.length)
  const columns = ['on', 'bypass', 'delta', 'meter.inputDb', 'meter.outputDb', 'meter.gainDb'] as const
  const titles = ['ON', 'BYPASS', 'LISTEN', 'In', 'Out', 'Gain'] as const
  const left = 150
  const each = (total - left - gap) / columns.length
  return names.flatMap((name, i) => [
    label(`${name} label`, name, frame(gap, gap + i * row, left - 2 * gap, row - gap), 18, theme.text),
    ...columns.flatMap((column, c) => {
      const id = `master.${name}.${column}`
      const at = (dy: number, high: number): Frame => frame(left + c * each, gap + i * row + dy, each - gap, high)
      if (id === 'master.eq.on') return [] // stands beside its bands
      if (c < 3) return [toggle(id, titles[c]!, at(0, row - gap), c === 0 ? theme.on : theme.solo)]
      return [label(`${id} label`, titles[c]!, at(0, 18), 12), words(id, at(18, 24), 16)]
    }),
  ])
}

function spectrum(source: Source, total: number, tall: number): Widget[] {
  const bands = Array.from({ length: 64 }, (_, i) => `master.meter.band.${i + 1}.levelDb`).filter((id) => {
    const entry = source.desk.registry.byId.get(id)
    return entry !== undefined && isMeter(entry)
  })
  const each = (total - 2 * gap) / bands.length
  const top = 72
  const hz = (i: number): string => {
    const centre = 1000 * 10 ** ((i - 17) / 10)
    return centre < 1000 ? String(Math.round(centre)) : `${Number((centre / 1000).toPrecision(2))}k`
  }
  const on = source.desk.registry.byId.get('master.spectrum.on')
  return [
    ...(on && isParam(on) ? [toggle('master.spectrum.on', 'SPECTRUM ON', frame(gap, 8, 180, 56), theme.on)] : []),
    ...bands.map((id, i) => meter(id, frame(gap + i * each + 2, top, each - 4, tall - top - 32))),
    ...bands.map((id, i) => label(`${id} label`, hz(i), frame(gap + i * each, tall - 28, each, 20), 10)),
  ]
}
