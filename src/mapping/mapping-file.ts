// A mapping as its files stand, now and whenever one of them is saved.
import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { debounceTime, distinctUntilChanged, map, merge, Observable, startWith } from 'rxjs'
import type { Registry } from '../params/registry.js'
import { filesOf, readMapping, type ShapeOf } from './load.js'
import type { Mapping } from './mapping.js'

/** A mapping, or why the files as they are cannot be used. */
export type MappingNews = { readonly mapping: Mapping } | { readonly problem: string }

/** An editor writes in several steps. */
const settleMs = 150

/** Emits at once, and after every save. Never ends, and never fails: what cannot be used is told. */
export function watchMapping(file: string, shapeOf: ShapeOf, registry: Registry): Observable<MappingNews> {
  const read = (): MappingNews => {
    try {
      return { mapping: readMapping(file, shapeOf, registry) }
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) }
    }
  }
  return saves(filesNow(file)).pipe(
    debounceTime(settleMs),
    map(read),
    startWith(read()),
    distinctUntilChanged((a, b) => 'problem' in a && 'problem' in b && a.problem === b.problem),
  )
}

/** What a broken file extends is not known: it is watched alone. */
function filesNow(file: string): string[] {
  try {
    return filesOf(file)
  } catch {
    return [file]
  }
}

/** The folder is watched, since many editors put a new file in the place of the old one. */
const saves = (files: readonly string[]): Observable<unknown> =>
  merge(
    ...[...new Set(files.map(dirname))].map(
      (folder) =>
        new Observable<string>((subscriber) => {
          const names = files.filter((file) => dirname(file) === folder).map((file) => basename(file))
          try {
            const watcher = watch(folder, { persistent: false }, (_, name) => {
              if (name === null || names.includes(name)) subscriber.next(name ?? '')
            })
            // A folder that is removed is watched no more; the mapping in force stays.
            watcher.on('error', () => watcher.close())
            return () => watcher.close()
          } catch {
            return undefined
          }
        }),
    ),
  )
