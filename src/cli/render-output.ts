// The rendered file: checked before the work starts, written under a temporary name, and moved into place when it is whole.
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DeskError } from '../errors.js'

const wavNames = { pattern: /\.(wav|wave|rf64)$/i, words: '.wav' }

/** Throws a DeskError when nothing can be written there, or when it would be written over an input. */
export function checkOutput(out: string, inputs: readonly string[], names = wavNames): void {
  const refuse = (expected: string, found: string): never => {
    throw new DeskError('output', `--out ${out}: expected ${expected}, found ${found}`)
  }
  if (!names.pattern.test(out)) refuse(`a name that ends in ${names.words}`, basename(out))
  const folder = dirname(resolve(out))
  if (!existsSync(folder)) refuse('a folder that exists', `none at ${folder}`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    refuse('a folder to write in', `no permission for ${folder}`)
  }
  if (!existsSync(out)) return
  if (!statSync(out).isFile()) refuse('a file', 'something else of that name')
  const real = realpathSync(out)
  if (inputs.some((input) => existsSync(input) && realpathSync(input) === real)) refuse('a file of its own', 'one of the inputs')
}

/** Calls `write` with a temporary path beside `out`; what it wrote is at `out` only when it succeeded. */
export async function writeWhole<T>(out: string, write: (path: string) => Promise<T>): Promise<T> {
  const path = join(dirname(resolve(out)), `.${basename(out)}.${process.pid}.wav`)
  const removed = (): void => rmSync(path, { force: true })
  const interrupted = (): void => {
    removed()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const result = await write(path)
    renameSync(path, resolve(out))
    return result
  } catch (error) {
    removed()
    throw inWords(error, path, out)
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  }
}

/** What the disk said, of the file that is meant; everything else as it is. */
function inWords(error: unknown, path: string, out: string): unknown {
  if (error instanceof DeskError || !(error instanceof Error)) return error
  if (/disk is full/.test(error.message) || (error as NodeJS.ErrnoException).code === 'ENOSPC')
    return new DeskError('diskFull', `--out ${out}: cannot be written: the disk is full`, { cause: error })
  return /^cannot (write|create)/.test(error.message)
    ? new DeskError('output', error.message.replaceAll(path, out), { cause: error })
    : error
}
