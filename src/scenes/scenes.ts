// Scenes of a running desk: stored, recalled at once or by a fade, one behind the other.
import { defaultSettings, type Settings } from '../config/desk-text.js'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { mostScenes } from '../params/actions.js'
import { busLoop, busOutputIndices, loopText } from '../params/bus-loop.js'
import type { History } from '../params/history.js'
import { type Kind, kindOf } from '../params/kinds.js'
import { isText, type Param, type TextParam } from '../params/registry.js'
import { noScene } from '../params/scene.js'
import { setTogether } from '../params/set-together.js'
import type { Change, ParameterStore } from '../params/store.js'
import { Fade } from './fade.js'
import { readScene, type Scene, type SceneHead, sceneText } from './scene-file.js'
import type { SceneEntry, SceneFolder } from './scene-folder.js'
import { readScope } from './scope.js'

/** Whose changes a recall's are: nobody's echo. */
const initiator = 'scene'

export interface RecallOptions {
  /** The scene's own unless said. */
  readonly fadeS?: number
  /** Words; no more than this of what the scene holds. */
  readonly scope?: string
}

export interface SceneState {
  /** The scene recalled or stored last; '' without one. */
  readonly current: string
  /** What is left of the fade that runs. */
  readonly fadeS: number
  /** What of the last recall this desk does not have or did not take, in words. */
  readonly leftOut: readonly string[]
}

export class Scenes {
  private fades: Fade[] = []
  private leftOut: readonly string[] = []
  private readonly current: TextParam
  /** One file at a time. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly folder: SceneFolder,
    private readonly store: ParameterStore,
    private readonly history: Pick<History, 'begin' | 'isHeld'>,
    private readonly sampleRateHz: number,
  ) {
    const current = store.registry.byId.get('scene.current')
    if (!current || !isText(current)) throw new Error('scene.current is missing')
    this.current = current
  }

  state(nowMs: number): SceneState {
    const leftMs = Math.max(0, ...this.fades.map((fade) => fade.leftMs(nowMs)))
    return { current: this.currentName(), fadeS: Math.round(leftMs) / 1000, leftOut: this.leftOut.slice(0, 10) }
  }

  /** Brings a scene back. Throws a DeskError, and then nothing has changed. */
  recall(wanted: string | number, options: RecallOptions, nowMs: number): void {
    this.bring(this.folder.find(wanted), options, nowMs)
  }

  /** Recalls the next scene, or the one before. Throws a DeskError where there is none. */
  step(by: 1 | -1, nowMs: number): void {
    const list = this.folder.list()
    const at = list.findIndex(({ name }) => name === this.currentName())
    const entry = at < 0 ? list.at(by === 1 ? 0 : -1) : list[at + by]
    if (!entry)
      throw new DeskError(
        'scene',
        at < 0 ? 'there are no scenes' : `${list[at]!.name} is the ${by === 1 ? 'last' : 'first'} scene`,
      )
    this.bring(entry, {}, nowMs)
  }

  /** Stores what everything stands at: over a scene, as a new one, or, without a name, over the current one. Gives its name. */
  storeAs(wanted?: string | number, scope?: string): Promise<string> {
    return this.next(async () => {
      const list = this.folder.list()
      const { name, head } = this.headFor(list, wanted)
      const text = sceneText(
        this.store.registry,
        this.settings(),
        scope === undefined ? head : { ...head, scope: readScope(scope) },
      )
      await this.folder.write(name, text)
      this.store.setText(this.current, name, initiator)
      log.info({ scene: name }, 'stored')
      return name
    })
  }

  rename(wanted: string | number, to: string): Promise<void> {
    return this.next(async () => {
      const { name } = this.folder.find(wanted)
      const taken = this.folder.list().find((entry) => entry.name === to.normalize('NFC'))
      if (taken) throw new DeskError('scene', `there is a scene ${JSON.stringify(taken.name)} already`)
      await this.folder.rename(name, to)
      if (this.currentName() === name) this.store.setText(this.current, to.normalize('NFC'), initiator)
    })
  }

  delete(wanted: string | number): Promise<void> {
    return this.next(async () => {
      const { name } = this.folder.find(wanted)
      await this.folder.delete(name)
      if (this.currentName() === name) this.store.setText(this.current, noScene, initiator)
    })
  }

  list(): SceneEntry[] {
    return this.folder.list()
  }

  /** Takes every change of the store: a hand on a parameter takes it from the fade. */
  changed(change: Change, nowMs: number): void {
    if (this.fades.length > 0 && 'param' in change && change.initiator !== initiator) this.touched(change.param, nowMs)
  }

  /** A finger lies on what moves this parameter. */
  touched(param: Param, nowMs: number): void {
    this.letGo((other) => other === param, nowMs)
  }

  /** Brings the fades on; called every 10 ms. */
  move(nowMs: number): void {
    if (this.fades.length === 0) return
    for (const fade of this.fades) this.set(fade.step(nowMs))
    this.fades = this.fades.filter((fade) => !fade.isOver)
  }

