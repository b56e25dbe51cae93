// What scenes tell apart: every parameter is of one kind, by its id.

/** In this order; the first pattern that fits says the kind. */
const patterns = {
  scene: /^scene\.|\.recallSafe$/,
  transport: /^transport\.|\.arm$/,
  talkback: /^talkback\.|\.talkback$/,
  oscillator: /^oscillator\.|\.oscillator$/,
  monitor:
    /^(monitor|analyser)\.|\.(solo|soloSafe|keyListen)$|\.(spectrum|ballistics)\.|^master\..*\.(bypass|delta|matchLevels|listen)$/,
  names: /\.(name|color)$/,
  fx: /^fx\./,
  routing: /^(desk|output)\.|^bus\.\d+\.output$/,
  sends: /\.send\.\d+\./,
  automix: /\.automix\./,
  eq: /\.(eq|hpf)\./,
  mastering: /^master\.(?!eq\.|limiter\.)\w+\./,
  dynamics: /\.(gate|comp|limiter)\.|\.order$/,
  groups: /^(strip|bus)\.\d+\.(dca|muteGroup)\.\d+$/,
  mutes: /\.mute$|^muteGroup\.\d+\.on$/,
  faders: /\.faderDb$/,
  pans: /\.(pan|panMode|widthPercent)$/,
  inputs: /^strip\.\d+\.(input|trimDb|polarity|polarityLeft|polarityRight|delayMs|stereoMode)$/,
} as const

export type Kind = keyof typeof patterns

export const kinds = Object.keys(patterns) as Kind[]

/** What scenes hold unless they are told otherwise. */
export const usualKinds = [
  'names',
  'inputs',
  'eq',
  'mastering',
  'dynamics',
  'automix',
  'sends',
  'pans',
  'faders',
  'mutes',
  'groups',
  'routing',
  'fx',
] as const satisfies readonly Kind[]

const known = new Map<string, Kind | undefined>()

/** The kind of an id of a parameter or text; undefined for one that is in no pattern, which none may be. */
export function kindOf(id: string): Kind | undefined {
  if (!known.has(id))
    known.set(
      id,
      kinds.find((kind) => patterns[kind].test(id)),
    )
  return known.get(id)
}
