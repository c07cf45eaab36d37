/**
 * Keeps our hands off a standard output that is the agent's. Node opens it as soon as anything looks
 * at `process.stdout`, and makes the pipe or socket behind it non-blocking: for the agent too, which
 * shares it, and ends when a slow reader lets it fill (seen with Codex 0.169 and 1 MB). winston looks
 * at it, twice: by `@colors/colors` and by `readable-stream`.
 */
export function leaveStandardOutput(): void {
  Object.defineProperty(process, 'stdout', {
    configurable: true,
    enumerable: true,
    value: { isTTY: false },
  })
}
