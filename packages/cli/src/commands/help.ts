import type { Command } from 'commander'
import { wrongUse } from '../command-error.js'

/**
 * Adds `tacho help [command...]`: the help of a command at any depth, while commander's own only
 * supports one level.
 */
export function addHelpCommand(tacho: Command): void {
  tacho
    .command('help')
    .description('print help for a command')
    .argument('[command...]', 'the command, with what it is below: export otlp')
    .action((names: string[]) => commandBelow(tacho, names).outputHelp())
}

function commandBelow(tacho: Command, names: readonly string[]): Command {
  let found = tacho
  for (const [depth, name] of names.entries()) {
    const below = found.commands.find((one) => one.name() === name)
    if (below === undefined) throw noCommand(found, name, names.slice(0, depth))
    found = below
  }
  return found
}

function noCommand(parent: Command, name: string, above: readonly string[]): Error {
  const whole = ['tacho', ...above].join(' ')
  const names = parent.commands.map((one) => one.name())
  const there =
    names.length === 0 ? 'It has no subcommands.' : `It has: ${names.sort().join(', ')}.`
  return wrongUse(`${whole} has no command ${JSON.stringify(name)}. ${there}`)
}
