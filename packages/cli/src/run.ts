import type { Agent } from '@tacho/launcher'
import type { Command } from 'commander'
import { endWhenStdoutBreaks, note } from './output.js'
import { type AddCommand, program } from './program.js'
import { wordError } from './word-error.js'

/**
 * Runs `tacho` with some of its commands. Sets the exit code of the process; this is the only place
 * where errors are caught and worded.
 *
 * @param argv the words after `tacho`.
 * @param add the commands.
 * @param agents in place of those that Tacho knows.
 */
export async function run(
  argv: readonly string[],
  add: AddCommand,
  agents?: readonly Agent[],
): Promise<void> {
  endWhenStdoutBreaks()
  let tacho: Command | undefined
  try {
    tacho = await program(add, agents)
    await tacho.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    const { exitCode, text } = wordError(error, usageOf(tacho, argv))
    if (text !== '') note(text)
    process.exitCode = exitCode
  }
}

/** Returns the usage of the command that words name; empty if they name none. */
function usageOf(tacho: Command | undefined, words: readonly string[]): string {
  let found = tacho
  const names: string[] = []
  for (const word of words) {
    const below = found?.commands.find((one) => one.name() === word)
    if (below === undefined) break
    found = below
    names.push(word)
  }
  if (found === undefined || names.length === 0) return ''
  const name = names.join(' ')
  return `Usage: tacho ${name} ${found.usage()}\nMore: tacho help ${name}`
}
