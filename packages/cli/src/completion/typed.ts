import type { ArgumentNode, CommandNode, OptionNode } from '../command-tree/command-tree.js'

/** What the words before the cursor mean. */
export type Typed = {
  /** The command that they name. */
  command: CommandNode
  /** Its parent; for `tacho` itself, `tacho`. */
  parent: CommandNode
  /** The arguments of that command, in order. */
  arguments: string[]
  /** Its options, under all of their spellings. */
  options: Set<string>
  /** The last value of each option, by its long spelling. */
  values: Map<string, string>
  /** An option whose value comes next. */
  waiting: OptionNode | undefined
  /** Everything that follows is an argument: there was a `--`. */
  isPastOptions: boolean
}

/** Parses the words between `tacho` and the cursor as commander does. */
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

/** Returns the long spelling of an option, which identifies it. */
function nameOf({ spellings }: OptionNode): string {
  return spellings.at(-1) ?? ''
}

/** Returns the next argument; undefined if the command takes no more. */
export function nextArgument({ command, arguments: given }: Typed): ArgumentNode | undefined {
  const last = command.arguments.at(-1)
  return command.arguments[given.length] ?? (last?.isVariadic ? last : undefined)
}
