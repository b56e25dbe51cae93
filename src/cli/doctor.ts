// `deskd doctor`: what this machine has and lacks for the desk, each with the command that mends it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { nativeAddon } from '../engine/native.js'
import { localDevices } from './devices.js'
import { printJson, printLines, tableLines } from './print.js'
import type { ReachOptions } from './running-desk.js'
import { askStatus } from './status.js'

export interface Finding {
  readonly name: string
  readonly ok: boolean
  /** The desk does not run without it. */
  readonly required: boolean
  readonly detail: string
  /** The command that mends it, where something is missing. */
  readonly mend?: string
}

interface SystemPackage {
  readonly name: string
  readonly need: 'build' | 'sound' | 'test'
  readonly what: string
}

interface SystemLibraries {
  readonly systemPackages: readonly SystemPackage[]
  missingPackages(needs: readonly string[]): SystemPackage[]
}

/** Shows what was found. The exit code is 1 when the desk cannot run. */
export async function doctor(options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const findings = await examine(options)
  if (options.json) printJson(findings)
  else {
    printLines(
      tableLines(
        findings.map(({ ok, name, detail, mend, required }) => [
          ok ? 'ok' : required ? 'missing' : 'without',
          name,
          mend ? `${detail} → ${mend}` : detail,
        ]),
      ),
    )
    printLines([canRun(findings) ? 'The desk can run.' : 'The desk cannot run yet.'])
  }
  if (!canRun(findings)) process.exitCode = 1
}

export const canRun = (findings: readonly Finding[]): boolean => findings.every(({ ok, required }) => ok || !required)

async function examine(reach: ReachOptions): Promise<Finding[]> {
  // Plain JavaScript, shared with the set-up, which runs before anything is built.
  const libraries = (await import(new URL('../../src/setup/system-libraries.mjs', import.meta.url).href)) as SystemLibraries
  return [nodeVersion(), ...packages(libraries), ...(await engine(reach)), realtime(), sound()]
}

function nodeVersion(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 20
  return { name: 'Node', ok, required: true, detail: process.version, ...(ok ? {} : { mend: 'install Node 20 or later' }) }
}

function packages({ systemPackages, missingPackages }: SystemLibraries): Finding[] {
  const missing = missingPackages(['build', 'sound', 'test']).map(({ name }) => name)
  const addonLoads = loadAddon() === undefined
  return systemPackages.map(({ name, need, what }) => {
    const ok = !missing.includes(name)
    const forTests = need === 'test' ? ' (for npm test)' : ''
    return {
      name,
      ok,
      // A built engine runs without the tools that built it.
      required: need === 'build' && !addonLoads,
      detail: `${what}${forTests}`,
      ...(ok ? {} : { mend: `sudo apt-get install -y --no-install-recommends ${name}` }),
    }
  })
}

/** Why the addon does not load; undefined when it does. */
function loadAddon(): string | undefined {
  try {
    nativeAddon()
    return undefined
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? (cause.message.split('\n')[0] ?? message) : message
  }
}

async function engine(reach: ReachOptions): Promise<Finding[]> {
  const broken = loadAddon()
  if (broken !== undefined) return [{ name: 'engine', ok: false, required: true, detail: broken, mend: 'npm run build' }]
  return [
    { name: 'engine', ok: true, required: true, detail: 'built and loads' },
    {
      name: 'instruction set',
      ok: true,
      required: true,
      detail: instructionSetText(nativeAddon().isaNames, await setInUse(reach)),
    },
  ]
}

/** `available`: best first. `inUse`: of the desk that runs, if one does. */
export function instructionSetText(available: readonly string[], inUse?: string): string {
  const [best = ''] = available
  const now = inUse === undefined ? `${best}, the best here` : `${inUse}, in use by the running desk`
  const others = available.filter((name) => name !== (inUse ?? best))
  return others.length > 0 ? `${now}; --isa can force ${others.join(', ')}` : now
}

async function setInUse(reach: ReachOptions): Promise<string | undefined> {
  try {
    return (await askStatus(reach)).engine.isa
  } catch {
    return undefined
  }
}

/** Linux: may a thread of ours run as SCHED_FIFO? Root and CAP_SYS_NICE may, others up to their rtprio limit. */
export function realtimePriority(limitsText: string, statusText: string): number {
  const capSysNice = 23n
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(statusText)?.[1] ?? '0'}`)
  if ((effective >> capSysNice) & 1n) return 99
  const soft = /^Max realtime priority\s+(\S+)/m.exec(limitsText)?.[1] ?? '0'
  return soft === 'unlimited' ? 99 : Number(soft)
}

function realtime(): Finding {
  const base = { name: 'real-time', required: false }
  const mend = `echo '@audio - rtprio 95' | sudo tee /etc/security/limits.d/audio.conf; sudo usermod -aG audio "$USER"; then log in again`
  try {
    const priority = realtimePriority(readFileSync('/proc/self/limits', 'utf8'), readFileSync('/proc/self/status', 'utf8'))
    if (priority === 0) return { ...base, ok: false, detail: 'the audio thread may not run as SCHED_FIFO', mend }
    // Containers can refuse what the limits allow: only trying tells.
    const tried = spawnSync('chrt', ['-f', '1', 'true'], { stdio: 'ignore' })
    if (tried.error === undefined && tried.status !== 0)
      return {
        ...base,
        ok: false,
        detail: 'SCHED_FIFO is allowed by the limits and refused by the kernel',
        mend: 'give the container CAP_SYS_NICE',
      }
    return { ...base, ok: true, detail: `SCHED_FIFO up to priority ${priority}` }
  } catch (error) {
    return { ...base, ok: false, detail: `not known here: ${(error as Error).message}` }
  }
}

function sound(): Finding {
  const base = { name: 'sound', required: false }
  if (loadAddon() !== undefined) return { ...base, ok: false, detail: 'known when the engine is built', mend: 'npm run build' }
  try {
    const cards = localDevices()
    if (cards.length > 0) return { ...base, ok: true, detail: cards.map(({ name }) => name).join(', ') }
    return { ...base, ok: false, detail: 'no sound card; the desk runs on its virtual card', mend: 'plug one in, or start JACK' }
  } catch (error) {
    return {
      ...base,
      ok: false,
      detail: (error as Error).message,
      mend: 'sudo apt-get install -y --no-install-recommends libportaudio2',
    }
  }
}
