import type { Agent } from '@tacho/launcher'
import { addCommands } from './commands/index.js'
import { collectGarbageSooner } from './heap-growth.js'
import { run } from './run.js'

/**
 * Runs the `tacho` command. Sets the exit code of the process.
 *
 * @param argv the words after `tacho`.
 * @param agents in place of those that Tacho knows.
 */
export function main(argv: readonly string[], agents?: readonly Agent[]): Promise<void> {
  collectGarbageSooner()
  return run(argv, (tacho, agents) => addCommands(tacho, agents, argv[0]), agents)
}
