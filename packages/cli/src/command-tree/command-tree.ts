import type { Argument, Command, Option } from 'commander'

/** A command as defined with commander: plain data, for completion and the man page. */
export type CommandNode = {
  name: string
  description: string
  arguments: ArgumentNode[]
  options: OptionNode[]
  commands: CommandNode[]
  /** It passes unknown options on, for example to the agent. */
  passesOptionsOn: boolean
}

export type ArgumentNode = {
  /** The word between the brackets in the usage: `session`. */
  name: string
  description: string
  isRequired: boolean
  isVariadic: boolean
  /** Its possible values, if only some words are allowed. */
  choices?: readonly string[]
}

export type OptionNode = {
  /** As in the help: `-o, --output <file>`. */
  flags: string
  /** Each spelling: `-o`, `--output`. */
  spellings: string[]
  description: string
  /** Its value; absent if it takes none. */
  value?: ArgumentNode
  /** The spellings of the options that it conflicts with. */
  conflicts: string[]
}

/** Returns everything that can be typed after a command, without hidden commands and options. */
export function commandTree(command: Command): CommandNode {
  const help = command.createHelp()
  const options = help.visibleOptions(command)
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map(argumentNode),
    options: options.map((option) => optionNode(option, options)),
    commands: help.visibleCommands(command).map(commandTree),
    // A private member of commander's, for which it has no public accessor.
    passesOptionsOn: Boolean((command as Command & PassesOn)._allowUnknownOption),
  }
}

type PassesOn = { _allowUnknownOption?: boolean }

function argumentNode(argument: Argument): ArgumentNode {
  return {
    name: argument.name(),
    description: argument.description,
    isRequired: argument.required,
    isVariadic: argument.variadic,
    ...(argument.argChoices && { choices: argument.argChoices }),
  }
}

function optionNode(option: Option, all: readonly Option[]): OptionNode {
  return {
    flags: option.flags,
    spellings: spellingsOf(option),
    description: option.description,
    ...((option.required || option.optional) && { value: valueNode(option) }),
    conflicts: all.filter((other) => excludes(option, other)).flatMap(spellingsOf),
  }
}

function valueNode(option: Option): ArgumentNode {
  const [, name = ''] = /[<[]([\w-]+)/.exec(option.flags) ?? []
  return {
    name,
    description: option.description,
    isRequired: option.required,
    isVariadic: option.variadic,
    ...(option.argChoices && { choices: option.argChoices }),
  }
}

function spellingsOf({ short, long }: Option): string[] {
  return [short, long].filter((spelling) => spelling !== undefined)
}

/** Returns whether one of them names the other in `conflicts`, a private member of commander's. */
function excludes(one: Option, other: Option): boolean {
  const { conflictsWith = [] } = one as Option & { conflictsWith?: string[] }
  const { conflictsWith: back = [] } = other as Option & { conflictsWith?: string[] }
  return conflictsWith.includes(other.attributeName()) || back.includes(one.attributeName())
}
