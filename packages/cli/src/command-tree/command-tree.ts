import type { Argument, Command, Option } from 'commander'

/** A command as commander defines it: plain data, from which completion and the man page are made. */
export type CommandNode = {
  name: string
  description: string
  arguments: ArgumentNode[]
  options: OptionNode[]
  commands: CommandNode[]
  /** Options that it does not know go to somebody else, such as the agent. */
  passesOptionsOn: boolean
}

export type ArgumentNode = {
  /** The word between the brackets in the usage: `session`. */
  name: string
  description: string
  isRequired: boolean
  isVariadic: boolean
  /** What it can be, where only some words will do. */
  choices?: readonly string[]
}

export type OptionNode = {
  /** As in the help: `-o, --output <file>`. */
  flags: string
  /** The spellings that can be typed: `-o`, `--output`. */
  spellings: string[]
  description: string
  /** Its value; left out where it takes none. */
  value?: ArgumentNode
  /** The spellings of the options that cannot stand beside it. */
  conflicts: string[]
}

/** What can be typed below a command. Hidden commands and options are left out. */
export function commandTree(command: Command): CommandNode {
  const help = command.createHelp()
  const options = help.visibleOptions(command)
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map(argumentNode),
    options: options.map((option) => optionNode(option, options)),
    commands: help.visibleCommands(command).map(commandTree),
    // commander keeps it to itself, and has no other way to ask.
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

/** Whether one of them names the other in `conflicts`, which commander keeps to itself. */
function excludes(one: Option, other: Option): boolean {
  const { conflictsWith = [] } = one as Option & { conflictsWith?: string[] }
  const { conflictsWith: back = [] } = other as Option & { conflictsWith?: string[] }
  return conflictsWith.includes(other.attributeName()) || back.includes(one.attributeName())
}
