// A layout as TouchOSC reads it: XML of nodes with properties, values and OSC messages, deflated.
import { createHash } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { type Frame, type Layout, type Page, type Rgb, tabHeight, theme, type Widget } from './layout.js'

/** A .tosc that inflates to more is not read. */
const mostInflatedBytes = 64 * 2 ** 20

export interface TouchOscOptions {
  /** The port on which TouchOSC is set to receive: it sends from another. */
  readonly replyPort: number
}

export const touchOscFile = (layout: Layout, options: TouchOscOptions): Uint8Array =>
  deflateSync(touchOscXml(layout, options), { level: 9 })

/** The XML of a .tosc file. Throws what zlib says of broken or too long ones. */
export const inflateTouchOsc = (bytes: Uint8Array): string =>
  inflateSync(bytes, { maxOutputLength: mostInflatedBytes }).toString('utf8')

export function touchOscXml({ name, width, height, job, widgets }: Layout, { replyPort }: TouchOscOptions): string {
  const root = node('GROUP', name, {
    properties: {
      ...common(name, { x: 0, y: 0, width, height }, theme.background),
      grabFocus: false,
      interactive: false,
      script: helloScript(job, replyPort),
    },
    children: widgets.map((widget) => widgetNode(widget, name)),
  })
  return `<?xml version='1.0' encoding='UTF-8'?><lexml version='3'>${root}</lexml>`
}

/** Says hello when the layout opens, and every ten seconds that it is still there. */
const helloScript = (job: string, replyPort: number): string => `local saidMs = nil

local function say(address)
  sendOSC({ address, { { tag = 's', value = '${job}' }, { tag = 'i', value = ${replyPort} } } })
  saidMs = getMillis()
end

function update()
  if saidMs == nil then
    say('/tablet/hello')
  elseif getMillis() - saidMs > 10000 then
    say('/tablet/here')
  end
end
`

type Property = string | boolean | Int | Float | Frame | Color
class Int {
  constructor(readonly value: number) {}
}
class Float {
  constructor(readonly value: number) {}
}
class Color {
  constructor(
    readonly rgb: Rgb,
    readonly alpha = 1,
  ) {}
}

const int = (value: number): Int => new Int(value)

interface Node {
  readonly properties: Readonly<Record<string, Property>>
  /** What it holds at the start, by name; `touch` is there in any case. */
  readonly values?: Readonly<Record<string, string>>
  readonly messages?: readonly string[]
  readonly children?: readonly string[]
}

const styles = { full: int(0), corner: int(1), edges: int(2) }
const rectangle = int(1)
const circle = int(2)

const common = (name: string, frame: Frame, color: Rgb): Record<string, Property> => ({
  background: true,
  color: new Color(color),
  cornerRadius: new Float(2),
  frame,
  grabFocus: true,
  interactive: true,
  locked: false,
  name,
  orientation: int(0),
  outline: true,
  outlineStyle: styles.corner,
  pointerPriority: int(0),
  shape: rectangle,
  visible: true,
})

/** East: a bar that grows to the right. */
const toTheRight = int(1)

