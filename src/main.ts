// The command line's entry: parses, runs one command, and turns errors into a message and an exit code.
import { CommanderError } from 'commander'
import { program } from './cli/program.js'
import { DeskError, exitCodeOf } from './errors.js'

/** Runs one command line. Gives the exit code: 0, 2 for bad input, 1 for everything else. */
async function main(words: readonly string[]): Promise<number> {
  try {
    // `-inf` is a level, not three options: with a true minus sign it passes as a value.
    await program().parseAsync(
      words.map((word) => (/^-inf(inity)?$/i.test(word) ? word.replace('-', '−') : word)),
      { from: 'user' },
    )
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError)
      return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2
    const said = error instanceof DeskError ? `deskd: ${error.message}` : `deskd: ${(error as Error).stack ?? error}`
    process.stderr.write(`${said}\n`)
    return exitCodeOf(error)
  }
}

// `deskd params | head` closes our output early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.exitCode = await main(process.argv.slice(2))
