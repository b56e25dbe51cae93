// The timeline as a person knows it: markers, songs, and how to get to them.
import type { EventRing } from '../engine/event-ring.js'
import type { Region } from '../engine/region.js'
import { longestPositionS } from '../params/actions.js'
import type { Markers } from './markers.js'
import { type Place, placeAt, placeOf, type Step } from './places.js'

/** A step back within this time leads to the place before. */
const graceS = 1
/** A wheel turned on within this time goes on from where it led to: the engine may not be there yet. */
const wheelMs = 150

export interface SongNow {
  readonly number: number
  readonly of: number
  readonly name: string
  readonly positionS: number
}

export class Timeline {
  private songs: readonly Place[] = []
  private wheel = { positionFrames: 0, atMs: Number.NEGATIVE_INFINITY }

  constructor(
    private readonly region: Pick<Region, 'counter' | 'sampleRateHz'>,
    private readonly ring: Pick<EventRing, 'act'>,
    readonly markers: Markers,
    private readonly songNames: readonly string[],
  ) {}

  /** The frames at which songs begin, and the last one's end, as the engine has them. */
  songsBegin(starts: readonly number[]): void {
    this.songs = this.songNames.map((name, i) => ({ name, positionFrames: starts[i] ?? 0 }))
  }

  locate(positionS: number): void {
    this.ring.act('locate', Math.round(positionS * this.region.sampleRateHz))
  }

  /** On or back by so many seconds, as a wheel does. */
  move(byS: number, nowMs: number): void {
    const { sampleRateHz } = this.region
    const from = nowMs - this.wheel.atMs <= wheelMs ? this.wheel.positionFrames : this.positionFrames()
    const to = Math.min(longestPositionS * sampleRateHz, Math.max(0, from + Math.round(byS * sampleRateHz)))
    this.wheel = { positionFrames: to, atMs: nowMs }
    this.ring.act('locate', to)
  }

  /** Sets a marker where the timeline stands. Gives its name. */
  setMarker(name?: string): string {
    return this.markers.set(this.positionFrames(), name)
  }

  toMarker(step: Step): void {
    this.go(this.markers.all(), step, 'marker')
  }

  toSong(step: Step): void {
    this.go(this.songs, step, 'song')
  }

  /** Undefined unless songs play. */
  song(): SongNow | undefined {
    const at = placeAt(this.songs, this.positionFrames())
    const song = this.songs[at]
    if (!song) return undefined
    const positionS = (this.positionFrames() - song.positionFrames) / this.region.sampleRateHz
    return { number: at + 1, of: this.songs.length, name: song.name, positionS: Math.round(positionS * 1000) / 1000 }
  }

  private positionFrames(): number {
    return this.region.counter('positionFrames')
  }

  private go(places: readonly Place[], step: Step, what: string): void {
    const place = placeOf(places, this.positionFrames(), step, graceS * this.region.sampleRateHz)
    if (!place) {
      const wanted = 'to' in step ? JSON.stringify(step.to) : step.by === 1 ? 'the next' : 'the one before'
      throw new Error(`expected a ${what} (${places.length} are there), found none for ${wanted}`)
    }
    this.ring.act('locate', place.positionFrames)
  }
}
