// CPU time of a command with everything it starts.
import { spawnSync } from 'node:child_process'

// bash adds up what the kernel counts for a child and all that it waited for; sh gives hundredths alone.
const script = 'TIMEFORMAT="%3R %3U %3S"; exec 3>&2; { time "$@" 2>&3; } 2>&4'

/** Gives wall and CPU seconds. Throws with what it said when it fails or one of `files` is not there. */
export function timeOf(command) {
  const { status, stdout, stderr, output, error } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: 'C' },
  })
  const said = `${stdout ?? ''}${stderr ?? ''}`.trimEnd()
  if (error || status !== 0) throw new Error(`${command[0]} ended with ${error?.message ?? status}: ${said.slice(-1500)}`)
  const [wall, user, system] = String(output[4]).trim().split(' ').map(Number)
  return { wallSeconds: wall, cpuSeconds: user + system, said }
}
