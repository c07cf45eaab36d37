import type { Agent } from '@tacho/launcher'
import { endWhenStdoutBreaks, note } from './output.js'
import { type AddCommand, program } from './program.js'
import { wordError } from './word-error.js'

/**
 * Runs `tacho` with some of its commands. Sets the exit code of the process; this is the only place
 * where errors are caught and worded.
 *
 * @param argv the words after `tacho`.
 * @param add the commands.
 * @param agents in the place of those that Tacho knows.
 */
export async function run(
  argv: readonly string[],
  add: AddCommand,
  agents?: readonly Agent[],
): Promise<void> {
  endWhenStdoutBreaks()
  try {
    const tacho = await program(add, agents)
    await tacho.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    const { exitCode, text } = wordError(error)
    if (text !== '') note(text)
    process.exitCode = exitCode
  }
}
