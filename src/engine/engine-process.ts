// The engine process: maps the shared memory, runs the native engine, and serves its slow commands. Audio needs no JavaScript.
import { pathToFileURL } from 'node:url'
import { log } from '../log.js'
import { childJob, onStop, runChild, tellSupervisor } from '../supervisor/child.js'
import { type StartedTake, serveCommands, type TrackFile } from './commands.js'
import { conformTracks } from './conform-tracks.js'
import { type HoldSpec, type NativeAddon, nativeAddon, type TakeSpec, type TakeStart } from './native.js'
import { type HostWish, openHost, watchHost } from './open-host.js'
import { loadPortAudio } from './portaudio-library.js'
import { viewRegion } from './region.js'

export interface EngineJob extends HostWish {
  readonly region: string
  readonly socket: string
  /** '' for the best this machine can run. */
  readonly isa: string
  readonly tracks: readonly TrackFile[]
  /** Where tracks of another rate are converted to. */
  readonly cacheFolder: string
  /** True when an engine died and this one takes its place: then audio starts whatever the sound card does. */
  readonly isReplacement: boolean
}

/** Longest time for finishing a take and fading out. */
const stopLimitMs = 4000

export async function runEngine(addon: NativeAddon, job: EngineJob): Promise<void> {
  const region = viewRegion(addon.mapRegion(job.region))
  const engine = addon.createEngine(region.buffer, job.isa)
  let take: TakeSpec | undefined
  let held: HoldSpec | undefined

  let songStarts: readonly number[] = []
  const load = async (tracks: readonly TrackFile[]): Promise<void> => {
    songStarts = await engine.loadTracks(await conformTracks(addon, tracks, region.sampleRateHz, job.cacheFolder))
  }

  // A track that cannot be read must stop the desk before audio starts; a replacement goes on without.
  if (!job.isReplacement) await load(job.tracks)
  const host = await openHost(addon, engine, job, job.isReplacement)
  watchHost(engine)
  if (job.isReplacement) await load(job.tracks).catch((error) => log.error({ err: error }, 'the tracks are lost'))

  const stopTake = async () => {
    const result = await engine.stopTake()
    take = undefined
    return result
  }
  const server = await serveCommands(job.socket, {
    info: async () => {
      const started = take && startedTake(engine.takeStart())
      return {
        pid: process.pid,
        isa: engine.isa,
        takeError: engine.takeError(),
        songStarts,
        ...(held ? { held } : {}),
        ...(take ? { take } : {}),
        ...(started ? { started } : {}),
      }
    },
    loadTracks: async (tracks) => {
      await load(tracks)
      return null
    },
    holdTake: async (spec) => {
      held = undefined
      await engine.holdTake(spec)
      if (spec.seconds > 0) held = spec
      return null
    },
    startTake: async (spec) => {
      held = undefined
      const start = await engine.startTake(spec)
      take = spec
      return startedTake(start)
    },
    stopTake,
    devices: async () => {
      loadPortAudio(addon)
      return addon.listDevices()
    },
  })
  onStop(async () => {
    server.close()
    if (take) await stopTake()
    await engine.stopHost()
    engine.close()
  }, stopLimitMs)
  tellSupervisor({ type: 'ready', isa: engine.isa, host })
}

function startedTake(start: TakeStart | null): StartedTake | null {
  if (!start) return null
  const { values, ...rest } = start
  return { ...rest, valuesBase64: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64') }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) runChild(() => runEngine(nativeAddon(), childJob<EngineJob>()))
