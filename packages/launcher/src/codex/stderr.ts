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

/** The line that Codex prints when its WebSocket is refused: without us it would not be there. */
export function isAboutRefusedWebSocket(line: string): boolean {
  return line.includes('responses_websocket') && line.includes('failed to connect')
}
