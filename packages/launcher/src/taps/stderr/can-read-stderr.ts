import { fstatSync } from 'node:fs'

/**
 * Whether the agent's standard error can be read without changing what the user sees. The agent
 * would no longer see a terminal (no colours), and if both outputs go to one file or pipe, their
 * order would change.
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
