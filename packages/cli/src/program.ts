import { Command } from 'commander'
import { addApprovalsCommand } from './commands/approvals.js'
import { addCancellationsCommand } from './commands/cancellations.js'
import { addCodexEntry } from './commands/codex-entry.js'
import { addCompletionCommand } from './commands/completion.js'
import { addExportCommand } from './commands/export.js'
import { addLsCommand } from './commands/ls.js'
import { addRawCommand } from './commands/raw.js'
import { addSalvageCommand } from './commands/salvage.js'
import { addSealCommand } from './commands/seal.js'
import { addShimEntry } from './commands/shim-entry.js'
import { addShowCommand } from './commands/show.js'
import { addVerifyCommand } from './commands/verify.js'
import { version } from './version.js'

/** The tree of all commands, from which parsing, help and shell completion come. */
export function program(): Command {
  const tacho = new Command('tacho')
    .description('The flight recorder for coding agents')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    // What is wrong is said once, by main.
    .configureOutput({ outputError: () => undefined })
  addCodexEntry(tacho)
  addLsCommand(tacho)
  addShowCommand(tacho)
  addRawCommand(tacho)
  addApprovalsCommand(tacho)
  addCancellationsCommand(tacho)
  addExportCommand(tacho)
  addVerifyCommand(tacho)
  addSalvageCommand(tacho)
  addSealCommand(tacho)
  addShimEntry(tacho)
  addCompletionCommand(tacho)
  return tacho
}
