import { optionsOf } from './options.js'

/** The ways to run Claude Code that hold a conversation in this process. */
export type ClaudeMode = 'tui' | 'print' | 'stream-json'

// Claude Code 2.1.332, `claude --help`.
const COMMANDS = new Set([
  ...['agents', 'attach', 'auth', 'auto-mode', 'config', 'doctor', 'gateway', 'import', 'install'],
  ...['kill', 'logs', 'mcp', 'plugin', 'plugins', 'purge', 'respawn', 'rm', 'setup-token', 'stop'],
  ...['ultrareview', 'update', 'upgrade'],
])

/** With these it prints something and ends, or another process holds the conversation. */
const ELSEWHERE = [
  ...['--help', '-h', '--version', '-v', '--bg', '--background', '--cloud', '--desktop'],
]

/**
 * Returns what these arguments start, or undefined if they hold no conversation in this process.
 *
 * @param isTerminal whether standard output is a terminal; if not, Claude Code prints, as with
 * `-p`.
 */
export function claudeMode(args: readonly string[], isTerminal: boolean): ClaudeMode | undefined {
  const { options, first } = optionsOf(args)
  if (first !== undefined && COMMANDS.has(first)) return undefined
  if (ELSEWHERE.some((name) => options.has(name))) return undefined
  const isPrint = options.has('--print') || options.has('-p') || !isTerminal
  if (!isPrint) return 'tui'
  return options.get('--input-format') === 'stream-json' ? 'stream-json' : 'print'
}
