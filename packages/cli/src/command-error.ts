/** The exit codes of `tacho` (docs/cli.md). `tacho codex` has those of the agent instead. */
export const EXIT = {
  /** It could not be done. */
  failure: 1,
  /** The command line is not one that Tacho understands. */
  wrongUse: 2,
  /** Some of what was asked for was never recorded, not kept, or is damaged. */
  incomplete: 3,
} as const

/** What ends a command before its work is done. Only `main` words and prints it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  readonly exitCode: number

  constructor(code: string, exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.exitCode = exitCode
  }
}
