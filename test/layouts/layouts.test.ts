// Layouts: what they show is on the desk, lies where a finger finds it, and comes back as it was set; the files are what is generated.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { plainDesk, readDeskText } from '../../src/config/desk-file.js'
import {
  type Frame,
  fingerSize,
  type Layout,
  layoutApps,
  layoutJobs,
  tabHeight,
  type Widget,
  widgetsOf,
} from '../../src/layouts/layout.js'
import { defaultLayoutOptions, designLayout, makeLayout } from '../../src/layouts/make-layout.js'
import { inflateTouchOsc } from '../../src/layouts/touch-osc.js'
import { contentOf, readyLayouts } from '../../src/layouts/write-ready.js'
import { AddressSpace, scopeOf } from '../../src/osc/address-space.js'
import { decode, isBundle, type OscMessage, type OscPacket } from '../../src/osc/decode.js'
import { encodeMessage } from '../../src/osc/encode.js'
import { createOscServer } from '../../src/osc/server.js'
import { shownOf } from '../../src/osc/tablet-feedback.js'
import { tabletJobs } from '../../src/osc/tablet-jobs.js'
import { actionAddress, actionNames } from '../../src/params/actions.js'
import { defaultTopology, isMeter, isParam, isText } from '../../src/params/registry.js'
import { ParameterStore } from '../../src/params/store.js'
import { normOfMeter } from '../../src/params/value.js'
import { testDesk } from '../osc/desk.js'

const root = join(fileURLToPath(import.meta.url), '../../..')

const desks = {
  default: plainDesk(defaultTopology),
  small: readDeskText(
    'desk.yaml',
    'strips: [{name: "Kick ]]> & <drum>", color: red}, {name: Süße Gitarre, color: blue, stereo: true}]\nbuses: 1\ndcas: 0\nfx: 0',
  ),
  huge: plainDesk({ ...defaultTopology, stripStereo: Array.from({ length: 70 }, (_, i) => i % 3 === 0), busCount: 3 }),
}
const cases = Object.entries(desks).flatMap(([name, desk]) =>
  layoutJobs.flatMap((job) => (name === 'default' ? [4, 8, 16] : [8]).map((columns) => ({ name, desk, job, columns }))),
)

const controls = (layout: Layout): Widget[] => [...widgetsOf(layout.widgets)]
const isTouched = ({ kind }: Widget): boolean => ['fader', 'knob', 'toggle', 'push'].includes(kind)

describe.each(cases)('$job for the $name desk, $columns columns', ({ desk, job, columns }) => {
  const options = { ...defaultLayoutOptions, job, columns }
  const layout = designLayout(desk, options)
  const space = new AddressSpace(desk.registry)

  it('shows what is there, each kind of control what it can show', () => {
    const wrong = controls(layout).filter((widget) => {
      if (widget.kind === 'pages' || (widget.kind === 'text' && widget.address === undefined)) return false
      const address = widget.address ?? ''
      if (widget.kind === 'push') return address !== '/tablet/hello' && !actionNames.map(actionAddress).includes(address)
      const scope = scopeOf(address)
      const entry = space.find(scope)
      if (!entry) return true
      if (widget.kind === 'toggle') return scope.view !== 'plain' || !isParam(entry) || entry.spec.kind !== 'bool'
      if (widget.kind === 'meter') return scope.view !== 'norm' || !isMeter(entry) || normOfMeter(entry, 0) === undefined
      if (widget.kind === 'text') return !(isText(entry) || scope.view === 'text')
      return scope.view !== 'norm' || !isParam(entry) || entry.spec.kind !== 'number'
    })
    expect(wrong.map(({ id }) => id)).toEqual([])
    expect(controls(layout).filter(isTouched).length).toBeGreaterThan(15)
  })

  it('shows nothing that its job does not tell', () => {
    const told = new Set(shownOf(space, tabletJobs[job]).map(({ entry, view }) => `${view} ${entry.id}`))
    const untold = controls(layout).filter((widget) => {
      if (widget.kind === 'pages' || widget.kind === 'push' || widget.address === undefined) return false
      const scope = scopeOf(widget.address)
      return !told.has(`${scope.view} ${space.find(scope)?.id}`)
    })
    expect(untold.map(({ id }) => id)).toEqual([])
  })

  it('says each id and each address once', () => {
    const ids = controls(layout).map(({ id }) => id)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    const addresses = controls(layout).flatMap((widget) => ('address' in widget && widget.address ? [widget.address] : []))
    expect(addresses.filter((address, i) => addresses.indexOf(address) !== i)).toEqual([])
  })

  it('lies inside its page, beside the others, large enough for a finger', () => {
    const wrong: string[] = []
    const look = (widgets: readonly Widget[], width: number, height: number): void => {
      for (const [i, widget] of widgets.entries()) {
        const { x, y, width: w, height: h } = widget.frame
        if (x < -0.01 || y < -0.01 || x + w > width + 0.01 || y + h > height + 0.01) wrong.push(`${widget.id} is outside`)
        for (const other of widgets.slice(i + 1))
          if (overlap(widget.frame, other.frame)) wrong.push(`${widget.id} lies on ${other.id}`)
        if (isTouched(widget) && columns <= 8 && Math.min(w, h) < fingerSize) wrong.push(`${widget.id} is too small`)
        if (widget.kind === 'pages') for (const page of widget.pages) look(page.widgets, w, h - tabHeight)
      }
    }
    look(layout.widgets, layout.width, layout.height)
    expect(wrong).toEqual([])
  })
})

