// The page of a report: checked before the work starts, and there only when it is whole.
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DeskError } from '../errors.js'

/** Throws a DeskError when no page can be written there, or when it would be written over an input. */
export function checkReport(path: string, inputs: readonly string[]): void {
  const refuse = (expected: string, found: string): never => {
    throw new DeskError('output', `--report ${path}: expected ${expected}, found ${found}`)
  }
  if (!/\.html?$/i.test(path)) refuse('a name that ends in .html', basename(path))
  const folder = dirname(resolve(path))
  if (!existsSync(folder)) refuse('a folder that exists', `none at ${folder}`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    refuse('a folder to write in', `no permission for ${folder}`)
  }
  if (!existsSync(path)) return
  if (!statSync(path).isFile()) refuse('a file', 'something else of that name')
  if (inputs.some((input) => realpathSync(input) === realpathSync(path))) refuse('a file of its own', 'one of the inputs')
}

/** Writes under another name first. Throws a DeskError when it cannot. */
export function writeReport(path: string, page: string): void {
  const whole = resolve(path)
  const part = join(dirname(whole), `.${basename(whole)}.${process.pid}`)
  try {
    writeFileSync(part, page)
    renameSync(part, whole)
  } catch (error) {
    rmSync(part, { force: true })
    throw new DeskError('output', `--report ${path}: ${(error as Error).message}`)
  }
}
