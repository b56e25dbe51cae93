// `deskd scene`: lists, shows and compares scenes by their files; a running desk stores, recalls, renames and deletes them.
import { join } from 'node:path'
import type { Status } from '../control/status.js'
import { DeskError } from '../errors.js'
import { type ActionName, type ArgValue, actionAddress, whyNot } from '../params/actions.js'
import type { Param, TextParam } from '../params/registry.js'
import { formatValue } from '../params/value.js'
import { readScene, type Scene } from '../scenes/scene-file.js'
import { SceneFolder } from '../scenes/scene-folder.js'
import { readScope } from '../scenes/scope.js'
import { withDesk } from './get.js'
import { printJson, printLines, tableLines } from './print.js'
import { deskRegistry, deskSampleRateHz, type ReachOptions, RegionCopy, runFile, stateFolder } from './running-desk.js'

type Options = ReachOptions & { readonly json?: boolean }

const folderOf = (options: ReachOptions): SceneFolder => new SceneFolder(join(stateFolder(options), 'scenes'))

export function list(options: Options): void {
  const scenes = folderOf(options).list()
  if (options.json) printJson(scenes.map((scene) => ({ ...scene, number: scene.number ?? null })))
  else
    printLines(
      tableLines(
        scenes.map(({ number, name, fadeS, scope, notes, problem }) => [
          String(number ?? ''),
          name,
          fadeS ? `${fadeS} s` : '',
          scope,
          (problem || notes).split('\n')[0]!,
        ]),
      ),
    )
}

/** What a scene holds, or a desk stands at, by id, as it is written. */
type Values = ReadonlyMap<string, number | boolean | string>

export function show(wanted: string, options: Options): void {
  const { entry, scene } = open(wanted, options)
  const defaults = valuesOf(
    [...scene.params.keys()].map((param) => [param, Math.fround(param.default)]),
    [...scene.texts.keys()].map((text) => [text, text.default]),
  )
  const said = [...valuesOf(scene.params, scene.texts)].filter(([id, value]) => value !== defaults.get(id))
  if (options.json) printJson({ ...entry, number: entry.number ?? null, params: Object.fromEntries(said) })
  else printLines(tableLines(said.map(([id, value]) => [id, String(value)])))
}

export function diff(wanted: string, other: string | undefined, options: Options): void {
  const { scene } = open(wanted, options)
  const compared = other === undefined ? standing(options, scene) : open(other, options).scene
  const after = valuesOf(compared.params, compared.texts)
  const rows = [...valuesOf(scene.params, scene.texts)].flatMap(([id, from]) => {
    const to = after.get(id)
    return to === undefined || to === from ? [] : [{ id, from, to }]
  })
  if (options.json) printJson(rows)
  else printLines(tableLines(rows.map(({ id, from, to }) => [id, String(from), '→', String(to)])))
}

export async function store(name: string | undefined, options: Options & { readonly scope?: string }): Promise<void> {
  if (name === undefined && options.scope !== undefined)
    throw new DeskError('usage', 'scene store --scope: expected the name or number of a scene too')
  await change('store', [...(name === undefined ? [] : [name]), ...(options.scope === undefined ? [] : [options.scope])], options)
}

export async function recall(
  name: string,
  options: Options & { readonly fade?: number; readonly scope?: string },
): Promise<void> {
  const { fade, scope } = options
  if (scope !== undefined) readScope(scope)
  // A scope stands behind the fade: the scene's own, where its file is here.
  const fadeS = fade ?? (scope === undefined ? undefined : runFile(options) ? folderOf(options).find(name).fadeS : 0)
  await change('recall', [name, ...(fadeS === undefined ? [] : [fadeS]), ...(scope === undefined ? [] : [scope])], options)
}

export async function change(
  what: 'store' | 'recall' | 'rename' | 'delete',
  args: readonly ArgValue[],
  options: Options,
): Promise<void> {
  const action: ActionName = `scene.${what}`
  const wrong = whyNot(action, args)
  if (wrong) throw new DeskError('usage', `scene ${what}: ${wrong}`)
  const answers = await withDesk(options, async (client) => {
    await client.act(actionAddress(action), args)
    return client.ask(['/status'])
  })
  const { scene } = JSON.parse(String(answers.get('/status'))) as Status
  if (options.json) printJson(scene)
  else printLines([`current scene: ${scene.current || 'none'}`, ...scene.leftOut.map((reason) => `left out: ${reason}`)])
}

function open(wanted: string, options: Options): { entry: ReturnType<SceneFolder['find']>; scene: Scene } {
  const folder = folderOf(options)
  const entry = folder.find(wanted)
  const scene = readScene(folder.path(entry.name), folder.read(entry.name), deskRegistry(options), deskSampleRateHz(options))
  return { entry, scene }
}

const valuesOf = (params: Iterable<readonly [Param, number]>, texts: Iterable<readonly [TextParam, string]>): Values =>
  new Map([
    ...[...params].map(([param, value]) => [param.id, formatValue(param, value)] as const),
    ...[...texts].map(([text, value]) => [text.id, value] as const),
  ])

/** What the running desk stands at, of what a scene holds. */
function standing(options: Options, { params, texts }: Scene): Pick<Scene, 'params' | 'texts'> {
  const run = runFile(options)
  if (!run) throw new DeskError('notRunning', 'no desk runs to compare with: start one with deskd run, or name another scene')
  const copy = new RegionCopy(run.region)
  copy.close()
  const { values, text } = copy.region
  return {
    params: new Map([...params.keys()].map((param) => [param, values[param.index]!])),
    texts: new Map([...texts.keys()].map((param) => [param, text(param.index)])),
  }
}
