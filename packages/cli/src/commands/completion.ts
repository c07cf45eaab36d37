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
    .map((command) => ({
      name: command.name(),
      description: command.description(),
      takesSession: command.registeredArguments[0]?.name() === 'session',
      words: command.registeredArguments[0]?.argChoices ?? [],
      options: command
        .createHelp()
        .visibleOptions(command)
        .flatMap((option) =>
          option.long ? [{ long: option.long, description: option.description }] : [],
        ),
    }))
}
