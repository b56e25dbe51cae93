// run.json in the state folder: how the command line finds the desk that runs.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunFile } from './run-options.js'

const runFilePath = (stateFolder: string): string => join(stateFolder, 'run.json')

export function writeRunFile(stateFolder: string, run: RunFile): void {
  const path = runFilePath(stateFolder)
  writeFileSync(`${path}.next`, `${JSON.stringify(run, undefined, 2)}\n`)
  renameSync(`${path}.next`, path)
}

/** What the last desk wrote, whether it still runs or not; undefined when there is nothing to read. */
export function readRunFile(stateFolder: string): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(runFilePath(stateFolder), 'utf8')) as RunFile
    return Number.isInteger(run?.pids?.supervisor) ? run : undefined
  } catch {
    return undefined
  }
}

export const removeRunFile = (stateFolder: string): void => rmSync(runFilePath(stateFolder), { force: true })
