// `deskd surface list`: the control surfaces of a running desk.
import type { SurfaceStatus } from '../surface/surface-tools.js'
import { withDesk } from './get.js'
import { printJson, printLines, tableLines } from './print.js'
import type { ReachOptions } from './running-desk.js'

export interface ListOptions extends ReachOptions {
  readonly json?: boolean
}

export async function list(options: ListOptions): Promise<void> {
  const surfaces = await withDesk(
    options,
    async (client) => JSON.parse(await client.question('/surfaces/list')) as SurfaceStatus[],
  )
  if (options.json) printJson(surfaces)
  else printLines(surfaceLines(surfaces))
}

/** A line a surface, with one below for each unit, and one for what is wrong with the mapping. */
export function surfaceLines(surfaces: readonly SurfaceStatus[]): string[] {
  if (surfaces.length === 0)
    return ['no surfaces: plug one in, or learn one that is not known with deskd learn (deskd monitor shows what comes)']
  return surfaces.flatMap(({ name, device, mapping, mappingProblem, units, state, isHeld }) => [
    `${name}  ${device}${isHeld ? ', held by a test' : ''}`,
    ...tableLines(
      units.map(({ role, port, isConnected, why }) => [
        '',
        role,
        isConnected ? 'connected' : 'waiting',
        port,
        isConnected ? '' : why,
      ]),
    ),
    `  mapping  ${mapping || 'none'}`,
    ...(mappingProblem ? mappingProblem.split('\n').map((line) => `  ! ${line}`) : []),
    ...(Object.keys(state).length > 0
      ? [
          `  ${Object.entries(state)
            .map(([key, value]) => `${key} ${value}`)
            .join(', ')}`,
        ]
      : []),
  ])
}
