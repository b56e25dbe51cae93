// Recordings that ended become FLAC, one file after the other in the background; a WAV goes when its FLAC decodes to it.
import { existsSync, rmSync } from 'node:fs'
import { basename, relative } from 'node:path'
import type { NativeAddon } from '../engine/native.js'
import { log } from '../log.js'
import { readTakeFile, type TakeFile, writeTakeFile } from '../takes/take-file.js'
import { audioOf, flacName, isMasterAlone, takeFiles } from '../takes/take-folder.js'
import type { Unfinished } from '../takes/unfinished.js'

export interface FlacState {
  /** The file that becomes FLAC now, or ''. */
  readonly file: string
  readonly percent: number
  /** Recordings that wait behind it. */
  readonly waiting: number
  /** Files of the last recording that stay WAV, because FLAC cannot hold them. */
  readonly stays: readonly string[]
  /** What went wrong last, or ''. */
  readonly error: string
}

export class FlacDelivery {
  private now: FlacState = { file: '', percent: 0, waiting: 0, stays: [], error: '' }
  private turn: Promise<void> = Promise.resolve()
  private waiting = 0

  /** `queue` outlives a kill: what is in it is begun again at the next start. */
  constructor(
    private readonly addon: Pick<NativeAddon, 'convertToFlac'>,
    private readonly queue: Unfinished,
  ) {}

  state(): FlacState {
    return { ...this.now, waiting: this.waiting }
  }

  /** Goes on with what an earlier run left. */
  resume(): void {
    for (const target of this.queue.list()) this.run(target)
  }

  add(target: string): void {
    this.queue.add(target)
    this.run(target)
  }

  private run(target: string): void {
    this.waiting++
    this.turn = this.turn.then(async () => {
      this.waiting--
      try {
        if (existsSync(target)) await this.convert(target)
      } catch (cause) {
        // The WAV files are as they were.
        this.now = { ...this.now, error: (cause as Error).message }
        log.error({ err: cause }, `${target} stays WAV`)
      }
      this.now = { ...this.now, file: '', percent: 0 }
      this.queue.remove(target)
    })
  }

  private async convert(target: string): Promise<void> {
    const { lead, take } = takeFiles(target)
    const stays: string[] = []
    for (const wav of audioOf(target).filter((path) => path !== lead && isMasterAlone(path))) {
      this.now = { file: wav, percent: 0, waiting: 0, stays, error: '' }
      const flac = flacName(wav)
      const isExact = await this.addon.convertToFlac(wav, flac, (share) => {
        this.now = { ...this.now, percent: Math.round(100 * share) }
      })
      if (!isExact) {
        stays.push(basename(wav))
        continue
      }
      // The description first: killed in between, both files are there and it is done again.
      if (existsSync(take)) await writeTakeFile(take, renamed(await readTakeFile(take), relative(target, wav)))
      rmSync(wav)
    }
    if (stays.length > 0)
      log.warn(
        { target, stays },
        'files stay WAV: FLAC holds 24 bit, and they hold samples between its steps or beyond full scale',
      )
    else log.info({ target }, 'FLAC')
  }
}

/** The description with one file's new name. */
function renamed(take: TakeFile, wav: string): TakeFile {
  const rename = <T extends { readonly file: string }>(item: T): T =>
    item.file === wav ? { ...item, file: flacName(wav) } : item
  return { ...take, inputs: take.inputs.map(rename), ...(take.buses ? { buses: take.buses.map(rename) } : {}) }
}
