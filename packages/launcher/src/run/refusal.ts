/**
 * Why nothing is run at all. The message says what to do; the exit code is the shell's for this
 * case.
 */
export type Refusal = Error & { exitCode: number }

/**
 * Whether an error is a refusal. Checks its members instead of its class: the recording code is a
 * separate bundle with its own copies of the classes.
 */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
}
