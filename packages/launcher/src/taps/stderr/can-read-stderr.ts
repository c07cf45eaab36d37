import { fstatSync } from 'node:fs'

/**
 * Whether the agent's standard error can be read without changing what the user sees: a terminal
 * would no longer be one for the agent (no colours), and where both outputs go to one file or pipe,
 * the order of the two would change.
 */
export function canReadStderr(): boolean {
  if (process.stderr.isTTY) return false
  try {
    const [out, error] = [fstatSync(1), fstatSync(2)]
    return out.ino !== error.ino || out.dev !== error.dev
  } catch {
    return false
  }
}
