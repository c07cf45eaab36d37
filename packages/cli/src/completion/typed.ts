import type { ArgumentNode, CommandNode, OptionNode } from '../command-tree/command-tree.js'

/** What the words before the cursor say. */
export type Typed = {
  /** The command that they lead to. */
  command: CommandNode
  /** The one above it; for `tacho` itself, that. */
  parent: CommandNode
  /** The arguments of that command, in order. */
  arguments: string[]
  /** Its options, by each of their spellings. */
  options: Set<string>
  /** The last value that was given to an option, by the option's long spelling. */
  values: Map<string, string>
  /** An option whose value comes next. */
  waiting: OptionNode | undefined
  /** All that follows is an argument: there was a `--`. */
  isPastOptions: boolean
}

/** Reads the words between `tacho` and the cursor as commander does. */
export function readTyped(tree: CommandNode, words: readonly string[]): Typed {
  const typed: Typed = {
    command: tree,
    parent: tree,
    arguments: [],
    options: new Set(),
    values: new Map(),
    waiting: undefined,
    isPastOptions: false,
  }
  for (const word of words) readWord(typed, word)
  return typed
}

function readWord(typed: Typed, word: string): void {
  const { waiting } = typed
  typed.waiting = undefined
  if (waiting !== undefined && (waiting.value?.isRequired || !word.startsWith('-'))) {
    typed.values.set(nameOf(waiting), word)
  } else if (typed.isPastOptions || word === '-' || !word.startsWith('-')) {
    readArgument(typed, word)
  } else if (word === '--') {
    typed.isPastOptions = true
  } else {
    readOption(typed, word)
  }
}

function readArgument(typed: Typed, word: string): void {
  const below = typed.command.commands.find(({ name }) => name === word)
  if (below === undefined || typed.arguments.length > 0) {
    typed.arguments.push(word)
    return
  }
  typed.parent = typed.command
  typed.command = below
  typed.options.clear()
}

function readOption(typed: Typed, word: string): void {
  const [spelling = '', ...rest] = word.split('=')
  const option = typed.command.options.find(({ spellings }) => spellings.includes(spelling))
  if (option === undefined) return
  for (const one of option.spellings) typed.options.add(one)
  if (rest.length > 0) typed.values.set(nameOf(option), rest.join('='))
  else if (option.value !== undefined) typed.waiting = option
}

/** The spelling by which an option is known: its long one. */
function nameOf({ spellings }: OptionNode): string {
  return spellings.at(-1) ?? ''
}

/** The argument that comes next; nothing where the command takes no more. */
export function nextArgument({ command, arguments: given }: Typed): ArgumentNode | undefined {
  const last = command.arguments.at(-1)
  return command.arguments[given.length] ?? (last?.isVariadic ? last : undefined)
}
