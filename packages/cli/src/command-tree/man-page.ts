import { EXIT_STATUS } from '../command-error.js'
import type { ArgumentNode, CommandNode } from './command-tree.js'

/**
 * Returns the manual page of `tacho`, for `man`: every command with its arguments and options, as
 * in `--help`. The macros are those of man(7).
 */
export function manPage(tree: CommandNode, version: string): string {
  return [
    `.TH TACHO 1 "" ${quoted(`Tacho ${version}`)} "User Commands"`,
    '.SH NAME',
    `tacho \\- ${escaped(lowerFirst(tree.description))}`,
    '.SH SYNOPSIS',
    ...tree.commands.filter(({ name }) => name !== 'help').flatMap(synopsis),
    '.SH COMMANDS',
    ...tree.commands.flatMap((command) => commandLines(command, ['tacho'])),
    '.SH OPTIONS',
    ...optionLines(tree),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
    'An agent that Tacho runs ends with its own exit code or signal.',
    '',
  ].join('\n')
}

function synopsis({ name, commands, arguments: taken }: CommandNode, index: number): string[] {
  const words = commands.length > 0 ? ['command'] : taken.map(argumentWord)
  return [
    ...(index === 0 ? [] : ['.br']),
    `.B tacho ${escaped(name)}`,
    ...(words.length === 0 ? [] : [`.I ${escaped(words.join(' '))}`]),
  ]
}

function argumentWord({ name, isRequired, isVariadic }: ArgumentNode): string {
  const word = isVariadic ? `${name}...` : name
  return isRequired ? word : `[${word}]`
}

function commandLines(command: CommandNode, above: readonly string[]): string[] {
  const names = [...above, command.name]
  const described = command.arguments.filter(({ description }) => description !== '')
  return [
    `.SS ${quoted([...names, ...command.arguments.map(argumentWord)].join(' '))}`,
    sentence(command.description),
    ...described.flatMap(({ name, description }) => [
      '.TP',
      `.I ${escaped(name)}`,
      sentence(description),
    ]),
    ...optionLines(command),
    ...command.commands.flatMap((below) => commandLines(below, names)),
  ]
}

// Every command has a --help, which is mentioned once.
function optionLines({ options, commands }: CommandNode): string[] {
  const isRoot = commands.some(({ name }) => name === 'help') && options.some(isVersion)
  return options
    .filter(({ spellings }) => isRoot || !spellings.includes('--help'))
    .flatMap(({ flags, description, value }) => [
      '.TP',
      `.B ${escaped(flags)}`,
      sentence(description + choicesOf(value)),
    ])
}

function isVersion({ spellings }: { spellings: string[] }): boolean {
  return spellings.includes('--version')
}

function choicesOf(value: ArgumentNode | undefined): string {
  return value?.choices === undefined ? '' : `: ${value.choices.join(', ')}`
}

function sentence(text: string): string {
  const whole = escaped(text.charAt(0).toUpperCase() + text.slice(1))
  return whole.endsWith('.') ? whole : `${whole}.`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`
}

// A literal hyphen must not become a typographic one, and no line of text may begin like a macro.
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')
}
