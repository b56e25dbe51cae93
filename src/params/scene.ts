// What scenes leave alone, and which one is in force.
import { type Kind, usualKinds } from './kinds.js'
import { type BoolSpec, bool, text } from './spec.js'

/** Of a strip, bus, DCA, effect or the master: recalls leave all of it alone. */
export const recallSafe = bool('Recall safe: scenes leave it alone')

const what: Record<(typeof usualKinds)[number], string> = {
  names: 'names and colours',
  inputs: 'inputs, trims, polarity and delays',
  eq: 'EQ and high-pass',
  mastering: 'the mastering chain',
  dynamics: 'gates, compressors and limiter',
  automix: 'automix',
  sends: 'sends',
  pans: 'pan and width',
  faders: 'faders',
  mutes: 'mutes and mute groups',
  groups: 'members of DCAs and mute groups',
  routing: 'bus outputs, output patch and pan law',
  fx: 'effects',
}

/** No scene has this name. */
export const noScene = '–'

export const scene = {
  current: text('Scene recalled or stored last', noScene),
  safe: Object.fromEntries(usualKinds.map((kind) => [kind, bool(`Scenes leave alone: ${what[kind]}`)])) as Record<Kind, BoolSpec>,
}
