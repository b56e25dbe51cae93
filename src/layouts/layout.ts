// What a tablet's layout is made of, before it is written for one app: pages of widgets, each with the address it shows and sets.

export const layoutApps = ['touchosc', 'open-stage-control'] as const
export type LayoutApp = (typeof layoutApps)[number]
export const layoutJobs = ['mix', 'master'] as const
export type LayoutJob = (typeof layoutJobs)[number]

/** In units of the layout's canvas, from the top left of the page it stands on. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Placed {
  /** Unique in the layout: the path of groups to it. */
  readonly id: string
  readonly frame: Frame
}

/** `#rrggbb` */
export type Rgb = string

export type Widget = Placed &
  (
    | {
        /** Sends and shows 0…1. It moves with the finger from where it stands, so that a touch makes no jump. */
        readonly kind: 'fader' | 'knob'
        readonly address: string
        readonly color: Rgb
        readonly isHorizontal?: boolean
        /** The bar begins in the middle. */
        readonly isCentred?: boolean
        /** 0…1 where a double tap takes it, where the app can do that. */
        readonly home: number
        /** Where it has even marks, how many parts they make of it. */
        readonly parts?: number
      }
    | { readonly kind: 'toggle'; readonly address: string; readonly label: string; readonly color: Rgb }
    /** Sends its arguments when it is pressed; nothing comes back. */
    | {
        readonly kind: 'push'
        readonly address: string
        readonly args: readonly (string | number)[]
        readonly label: string
        readonly color: Rgb
      }
    /** Shows 0…1. */
    | {
        readonly kind: 'meter'
        readonly address: string
        readonly color: Rgb
        readonly isHorizontal?: boolean
        readonly isCentred?: boolean
      }
    /** Shows a text, and the one that comes under its address if it has one. */
    | {
        readonly kind: 'text'
        readonly address?: string
        readonly text: string
        readonly size: number
        readonly align?: 'left' | 'center' | 'right'
        readonly color?: Rgb
        readonly background?: Rgb
      }
    | { readonly kind: 'pages'; readonly pages: readonly Page[] }
  )

export interface Page {
  readonly label: string
  readonly widgets: readonly Widget[]
}

export interface Layout {
  readonly name: string
  readonly job: LayoutJob
  readonly width: number
  readonly height: number
  readonly widgets: readonly Widget[]
}

/** The height of the tabs of a widget of pages; their frames begin below. */
export const tabHeight = 44

/** Smaller than this a finger does not hit it. */
export const fingerSize = 40

export const theme = {
  background: '#16181d',
  page: '#1d2026',
  control: '#3a3f4a',
  text: '#e8eaed',
  dim: '#9aa0a6',
  level: '#4c8dff',
  meter: '#34c759',
  mute: '#ff453a',
  solo: '#ffd60a',
  on: '#0a84ff',
} as const

/** Colours of strips by their names. */
export const channelColors: Readonly<Record<string, Rgb>> = {
  off: theme.control,
  red: '#c8413b',
  green: '#2f9e57',
  yellow: '#b8930f',
  blue: '#2f6fd6',
  magenta: '#b4489f',
  cyan: '#1f93a6',
  white: '#8d939c',
}

/** Every widget, with those on pages. */
export function* widgetsOf(widgets: readonly Widget[]): Generator<Widget> {
  for (const widget of widgets) {
    yield widget
    if (widget.kind === 'pages') for (const page of widget.pages) yield* widgetsOf(page.widgets)
  }
}
