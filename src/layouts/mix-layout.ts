// The layout to mix on: banks of strips, buses, DCAs and mute groups, sends, and the master.
import type { Desk } from '../config/desk-file.js'
import { type Layout, type Page, tabHeight, theme, type Widget } from './layout.js'
import {
  addressOf,
  channelColumn,
  columnFader,
  faderScale,
  frame,
  masterColumn,
  masterWidth,
  normOf,
  Source,
  toggle,
} from './parts.js'

const width = 1180
const height = 820
const scaleWidth = 34

export function mixLayout(desk: Desk, columns: number): Layout {
  const source = new Source(desk)
  const { stripStereo, busCount, dcaCount } = desk.registry.topology
  const all = frame(0, 0, width - masterWidth, height)
  const page = { width: all.width, height: all.height - tabHeight }
  const banks = (kind: string, count: number, name: string, size: Size = page): Page[] =>
    inBanks(count, columns).map((bank) => ({
      label:
        count <= columns && name ? `${name}s`.replace('Buss', 'Buses') : `${name ? `${name} ` : ''}${bank[0]}–${bank.at(-1)}`,
      widgets: channelBank(
        source,
        bank.map((n) => `${kind}.${n}`),
        columns,
        size,
      ),
    }))
  const pages: Page[] = [
    ...stripPages(banks, stripStereo.length, page),
    ...banks('bus', busCount, 'Bus'),
    ...(dcaCount > 0 ? banks('dca', dcaCount, 'DCA') : []),
    { label: 'Mutes', widgets: muteGroups(source, page) },
    { label: 'Sends', widgets: [sends(source, columns, page)] },
  ]
  return {
    name: 'deskd mix',
    job: 'mix',
    width,
    height,
    widgets: [{ kind: 'pages', id: 'banks', frame: all, pages }, ...masterColumn(source, 'mix', all.width, height)],
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** More tabs than this no finger tells apart. */
const mostBanks = 8

/** Banks of strips, where there are many in groups of banks. */
function stripPages(
  banks: (kind: string, count: number, name: string, size?: Size) => Page[],
  count: number,
  page: Size,
): Page[] {
  const inside = { width: page.width, height: page.height - tabHeight }
  const all = banks('strip', count, '')
  if (all.length <= mostBanks) return all
  const lower = banks('strip', count, '', inside)
  return inBanks(lower.length, mostBanks).map((numbers) => {
    const some = numbers.map((n) => lower[n - 1]!)
    const [first, last] = [some[0]!.label.split('–')[0], some.at(-1)!.label.split('–').at(-1)]
    return {
      label: `${first}–${last}`,
      widgets: [{ kind: 'pages', id: `strips ${first}`, frame: frame(0, 0, page.width, page.height), pages: some }],
    }
  })
}

const inBanks = (count: number, size: number): number[][] =>
  Array.from({ length: Math.ceil(count / size) }, (_, bank) =>
    Array.from({ length: Math.min(size, count - bank * size) }, (_, i) => bank * size + i + 1),
  )

function channelBank(source: Source, channels: readonly string[], columns: number, page: Size): Widget[] {
  const each = (page.width - scaleWidth) / columns
  const name = channels[0] ?? ''
  return [
    ...faderScale(`${name} scale`, 2, scaleWidth - 4, columnFader(scaleWidth, each, page.height)),
    ...channels.flatMap((channel, i) => channelColumn(source, channel, scaleWidth + i * each, each, page.height)),
  ]
}

function muteGroups(source: Source, page: Size): Widget[] {
  const groups = Array.from({ length: 64 }, (_, i) => `muteGroup.${i + 1}`).filter((group) => source.has(`${group}.on`))
  const [across, gap] = [4, 16]
  const each = (page.width - gap) / across - gap
  return groups.flatMap((group, i) => {
    const [x, y] = [gap + (i % across) * (each + gap), 24 + Math.floor(i / across) * 160]
    return [
      {
        kind: 'text',
        id: `${group}.name`,
        frame: frame(x, y, each, 28),
        address: addressOf(`${group}.name`),
        text: source.text(`${group}.name`),
        size: 15,
      },
      toggle(`${group}.on`, 'MUTE', frame(x, y + 32, each, 88), theme.mute),
    ] satisfies Widget[]
  })
}

/** A page a bus, on it the strips in two rows. */
function sends(source: Source, columns: number, page: Size): Widget {
  const { stripStereo, busCount } = source.desk.registry.topology
  const buses = { width: page.width, height: page.height - tabHeight }
  const bank = { width: buses.width, height: buses.height - tabHeight }
  const ofBus = (bus: number): Widget => ({
    kind: 'pages',
    id: `sends to ${bus}`,
    frame: frame(0, 0, buses.width, buses.height),
    pages: inBanks(stripStereo.length, 2 * columns).map((strips) => ({
      label: `${strips[0]}–${strips.at(-1)}`,
      widgets: strips.flatMap((strip, i) => send(source, strip, bus, i, columns, bank)),
    })),
  })
  return {
    kind: 'pages',
    id: 'sends',
    frame: frame(0, 0, page.width, page.height),
    pages: Array.from({ length: busCount }, (_, i) => ({ label: source.text(`bus.${i + 1}.name`), widgets: [ofBus(i + 1)] })),
  }
}

function send(source: Source, strip: number, bus: number, i: number, columns: number, page: Size): Widget[] {
  const [each, rowHeight, gap] = [page.width / columns, page.height / 2, 6]
  const [x, y] = [(i % columns) * each + gap, Math.floor(i / columns) * rowHeight + gap]
  const id = `strip.${strip}.send.${bus}.levelDb`
  return [
    {
      kind: 'text',
      id: `${id} name`,
      frame: frame(x, y, each - 2 * gap, 24),
      // Not under its address: a message to hundreds of labels at once is what tablets are slow at.
      text: source.text(`strip.${strip}.name`),
      size: 13,
      background: source.color(`strip.${strip}.color`),
    },
    {
      kind: 'fader',
      id,
      frame: frame(x, y + 28, each - 2 * gap, rowHeight - 2 * gap - 28),
      address: normOf(id),
      color: theme.on,
      home: source.home(id),
      parts: 8,
    },
  ]
}
