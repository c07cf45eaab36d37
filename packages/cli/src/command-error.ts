/** The exit codes of `tacho` (docs/cli.md). `tacho codex` has those of the agent instead. */
export const EXIT = {
  /** It could not be done. */
  failure: 1,
  /** The command line is not one that Tacho understands. */
  wrongUse: 2,
  /** Some of what was asked for was never recorded, not kept, or is damaged. */
  incomplete: 3,
} as const

export type CommandErrorCode =
  /** The command line does not say what is to be done. */
  | 'wrong-use'
  /** The agent's bundle is missing. */
  | 'not-built'
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
