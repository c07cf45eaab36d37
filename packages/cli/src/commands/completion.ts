import { Argument, type Command } from 'commander'
import { SCRIPTS, SHELLS, type Shell } from '../completion/shells.js'
import { write } from '../output.js'

/** Adds `tacho completion SHELL`: the script that teaches a shell to complete `tacho`. */
export function addCompletionCommand(tacho: Command): void {
  tacho
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      '\nbash: source <(tacho completion bash)\nzsh:  source <(tacho completion zsh)\nfish: tacho completion fish | source',
    )
    .action((shell: Shell) => write(SCRIPTS[shell]))
}
