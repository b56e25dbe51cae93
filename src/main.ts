// The entry of `deskd`.
import { runCommandLine } from './cli/command-line.js'

// `deskd params | head` closes our output early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.exitCode = await runCommandLine(process.argv.slice(2))
