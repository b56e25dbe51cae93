// What a desk can be told to do that is no parameter: the one list that OSC, mappings and the command line go by.

export type ActionArg = 'text' | 'number' | 'name or number'

export interface ActionSpec {
  readonly label: string
  /** What it takes, in order; with `?` it may be left out. */
  readonly args: readonly (ActionArg | `${ActionArg}?`)[]
}

const action = (label: string, ...args: ActionSpec['args']): ActionSpec => ({ label, args })

/** The OSC address of an action is its name with slashes: `/transport/play`. */
export const actionSpecs = {
  'transport.play': action('Play'),
  'transport.stop': action('Stop'),
  'transport.toggle': action('Play, or stop what plays'),
  'transport.locate': action('Go to a position in s', 'number'),
  'transport.move': action('Go on or back by s', 'number'),
  'transport.record': action('Record; stop a recording that runs', 'text?'),
  'transport.recordStop': action('Stop recording'),
  'transport.marker': action('Set a marker here', 'text?'),
  'transport.clearMarkers': action('Clear all markers'),
  'transport.nextMarker': action('Go to the next marker'),
  'transport.previousMarker': action('Go to the marker before'),
  'transport.toMarker': action('Go to a marker', 'name or number'),
  'transport.nextSong': action('Go to the next song'),
  'transport.previousSong': action('Go to the song before'),
  'transport.toSong': action('Go to a song', 'name or number'),
  'tempo.tap': action('Tap tempo'),
  'meters.reset': action('Reset clip counts and integrated loudness'),
  'solo.clear': action('Clear all solos'),
  'scene.recall': action('Recall a scene', 'name or number'),
  'scene.store': action('Store a scene', 'name or number?'),
  'scene.next': action('Recall the next scene'),
  'scene.previous': action('Recall the scene before'),
  'edit.undo': action('Undo'),
  'edit.redo': action('Redo'),
} as const satisfies Record<string, ActionSpec>

export type ActionName = keyof typeof actionSpecs

export const isActionName = (name: string): name is ActionName => Object.hasOwn(actionSpecs, name)