describe.each(cases.filter(({ columns }) => columns === 8))('$job for the $name desk', ({ desk, job, columns }) => {
  const options = { ...defaultLayoutOptions, job, columns }
  const layout = designLayout(desk, options)

  it('is a .tosc of well-formed XML with ids of their own, and the same addresses', () => {
    const xml = inflateTouchOsc(makeLayout('touchosc', desk, options))
    const nodes = readXml(xml)
    const ids = nodes.filter(({ name }) => name === 'node').map(({ attributes }) => attributes.ID ?? '')
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const paths = [...xml.matchAll(/<path><partial><type>CONSTANT<\/type>.*?CDATA\[(.*?)\]\]>/g)].map(([, path]) => path)
    expect(paths.sort()).toEqual(addressesOf(layout))
    expect(xml).toContain(`value = '${job}'`)
  })

  it('is a session of Open Stage Control with ids of their own, and the same addresses', () => {
    const session = JSON.parse(Buffer.from(makeLayout('open-stage-control', desk, options)).toString('utf8'))
    expect(session).toMatchObject({ createdWith: 'Open Stage Control', type: 'session', content: { type: 'root' } })
    const all = jsonWidgets(session.content)
    const ids = all.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(all.flatMap(({ address }) => (address ? [address] : [])).sort()).toEqual(addressesOf(layout))
    for (const { left, width, top, height } of all.filter((one) => one.left !== undefined)) {
      expect(Number.parseFloat(left!) + Number.parseFloat(width!)).toBeLessThanOrEqual(100.01)
      expect(Number.parseFloat(top!) + Number.parseFloat(height!)).toBeLessThanOrEqual(100.01)
    }
  })
})

describe.each(layoutJobs)('every control of %s', (job) => {
  it.each([0, 0.3, 0.8, 1])('set to %d comes to another tablet as it was set', async (position) => {
    const desk = desks.default
    const layout = designLayout(desk, { ...defaultLayoutOptions, job })
    const base = testDesk().desk
    const store = new ParameterStore(desk.registry, desk.values, desk.texts, { set: () => {}, setText: () => {} })
    const server = createOscServer({ ...base, store })
    const heard = new Map<string, unknown>()
    const failed: unknown[] = []
    server.outgoing$.subscribe(({ bytes, to }) => {
      for (const { address, args } of messagesIn(decode(bytes)))
        if (address === '/error') failed.push(args[0])
        else if (to.port === 2) heard.set(address, args[0])
    })
    store.changes$.subscribe(server.changed)
    const say = (port: number, address: string, value: number | string): void =>
      server.receive({
        bytes: encodeMessage(address, [{ type: typeof value === 'string' ? 's' : 'f', value }]),
        from: { address: '10.0.0.1', port },
      })
    const idle = async (): Promise<void> => {
      do await new Promise(setImmediate)
      while (server.pending() > 0)
    }
    say(2, '/tablet/hello', job)
    await idle()
    let nowMs = performance.now()
    const tick = (count: number): void => {
      for (const end = nowMs + 50 * count; nowMs < end; nowMs += 50) server.tend(nowMs)
    }
    tick(20)
    heard.clear()
    const set = controls(layout).flatMap((widget) =>
      widget.kind === 'fader' || widget.kind === 'knob'
        ? [{ address: widget.address, value: position }]
        : widget.kind === 'toggle'
          ? [{ address: widget.address, value: Math.round(position) }]
          : [],
    )
    // Away from where it is first, so that all of it is a change.
    for (const away of [0.55, undefined])
      for (const { address, value } of set) say(1, address, away === undefined ? value : value === 1 ? 0 : value === 0 ? 1 : away)
    await idle()
    tick(40)
    expect(failed).toEqual([])
    const wrong = set.filter(({ address, value }) => Math.abs(Number(heard.get(address)) - value) > 1e-5)
    expect(wrong.map(({ address }) => [address, heard.get(address)])).toEqual([])
    expect(set.length).toBeGreaterThan(30)
    server.close()
  })
})

