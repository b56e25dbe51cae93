// What a desk can be told to do that is no parameter: the one list that OSC, mappings and the command line go by.
import type { Initiator } from './store.js'

export type ArgValue = number | string

/** One thing an action takes. */
export interface ArgSpec {
  readonly kind: 'text' | 'number' | 'name or number'
  readonly expected: string
  fits(value: ArgValue): boolean
}

const plainName = 'letters, digits, spaces and . _ - that does not start with a space or a dot'
const takeName = /^[\p{L}\p{N}_-][\p{L}\p{N} ._-]{0,62}$/u
const sceneNameBytes = 63

/** A scene is a file of this name: no slashes, no dot in front, and not a number alone, which is its number. */
export const isSceneName = (name: string): boolean =>
  takeName.test(name) && !/^\d+$|[ .]$/.test(name) && new TextEncoder().encode(name).length <= sceneNameBytes

export const mostScenes = 999
export const longestFadeS = 10
export const longestPositionS = 86400

const text = (expected: string, fits: (value: string) => boolean): ArgSpec => ({
  kind: 'text',
  expected,
  fits: (value) => typeof value === 'string' && fits(value),
})

const number = (min: number, max: number): ArgSpec => ({
  kind: 'number',
  expected: `seconds from ${min} to ${max}`,
  fits: (value) => typeof value === 'number' && value >= min && value <= max,
})

const argSpecs = {
  positionS: number(0, longestPositionS),
  moveS: number(-longestPositionS, longestPositionS),
  fadeS: number(0, longestFadeS),
  takeName: text(`a name of up to 63 ${plainName}`, (name) => takeName.test(name)),
  markerName: text('a name of 1 to 63 characters', (name) => name.length > 0 && name.length <= 63 && !/\p{Cc}/u.test(name)),
  place: {
    kind: 'name or number',
    expected: 'a number from 1, or a name',
    fits: (value) => typeof value === 'string' || Number.isInteger(value),
  },
  scene: {
    kind: 'name or number',
    expected: `a scene: its number from 1 to ${mostScenes}, or a name of up to ${sceneNameBytes} bytes of ${plainName}`,
    fits: (value) =>
      typeof value === 'string' && !/^\d+$/.test(value)
        ? isSceneName(value)
        : Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= mostScenes,
  },
  sceneName: text(`a name of up to ${sceneNameBytes} bytes of ${plainName}, and that is no number`, isSceneName),
  chainSlot: text('a letter from A to D', (slot) => /^[A-D]$/i.test(slot)),
  /** Words: kinds of parameters and channels; see scenes/scope.ts, which knows them. */
  scope: text('a scope such as faders,mutes,strip.1-8', (words) => words.length <= 1000),
} as const satisfies Record<string, ArgSpec>

export type ArgName = keyof typeof argSpecs

export interface ActionSpec {
  readonly label: string
  /** What it takes, in order; with `?` it may be left out. */
  readonly args: readonly (ArgName | `${ArgName}?`)[]
}

const action = (label: string, ...args: ActionSpec['args']): ActionSpec => ({ label, args })

/** The OSC address of an action is its name with slashes: `/transport/play`. */
export const actionSpecs = {
  'transport.play': action('Play'),
  'transport.stop': action('Stop'),
  'transport.toggle': action('Play, or stop what plays'),
  'transport.locate': action('Go to a position in s', 'positionS?'),
  'transport.move': action('Go on or back by s', 'moveS'),
  'transport.record': action('Record; without a name, stop a recording that runs', 'takeName?'),
  'transport.recordStart': action('Record, if none runs', 'takeName?'),
  'transport.recordStop': action('Stop recording'),
  'transport.marker': action('Set a marker here', 'markerName?'),
  'transport.clearMarkers': action('Clear all markers'),
  'transport.nextMarker': action('Go to the next marker'),
  'transport.previousMarker': action('Go to the marker before'),
  'transport.toMarker': action('Go to a marker', 'place'),
  'transport.nextSong': action('Go to the next song'),
  'transport.previousSong': action('Go to the song before'),
  'transport.toSong': action('Go to a song', 'place'),
  'tempo.tap': action('Tap tempo: 30 to 300 BPM, the mean of the last taps; 2 s without one begin anew'),
  'meters.reset': action('Reset clip counts and integrated loudness'),
  'solo.clear': action('Clear all solos'),
  'scene.recall': action('Recall a scene, over so many s, no more than this scope', 'scene', 'fadeS?', 'scope?'),
  'scene.store': action('Store a scene; without a name the current one, or a new one', 'scene?', 'scope?'),
  'scene.next': action('Recall the next scene'),
  'scene.previous': action('Recall the scene before'),
  'scene.rename': action('Rename a scene', 'scene', 'sceneName'),
  'scene.delete': action('Delete a scene', 'scene'),
  'chain.store': action('Store the mastering chain as snapshot A to D', 'chainSlot'),
  'chain.recall': action('Recall a snapshot of the mastering chain, at matched level', 'chainSlot'),
  'edit.undo': action('Undo'),
  'edit.redo': action('Redo'),
} as const satisfies Record<string, ActionSpec>

export type ActionName = keyof typeof actionSpecs

export const actionNames = Object.keys(actionSpecs) as ActionName[]

export const isActionName = (name: string): name is ActionName => Object.hasOwn(actionSpecs, name)

export const actionAddress = (name: ActionName): string => `/${name.replaceAll('.', '/')}`

/** What an action takes, in order. */
export const argsOf = (name: ActionName): (ArgSpec & { readonly isOptional: boolean })[] =>
  actionSpecs[name].args.map((arg) => ({ ...argSpecs[arg.replace('?', '') as ArgName], isOptional: arg.endsWith('?') }))

/** Why an action cannot be asked for with these arguments, in words; undefined where it can. */
export function whyNot(name: ActionName, args: readonly ArgValue[]): string | undefined {
  const specs = argsOf(name)
  if (args.length > specs.length) return `expected ${specs.length || 'no'} arguments, found ${args.length}`
  const wrong = specs.find(({ isOptional, fits }, i) => {
    const value = args[i]
    return value === undefined ? !isOptional : !fits(value)
  })
  return wrong && `expected ${wrong.expected}`
}

/** Does an action. Throws, or rejects, with the reason in words. */
export type RunAction = (name: ActionName, args: readonly ArgValue[], initiator: Initiator) => void | Promise<void>
