import type { Agent } from '@tacho/launcher'
import { endWhenStdoutBreaks, note } from './output.js'
import { program } from './program.js'
import { wordError } from './word-error.js'

/**
 * The `tacho` command. Sets the exit code of the process; this is the only place where errors are
 * caught and worded.
 *
 * @param argv the words after `tacho`.
 * @param agents in the place of those that Tacho knows.
 */
export async function main(argv: readonly string[], agents?: readonly Agent[]): Promise<void> {
  endWhenStdoutBreaks()
  try {
    await program(agents).parseAsync(argv, { from: 'user' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    const { exitCode, text } = wordError(error)
    if (text !== '') note(text)
    process.exitCode = exitCode
  }
}
