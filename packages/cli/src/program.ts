import { AGENTS, type Agent } from '@tacho/launcher'
import { sessionRoots } from '@tacho/reader'
import { Command } from 'commander'
import { addAgentEntry } from './commands/agent-entry.js'
import { addApprovalsCommand } from './commands/approvals.js'
import { addCancellationsCommand } from './commands/cancellations.js'
import { addCompletionCommand } from './commands/completion.js'
import { addExportCommand } from './commands/export.js'
import { addLsCommand } from './commands/ls.js'
import { addRawCommand } from './commands/raw.js'
import { addRebuildCommand } from './commands/rebuild.js'
import { addSalvageCommand } from './commands/salvage.js'
import { addSealCommand } from './commands/seal.js'
import { addShimEntry } from './commands/shim-entry.js'
import { addShowCommand } from './commands/show.js'
import { addVerifyCommand } from './commands/verify.js'
import type { SessionOptions } from './session-options.js'
import { version } from './version.js'

/**
 * The tree of all commands, from which parsing, help and shell completion come.
 *
 * @param agents those that can be run, and whose sessions are looked for.
 */
export function program(agents: readonly Agent[] = AGENTS): Command {
  const tacho = new Command('tacho')
    .description('The flight recorder for coding agents')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    // What is wrong is said once, by main.
    .configureOutput({ outputError: () => undefined })
    .hook('preAction', (_tacho, command) => {
      const { sessionsDir } = command.opts<Partial<SessionOptions>>()
      command.setOptionValue('roots', rootsOf(agents, sessionsDir))
    })
  for (const agent of agents) addAgentEntry(tacho, agent)
  addLsCommand(tacho)
  addShowCommand(tacho)
  addRawCommand(tacho)
  addApprovalsCommand(tacho)
  addCancellationsCommand(tacho)
  addExportCommand(tacho)
  addVerifyCommand(tacho)
  addSalvageCommand(tacho)
  addRebuildCommand(tacho)
  addSealCommand(tacho)
  addShimEntry(tacho, agents)
  addCompletionCommand(tacho)
  return tacho
}

function rootsOf(agents: readonly Agent[], directory: string | undefined): string[] {
  return sessionRoots({
    directory,
    agents: agents.map(({ sessionsRoot }) => sessionsRoot(process.env)),
  })
}
