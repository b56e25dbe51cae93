// The desk of an offline render: as many strips as files, or the desk file's, with what --set changes.
import { type Desk, plainDesk, readDeskFile } from '../config/desk-file.js'
import { withStereoStrips } from '../config/stereo-strips.js'
import { DeskError } from '../errors.js'
import { busLoop, busOutputIndices, loopText } from '../params/bus-loop.js'
import { limits } from '../params/registry.js'
import type { Topology } from '../params/spec.js'
import { applyChanges, checkChanges, readChange } from './changes.js'

const flatTopology = (stripStereo: readonly boolean[]): Topology => ({
  stripStereo,
  busCount: 8,
  inputCount: 0,
  outputCount: 2,
  dcaCount: 8,
  fxCount: 4,
})

/** Reads the desk, which has a strip for every file; a strip that gets a stereo file is stereo. */
export function renderDesk(deskFile: string | undefined, stereo: readonly boolean[], sampleRateHz: number): Desk {
  if (stereo.length > limits.strips)
    throw new DeskError('outOfRange', `expected at most ${limits.strips} files, a strip each, found ${stereo.length}`)
  const flat = flatTopology(stereo.length > 0 ? stereo : [false])
  const desk = deskFile === undefined ? plainDesk(flat) : readDeskFile(deskFile, flat, sampleRateHz)
  const strips = desk.registry.topology.stripStereo
  if (stereo.length > strips.length)
    throw new DeskError('desk', `${deskFile}: expected a strip for each of the ${stereo.length} files, found ${strips.length}`)
  return withStereoStrips(desk, new Set(stereo.flatMap((isStereo, i) => (isStereo ? [i] : []))))
}

/** The desk with the command line's changes. Throws a DeskError with everything that is wrong with them. */
export function changedDesk(desk: Desk, written: readonly string[], sampleRateHz: number): Desk {
  const values = desk.values.slice()
  const texts = [...desk.texts]
  applyChanges(checkChanges(desk.registry, written.map(readChange), sampleRateHz), values, texts)
  const loop = busLoop(busOutputIndices(desk.registry).map((index) => values[index] ?? 0))
  if (loop) throw new DeskError('routingLoop', `${loopText(loop)} is a loop: send one of these buses to the master`)
  return { ...desk, values, texts }
}
