// `deskd devices`: the sound cards of this machine, as the running engine or else PortAudio sees them.
import { askEngine } from '../engine/commands.js'
import { type DeviceInfo, nativeAddon } from '../engine/native.js'
import { loadPortAudio } from '../engine/portaudio-library.js'
import { printJson, printLines, tableLines } from './print.js'
import { type ReachOptions, runFile } from './running-desk.js'

export async function devices(options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const run = runFile(options)
  const found = run ? await askEngine(run.socket, 'devices', null) : localDevices()
  if (options.json) {
    printJson(found)
    return
  }
  if (found.length === 0) printLines(['No sound card. The desk runs on its virtual card: deskd run --audio virtual'])
  else
    printLines(
      tableLines([
        ['name', 'through', 'inputs', 'outputs', 'rate', ''],
        ...found.map((d) => [
          d.name,
          d.hostApi,
          String(d.inputs),
          String(d.outputs),
          `${d.defaultSampleRateHz} Hz`,
          d.isDefault ? 'default' : '',
        ]),
      ]),
    )
}

export function localDevices(): DeviceInfo[] {
  const addon = nativeAddon()
  loadPortAudio(addon)
  return addon.listDevices()
}
