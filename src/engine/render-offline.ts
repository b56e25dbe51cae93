// One run of an engine that exists for nothing else: tracks through a desk into a file.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Registry } from '../params/registry.js'
import type { TrackFile } from './commands.js'
import { conformTracks } from './conform-tracks.js'
import type { NativeAddon, NativeEngine, RenderResult, RenderSpec } from './native.js'
import { initialRegion } from './shared-layout.js'

export interface OfflineDesk {
  readonly registry: Registry
  readonly values: Float32Array
  readonly texts: readonly string[]
  readonly sampleRateHz: number
  readonly isa: string
  /** At any rate: what is not at the desk's is converted first. */
  readonly tracks: readonly TrackFile[]
}

/** `onProgress` hears how many frames are done. Throws a DeskError for tracks that cannot be read. */
export async function renderOffline(
  addon: NativeAddon,
  desk: OfflineDesk,
  spec: RenderSpec,
  onProgress?: (framesDone: number) => void,
): Promise<RenderResult> {
  const bytes = initialRegion(desk.registry, desk.sampleRateHz, desk.values, desk.texts)
  const region = new ArrayBuffer(bytes.length)
  new Uint8Array(region).set(bytes)
  const conformed = mkdtempSync(join(tmpdir(), 'deskd-render-'))
  let engine: NativeEngine | undefined
  try {
    engine = addon.createEngine(region, desk.isa)
    await engine.loadTracks(await conformTracks(addon, desk.tracks, desk.sampleRateHz, conformed))
    return await engine.render(spec, onProgress)
  } finally {
    engine?.close()
    rmSync(conformed, { recursive: true, force: true })
  }
}
