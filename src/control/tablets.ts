// Tablets at the desk: who is known, the ports and doors they come in by, their surfaces.
import type { OscConfig } from '../config/config-file.js'
import { configuredTablets, type SurfaceConfig } from '../config/surfaces-config.js'
import { Doors } from '../osc/doors.js'
import { KnownTablets } from '../osc/known-tablets.js'
import { Pairing } from '../osc/pairing.js'
import { SurfaceClients } from '../osc/surface-clients.js'
import { openUdpPort } from '../osc/udp.js'
import { TabletsFile } from './tablets-file.js'

interface TabletsOptions {
  readonly osc: OscConfig
  readonly stateFolder: string
  readonly surfaces: readonly SurfaceConfig[]
}

/** Opens the desk's UDP port, and doors for tablets that are known. Throws as `openUdpPort`. */
export async function openTablets({ osc, stateFolder, surfaces }: TabletsOptions) {
  const file = new TabletsFile(stateFolder)
  const known = new KnownTablets(file.read(configuredTablets(surfaces)), (all) => file.keep(all))
  const pairing = new Pairing()
  const main = await openUdpPort({
    bind: { address: osc.host, port: osc.port },
    allow: osc.allow,
    admits: (peer) => known.of(peer) !== undefined,
    onRefused: ({ from, bytes }) => pairing.knock(from, bytes, performance.now()),
  })
  const doors = new Doors({ main, known, pairing })
  const surfaceClients = new SurfaceClients(known, (datagram) => doors.send(datagram))
  return {
    known,
    doors,
    surfaceClients,
    entrance: doors,
    close: async () => {
      file.write()
      await surfaceClients.close()
      await doors.close()
    },
  }
}
