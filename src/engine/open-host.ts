// Starts what drives the engine: a sound card, or the virtual clock where there is none.
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import type { AudioKind } from './audio-kinds.js'
import type { DeviceInfo, HostSpec, NativeAddon, NativeEngine } from './native.js'
import { loadPortAudio } from './portaudio-library.js'

export interface HostWish {
  readonly audio: AudioKind
  /** Part of a device's name; '' for the default. */
  readonly device: string
  readonly bufferFrames: number
}

/**
 * Opens what was asked for. `auto` takes the default sound card if it opens, else the virtual clock; a device that was named
 * must be there. Throws a DeskError with code `device`.
 */
export async function openHost(addon: NativeAddon, engine: NativeEngine, wish: HostWish): Promise<HostSpec['kind']> {
  if (wish.audio === 'virtual') {
    await engine.startHost({ kind: 'virtual', bufferFrames: wish.bufferFrames })
    return 'virtual'
  }
  try {
    loadPortAudio(addon)
    const { device, bufferFrames } = wish
    await engine.startHost({ kind: 'portaudio', bufferFrames, ...(device ? { device } : {}) })
    return 'portaudio'
  } catch (cause) {
    if (wish.audio === 'auto' && wish.device === '') {
      log.info({ reason: (cause as Error).message }, 'no sound card opens: running on the virtual card')
      await engine.startHost({ kind: 'virtual', bufferFrames: wish.bufferFrames })
      return 'virtual'
    }
    const card = wish.device ? `sound card "${wish.device}"` : 'the default sound card'
    throw new DeskError('device', `${card} does not open: ${(cause as Error).message}`, { cause })
  }
}

function listDevices(addon: NativeAddon): DeviceInfo[] {
  try {
    return addon.listDevices()
  } catch {
    return []
  }
}

/**
 * For an engine that replaces another: audio must go on, so a card that does not open is tried again every `retryMs`
 * behind the virtual clock.
 */
export async function openHostOrWait(
  addon: NativeAddon,
  engine: NativeEngine,
  wish: HostWish,
  retryMs = 2000,
): Promise<HostSpec['kind']> {
  try {
    return await openHost(addon, engine, wish)
  } catch (error) {
    log.warn({ reason: (error as Error).message }, 'running on the virtual card until the sound card returns')
    const virtual: HostWish = { ...wish, audio: 'virtual' }
    await openHost(addon, engine, virtual)
    const again = async (): Promise<void> => {
      if (listDevices(addon).some(({ name }) => name.includes(wish.device))) {
        await engine.stopHost()
        try {
          await openHost(addon, engine, wish)
          return log.info('the sound card is back')
        } catch {
          await openHost(addon, engine, virtual)
        }
      }
      setTimeout(again, retryMs).unref()
    }
    setTimeout(again, retryMs).unref()
    return 'virtual'
  }
}
