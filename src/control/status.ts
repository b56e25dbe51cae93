// What `deskd status` shows, read from the counters that the engine writes.
import type { EventRing } from '../engine/event-ring.js'
import type { Region } from '../engine/region.js'
import type { SceneState } from '../scenes/scenes.js'
import type { HostPort } from '../supervisor/run-options.js'
import type { FlacState } from './flac-delivery.js'
import type { RecordingState } from './recorder.js'
import type { SongNow, Timeline } from './timeline.js'

const policies = ['SCHED_OTHER', 'SCHED_FIFO', 'SCHED_RR']
const hosts = ['none', 'virtual', 'portaudio']

export interface EngineIdentity {
  readonly pid: number
  readonly isa: string
}

export interface Status {
  readonly control: { readonly pid: number }
  readonly engine: {
    readonly pid: number
    readonly isa: string
    readonly host: string
    readonly deviceLost: boolean
    readonly sampleRateHz: number
    readonly bufferFrames: number
    readonly frames: number
    readonly xruns: number
    readonly loadPercent: number
    readonly worstLoadPercent: number
    readonly lateBlocks: number
    readonly worstLatenessMs: number
    readonly schedulingPolicy: string
    readonly schedulingPriority: number
    /** The device's latency and the graph's together. */
    readonly latencyMs: number
    readonly roundTripFrames: number
    readonly nonFinite: number
    readonly eventsApplied: number
    readonly playerUnderruns: number
    readonly recorderOverruns: number
  }
  readonly strips: number
  readonly buses: number
  readonly transport: {
    readonly playing: boolean
    readonly positionS: number
    readonly song?: SongNow
    readonly markers: readonly { readonly name: string; readonly positionS: number }[]
  }
  readonly recording: RecordingState & { readonly flac: FlacState }
  readonly osc: HostPort
  /** Steps that can be undone and redone. */
  readonly undo: { readonly undo: number; readonly redo: number }
  readonly scene: SceneState
  readonly events: { readonly waiting: number; readonly coalesced: number }
}

export interface StatusParts extends Pick<Status, 'recording' | 'osc' | 'undo' | 'scene'> {
  readonly region: Region
  readonly ring: Pick<EventRing, 'waitingCount' | 'coalesced'>
  readonly engine: EngineIdentity
  readonly timeline: Pick<Timeline, 'song' | 'markers'>
}

export function statusOf({ region, ring, engine, recording, timeline, osc, undo, scene }: StatusParts): Status {
  const { counter, sampleRateHz, registry } = region
  const song = timeline.song()
  return {
    control: { pid: process.pid },
    engine: {
      pid: engine.pid,
      isa: engine.isa,
      host: hosts[counter('host')] ?? 'none',
      deviceLost: counter('deviceLost') !== 0,
      sampleRateHz,
      bufferFrames: counter('bufferFrames'),
      frames: counter('frames'),
      xruns: counter('xruns'),
      loadPercent: rounded(counter('loadPercent')),
      worstLoadPercent: rounded(counter('worstLoadPercent')),
      lateBlocks: counter('lateBlocks'),
      worstLatenessMs: rounded(counter('worstLatenessMs')),
      schedulingPolicy: policies[counter('schedulingPolicy')] ?? `policy ${counter('schedulingPolicy')}`,
      schedulingPriority: counter('schedulingPriority'),
      latencyMs: rounded(counter('deviceLatencyMs') + (1000 * counter('graphLatencyFrames')) / sampleRateHz),
      roundTripFrames: counter('roundTripFrames'),
      nonFinite: counter('nonFinite'),
      eventsApplied: counter('eventsApplied'),
      playerUnderruns: counter('playerUnderruns'),
      recorderOverruns: counter('recorderOverruns'),
    },
    strips: registry.topology.stripStereo.length,
    buses: registry.topology.busCount,
    transport: {
      playing: counter('playing') !== 0,
      positionS: rounded(counter('positionFrames') / sampleRateHz),
      ...(song ? { song } : {}),
      // As many as a datagram holds beside the rest.
      markers: timeline.markers
        .all()
        .slice(0, 100)
        .map(({ name, positionFrames }) => ({ name, positionS: rounded(positionFrames / sampleRateHz) })),
    },
    recording,
    osc,
    undo,
    scene,
    events: { waiting: ring.waitingCount, coalesced: ring.coalesced },
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000
