// A changed copy of a take: its own desk and log, the same recordings and tracks.
import { copyFileSync, existsSync, linkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deskText } from '../config/desk-text.js'
import { makeFolder } from '../config/make-folder.js'
import type { LoggedEvent } from '../engine/native.js'
import { actionBase } from '../engine/shared-layout.js'
import type { Registry } from '../params/registry.js'
import { shortestFloat } from '../units.js'
import type { ChangedTake } from './change-take.js'
import { actionTargets } from './event-log.js'
import type { Take } from './read-take.js'
import { writeTakeFile } from './take-file.js'
import { takeFiles } from './take-folder.js'

/** Writes everything but the master into a folder that is there and empty; gives the copy. Recordings are linked where the disk can. */
export async function copyTake(take: Take, changed: ChangedTake, folder: string): Promise<Take> {
  const [from, to] = [takeFiles(take.folder), takeFiles(folder)]
  const same = (path: string, place: string): void => {
    makeFolder(dirname(place))
    try {
      linkSync(path, place)
    } catch {
      copyFileSync(path, place)
    }
  }
  for (const { file } of take.file.inputs) same(join(take.folder, file), join(folder, file))
  same(from.arena, to.arena)
  if (existsSync(from.lead)) same(from.lead, to.lead)
  // Buses are what the unchanged desk made; tracks are named where they were found.
  const { buses: _buses, ...rest } = take.file
  const file = { ...rest, tracks: take.file.tracks.map((track, i) => ({ ...track, file: take.tracks[i]!.path })) }
  await writeTakeFile(to.take, file)
  writeFileSync(to.desk, deskText(take.registry, { values: changed.values, texts: take.texts }, { all: true }))
  writeFileSync(to.events, eventLogText(take.registry, changed.events))
  return { ...take, folder, file, values: changed.values, events: changed.events }
}

/** As the engine writes it. */
export function eventLogText(registry: Registry, events: readonly LoggedEvent[]): string {
  const idOf = (target: number): string =>
    target >= actionBase
      ? (Object.entries(actionTargets).find(([, action]) => action === target)?.[0] ?? '')
      : (registry.params[target]?.id ?? '')
  const valueText = ({ target, value }: LoggedEvent): string =>
    value === Number.NEGATIVE_INFINITY ? '-inf' : String(target >= actionBase ? value : shortestFloat(value))
  return events.map((event) => `${event.frame}\t${idOf(event.target)}\t${valueText(event)}\n`).join('')
}
