/**
 * Prevents this process from opening a standard output that belongs to the agent. Node opens it at
 * the first access to `process.stdout`, and makes the pipe or socket non-blocking: for the agent
 * too, which shares it, and exits when a slow reader lets it fill up (seen with Codex 0.169 and 1
 * MB). winston accesses it twice: through `@colors/colors` and `readable-stream`.
 */
export function leaveStandardOutput(): void {
  Object.defineProperty(process, 'stdout', {
    configurable: true,
    enumerable: true,
    value: { isTTY: false },
  })
}
