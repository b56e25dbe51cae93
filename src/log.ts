// Logs go to stderr, one JSON line each; stdout is for results.
import { pino } from 'pino'

export const log = pino(
  { level: process.env.DESKD_LOG ?? 'info', base: { role: process.env.DESKD_ROLE ?? 'cli', pid: process.pid } },
  pino.destination({ fd: 2, sync: true }),
)
