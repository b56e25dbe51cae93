// Starts what drives the engine: a sound card, or the virtual clock where there is none.
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import type { AudioKind } from './audio-kinds.js'
import type { HostSpec, NativeAddon, NativeEngine } from './native.js'
import { loadPortAudio } from './portaudio-library.js'

export interface HostWish {
  readonly audio: AudioKind
  /** Part of a device's name; '' for the default. */
  readonly device: string
  readonly bufferFrames: number
  /** The virtual card's outputs are wired to its inputs. */
  readonly loopback: boolean
  readonly roundTripFrames?: number
}

/**
 * Opens what was asked for. `auto` takes the default sound card if it opens, else the virtual clock; a device that was named
 * must be there, unless `waitForDevice`: then audio runs on the virtual clock until it is. Throws a DeskError `device`.
 */
export async function openHost(
  addon: NativeAddon,
  engine: NativeEngine,
  { audio, device, bufferFrames, loopback, roundTripFrames }: HostWish,
  waitForDevice = false,
): Promise<HostSpec['kind']> {
  const common = { bufferFrames, ...(roundTripFrames === undefined ? {} : { roundTripFrames }) }
  const virtual: HostSpec = { ...common, kind: 'virtual', loopback }
  if (audio === 'virtual') {
    await engine.startHost(virtual)
    return 'virtual'
  }
  const anyCard = audio === 'auto' && device === ''
  try {
    loadPortAudio(addon)
    await engine.startHost({ ...common, kind: 'portaudio', device, waitForDevice: waitForDevice && !anyCard })
    return 'portaudio'
  } catch (cause) {
    if (anyCard) {
      log.info({ reason: (cause as Error).message }, 'no sound card opens: running on the virtual card')
      await engine.startHost(virtual)
      return 'virtual'
    }
    const card = device ? `sound card "${device}"` : 'the default sound card'
    throw new DeskError('device', `${card} does not open: ${(cause as Error).message}`, { cause })
  }
}

const lookEveryMs = 500

/** Logs when the device goes and comes back. Ends the process when only another one can have the device again. */
export function watchHost(engine: NativeEngine): void {
  let before = ''
  setInterval(() => {
    const problem = engine.hostProblem()
    if (problem && !before) log.warn({ reason: problem }, 'the sound card is lost: running on the virtual card until it returns')
    if (!problem && before) log.info('the sound card is back')
    before = problem
    if (!engine.needsReplacement()) return
    log.error('the sound library does not recover in this process: it is replaced')
    process.exit(1)
  }, lookEveryMs).unref()
}
