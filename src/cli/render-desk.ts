// The desk of an offline render: as many strips as files, or the desk file's, with what --set changes.
import { type Desk, plainDesk, readDeskFile } from '../config/desk-file.js'
import type { AudioFileInfo, TrackSpec } from '../engine/native.js'
import { DeskError } from '../errors.js'
import { busLoop, busOutputIndices, loopText } from '../params/bus-loop.js'
import { buildRegistry, limits } from '../params/registry.js'
import type { Topology } from '../params/spec.js'
import { applyChanges, checkChanges, readChange, throwAll } from './changes.js'

/** An audio file on its way to a strip; `strip` counts from 0. */
export interface Track extends TrackSpec {
  readonly info: AudioFileInfo
}

/** The files' headers, in order. Throws one DeskError that names every file which cannot be a track. */
export function readHeaders(files: readonly string[], read: (path: string) => AudioFileInfo): AudioFileInfo[] {
  const problems: DeskError[] = []
  const infos = files.flatMap((file) => {
    try {
      const info = read(file)
      if (info.channels >= 1 && info.channels <= 2 && info.sampleRateHz >= 1000 && info.sampleRateHz <= 768000) return [info]
      problems.push(
        new DeskError(
          'audioFile',
          `${file}: expected one or two channels at 1000 to 768000 Hz, found ${info.channels} at ${info.sampleRateHz} Hz`,
        ),
      )
    } catch (error) {
      problems.push(new DeskError('audioFile', `${file}: ${(error as Error).message}`))
    }
    return []
  })
  throwAll(problems)
  return infos
}

const flatTopology = (stripStereo: readonly boolean[]): Topology => ({ stripStereo, busCount: 8, inputCount: 0, outputCount: 2 })

/** Reads the desk, which has a strip for every file; a strip that gets a stereo file is stereo. */
export function renderDesk(deskFile: string | undefined, stereo: readonly boolean[]): Desk {
  if (stereo.length > limits.strips)
    throw new DeskError('outOfRange', `expected at most ${limits.strips} files, a strip each, found ${stereo.length}`)
  const flat = flatTopology(stereo.length > 0 ? stereo : [false])
  const desk = deskFile === undefined ? plainDesk(flat) : readDeskFile(deskFile, flat)
  const strips = desk.registry.topology.stripStereo
  if (stereo.length > strips.length)
    throw new DeskError('desk', `${deskFile}: expected a strip for each of the ${stereo.length} files, found ${strips.length}`)
  return withStereo(
    desk,
    strips.map((isStereo, i) => isStereo || (stereo[i] ?? false)),
  )
}

/** The same desk with other strips stereo. Enum values keep their names: output sources are counted by channel. */
function withStereo(desk: Desk, stripStereo: readonly boolean[]): Desk {
  const before = desk.registry
  if (stripStereo.every((stereo, i) => stereo === before.topology.stripStereo[i])) return desk
  const registry = buildRegistry({ ...before.topology, stripStereo })
  const values = Float32Array.from(registry.params, (param, i) => {
    const value = desk.values[i] ?? param.default
    const name = before.params[i]?.names[value]
    if (name === undefined) return value
    const at = param.names.indexOf(name)
    return at >= 0 ? at : Math.max(0, param.names.indexOf(`${name}.left`))
  })
  return { ...desk, registry, values }
}

/** The desk with the command line's changes. Throws a DeskError with everything that is wrong with them. */
export function changedDesk(desk: Desk, written: readonly string[]): Desk {
  const values = desk.values.slice()
  const texts = [...desk.texts]
  applyChanges(checkChanges(desk.registry, written.map(readChange)), values, texts)
  const loop = busLoop(busOutputIndices(desk.registry).map((index) => values[index] ?? 0))
  if (loop) throw new DeskError('routingLoop', `${loopText(loop)} is a loop: send one of these buses to the master`)
  return { ...desk, values, texts }
}
