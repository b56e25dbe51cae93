// Does what a desk can be told to do, for whoever tells it: OSC, a surface, the command line.
import { join } from 'node:path'
import type { EventRing } from '../engine/event-ring.js'
import type { Region } from '../engine/region.js'
import { DeskError } from '../errors.js'
import { type ActionName, type ArgValue, type RunAction, whyNot } from '../params/actions.js'
import type { History, Restored } from '../params/history.js'
import { entryOf, isParam } from '../params/registry.js'
import { clearSolos } from '../params/solo.js'
import type { Initiator, ParameterStore } from '../params/store.js'
import type { RecallOptions, Scenes } from '../scenes/scenes.js'
import type { ChainSnapshots } from './chain-snapshots.js'
import type { Recorder } from './recorder.js'
import { TapTempo } from './tap-tempo.js'
import type { Timeline } from './timeline.js'

export interface ActionParts {
  readonly store: ParameterStore
  readonly history: Pick<History, 'undo' | 'redo'>
  readonly region: Pick<Region, 'counter'>
  readonly ring: Pick<EventRing, 'act'>
  readonly recorder: Pick<Recorder, 'start' | 'stop' | 'state' | 'isExtra' | 'mark'>
  readonly timeline: Timeline
  readonly scenes: Pick<Scenes, 'recall' | 'step' | 'storeAs' | 'rename' | 'delete'>
  readonly snapshots: Pick<ChainSnapshots, 'keep' | 'recall'>
  /** Where takes with a name go. */
  readonly takesFolder: string
  /** What `--record` asked for. */
  readonly record: string | undefined
  readonly nowMs: () => number
}

type Run = (args: readonly ArgValue[], initiator: Initiator) => unknown

/** Gives what does every action of the catalogue. What an action changes, it changes in its own name, so that all hear of it. */
export function createActions(parts: ActionParts): RunAction {
  const { store, history, region, ring, recorder, timeline, scenes, snapshots, nowMs } = parts
  const tempo = entryOf(store.registry, 'transport.tempoBpm')
  const taps = new TapTempo()

  const stop = async (): Promise<void> => {
    ring.act('stop')
    if (recorder.isExtra(parts.record)) await recorder.stop()
  }
  const record = (name?: ArgValue): Promise<string> =>
    recorder.start(name === undefined ? undefined : join(parts.takesFolder, String(name)))

  const runs: Record<ActionName, Run> = {
    'transport.play': () => ring.act('play'),
    'transport.stop': stop,
    'transport.toggle': () => (region.counter('playing') === 0 ? ring.act('play') : stop()),
    'transport.locate': ([positionS = 0]) => timeline.locate(Number(positionS)),
    'transport.move': ([byS]) => timeline.move(Number(byS), nowMs()),
    'transport.record': ([name]) => (name === undefined && recorder.state().active ? recorder.stop() : record(name)),
    'transport.recordStart': ([name]) => record(name),
    'transport.recordStop': () => recorder.stop(),
    'transport.marker': ([name]) => recorder.mark(timeline.setMarker(name === undefined ? undefined : String(name))),
    'transport.clearMarkers': () => timeline.markers.clear(),
    'transport.nextMarker': () => timeline.toMarker({ by: 1 }),
    'transport.previousMarker': () => timeline.toMarker({ by: -1 }),
    'transport.toMarker': ([to]) => timeline.toMarker({ to: to! }),
    'transport.nextSong': () => timeline.toSong({ by: 1 }),
    'transport.previousSong': () => timeline.toSong({ by: -1 }),
    'transport.toSong': ([to]) => timeline.toSong({ to: to! }),
    'tempo.tap': () => {
      const bpm = taps.tap(nowMs())
      if (bpm !== undefined && isParam(tempo)) store.set(tempo, bpm, 'tempo.tap')
    },
    'meters.reset': () => ring.act('resetMeters'),
    'solo.clear': () => clearSolos(store, 'solo.clear'),
    'scene.recall': ([wanted, fadeS, scope]) => scenes.recall(wanted!, recallOptions(fadeS, scope), nowMs()),
    'scene.store': ([wanted, scope]) => scenes.storeAs(wanted, scope === undefined ? undefined : String(scope)),
    'scene.next': () => scenes.step(1, nowMs()),
    'scene.previous': () => scenes.step(-1, nowMs()),
    'scene.rename': ([wanted, to]) => scenes.rename(wanted!, String(to)),
    'scene.delete': ([wanted]) => scenes.delete(wanted!),
    'chain.store': ([slot]) => snapshots.keep(String(slot)),
    'chain.recall': ([slot]) => snapshots.recall(String(slot), nowMs()),
    'edit.undo': () => tell(history.undo(), 'undo'),
    'edit.redo': () => tell(history.redo(), 'redo'),
  }

  return (name, args, initiator) => {
    const wrong = whyNot(name, args)
    if (wrong) throw new DeskError('usage', wrong)
    const done = runs[name](args, initiator)
    return done instanceof Promise ? done : undefined
  }
}

const recallOptions = (fadeS?: ArgValue, scope?: ArgValue): RecallOptions => ({
  ...(fadeS === undefined ? {} : { fadeS: Number(fadeS) }),
  ...(scope === undefined ? {} : { scope: String(scope) }),
})

function tell(restored: Restored | undefined, what: string): void {
  if (!restored) throw new Error(`there is nothing to ${what}`)
  if (restored.refused.length > 0) throw new Error(`left as it is: ${restored.refused.join('; ')}`)
}
