// Logs go to stderr, one JSON line each; stdout is for results. A desk tells what it does, a command only what goes wrong.
import { pino } from 'pino'

const level = process.env.DESKD_LOG ?? (process.env.DESKD_ROLE || process.argv[2] === 'run' ? 'info' : 'warn')

export const log = pino(
  { level, base: { role: process.env.DESKD_ROLE ?? 'cli', pid: process.pid } },
  pino.destination({ fd: 2, sync: true }),
)
