/**
 * Deletes a half-written file when a signal stops the program: it contains what a session contains,
 * and nobody would look for it.
 *
 * @returns a function to call once there is nothing to delete any more.
 */
export function removeWhenStopped(remove: () => void): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    remove()
    unwatch()
    process.kill(process.pid, signal)
  }
  const unwatch = (): void => {
    for (const signal of STOPPING) process.off(signal, stop)
  }
  for (const signal of STOPPING) process.on(signal, stop)
  return unwatch
}

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
