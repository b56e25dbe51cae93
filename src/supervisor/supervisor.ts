// `deskd run`: checks everything, then keeps an engine and a control alive until it is asked to stop.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../config/config-file.js'
import { makeFolder } from '../config/make-folder.js'
import { wantedInstructionSet } from '../engine/instruction-set.js'
import { type AudioFileInfo, nativeAddon } from '../engine/native.js'
import { createRegionFile, regionPaths } from '../engine/region.js'
import { initialRegion } from '../engine/shared-layout.js'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { openUdpPort } from '../osc/udp.js'
import { awaitOrphans } from './orphans.js'
import { planRun } from './plan-run.js'
import { ProcessPair } from './process-pair.js'
import { removeRunFile } from './run-file.js'
import type { RunOptions } from './run-options.js'
import { lockState } from './state-lock.js'

/** What can be put in place of the real thing. */
export interface RunParts {
  /** JavaScript files of the two processes. */
  readonly entries: { readonly engine: string; readonly control: string }
  /** Reads an audio file's header. Throws in words. */
  readonly readHeader: (path: string) => AudioFileInfo
  /** Instruction sets that this machine can run, best first. */
  readonly instructionSets: () => readonly string[]
  /** File descriptor for what the processes print. */
  readonly logFd: number
}

const builtEntry = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const realParts = (): RunParts => ({
  entries: { engine: builtEntry('../engine/engine-process.js'), control: builtEntry('../control/control-process.js') },
  readHeader: (path) => nativeAddon().audioFileInfo(path),
  instructionSets: () => nativeAddon().isaNames,
  logFd: 2,
})

/**
 * Runs a desk until SIGINT, SIGTERM or `stop()`. Resolves when everything is written and silent.
 * Throws a DeskError for what a person can get wrong, before audio starts; code `engine` when a process dies again and again.
 */
export async function runDesk(options: RunOptions, parts: RunParts = realParts()): Promise<void> {
  const config = readConfig(options)
  if (config.isa !== '') wantedInstructionSet(parts.instructionSets(), config.isa)
  makeStateFolder(config.state)
  const lock = await lockState(config.state)
  try {
    await runLocked(config, options, parts)
  } finally {
    lock.release()
  }
}

function makeStateFolder(folder: string): void {
  try {
    makeFolder(folder)
  } catch (cause) {
    throw new DeskError('config', `--state ${folder}: expected a folder that can be made, found ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function runLocked(config: Config, options: RunOptions, parts: RunParts): Promise<void> {
  const plan = await planRun(config, options, parts.readHeader)
  for (const warning of plan.warnings) log.warn(warning)
  await awaitOrphans(config.state)
  const port = await openUdpPort({ bind: { address: config.osc.host, port: config.osc.port }, allow: config.osc.allow })
  await port.close()

  const paths = regionPaths(config.state)
  createRegionFile(paths.region, initialRegion(plan.registry, config.sampleRateHz, plan.settings.values, plan.settings.texts))
  const pair = new ProcessPair(config, plan, parts, paths, options.onReady)
  const stop = (): void => pair.stop()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    await pair.run()
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    removeRunFile(config.state)
    for (const path of [paths.region, paths.socket]) rmSync(path, { force: true })
  }
}
