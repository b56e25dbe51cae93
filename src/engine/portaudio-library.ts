// Finds PortAudio: the system's library where there is one (it may speak JACK), else the one in naudiodon's package.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DeskError } from '../errors.js'
import type { NativeAddon } from './native.js'

/** Candidates in order of preference; '' is the system's. */
export function portAudioLibraries(): string[] {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('naudiodon/package.json'))
    return ['', join(folder, 'build', 'Release', 'libportaudio.so.2')]
  } catch {
    return ['']
  }
}

/** Loads PortAudio into the addon. Throws a DeskError that says how to get it. */
export function loadPortAudio(addon: Pick<NativeAddon, 'usePortAudio'>): void {
  let last: unknown
  for (const library of portAudioLibraries()) {
    try {
      addon.usePortAudio(library)
      return
    } catch (error) {
      last = error
    }
  }
  throw new DeskError('device', `PortAudio does not load (${(last as Error).message}): run \`apt-get install libportaudio2\``, {
    cause: last,
  })
}
