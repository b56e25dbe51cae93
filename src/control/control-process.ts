// The control process: everything that parses what strangers send. It may be killed at any moment; a new one goes on from the
// state in the shared memory.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { OscConfig } from '../config/config-file.js'
import { stateText } from '../config/desk-text.js'
import type { MidiConfig, SurfaceConfig } from '../config/surfaces-config.js'
import { askEngine, type TrackFile } from '../engine/commands.js'
import { EventRing } from '../engine/event-ring.js'
import { type NativeAddon, nativeAddon, type WavBits } from '../engine/native.js'
import type { RecordFormat, RecordWhat } from '../engine/record-what.js'
import { type Region, viewRegion } from '../engine/region.js'
import { flow } from '../flow.js'
import { log } from '../log.js'
import type { DeskPort } from '../osc/desk-port.js'
import { createOscServer } from '../osc/server.js'
import { armedReturnVeto } from '../params/armed-return.js'
import { loopVeto } from '../params/bus-loop.js'
import { History } from '../params/history.js'
import { exclusiveSolo } from '../params/solo.js'
import { firstVeto, ParameterStore } from '../params/store.js'
import { SceneFolder } from '../scenes/scene-folder.js'
import { Scenes } from '../scenes/scenes.js'
import { childJob, onStop, type ParentMessage, type Resume, runChild, tellSupervisor } from '../supervisor/child.js'
import { Unfinished } from '../takes/unfinished.js'
import { createActions } from './actions.js'
import { ChainSnapshots } from './chain-snapshots.js'
import { FlacDelivery } from './flac-delivery.js'
import { Markers } from './markers.js'
import { openSurfaces } from './open-surfaces.js'
import { Recorder, type RecordingAddon } from './recorder.js'
import { StateWriter } from './state-writes.js'
import { type EngineIdentity, statusOf } from './status.js'
import { SurfaceTap } from './surface-tap.js'
import { openTablets } from './tablets.js'
import { Timeline } from './timeline.js'

export interface ControlJob {
  readonly region: string
  /** The engine's Unix socket. */
  readonly socket: string
  readonly stateFolder: string
  readonly osc: OscConfig
  readonly midi: MidiConfig
  readonly surfaces: readonly SurfaceConfig[]
  /** What the state is written against: 32-bit floats of the value table in base64, and the texts. */
  readonly base: { readonly values: string; readonly texts: readonly string[] }
  readonly tracks: readonly TrackFile[]
  /** What `--record` asks for. */
  readonly record?: string
  readonly recordBits: WavBits
  readonly recordFormat: RecordFormat
  readonly recordWhat: RecordWhat
  /** Names of what plays one behind the other. */
  readonly songs: readonly string[]
}

const stopLimitMs = 4000
const aliveEveryMs = 1000