function widgetNode(widget: Widget, parent: string): string {
  const path = `${parent}/${widget.id}`
  const base = common(widget.id, widget.frame, 'color' in widget && widget.color ? widget.color : theme.control)
  switch (widget.kind) {
    case 'fader':
      return node('FADER', path, {
        properties: {
          ...base,
          ...faderProperties(widget.isHorizontal, widget.isCentred),
          grid: widget.parts !== undefined,
          gridSteps: int(widget.parts ?? 1),
        },
        values: { x: String(widget.home) },
        messages: [message(widget.address, { value: 'x' })],
      })
    case 'meter':
      return node('FADER', path, {
        properties: {
          ...base,
          ...faderProperties(widget.isHorizontal, widget.isCentred),
          cursor: false,
          grid: false,
          gridSteps: int(1),
          interactive: false,
          grabFocus: false,
        },
        values: { x: widget.isCentred ? '0.5' : '0' },
        messages: [message(widget.address, { value: 'x', isShownOnly: true })],
      })
    case 'knob':
      return node('RADIAL', path, {
        properties: {
          ...base,
          centered: widget.isCentred ?? false,
          cursor: true,
          cursorDisplay: int(0),
          grid: true,
          gridSteps: int(10),
          inverted: false,
          outlineStyle: styles.full,
          ...relative,
          shape: circle,
        },
        values: { x: String(widget.home) },
        messages: [message(widget.address, { value: 'x' })],
      })
    case 'toggle':
      return labelled(widget.label, widget.frame, path, widget.id, (frame) =>
        node('BUTTON', path, {
          // 2: goes on and off as it is pressed.
          properties: { ...base, frame, ...buttonProperties, buttonType: int(2) },
          values: { x: '0' },
          messages: [message(widget.address, { value: 'x' })],
        }),
      )
    case 'push':
      return labelled(widget.label, widget.frame, path, widget.id, (frame) =>
        node('BUTTON', path, {
          properties: { ...base, frame, ...buttonProperties, buttonType: int(0) },
          values: { x: '0' },
          messages: [message(widget.address, { args: widget.args })],
        }),
      )
    case 'text':
      return textNode(widget, path)
    case 'pages':
      return node('PAGER', path, {
        properties: {
          ...base,
          grabFocus: false,
          outlineStyle: styles.full,
          tabLabels: true,
          tabbar: true,
          tabbarDoubleTap: false,
          tabbarSize: int(tabHeight),
          textSizeOff: int(14),
          textSizeOn: int(14),
          color: new Color(theme.page),
        },
        values: { page: '0' },
        children: widget.pages.map((page, i) => pageNode(page, i, widget.frame, path)),
      })
  }
}

/** Moves by what the finger moves: touched anywhere, nothing jumps. */
const relative = { response: int(1), responseFactor: int(100) }

const faderProperties = (isHorizontal = false, isCentred = false): Record<string, Property> => ({
  bar: true,
  // 1: the bar grows from the middle.
  barDisplay: int(isCentred ? 1 : 0),
  cursor: true,
  cursorDisplay: int(0),
  orientation: isHorizontal ? toTheRight : int(0),
  ...relative,
})

const buttonProperties = { press: true, release: true, valuePosition: false }

/** A button shows no words: a label lies on it, through which it is touched. */
function labelled(text: string, frame: Frame, path: string, id: string, button: (frame: Frame) => string): string {
  const inside = { ...frame, x: 0, y: 0 }
  return node('GROUP', `${path} group`, {
    properties: {
      ...common(`${id} group`, frame, theme.page),
      background: false,
      grabFocus: false,
      interactive: true,
      outline: false,
    },
    children: [
      button(inside),
      textNode(
        { kind: 'text', id: `${id} label`, frame: inside, text, size: text.length > 8 ? 12 : 15, color: theme.text },
        `${path} label`,
      ),
    ],
  })
}

function textNode(widget: Extract<Widget, { kind: 'text' }>, path: string): string {
  const { id, frame, text, size, align = 'center', color = theme.text, background, address } = widget
  return node('LABEL', path, {
    properties: {
      ...common(id, frame, background ?? theme.page),
      background: background !== undefined,
      font: int(0),
      grabFocus: false,
      interactive: false,
      outline: false,
      textAlignH: int({ left: 1, center: 2, right: 3 }[align]),
      textAlignV: int(2),
      textClip: true,
      textColor: new Color(color),
      textLength: int(0),
      textSize: int(size),
    },
    values: { text },
    messages: address === undefined ? [] : [message(address, { value: 'text', isShownOnly: true })],
  })
}

function pageNode({ label, widgets }: Page, i: number, { width, height }: Frame, parent: string): string {
  const path = `${parent}/page ${i + 1}`
  return node('GROUP', path, {
    properties: {
      ...common(label, { x: 0, y: tabHeight, width, height: height - tabHeight }, theme.page),
      grabFocus: false,
      interactive: false,
      outline: false,
      outlineStyle: styles.full,
      tabColorOff: new Color(theme.control),
      tabColorOn: new Color(theme.on),
      tabLabel: label,
      textColorOff: new Color(theme.text),
      textColorOn: new Color(theme.text),
    },
    children: widgets.map((widget) => widgetNode(widget, path)),
  })
}

