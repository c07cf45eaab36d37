/** The modes of Codex that can be recorded. */
export type CodexMode = 'tui' | 'exec' | 'app-server'

// Codex 0.169: root options that take a value in the next argument.
const VALUED = new Set(
  '-c --config --enable --disable --remote --remote-auth-token-env -i --image -m --model --local-provider -p --profile -s --sandbox -C --cd --add-dir -a --ask-for-approval'.split(
    ' ',
  ),
)

const MODES: Record<string, CodexMode> = {
  exec: 'exec',
  e: 'exec',
  review: 'exec',
  'app-server': 'app-server',
  resume: 'tui',
  fork: 'tui',
}

// The other subcommands hold no conversation, so there is nothing to record.
const OTHERS = new Set(
  'agents login logout mcp plugin remote-control completion update doctor sandbox debug apply a queue archive delete migrate-rollouts migrate-nfs-db unarchive cloud exec-server features help'.split(
    ' ',
  ),
)

const APP_SERVER_TOOLS = new Set(['daemon', 'proxy', 'generate-ts', 'generate-json-schema', 'help'])

/** Returns the mode that these arguments start, or undefined if they start no conversation. */
export function codexMode(args: readonly string[]): CodexMode | undefined {
  const words = positionals(args)
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  if (options.some((one) => ['-h', '--help', '-V', '--version'].includes(one))) return undefined
  const [first, second] = words
  if (first === undefined) return 'tui'
  if (OTHERS.has(first)) return undefined
  const mode = Object.hasOwn(MODES, first) ? MODES[first] : 'tui'
  if (mode === 'app-server' && second !== undefined && APP_SERVER_TOOLS.has(second))
    return undefined
  return mode
}

/** Returns the arguments up to `--` that are neither options nor their values. */
export function positionals(args: readonly string[]): string[] {
  const words: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? ''
    if (argument === '--') break
    if (VALUED.has(argument)) index += 1
    else if (!argument.startsWith('-') || argument === '-') words.push(argument)
  }
  return words
}