it('has a switch for the bypass of the chain and of each of its stages, and its job tells of it', () => {
  const { registry } = desks.default
  const bypasses = registry.params.map(({ id }) => id).filter((id) => /^master\..*\.bypass$/.test(id))
  expect(bypasses.length).toBeGreaterThan(3)
  const shown = controls(designLayout(desks.default, { ...defaultLayoutOptions, job: 'master' }))
  const told = shownOf(new AddressSpace(registry), tabletJobs.master).map(({ entry }) => entry.id)
  for (const id of bypasses) {
    expect(shown.filter((widget) => widget.id === id)).toMatchObject([{ kind: 'toggle', address: `/${id.replaceAll('.', '/')}` }])
    expect(told).toContain(id)
  }
})

it.each(readyLayouts())('$path is what npm run generate writes', ({ path, bytes }) => {
  expect(contentOf(path, readFileSync(join(root, path))) === contentOf(path, bytes)).toBe(true)
})

it('does not inflate what is made to burst', () => {
  expect(() => inflateTouchOsc(deflateSync(Buffer.alloc(65 * 2 ** 20)))).toThrow(/larger than/)
  expect(() => inflateTouchOsc(Buffer.from('no zlib'))).toThrow()
  expect(layoutApps).toHaveLength(2)
})

function overlap(a: Frame, b: Frame): boolean {
  const apart = (start: number, size: number, other: number, otherSize: number): boolean =>
    start + size <= other + 0.01 || other + otherSize <= start + 0.01
  return !apart(a.x, a.width, b.x, b.width) && !apart(a.y, a.height, b.y, b.height)
}

const addressesOf = (layout: Layout): string[] =>
  controls(layout)
    .flatMap((widget) => ('address' in widget && widget.address ? [widget.address] : []))
    .sort()

interface JsonWidget {
  readonly id: string
  readonly address?: string
  readonly left?: string
  readonly top?: string
  readonly width?: string
  readonly height?: string
  readonly widgets?: readonly JsonWidget[]
  readonly tabs?: readonly JsonWidget[]
}

const jsonWidgets = (widget: JsonWidget): JsonWidget[] => [
  widget,
  ...[...(widget.widgets ?? []), ...(widget.tabs ?? [])].flatMap(jsonWidgets),
]

const messagesIn = (packet: OscPacket | string): OscMessage[] => {
  if (typeof packet === 'string') throw new Error(packet)
  return isBundle(packet) ? packet.elements.flatMap(messagesIn) : [packet]
}

/** The elements of XML that is well-formed; throws where it is not. */
function readXml(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = []
  const open: string[] = []
  const syntax = /<!\[CDATA\[([\s\S]*?)\]\]>|<\?[^?]*\?>|<\/(\w+)>|<(\w+)((?: \w+='[^'<&]*')*)>|([^<&\p{Cc}]+)|([\s\S])/gu
  for (const [, cdata, close, name, attributes = '', , stray] of xml.matchAll(syntax)) {
    if (stray !== undefined) throw new Error(`"${stray}" in ${open.join('/')}`)
    if (cdata !== undefined && /[^\P{Cc}\n\t]/u.test(cdata)) throw new Error(`a control character in ${cdata}`)
    if (close !== undefined && open.pop() !== close) throw new Error(`</${close}> in ${open.join('/')}`)
    if (name === undefined) continue
    open.push(name)
    found.push({
      name,
      attributes: Object.fromEntries([...attributes.matchAll(/(\w+)='([^']*)'/g)].map(([, key, value]) => [key, value])),
    })
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> without its end`)
  return found
}
