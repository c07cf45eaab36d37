import { type Agent, isInstalled } from '@tacho/launcher'
import { Argument, type Command, Option } from 'commander'
import type { ShimOptions } from './shim.js'

/**
 * Adds `tacho shim install|remove|status <agent>`, implemented in `shim.ts`, which is loaded on
 * demand.
 */
export function addShimEntry(tacho: Command, agents: readonly Agent[]): void {
  const installed = agents.filter(isInstalled)
  const names = installed.map(({ name }) => name)
  tacho
    .command('shim')
    .description('make plain `<agent> --persist-session` work, with a small program first on PATH')
    .addArgument(new Argument('<action>', 'what to do').choices(['install', 'remove', 'status']))
    .addArgument(new Argument('<agent>', 'whose').choices(names))
    .option('--dir <dir>', 'install: the folder to put it in')
    .addOption(new Option('--json', 'status: print one object'))
    .action(async (action: string, name: string, options: ShimOptions) => {
      const agent = installed.find((one) => one.name === name)
      const { shim } = await import('./shim.js')
      if (agent !== undefined) await shim(action, agent, options)
    })
}