  private bring(entry: SceneEntry, { fadeS = entry.fadeS, scope }: RecallOptions, nowMs: number): void {
    const { registry } = this.store
    const scene = readScene(this.folder.path(entry.name), this.folder.read(entry.name), registry, this.sampleRateHz)
    const goals = this.goalsOf(scene, scope)
    this.checkRouting(entry.name, goals.params)
    this.letGo((param) => goals.params.has(param), nowMs)

    const standsAt = (param: Param): number => this.store.value(param)
    const changes = [...goals.params].filter(([param, goal]) => !Object.is(standsAt(param), goal))
    const fade = fadeS > 0 ? new Fade(goals.params, standsAt, registry, nowMs, fadeS * 1000) : undefined
    const texts = [...goals.texts, [this.current, entry.name] as const]
    this.history.begin(initiator, fade ? fade.touched() : changes, texts, nowMs, () => this.end(fade))
    this.leftOut = scene.leftOut
    if (this.leftOut.length > 0)
      log.warn({ scene: entry.name, leftOut: this.leftOut.slice(0, 10) }, 'not all of the scene is on this desk')
    for (const [text, value] of texts) this.store.setText(text, value, initiator)
    this.set(fade ? fade.first : changes)
    if (fade && !fade.isOver) this.fades.push(fade)
    log.info({ scene: entry.name, fadeS, parameters: changes.length }, 'recalled')
  }

  /** What a recall aims at: what the scene holds, no more than the wanted scope, and nothing that is safe or under a finger. */
  private goalsOf(scene: Scene, words = ''): { params: Map<Param, number>; texts: Map<TextParam, string> } {
    const scope = words === '' ? undefined : readScope(words, ['all'])
    const isSafe = this.safes()
    const isWanted = ([{ id }]: readonly [Param | TextParam, unknown]): boolean => scope?.has(id) !== false && !isSafe(id)
    const isFree = ([param]: readonly [Param, number]): boolean => !this.history.isHeld(param)
    const params = new Map([...scene.params].filter((goal) => isWanted(goal) && isFree(goal)))
    const texts = new Map([...scene.texts].filter(isWanted))
    if (params.size + texts.size === 0)
      throw new DeskError('scene', `the scene holds nothing of ${scope?.text || 'what is not safe'}`)
    return { params, texts }
  }

  private safes(): (id: string) => boolean {
    const on = this.store.registry.params.filter((param) => kindOf(param.id) === 'scene' && this.store.value(param) !== 0)
    const kinds = new Set(on.flatMap(({ id }) => (id.startsWith('scene.safe.') ? id.slice('scene.safe.'.length) : [])))
    const channels = on.flatMap(({ id }) => (id.endsWith('.recallSafe') ? id.slice(0, -'recallSafe'.length) : []))
    return (id) => kinds.has(kindOf(id) as Kind) || channels.some((channel) => id.startsWith(channel))
  }

  /** Buses in a loop are told before anything moves. */
  private checkRouting(name: string, goals: ReadonlyMap<Param, number>): void {
    const { registry } = this.store
    const output = (index: number): number => goals.get(registry.params[index]!) ?? this.store.value(registry.params[index]!)
    const path = busLoop(busOutputIndices(registry).map(output))
    if (path) throw new DeskError('scene', `${name}: ${loopText(path)} would be a loop; nothing is changed`)
  }

  private set(changes: readonly (readonly [Param, number])[]): void {
    const refused = setTogether(this.store, changes, initiator)
    if (refused.length === 0) return
    this.leftOut = [...this.leftOut, ...refused]
    log.warn({ refused }, 'the desk does not take all of the scene')
  }

  private letGo(isTaken: (param: Param) => boolean, nowMs: number): void {
    for (const fade of this.fades) fade.letGo(isTaken, nowMs)
    this.fades = this.fades.filter((fade) => !fade.isOver)
  }

  private end(fade: Fade | undefined): void {
    fade?.stop()
    this.fades = this.fades.filter((other) => other !== fade)
  }

  private headFor(
    list: readonly SceneEntry[],
    wanted: string | number | undefined = this.currentName() || undefined,
  ): { name: string; head: SceneHead } {
    const number = wanted !== undefined && /^\d+$/.test(String(wanted)) ? Number(wanted) : undefined
    const name = number === undefined && wanted !== undefined ? String(wanted).normalize('NFC') : undefined
    const known = list.find((entry) => (number === undefined ? entry.name === name : entry.number === number))
    if (known) {
      const place = known.problem ? (known.number ?? freeNumber(list)) : known.number
      return { name: known.name, head: { ...known, number: place, scope: readScope(known.scope) } }
    }
    if (list.length >= mostScenes)
      throw new DeskError('scene', `there are ${mostScenes} scenes, the most there may be: delete one`)
    const place = number ?? freeNumber(list)
    const called = name ?? `Scene ${place}`
    const taken = list.find((entry) => entry.name === called)
    if (taken) throw new DeskError('scene', `scene ${taken.number} is named ${called}: say a name, or its number`)
    return { name: called, head: { number: place, notes: '', fadeS: 0, scope: readScope('') } }
  }

  private settings(): Settings {
    const { values, texts } = defaultSettings(this.store.registry)
    return {
      values: values.map((_, i) => this.store.value(this.store.registry.params[i]!)),
      texts: texts.map((_, i) => this.store.text(this.store.registry.texts[i]!)),
    }
  }

  private currentName(): string {
    const name = this.store.text(this.current)
    return name === noScene ? '' : name
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work)
    this.turn = result.catch(() => {})
    return result
  }
}

/** One behind the last; where that is taken, the first that is free. */
function freeNumber(list: readonly SceneEntry[]): number {
  const taken = new Set(list.map(({ number }) => number))
  const last = Math.max(0, ...list.map(({ number }) => number ?? 0))
  if (last < mostScenes) return last + 1
  for (let n = 1; n < mostScenes; n++) if (!taken.has(n)) return n
  throw new DeskError('scene', `all numbers up to ${mostScenes} are taken: delete a scene`)
}
