/** Why nothing is run at all. The message says what to do; the exit code is the shell's for that. */
export type Refusal = Error & { exitCode: number }

/**
 * Whether an error is a refusal. By what it has and not by its class: what recording needs is a
 * bundle of its own, and has classes of its own.
 */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
}
