// Puts a desk together before anything is started: desk file, tracks, state. Every mistake in them is found here.
import { accessSync, constants } from 'node:fs'
import { dirname, join } from 'node:path'
import { audioFiles, nameOfTrack, readHeaders } from '../config/audio-files.js'
import type { Config } from '../config/config-file.js'
import { type Desk, plainDesk, readDeskFile } from '../config/desk-file.js'
import type { Settings } from '../config/desk-text.js'
import { makeFolder } from '../config/make-folder.js'
import { type Song, songsIn } from '../config/songs.js'
import { mergeState, readState } from '../config/state-file.js'
import { withStereoStrips } from '../config/stereo-strips.js'
import { nearestNames } from '../config/yaml-file.js'
import type { TrackFile } from '../engine/commands.js'
import type { AudioFileInfo } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { defaultTopology, isParam, limits, type Registry } from '../params/registry.js'
import type { Topology } from '../params/spec.js'
import { cutUtf8 } from '../params/store.js'
import { loadDrivers } from '../surface/catalogue.js'
import type { RunOptions } from './run-options.js'

export interface RunPlan {
  readonly registry: Registry
  /** Defaults, track names and desk file: what the state is written against. */
  readonly base: Settings
  /** `base` with the state over it: what the desk starts at. */
  readonly settings: Settings
  readonly tracks: readonly TrackFile[]
  /** Names of what plays one behind the other. */
  readonly songs: readonly string[]
  readonly warnings: readonly string[]
}

/** `readHeader` gives an audio file's header or throws in words. Throws a DeskError for everything a person can get wrong. */
export async function planRun(
  config: Config,
  options: Pick<RunOptions, 'demo'>,
  readHeader: (path: string) => AudioFileInfo,
): Promise<RunPlan> {
  if (config.record !== undefined) checkRecordPlace(config.record)
  await checkDrivers(config.surfaces)
  const played = config.play === undefined ? undefined : songsIn(config.play)
  const desk = deskFor(config.desk, played, readHeader, config.sampleRateHz)
  const tracks = tracksOf(desk, played)
  if (tracks.length > 0 || !options.demo) return withState(config, withTracks(desk, tracks, readHeader), tracks, played)

  const planned = withState(config, desk, tracks)
  if (listensToCard(planned)) return planned
  const folder = join(config.state, 'demo', String(config.sampleRateHz))
  await options.demo(folder, config.sampleRateHz)
  const files = audioFiles([folder])
  const demoDesk = config.desk === undefined ? readDeskFile(join(folder, 'desk.yaml')) : desk
  const demoTracks = files.map((path, strip) => ({ path, strip })).slice(0, demoDesk.registry.topology.stripStereo.length)
  return withState(config, withTracks(demoDesk, demoTracks, readHeader), demoTracks)
}

/** The desk file's desk, or one with a strip for each file and as many as usual. */
function deskFor(
  file: string | undefined,
  played: readonly Song[] | undefined,
  readHeader: (path: string) => AudioFileInfo,
  sampleRateHz: number,
): Desk {
  const topology = topologyFor(played ?? [], readHeader)
  return file === undefined ? plainDesk(topology) : readDeskFile(file, topology, sampleRateHz)
}

function topologyFor(played: readonly Song[], readHeader: (path: string) => AudioFileInfo): Topology {
  const most = mostTracks(played)
  if (most > limits.strips)
    throw new DeskError('outOfRange', `expected at most ${limits.strips} tracks, a strip each, found ${most}`)
  const stereo = Array<boolean>(most).fill(false)
  for (const { files } of played)
    readHeaders(files, readHeader).forEach(({ channels }, strip) => {
      if (channels === 2) stereo[strip] = true
    })
  return { ...defaultTopology, stripStereo: [...stereo, ...defaultTopology.stripStereo.slice(most)] }
}

const mostTracks = (songs: readonly Song[]): number => Math.max(0, ...songs.map(({ files }) => files.length))

function tracksOf(desk: Desk, played: readonly Song[] | undefined): TrackFile[] {
  const strips = desk.registry.topology.stripStereo.length
  if (played && mostTracks(played) > strips)
    throw new DeskError(
      'desk',
      `the desk has ${strips} strips: expected one for each of the ${mostTracks(played)} tracks to play; add strips to the desk file`,
    )
  return played
    ? played.flatMap(({ files }, song) => files.map((path, strip) => ({ path, strip, ...(song > 0 ? { song } : {}) })))
    : [...desk.tracks].map(([number, path]) => ({ path, strip: number - 1 })).sort((a, b) => a.strip - b.strip)
}

/** The desk with stereo strips where stereo tracks play, and strips named by their tracks where nobody named them. */
function withTracks(desk: Desk, tracks: readonly TrackFile[], readHeader: (path: string) => AudioFileInfo): Desk {
  const headers = readHeaders(
    tracks.map(({ path }) => path),
    readHeader,
  )
  const stereo = new Set(tracks.filter((_, i) => headers[i]!.channels === 2).map(({ strip }) => strip))
  const wide = withStereoStrips(desk, stereo)
  const texts = [...wide.texts]
  for (const { path, strip } of tracks) {
    const name = wide.registry.texts.find((text) => text.id === `strip.${strip + 1}.name`)
    if (name && texts[name.index] === name.default) texts[name.index] = cutUtf8(nameOfTrack(path), 63)
  }
  return { ...wide, texts }
}

function withState(config: Config, desk: Desk, tracks: readonly TrackFile[], songs: readonly Song[] = []): RunPlan {
  const { registry } = desk
  const base = { values: desk.values, texts: desk.texts }
  const state = readState(config.state)
  const { settings, warnings } = mergeState(registry, base, state.entries)
  return { registry, base, settings, tracks, songs: songs.map(({ name }) => name), warnings: [...state.warnings, ...warnings] }
}

const firstCardInput = 2 // behind off and track

const listensToCard = ({ registry, settings }: RunPlan): boolean =>
  registry.topology.stripStereo.some((_, i) => {
    const input = registry.byId.get(`strip.${i + 1}.input`)
    return input !== undefined && isParam(input) && settings.values[input.index]! >= firstCardInput
  })

/** Every driver that the configuration names has to be there, with the units that it names. */
async function checkDrivers(surfaces: Config['surfaces']): Promise<void> {
  if (surfaces.length === 0) return
  const drivers = await loadDrivers()
  const ids = drivers.map(({ id }) => id)
  const problems = surfaces.flatMap(({ name, driver: id, mapping, units }) => {
    const driver = drivers.find((one) => one.id === id)
    if (id !== undefined && mapping === undefined && !driver)
      return [`surface ${name}: expected a driver (nearest: ${nearestNames(id, ids).join(', ')}), found "${id}"`]
    const roles = driver?.units.map(({ role }) => role) ?? []
    return units.flatMap(({ role }) =>
      driver && role !== undefined && !roles.includes(role)
        ? [`surface ${name}: expected a unit of ${driver.id} (${roles.join(', ')}), found "${role}"`]
        : [],
    )
  })
  if (problems.length > 0) throw new DeskError('config', problems.join('\n'))
}

function checkRecordPlace(target: string): void {
  try {
    makeFolder(dirname(target))
    accessSync(dirname(target), constants.W_OK)
  } catch (cause) {
    throw new DeskError(
      'output',
      `--record ${target}: expected a folder that can be written, found ${(cause as Error).message}`,
      { cause },
    )
  }
}
