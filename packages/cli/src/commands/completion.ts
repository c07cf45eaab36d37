import { Argument, type Command } from 'commander'
import { type CompletionTree, completionScript, SHELLS, type Shell } from '../completion-script.js'
import { write } from '../output.js'

/** `tacho completion SHELL`: a completion script, made from the tree of all commands. */
export function addCompletionCommand(tacho: Command): void {
  tacho
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      '\nbash: source <(tacho completion bash)\nzsh:  source <(tacho completion zsh)\nfish: tacho completion fish | source',
    )
    .action(async (shell: Shell) => {
      await write(completionScript(shell, treeOf(tacho)))
    })
}

function treeOf(tacho: Command): CompletionTree {
  return tacho
    .createHelp()
    .visibleCommands(tacho)
    .map((command) => {
      const [first] = command.registeredArguments
      const below = command.commands
      return {
        name: command.name(),
        description: command.description(),
        takesSession: first?.name() === 'session',
        takesSessionThen: below.some((one) => one.registeredArguments[0]?.name() === 'session'),
        words: first?.argChoices ?? below.map((one) => one.name()),
        options: optionsOf([command, ...below]),
      }
    })
}

/** The options of a command and of those below it, each once. */
function optionsOf(commands: readonly Command[]): CompletionTree[number]['options'] {
  const options = new Map(
    commands.flatMap((command) =>
      command
        .createHelp()
        .visibleOptions(command)
        .flatMap(({ long, description }) => (long ? [[long, { long, description }] as const] : [])),
    ),
  )
  return [...options.values()]
}
