/** The exit codes of `tacho` (docs/cli.md). `tacho codex` has those of the agent instead. */
export const EXIT = {
  /** It could not be done. */
  failure: 1,
  /** The command line is not one that Tacho understands. */
  wrongUse: 2,
  /** Some of what was asked for was never recorded, not kept, or is damaged. */
  incomplete: 3,
} as const

/** What each exit code says, for the manual page; docs/cli.md says it at more length. */
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
  /** The command line does not say what is to be done. */
  | 'wrong-use'
  /** The agent's bundle is missing. */
  | 'not-built'
  /** There is no session to search or to sum up. */
  | 'no-sessions'
  /** The session has no exchange of this number. */
  | 'no-exchange'
  /** The session's folder cannot be looked into. */
  | 'unreadable'
  /** Some of what was asked for was never recorded, not kept, or is damaged. */
  | 'incomplete'
  /** The collector has not taken all that it was sent. */
  | 'not-delivered'
  /** A variable of OpenTelemetry's has a value that means nothing. */
  | 'wrong-otlp-setting'
  /** The file that was to be written is there already. */
  | 'output-exists'
  /** The file cannot be written. */
  | 'cannot-write'
  /** What was recorded is nested deeper than JSON is written. */
  | 'too-deep'
  /** The port is not available. */
  | 'cannot-listen'
  /** A table of prices that cannot be used. */
  | 'wrong-prices'
  /** DuckDB says no to a query. */
  | 'sql-error'
  /** DuckDB is not there. */
  | 'sql-not-installed'
  /** The library that `tacho mcp` needs is not installed. */
  | 'mcp-not-installed'
  /** The shim cannot be put there, or not be removed. */
  | 'shim-refused'

/** What ends a command before its work is done. Only `main` words and prints it. */
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

/** The command line does not say what is to be done; the message says what would. */
export function wrongUse(message: string): CommandError {
  return new CommandError('wrong-use', EXIT.wrongUse, message)
}
