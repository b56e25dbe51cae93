// Puts the surfaces of a desk together: ports of MIDI, sockets and tablets, every driver there is, mappings, and what hands do.
import { join } from 'node:path'
import type { MidiConfig, SurfaceConfig } from '../config/surfaces-config.js'
import type { Region } from '../engine/region.js'
import { log } from '../log.js'
import type { Effect } from '../mapping/effect.js'
import type { RunAction } from '../params/actions.js'
import type { History } from '../params/history.js'
import type { ParameterStore } from '../params/store.js'
import { meterValue } from '../params/value.js'
import type { Scenes } from '../scenes/scenes.js'
import { loadDrivers } from '../surface/catalogue.js'
import type { Ports } from '../surface/link.js'
import { joinPorts, openPorts } from '../surface/ports/all-ports.js'
import { ownDevices } from './own-devices.js'
import type { SurfaceTap } from './surface-tap.js'
import { Surfaces } from './surfaces.js'

export interface OpenSurfacesParts {
  readonly midi: MidiConfig
  readonly configured: readonly SurfaceConfig[]
  /** Clients that are surfaces. */
  readonly tablets: Ports
  readonly stateFolder: string
  readonly store: ParameterStore
  readonly history: Pick<History, 'touch' | 'release'>
  readonly scenes: Pick<Scenes, 'touched'>
  readonly region: Pick<Region, 'rawMeter'>
  readonly run: RunAction
  readonly tap: SurfaceTap
}

export async function openSurfaces(parts: OpenSurfacesParts): Promise<Surfaces> {
  const { midi, configured, tablets, stateFolder, store, history, scenes, region, tap } = parts
  const named = configured.flatMap(({ units }) => units.flatMap(({ port }) => port ?? []))
  const mappingFolder = join(stateFolder, 'mappings')
  const describing = configured.flatMap(({ driver, mapping }) => (driver === undefined && mapping !== undefined ? [mapping] : []))
  return new Surfaces({
    ports: joinPorts([openPorts({ midi, named }), tablets]),
    drivers: await loadDrivers(),
    configured,
    mappingFolder,
    ownDevices$: ownDevices(mappingFolder, describing),
    desk: {
      registry: store.registry,
      value: (param) => store.value(param),
      text: (text) => store.text(text),
      meter: (meter) => meterValue(meter, region.rawMeter(meter.index)),
    },
    tap,
    act: (effect, initiator) => carryOut(effect, initiator, parts),
    touched: (param, initiator, isTouched) => {
      history.touch(param, initiator, isTouched)
      if (isTouched) scenes.touched(param, performance.now())
    },
    released: (initiator) => history.release(initiator),
  })
}

/** A surface has no line to tell an error on: it is logged. */
function carryOut(effect: Effect, initiator: string, { store, run }: Pick<OpenSurfacesParts, 'store' | 'run'>): void {
  const fail = (error: Error): void => log.warn({ surface: initiator }, error.message)
  if (effect.kind === 'set') {
    const refused = store.set(effect.param, effect.value, initiator)
    if (refused !== undefined) fail(new Error(refused))
    return
  }
  try {
    run(effect.action, effect.args, initiator)?.catch(fail)
  } catch (error) {
    fail(error as Error)
  }
}
