// A mapping as its files are saved: the mapping at first and after every good save, the mistakes in words after a bad one.
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { debounceTime, defer, distinctUntilChanged, map, merge, Observable, startWith } from 'rxjs'
import type { Registry } from '../params/registry.js'
import { filesOf, readMapping, type ShapeOf, shippedFolder } from './load.js'
import type { Mapping } from './mapping.js'

/** A mapping, or why the files as they are cannot be used: then the one before is kept. */
export type MappingNews = { readonly mapping: Mapping } | { readonly problem: string }

/** Editors save in several steps: files are read when they have been quiet for so long. */
const quietMs = 150

/** Emits at once, and after every save that changed something; what the file extends counts as part of it. Never ends, never fails. */
export const watchMapping = (file: string, shapeOf: ShapeOf, registry: Registry): Observable<MappingNews> =>
  defer(() => merge(...[...new Set([dirname(resolve(file)), resolve(shippedFolder)])].map(saves))).pipe(
    debounceTime(quietMs),
    startWith(undefined),
    map(() => textsOf(file)),
    distinctUntilChanged(),
    map(() => {
      try {
        return { mapping: readMapping(file, shapeOf, registry) }
      } catch (error) {
        return { problem: (error as Error).message }
      }
    }),
  )

/** Many editors put a new file in the place of the old one: folders are watched. One that cannot be, or goes, is silent. */
const saves = (folder: string): Observable<void> =>
  new Observable((subscriber) => {
    let watcher: FSWatcher | undefined
    try {
      watcher = watch(folder, { persistent: false }, () => subscriber.next())
      watcher.on('error', () => watcher?.close())
    } catch {
      // What was read stays.
    }
    return () => watcher?.close()
  })

/** Everything that a mapping is made of, or why it cannot be read. */
function textsOf(file: string): string {
  try {
    return filesOf(file)
      .map((part) => `${part}\n${readFileSync(part, 'utf8')}`)
      .join('\n')
  } catch (error) {
    return (error as Error).message
  }
}
