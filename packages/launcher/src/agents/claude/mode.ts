import { optionsOf } from './options.js'

/** The ways to run Claude Code in which it holds a conversation here. */
export type ClaudeMode = 'tui' | 'print' | 'stream-json'

// Claude Code 2.1.332, `claude --help`.
const COMMANDS = new Set([
  ...['agents', 'attach', 'auth', 'auto-mode', 'config', 'doctor', 'gateway', 'import', 'install'],
  ...['kill', 'logs', 'mcp', 'plugin', 'plugins', 'purge', 'respawn', 'rm', 'setup-token', 'stop'],
  ...['ultrareview', 'update', 'upgrade'],
])

/** With these it prints something and ends, or its conversation is held by another process. */
const ELSEWHERE = [
  ...['--help', '-h', '--version', '-v', '--bg', '--background', '--cloud', '--desktop'],
]

/**
 * What these arguments start; nothing where they hold no conversation in this process.
 *
 * @param isTerminal without one on its standard output Claude Code prints, as with `-p`.
 */
export function claudeMode(args: readonly string[], isTerminal: boolean): ClaudeMode | undefined {
  const { options, first } = optionsOf(args)
  if (first !== undefined && COMMANDS.has(first)) return undefined
  if (ELSEWHERE.some((name) => options.has(name))) return undefined
  const isPrint = options.has('--print') || options.has('-p') || !isTerminal
  if (!isPrint) return 'tui'
  return options.get('--input-format') === 'stream-json' ? 'stream-json' : 'print'
}
