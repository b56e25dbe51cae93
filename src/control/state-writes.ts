// Changes → state file: at most one write in half a second, and only when something is different.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditTime, concatMap, defer, type Observable, type ObservableInput, retry, startWith, timer } from 'rxjs'
import { stateFileName, writeState } from '../config/state-write.js'
import { log } from '../log.js'

/** A change waits this long at most; with the write itself the file is less than a second old. */
const waitMs = 500
const retryMs = 1000

export class StateWriter {
  private last: string

  /** `text` gives the whole state as it is now. */
  constructor(
    private readonly folder: string,
    private readonly text: () => string,
  ) {
    this.last = readText(join(folder, stateFileName))
  }

  async write(): Promise<void> {
    const text = this.text()
    if (text === this.last) return
    await writeState(this.folder, text)
    this.last = text
  }
}

/** Writes when something changed, and once at the start for what a killed predecessor left unwritten. */
export const stateWrites = (changes$: Observable<unknown>, writer: { write(): ObservableInput<void> }): Observable<void> =>
  changes$.pipe(
    startWith(undefined),
    auditTime(waitMs),
    concatMap(() =>
      defer(() => writer.write()).pipe(
        retry({
          delay: (error: Error) => {
            log.error({ err: error }, 'the state cannot be written and is tried again')
            return timer(retryMs)
          },
        }),
      ),
    ),
  )

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
