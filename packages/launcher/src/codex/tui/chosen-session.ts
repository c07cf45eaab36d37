import { positionals } from '../subcommand.js'

/** Which session a start of the TUI goes on with. */
export type ChosenSession =
  | { kind: 'new' }
  /** By its id, or its name. */
  | { kind: 'named'; id: string }
  /** The last one, or one that the user picks, of a folder or of all. */
  | { kind: 'searched'; isEverywhere: boolean }

/** Which session these arguments of Codex's name (Codex 0.169: `resume`, `fork`). */
export function chosenSession(args: readonly string[]): ChosenSession {
  const [subcommand, session] = positionals(args)
  if (subcommand !== 'resume' && subcommand !== 'fork') return { kind: 'new' }
  // Behind `--last` there is a prompt.
  if (session === undefined || args.includes('--last')) {
    return { kind: 'searched', isEverywhere: args.includes('--all') }
  }
  return { kind: 'named', id: session }
}
