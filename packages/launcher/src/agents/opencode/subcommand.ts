/** The modes of opencode that can be recorded. */
export type OpencodeMode = 'tui' | 'run' | 'run-tui' | 'serve' | 'web' | 'acp'

// opencode 1.18: options that take a value in the next argument.
const VALUED = new Set(
  '--log-level --port --hostname --mdns-domain --cors -m --model -s --session --prompt --agent --replay-limit --command --format -f --file --title --attach -p --password -u --username --dir --variant --cwd'.split(
    ' ',
  ),
)

const MODES: Record<string, OpencodeMode> = { run: 'run', serve: 'serve', web: 'web', acp: 'acp' }

// The other subcommands hold no conversation, or hold it in a server that runs elsewhere.
const OTHERS = new Set(
  'completion mcp attach debug providers auth agent upgrade uninstall models stats export import github pr session plugin plug db help'.split(
    ' ',
  ),
)

/** Returns the mode that these arguments start, or undefined if they start no conversation. */
export function opencodeMode(args: readonly string[]): OpencodeMode | undefined {
  const options = beforeDashes(args)
  if (options.some((one) => ['-h', '--help', '-v', '--version'].includes(one))) return undefined
  const first = firstPositional(options)
  if (first === undefined) return 'tui'
  if (OTHERS.has(first)) return undefined
  const mode = Object.hasOwn(MODES, first) ? (MODES[first] ?? 'tui') : 'tui'
  if (mode !== 'run') return mode
  if (options.some((one) => one === '--attach' || one.startsWith('--attach='))) return undefined
  return options.some((one) => one === '-i' || one === '--interactive') ? 'run-tui' : 'run'
}

/** Returns the last value of an option, or undefined if it is absent. */
export function optionValue(args: readonly string[], name: string): string | undefined {
  const options = beforeDashes(args)
  const values = options.flatMap((one, index) => {
    if (one.startsWith(`${name}=`)) return [one.slice(name.length + 1)]
    const next = options[index + 1]
    return one === name && next !== undefined ? [next] : []
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