function node(type: string, path: string, { properties, values = {}, messages = [], children = [] }: Node): string {
  const inOrder = <T>(of: Readonly<Record<string, T>>): [string, T][] => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `<node ID='${idOf(path)}' type='${type}'>`,
    `<properties>${inOrder(properties)
      .map(([key, value]) => propertyXml(key, value))
      .join('')}</properties>`,
    `<values>${inOrder({ ...values, touch: 'false' })
      .map(([key, value]) => valueXml(key, value))
      .join('')}</values>`,
    messages.length > 0 ? `<messages>${messages.join('')}</messages>` : '',
    children.length > 0 ? `<children>${children.join('')}</children>` : '',
    '</node>',
  ].join('')
}

/** The same layout has the same ids: a UUID from its name (version 5, in a space of its own). */
function idOf(path: string): string {
  const hash = createHash('sha1').update(`deskd layout ${path}`).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** `]]>` would end it, and control characters are not XML. */
const cdata = (text: string): string => `<![CDATA[${text.replace(/[^\P{Cc}\n\t]/gu, ' ').replaceAll(']]>', ']] >')}]]>`

function propertyXml(key: string, value: Property): string {
  const [type, xml] = typedXml(value)
  return `<property type='${type}'><key>${cdata(key)}</key><value>${xml}</value></property>`
}

function typedXml(value: Property): [type: string, xml: string] {
  if (typeof value === 'string') return ['s', cdata(value)]
  if (typeof value === 'boolean') return ['b', value ? '1' : '0']
  if (value instanceof Int) return ['i', String(value.value)]
  if (value instanceof Float) return ['f', String(value.value)]
  if (value instanceof Color) {
    const [r, g, b] = [1, 3, 5].map((at) =>
      String(Math.round((Number.parseInt(value.rgb.slice(at, at + 2), 16) / 255) * 1e4) / 1e4),
    )
    return ['c', `<r>${r}</r><g>${g}</g><b>${b}</b><a>${value.alpha}</a>`]
  }
  const { x, y, width, height } = value
  // Edges are rounded, not sizes: neighbours stay neighbours.
  const [left, top] = [Math.round(x), Math.round(y)]
  return ['r', `<x>${left}</x><y>${top}</y><w>${Math.round(x + width) - left}</w><h>${Math.round(y + height) - top}</h>`]
}

function valueXml(key: string, value: string): string {
  return `<value><key>${cdata(key)}</key><locked>0</locked><lockedDefaultCurrent>${key === 'text' ? 1 : 0}</lockedDefaultCurrent><default>${cdata(value)}</default><defaultPull>0</defaultPull></value>`
}

interface MessageSpec {
  /** The value it carries. */
  readonly value?: 'x' | 'text'
  /** Constants instead of a value: sent when it is pressed. */
  readonly args?: readonly (string | number)[]
  readonly isShownOnly?: boolean
}

/** Connection 1, no echo of what was received. */
function message(address: string, { value, args = [], isShownOnly = false }: MessageSpec): string {
  const trigger = isShownOnly
    ? ''
    : `<trigger><var>${cdata(value ?? 'x')}</var><condition>${value ? 'ANY' : 'RISE'}</condition></trigger>`
  const carried = value
    ? [partial('VALUE', value === 'text' ? 'STRING' : 'FLOAT', value)]
    : args.map((arg) => partial('CONSTANT', typeof arg === 'number' ? 'INTEGER' : 'STRING', String(arg)))
  return [
    '<osc><enabled>1</enabled>',
    `<send>${isShownOnly ? 0 : 1}</send><receive>${value ? 1 : 0}</receive><feedback>0</feedback><connections>00001</connections>`,
    `<triggers>${trigger}</triggers>`,
    `<path>${partial('CONSTANT', 'STRING', address)}</path>`,
    `<arguments>${carried.join('')}</arguments>`,
    '</osc>',
  ].join('')
}

const partial = (type: string, conversion: string, value: string): string =>
  `<partial><type>${type}</type><conversion>${conversion}</conversion><value>${cdata(value)}</value><scaleMin>0</scaleMin><scaleMax>1</scaleMax></partial>`
