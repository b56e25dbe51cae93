// What a surface should show: the wanted state of each control. A control that has none is dark.

export type Light = 'off' | 'on' | 'blink'

export type RingStyle = 'dot' | 'boostCut' | 'wrap' | 'spread'

/** Names of colours that a desk knows; a driver takes the nearest that its hardware has. */
export type ColorName = 'off' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white'

export type Look =
  /** Where a fader or pot should stand, 0…1 of its travel: a motor goes there, a plain one may get it as value feedback. */
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'light'; readonly light: Light; readonly color?: ColorName }
  /** A ring of LEDs round an encoder. `isCentred` asks for a mark that the value is at its centre or default. */
  | { readonly kind: 'ring'; readonly style: RingStyle; readonly position: number; readonly isCentred?: boolean }
  /** One string a row; a driver cuts, pads and transliterates to what its display can show. */
  | { readonly kind: 'text'; readonly rows: readonly string[] }
  /** A level in dBFS; the driver knows its scale and decay. `isClipped` is its overload light. */
  | { readonly kind: 'meter'; readonly levelDb: number; readonly isClipped: boolean }
  | { readonly kind: 'color'; readonly color: ColorName }

export type Looks = ReadonlyMap<string, Look>

export function sameLook(a: Look | undefined, b: Look | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  switch (a.kind) {
    case 'position':
      return b.kind === 'position' && a.position === b.position
    case 'light':
      return b.kind === 'light' && a.light === b.light && a.color === b.color
    case 'ring':
      return b.kind === 'ring' && a.position === b.position && a.style === b.style && a.isCentred === b.isCentred
    case 'text':
      return b.kind === 'text' && a.rows.length === b.rows.length && a.rows.every((row, i) => row === b.rows[i])
    case 'meter':
      return b.kind === 'meter' && a.levelDb === b.levelDb && a.isClipped === b.isClipped
    case 'color':
      return b.kind === 'color' && a.color === b.color
  }
}
