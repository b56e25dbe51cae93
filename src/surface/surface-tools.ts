// What `deskd monitor`, `learn`, `surface list` and `surface test` ask of the surfaces of a running desk.
import type { SurfaceShape } from './driver.js'
import type { Looks } from './look.js'

export interface UnitStatus {
  readonly role: string
  /** Name and place of its port; '' while it has none. */
  readonly port: string
  readonly isConnected: boolean
  /** Why not, in words; '' when it is. */
  readonly why: string
}

export interface SurfaceStatus {
  readonly name: string
  /** Id and name of the driver. */
  readonly driver: string
  readonly device: string
  /** File of the mapping. */
  readonly mapping: string
  /** Why a newer version of the file is not in force, in words; ''. */
  readonly mappingProblem: string
  readonly units: readonly UnitStatus[]
  /** Page, bank, flip and the like, by name. */
  readonly state: Readonly<Record<string, number | string | boolean>>
  /** A test or learn has it. */
  readonly isHeld: boolean
}

/** A surface that is out of its mapping: it is heard but moves nothing, and shows what it is given. */
export interface Hold {
  /** Looks of all its controls; what has none is dark. */
  show(looks: Looks): void
  /** Back to its mapping, with a full resend. */
  release(): void
}

export interface SurfaceTools {
  list(): readonly SurfaceStatus[]
  shape(name: string): SurfaceShape | undefined
  /** Undefined where no surface has that name or somebody holds it already. */
  hold(name: string): Hold | undefined
  /** Sets a page, a bank, a flip. Gives a reason in words when it cannot be. */
  setState(name: string, state: string, value: number | string | boolean): string | undefined
}
