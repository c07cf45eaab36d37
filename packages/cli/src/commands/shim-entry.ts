import { Argument, type Command, Option } from 'commander'
import type { ShimOptions } from './shim.js'

/** `tacho shim install|remove|status codex`: what it does is in `shim.ts`, loaded when asked for. */
export function addShimEntry(tacho: Command): void {
  tacho
    .command('shim')
    .description('make `codex --persist-session` work as typed, by a codex of ours first on PATH')
    .addArgument(new Argument('<action>', 'what to do').choices(['install', 'remove', 'status']))
    .addArgument(new Argument('<agent>', 'whose').choices(['codex']))
    .option('--dir <dir>', 'install: the folder to put it into')
    .addOption(new Option('--json', 'status: print an object'))
    .action(async (action: string, _agent: string, options: ShimOptions) => {
      const { shim } = await import('./shim.js')
      await shim(action, options)
    })
}
