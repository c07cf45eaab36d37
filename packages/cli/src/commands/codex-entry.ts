import type { Command } from 'commander'

/**
 * `tacho codex` in the help. Running it never comes here: `bin/tacho.js` takes it to its own module,
 * which loads nothing else, before the command line is looked at.
 */
export function addCodexEntry(tacho: Command): void {
  tacho
    .command('codex')
    .description('run Codex as it is, and record it where --persist-session says so')
    .argument('[arguments...]', 'what Codex takes; all but the options below goes to it as it is')
    .option('--persist-session', 'record this session (also: TACHO_PERSIST_SESSION=1)')
    .option(
      '--debug-log [path]',
      "write Codex's debug log, to the session's folder or to this file",
    )
    .option('--sessions-dir <dir>', 'keep the session in this folder')
    .allowUnknownOption()
}
