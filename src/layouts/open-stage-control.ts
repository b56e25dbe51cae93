// A layout as a session of Open Stage Control: JSON of widgets, placed in parts of their container so that it fits every screen.
import { type Frame, type Layout, type Page, tabHeight, theme, type Widget } from './layout.js'
import { faderMarks } from './parts.js'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type JsonWidget = { readonly [key: string]: Json }

/** Numbers of a fader that are sent: two, its default, are steps of .4 dB. */
const decimals = 5

export function openStageControlSession({ name, job, width, height, widgets }: Layout): string {
  const root: JsonWidget = {
    type: 'root',
    id: 'root',
    comments: `${name}: start with --send HOST:9000`,
    colorBg: theme.background,
    colorText: theme.text,
    colorWidget: theme.level,
    padding: 2,
    hideMenu: false,
    // Scripts may only send when a hand began it: whatever is touched first says hello.
    onTouch: `if (event.type === 'start') send('/tablet/here', '${job}')`,
    widgets: widgets.map((widget) => widgetJson(widget, { width, height })),
    tabs: [],
  }
  const session = JSON.stringify({ createdWith: 'Open Stage Control', version: '1.30.1', type: 'session', content: root })
  // A widget a line: short, and yet it diffs.
  return `${session.replaceAll('{"type":', '\n{"type":')}\n`
}

interface Size {
  readonly width: number
  readonly height: number
}

function placed(id: string, { x, y, width, height }: Frame, of: Size): JsonWidget {
  const share = (part: number, whole: number): string => `${Number(((100 * part) / whole).toFixed(3))}%`
  return {
    id,
    left: share(x, of.width),
    top: share(y, of.height),
    width: share(width, of.width),
    height: share(height, of.height),
  }
}

function widgetJson(widget: Widget, container: Size): JsonWidget {
  const at = placed(widget.id, widget.frame, container)
  switch (widget.kind) {
    case 'fader':
      return {
        type: 'fader',
        ...at,
        address: widget.address,
        colorWidget: widget.color,
        horizontal: widget.isHorizontal ?? false,
        pips: widget.parts !== undefined,
        range: widget.parts === undefined ? { min: 0, max: 1 } : marks,
        origin: widget.isCentred ? 0.5 : 'auto',
        default: widget.home,
        doubleTap: true,
        decimals,
        typeTags: 'f',
      }
    case 'knob':
      return {
        type: 'knob',
        ...at,
        address: widget.address,
        colorWidget: widget.color,
        mode: 'vertical',
        range: { min: 0, max: 1 },
        origin: widget.isCentred ? 0.5 : 'auto',
        default: widget.home,
        doubleTap: true,
        decimals,
        typeTags: 'f',
      }
    case 'meter':
      return {
        type: 'fader',
        ...at,
        address: widget.address,
        colorWidget: widget.color,
        horizontal: widget.isHorizontal ?? false,
        design: 'compact',
        range: { min: 0, max: 1 },
        origin: widget.isCentred ? 0.5 : 'auto',
        default: widget.isCentred ? 0.5 : 0,
        interaction: false,
        bypass: true,
      }
    case 'toggle':
      return {
        type: 'button',
        ...at,
        address: widget.address,
        colorWidget: widget.color,
        label: widget.label,
        mode: 'toggle',
        on: 1,
        off: 0,
        typeTags: 'i',
      }
    case 'push':
      return {
        type: 'button',
        ...at,
        address: widget.address,
        colorWidget: widget.color,
        label: widget.label,
        // Sends its argument, or none.
        ...(widget.args.length > 0 ? { mode: 'tap', on: widget.args[0]!, preArgs: widget.args.slice(1) } : { mode: 'momentary' }),
      }
    case 'text':
      return {
        type: 'text',
        ...at,
        ...(widget.address === undefined ? { bypass: true } : { address: widget.address }),
        default: widget.text,
        align: widget.align ?? 'center',
        colorText: widget.color ?? theme.text,
        ...(widget.background ? { colorFill: widget.background, alphaFillOff: 1 } : {}),
        interaction: false,
        css: `font-size: ${widget.size}px`,
      }
    case 'pages': {
      const inside = { width: widget.frame.width, height: widget.frame.height - tabHeight }
      return {
        type: 'panel',
        ...at,
        bypass: true,
        colorBg: theme.page,
        scroll: false,
        tabs: widget.pages.map((page, i) => tabJson(page, `${widget.id} ${i + 1}`, inside)),
      }
    }
  }
}

const tabJson = ({ label, widgets }: Page, id: string, size: Size): JsonWidget => ({
  type: 'tab',
  id,
  label,
  bypass: true,
  scroll: false,
  widgets: widgets.map((widget) => widgetJson(widget, size)),
})

/** The marks of the fader law, which lie on eighths. */
const marks: JsonWidget = Object.fromEntries(
  faderMarks.map((mark, i) => {
    const place = 1 - i / (faderMarks.length - 1)
    return [place === 1 ? 'max' : place === 0 ? 'min' : `${place * 100}%`, { [mark]: place }]
  }),
)
