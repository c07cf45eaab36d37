import { type Agent, isInstalled } from '@tacho/launcher'
import type { Command } from 'commander'
import { CommandError, EXIT } from '../command-error.js'

/**
 * Adds `tacho <agent>` to the help. It never runs in a built Tacho: `bin/tacho.js` loads the
 * agent's own bundle, and nothing else, before the command line is parsed.
 */
export function addAgentEntry(tacho: Command, agent: Agent): void {
  const { name, title } = agent
  const command = tacho
    .command(name)
    .description(`run ${title} unchanged, and record it with --persist-session`)
  if (isInstalled(agent))
    command.argument(
      '[arguments...]',
      `what ${title} takes; all but the options below goes to it as it is`,
    )
  else {
    command.argument('<program...>', 'what to run, with its arguments, behind a --')
    command.option(
      '--base-url-env <name>',
      'a variable in which the program looks for the address of its model API: NAME, NAME=URL or NAME=PATH; can be repeated',
    )
  }
  command
    .option('--persist-session', 'record this session (also: TACHO_PERSIST_SESSION=1)')
    .option(
      '--debug-log [path]',
      `write ${isInstalled(agent) ? `${title}'s` : 'a'} debug log, to the session's folder or to this file`,
    )
    .option('--sessions-dir <dir>', 'keep the session in this folder')
    .option('--no-scrub', 'record secrets as they are sent; says so, also in the session')
    .option(
      '--explain-setup',
      'print what has to be settled before it can be recorded; runs nothing',
    )
    .allowUnknownOption()
    .action(() => {
      throw new CommandError(
        'not-built',
        EXIT.failure,
        `tacho ${name} is not built yet. In the folder of Tacho, run: npm run build`,
      )
    })
}
