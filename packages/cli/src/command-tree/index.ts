import type { Command } from 'commander'
import { addCommands } from '../commands/index.js'
import { program } from '../program.js'

// What the build makes from the definitions of all commands (scripts/bundle/commands.ts).
export { commandTree } from './command-tree.js'
export { manPage } from './man-page.js'
export { treeText } from './tree-text.js'

/** Returns `tacho` with all of its commands. */
export function fullProgram(): Promise<Command> {
  return program((tacho, agents) => addCommands(tacho, agents, undefined))
}
