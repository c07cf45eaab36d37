import { AGENTS, type Agent } from '@tacho/launcher'
import { Command } from 'commander'
import { addAgentEntry } from './commands/agent-entry.js'
import { addHelpCommand } from './commands/help.js'
import { version } from './package/own-files.js'
import { rootsOf } from './roots.js'
import type { SessionOptions } from './session-options.js'

/** Adds commands to the tree. */
export type AddCommand = (tacho: Command, agents: readonly Agent[]) => void | Promise<void>

/**
 * Builds the tree of commands for parsing, help and shell completion.
 *
 * @param add the commands to add to those that run agents.
 * @param agents that can be run, and whose sessions are searched.
 */
export async function program(
  add: AddCommand,
  agents: readonly Agent[] = AGENTS,
): Promise<Command> {
  const tacho = new Command('tacho')
    .description('The flight recorder for coding agents')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Our own supports subcommands, too.
    .helpCommand(false)
    .exitOverride()
    // Errors are reported once, by main.
    .configureOutput({ outputError: () => undefined })
    .hook('preAction', (_tacho, command) => {
      const { sessionsDir } = command.opts<Partial<SessionOptions>>()
      command.setOptionValue('roots', rootsOf(agents, sessionsDir))
    })
  for (const agent of agents) addAgentEntry(tacho, agent)
  await add(tacho, agents)
  addHelpCommand(tacho)
  return tacho
}
