import { Argument, type Command, Option } from 'commander'

/** `tacho shim`: what it does is in `shim.ts`, which is loaded when it is asked for. */
export function addShimEntry(tacho: Command): void {
  tacho
    .command('shim')
    .description('put a codex first in the PATH that makes `codex --persist-session` work as typed')
    .addArgument(new Argument('<action>').choices(['install', 'remove', 'status']))
    .argument('[agent]', 'the agent', 'codex')
    .option('--dir <dir>', 'install: the folder to put it into')
    .addOption(new Option('--json', 'status: print an object'))
    .action(async (action: string, agent: string, options: { dir?: string; json?: boolean }) => {
      const { shim } = await import('./shim.js')
      await shim(action, agent, options)
    })
}
