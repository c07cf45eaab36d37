import type { LogRecord } from '../../taps/otlp/log-record.js'

// Arguments are JSON of the model's; longer ones hold contents, not commands.
const ARGUMENTS_CHARACTERS = 64 * 1024

/** The command line in the arguments of a `codex.tool_result`; nothing else of them is read. */
export function commandOf(result: LogRecord): string | undefined {
  const json = result.attributes.get('arguments')
  if (typeof json !== 'string' || json.length > ARGUMENTS_CHARACTERS) return undefined
  const { cmd, command } = membersOf(json)
  const words = cmd ?? command
  if (typeof words === 'string') return words
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string')
  return isList ? words.join(' ') : undefined
}

/** The exit code, from the lines that Codex 0.169 puts before a command's own output. */
export function exitCodeOf(result: LogRecord): number | undefined {
  const [head = ''] = outputOf(result).slice(0, 400).split('\nOutput:')
  const code = /^Process exited with code (-?\d{1,10})$/m.exec(head)?.[1]
  return code === undefined ? undefined : Number(code)
}

/**
 * Why the configuration let a call not run: there is no `codex.tool_decision` for that in Codex
 * 0.169, only what the model was told instead of an output.
 */
export function refusalOf(result: LogRecord): string | undefined {
  if (isSuccess(result)) return undefined
  const output = outputOf(result)
  const forbidden = /^exec_command failed: CreateProcess \{ message: "Rejected\(\\"(.*)\\"\)" \}$/s
  const never = /^approval policy is \w+; reject command\b.*/s
  return forbidden.exec(output)?.[1] ?? never.exec(output)?.[0]
}

/** How it ended, in the words of Codex's app-server, to which a command that fails has failed. */
export function statusOf(result: LogRecord): 'completed' | 'failed' {
  return isSuccess(result) && (exitCodeOf(result) ?? 0) === 0 ? 'completed' : 'failed'
}

function isSuccess({ attributes }: LogRecord): boolean {
  return String(attributes.get('success')) === 'true'
}

/** What the model is told. */
export function outputOf({ attributes }: LogRecord): string {
  const output = attributes.get('output')
  return typeof output === 'string' ? output : ''
}

function membersOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