export async function runControl(addon: Pick<NativeAddon, 'mapRegion' | keyof RecordingAddon>, job: ControlJob): Promise<void> {
  const region = viewRegion(addon.mapRegion(job.region))
  const ring = new EventRing(region)
  const store = openStore(region, ring)
  let engine: EngineIdentity = { pid: 0, isa: '' }
  const history = new History(store)
  const scenes = new Scenes(new SceneFolder(join(job.stateFolder, 'scenes')), store, history, region.sampleRateHz)
  const snapshots = new ChainSnapshots(job.stateFolder, store, history, region)
  const takesFolder = join(job.stateFolder, 'takes')
  const flac = new FlacDelivery(addon, new Unfinished(job.stateFolder, 'converting'))
  const timeline = new Timeline(region, ring, new Markers(job.stateFolder), job.songs)
  const recorder = new Recorder({
    ...job,
    addon,
    region,
    unfinished: new Unfinished(job.stateFolder, 'recording'),
    ...(job.recordFormat === 'flac' ? { deliver: (target: string) => flac.add(target) } : {}),
    bits: job.recordBits,
    what: job.recordWhat,
    takesFolder,
    isa: () => engine.isa,
    onTarget: (target) => tellSupervisor({ type: 'recording', target }),
  })

  const nowMs = (): number => performance.now()
  const parts = { store, history, region, ring, recorder, timeline, scenes, snapshots, takesFolder, record: job.record, nowMs }
  const run = createActions(parts)

  const tablets = await openTablets(job)
  const udp = tablets.doors
  const address = { host: job.osc.host, port: udp.local.port }
  const tap = new SurfaceTap()
  const surfaces = await openSurfaces({
    midi: job.midi,
    configured: job.surfaces,
    tablets: tablets.surfaceClients,
    stateFolder: job.stateFolder,
    store,
    history,
    scenes,
    region,
    run,
    tap,
  })
  const desk: DeskPort = {
    store,
    sampleRateHz: region.sampleRateHz,
    run,
    surfaces,
    meter: region.rawMeter,
    info: () => ({ name: 'deskd', version, oscAddress: `${address.host}:${address.port}`, audio: audioText(region) }),
    status: () => ({
      ...statusOf({
        region,
        ring,
        engine,
        recording: { ...recorder.state(), flac: flac.state() },
        timeline,
        osc: address,
        undo: history.depth,
        scene: scenes.state(nowMs()),
      }),
      oscCounts: osc.counts,
      surfaceCounts: surfaces.counts,
    }),
  }
  const osc = createOscServer(desk, tablets)
  tap.wants = osc.isMonitored
  const base = { values: new Float32Array(Uint8Array.from(Buffer.from(job.base.values, 'base64')).buffer), texts: job.base.texts }
  const now = () => ({
    values: Float32Array.from(region.registry.params, (param) => store.value(param)),
    texts: region.allTexts(),
  })
  const state = new StateWriter(job.stateFolder, () => stateText(region.registry, now(), base))
  const streams = flow({ udp, osc, surfaces, tap, store, history, scenes, ring, recorder, state })

  process.on('message', (message: ParentMessage) => {
    if (message.type !== 'engine') return
    engine = { pid: message.pid, isa: message.isa }
    askEngine(job.socket, 'info', null)
      .then(({ songStarts }) => timeline.songsBegin(songStarts))
      .catch((error: Error) => log.error({ err: error }, error.message))
    const begin = message.resume ? resume(message.resume, ring, recorder) : recorder.adopt()
    begin.catch((error: Error) => log.error({ err: error }, error.message))
  })
  onStop(async () => {
    streams.unsubscribe()
    osc.close()
    await surfaces.close()
    await tablets.close()
    await state.write().catch((error: Error) => log.error({ err: error }, 'the state cannot be written'))
    await recorder.stop()
    await recorder.summed()
  }, stopLimitMs)
  flac.resume()
  tellSupervisor({ type: 'ready', oscPort: address.port })
  setInterval(() => tellSupervisor({ type: 'alive' }), aliveEveryMs).unref()
}

/** A store that knows what is in force and what is on its way to the engine. */
function openStore(region: Region, ring: EventRing): ParameterStore {
  // In this order: what is applied in between stands in both.
  const waiting = ring.unapplied()
  const values = region.values.slice()
  for (const { target, value } of waiting) if (target < values.length) values[target] = value
  const sink = {
    set: (index: number, value: number) => ring.set(index, value),
    setText: (index: number, value: string) => region.setText(index, value),
  }
  return new ParameterStore(
    region.registry,
    values,
    region.allTexts(),
    sink,
    firstVeto(loopVeto(region.registry), armedReturnVeto(region.registry)),
    exclusiveSolo(region.registry),
  )
}

/** Brings a new engine to where the one before was: recording first, so that nothing that plays is missed. */
async function resume({ play, positionFrames, record }: Resume, ring: EventRing, recorder: Recorder): Promise<void> {
  await recorder.engineLost()
  if (record !== undefined) await recorder.start(record).catch((error: Error) => log.error({ err: error }, error.message))
  ring.act('locate', positionFrames)
  if (play) ring.act('play')
}

function audioText(region: Region): string {
  const host = ['no audio', 'virtual', 'PortAudio'][region.counter('host')] ?? 'no audio'
  return `${host}, ${region.sampleRateHz} Hz, ${region.registry.topology.stripStereo.length} strips`
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  runChild(() => runControl(nativeAddon(), childJob<ControlJob>()))
