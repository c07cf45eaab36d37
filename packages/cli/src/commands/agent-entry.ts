import type { Agent } from '@tacho/launcher'
import type { Command } from 'commander'
import { CommandError, EXIT } from '../command-error.js'

/**
 * `tacho <agent>` in the help. Running it never comes here where Tacho is built: `bin/tacho.js` takes
 * it to a bundle of its own, which loads nothing else, before the command line is looked at.
 */
export function addAgentEntry(tacho: Command, { name, title }: Agent): void {
  tacho
    .command(name)
    .description(`run ${title} unchanged, and record it with --persist-session`)
    .argument(
      '[arguments...]',
      `what ${title} takes; all but the options below goes to it as it is`,
    )
    .option('--persist-session', 'record this session (also: TACHO_PERSIST_SESSION=1)')
    .option(
      '--debug-log [path]',
      `write ${title}'s debug log, to the session's folder or to this file`,
    )
    .option('--sessions-dir <dir>', 'keep the session in this folder')
    .option('--no-scrub', 'record secrets as they are sent; says so, also in the session')
    .allowUnknownOption()
    .action(() => {
      throw new CommandError(
        'not-built',
        EXIT.failure,
        `tacho ${name} is not built yet. In the folder of Tacho, run: npm run build`,
      )
    })
}
