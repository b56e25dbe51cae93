// Learning at work: whoever is touched first is learnt; what is learnt is checked and written at once.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parse } from 'yaml'
import { makeFolder } from '../config/make-folder.js'
import { writeGeneration } from '../config/state-write.js'
import { DeskError } from '../errors.js'
import { LearnSession, type Said } from '../mapping/learn-session.js'
import { type Learnt, learntControls, withLearnt } from '../mapping/learnt-file.js'
import { readMappingText } from '../mapping/load.js'
import type { OscClient } from '../osc/client.js'
import type { Registry } from '../params/registry.js'
import { assemble } from '../surface/assemble.js'
import type { ControlEvent } from '../surface/control-event.js'
import { type DeviceData, deviceDriver } from '../surface/device-data.js'
import type { Driver, SurfaceShape } from '../surface/driver.js'
import type { LearnPlace } from './learn-place.js'
import { saidText } from './learn-text.js'
import { printJson, printLines } from './print.js'

export interface Heard {
  /** Whose it is: a port or a surface. */
  readonly key: string
  /** Name of a surface of the desk. */
  readonly surface?: string
  readonly place: () => LearnPlace
  readonly bytes: Uint8Array
  readonly events: readonly ControlEvent[]
}

interface Parts {
  readonly registry: Registry
  readonly drivers: readonly Driver[]
  readonly client: OscClient | undefined
  readonly isJson: boolean
  /** Nothing more can be learnt. */
  readonly fail: (why: Error) => void
}

interface Chosen extends LearnPlace {
  readonly key: string
  readonly session: LearnSession
}

/** Soon, as a device that was written anew has lost its hold. */
const renewMs = 1000

export class Learning {
  private chosen: Chosen | undefined
  private text: string | undefined
  private learnt = 0
  private writing: Promise<void> = Promise.resolve()
  private renew: NodeJS.Timeout | undefined

  constructor(private readonly parts: Parts) {}

  begin(): void {
    this.say([{ kind: 'ask', what: 'touch', wires: [] }])
  }

  hear(heard: Heard): void {
    // A clock, or what a device says of itself, is no touch.
    if (!this.chosen && (heard.bytes[0] ?? 0) >= 0xf8) return
    this.chosen ??= this.choose(heard)
    if (this.chosen.key !== heard.key) return
    this.chosen.session.hear({ atMs: performance.now(), bytes: heard.bytes }, heard.events)
  }

  look(): void {
    if (this.chosen) this.say(this.chosen.session.rest(performance.now()))
  }

  type(line: string): void {
    this.say(this.chosen ? this.chosen.session.type(line) : [{ kind: 'refused', why: 'touch a control first' }])
  }

  /** Somebody moved a parameter on the desk; what a surface does is no answer. */
  changed(id: string, by: string): void {
    if (by.startsWith('surface:')) return
    if (this.chosen) this.say(this.chosen.session.moved(id))
  }

  /** Waits for the disk, and gives the surface back. */
  async end(): Promise<void> {
    clearInterval(this.renew)
    await this.writing
    if (this.renew) await this.parts.client?.act('/surfaces/release').catch(() => {})
  }

  summary(): string[] {
    if (!this.chosen || this.learnt === 0) return ['nothing was learnt']
    const { file, start, isFound } = this.chosen
    if (!isFound)
      return [
        `${this.learnt} learnt, in ${file}. In the host configuration: surfaces: [{ name: ${start.surface}, mapping: ${file} }]`,
      ]
    return [`${this.learnt} learnt, in ${file}, where ${this.parts.client ? 'the desk has it already' : 'deskd run finds it'}`]
  }

  /** What was touched first is learnt, out of the desk's hands. */
  private choose({ key, surface, place }: Heard): Chosen {
    const { file, start, hasDriver, isFound } = place()
    this.text = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    if (surface !== undefined) this.hold(surface)
    const session = new LearnSession({
      registry: this.parts.registry,
      known: this.text === undefined ? new Map() : learntControls(this.text),
      hasDriver,
      check: (learnt) => this.problemWith(learnt),
    })
    return { file, start, hasDriver, isFound, key, session }
  }

  private hold(surface: string): void {
    const hold = (): void => {
      this.parts.client
        ?.act('/surfaces/hold', [surface])
        .catch((error: Error) => this.say([{ kind: 'refused', why: error.message }]))
    }
    hold()
    this.renew = setInterval(hold, renewMs)
  }

  private problemWith(learnt: Learnt): string | undefined {
    const { file, start } = this.chosen!
    try {
      const text = withLearnt(this.text, file, start, learnt)
      readMappingText(file, text, (id) => this.shapeOf(id, text), this.parts.registry)
      return undefined
    } catch (error) {
      if (error instanceof DeskError) return error.message
      throw error
    }
  }

  private shapeOf(id: string, text: string): SurfaceShape | undefined {
    const device = (parse(text) as { device?: Omit<DeviceData, 'id'> }).device
    if (!device) {
      const driver = this.parts.drivers.find((one) => one.id === id)
      return driver && assemble(driver).shape
    }
    try {
      return assemble(deviceDriver({ id, ...device })).shape
    } catch (cause) {
      throw new DeskError('mapping', (cause as Error).message, { cause })
    }
  }

  private say(all: readonly Said[]): void {
    for (const said of all) {
      if (said.kind === 'learnt') this.write(said.learnt)
      if (!this.parts.isJson) printLines([saidText(said, this.parts.client !== undefined)])
      else printJson(said.kind === 'learnt' ? { ...said, file: this.chosen!.file } : said)
    }
  }

  private write(learnt: Learnt): void {
    const { file, start } = this.chosen!
    this.text = withLearnt(this.text, file, start, learnt)
    this.learnt++
    const { text } = this
    this.writing = this.writing.then(() => writeMapping(file, text)).catch(this.parts.fail)
  }
}

/** Whole or not at all; the one before stays beside it. */
async function writeMapping(file: string, text: string): Promise<void> {
  try {
    makeFolder(dirname(file))
    await writeGeneration(dirname(file), basename(file), text)
  } catch (cause) {
    throw new DeskError('output', `${file}: expected a file that can be written, found ${(cause as Error).message}`, { cause })
  }
}
