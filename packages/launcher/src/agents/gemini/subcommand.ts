/** The modes of Gemini CLI that can be recorded. */
export type GeminiMode = 'tui' | 'prompt' | 'acp'

// Gemini CLI 0.61: options that take a value in the next argument.
const VALUED = new Set(
  '-m --model -p --prompt -i --prompt-interactive -w --worktree --approval-mode --policy --admin-policy --allowed-mcp-server-names --allowed-tools -e --extensions -r --resume --session-file --session-id --delete-session --include-directories -o --output-format'.split(
    ' ',
  ),
)

const OTHERS = new Set('mcp extensions extension skills skill hooks hook gemma'.split(' '))

// With these it does one thing and ends.
const DONE = new Set(
  '-h --help -v --version -l --list-extensions --list-sessions --delete-session'.split(' '),
)

/**
 * Returns the mode that these arguments start, or undefined if they start no conversation.
 *
 * @param isTerminal whether standard input is a terminal: if not, it answers once and ends.
 */
export function geminiMode(args: readonly string[], isTerminal: boolean): GeminiMode | undefined {
  const options = beforeDashes(args)
  if (options.some((one) => DONE.has(one.split('=')[0] ?? ''))) return undefined
  const first = firstPositional(options)
  if (first !== undefined && OTHERS.has(first)) return undefined
  if (has(options, '--acp') || has(options, '--experimental-acp')) return 'acp'
  return has(options, '-p') || has(options, '--prompt') || !isTerminal ? 'prompt' : 'tui'
}

/** Whether an option is present, with or without a value. */
export function has(args: readonly string[], name: string): boolean {
  return beforeDashes(args).some((one) => one === name || one.startsWith(`${name}=`))
}

/** Returns the last value of an option, or undefined if it is absent or has none. */
export function optionValue(args: readonly string[], name: string): string | undefined {
  const options = beforeDashes(args)
  const values = options.flatMap((one, index) => {
    if (one.startsWith(`${name}=`)) return [one.slice(name.length + 1)]
    const next = options[index + 1]
    return one === name && next !== undefined && !next.startsWith('-') ? [next] : []
  })
  return values.at(-1)
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end < 0 ? args : args.slice(0, end)
}

function firstPositional(options: readonly string[]): string | undefined {
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] ?? ''
    if (VALUED.has(option)) index += 1
    else if (!option.startsWith('-')) return option
  }
  return undefined
}
