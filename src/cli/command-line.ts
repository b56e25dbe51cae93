// Runs one command line: parses it, calls the command, and turns errors into a message and an exit code.
import { CommanderError } from 'commander'
import { DeskError, exitCodeOf } from '../errors.js'
import { program } from './program.js'

/** Gives the exit code: 0, 2 for bad input, 1 for everything else. `words` are what follows `deskd`. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    // `-inf` is a level, not three options: with a true minus sign it passes as a value.
    const plain = words.map((word) => (/^-inf(inity)?$/i.test(word) ? word.replace('-', '−') : word))
    await program().parseAsync(plain, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError)
      return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2
    const said = error instanceof DeskError ? error.message : ((error as Error).stack ?? error)
    process.stderr.write(`deskd: ${said}\n`)
    return exitCodeOf(error)
  }
}
