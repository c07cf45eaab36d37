/** The exit codes of `tacho` (docs/cli.md). `tacho codex` uses the agent's instead. */
export const EXIT = {
  /** It could not be done. */
  failure: 1,
  /** The command line is invalid. */
  wrongUse: 2,
  /** Some of the requested data was never recorded, not kept, or is damaged. */
  incomplete: 3,
} as const

/** What each exit code means, for the manual page; docs/cli.md has the details. */
export const EXIT_STATUS: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'Done.'],
  [EXIT.failure, 'It could not be done.'],
  [EXIT.wrongUse, 'The command line is wrong.'],
  [
    EXIT.incomplete,
    'Some of what was asked for was never recorded, was not kept, or is damaged. What could be given back was.',
  ],
]

export type CommandErrorCode =
  /** The command line does not say what to do. */
  | 'wrong-use'
  /** The agent's bundle is missing. */
  | 'not-built'
  /** There is no session to search or to summarize. */
  | 'no-sessions'
  /** The session has no exchange with this number. */
  | 'no-exchange'
  /** The session's folder cannot be examined. */
  | 'unreadable'
  /** Some of the requested data was never recorded, not kept, or is damaged. */
  | 'incomplete'
  /** The collector has not accepted everything that it was sent. */
  | 'not-delivered'
  /** An OpenTelemetry variable has an invalid value. */
  | 'wrong-otlp-setting'
  /** The output file already exists. */
  | 'output-exists'
  /** The file cannot be written. */
  | 'cannot-write'
  /** The recorded data is nested too deeply for JSON. */
  | 'too-deep'
  /** The port is not available. */
  | 'cannot-listen'
  /** The table of prices cannot be used. */
  | 'wrong-prices'
  /** DuckDB rejects a query. */
  | 'sql-error'
  /** DuckDB is not installed. */
  | 'sql-not-installed'
  /** The library that `tacho mcp` needs is not installed. */
  | 'mcp-not-installed'
  /** The shim cannot be installed or removed. */
  | 'shim-refused'

/** Ends a command before its work is done. Only `main` words and prints it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode
  readonly exitCode: number

  constructor(code: CommandErrorCode, exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.exitCode = exitCode
  }
}

/** Makes the error for an invalid command line; the message says what would be valid. */
export function wrongUse(message: string): CommandError {
  return new CommandError('wrong-use', EXIT.wrongUse, message)
}
