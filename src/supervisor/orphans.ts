// What a killed supervisor left: its two processes notice, finish their files and end by themselves.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { DeskError } from '../errors.js'
import { readRunFile } from './run-file.js'

const patienceMs = 6000

/** Waits for the processes of an earlier desk. Throws a DeskError `running` when one stays. */
export async function awaitOrphans(stateFolder: string): Promise<void> {
  const before = readRunFile(stateFolder)
  if (!before) return
  const pids = [before.pids.engine, before.pids.control]
  const until = performance.now() + patienceMs
  while (pids.some(isDeskProcess) && performance.now() < until) await wait(25)
  const left = pids.filter(isDeskProcess)
  if (left.length > 0)
    throw new DeskError(
      'running',
      `process ${left.join(' and ')} of an earlier desk did not end: run \`kill -9 ${left.join(' ')}\` and start again`,
    )
}

/** Process ids are used again: only one that runs a process of the desk counts. */
function isDeskProcess(pid: number): boolean {
  try {
    return /(engine|control)-process\.m?js/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}
