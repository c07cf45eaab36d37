/**
 * Takes away what is half written when the program is stopped by a signal: it holds what a session
 * holds, and nobody would look for it.
 *
 * @returns what to call once there is nothing to take away any more.
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
