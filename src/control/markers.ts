// Markers: named places on the timeline, kept in the state folder.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from './places.js'

const mostMarkers = 999

export class Markers {
  private readonly file: string
  private list: readonly Place[]

  constructor(stateFolder: string) {
    this.file = join(stateFolder, 'markers.json')
    this.list = this.read()
  }

  all(): readonly Place[] {
    return this.list
  }

  /** Sets a marker, named by its number where it has no name; one of this name moves. Gives its name. */
  set(positionFrames: number, name?: string): string {
    const given = name ?? this.freeNumber()
    const others = this.list.filter((marker) => marker.name !== given)
    if (others.length >= mostMarkers) throw new Error(`expected at most ${mostMarkers} markers: clear them first`)
    this.write([...others, { name: given, positionFrames }].sort((a, b) => a.positionFrames - b.positionFrames))
    return given
  }

  clear(): void {
    this.write([])
  }

  private freeNumber(): string {
    for (let n = 1; ; n++) if (!this.list.some((marker) => marker.name === String(n))) return String(n)
  }

  private read(): Place[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      const isPlace = (place: Partial<Place> | null): boolean =>
        typeof place?.name === 'string' && Number.isSafeInteger(place.positionFrames)
      return Array.isArray(found) ? found.filter(isPlace).slice(0, mostMarkers) : []
    } catch {
      return []
    }
  }

  private write(list: readonly Place[]): void {
    this.list = list
    writeFileSync(`${this.file}.next`, `${JSON.stringify(list, null, 2)}\n`)
    renameSync(`${this.file}.next`, this.file)
  }
}
