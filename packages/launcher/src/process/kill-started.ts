import type { ChildProcess } from 'node:child_process'

/**
 * Sends a signal to a child that has started. A child that could not start, because no descriptors
 * were free, has no process id, and Node 20 would signal process 0 instead: our own whole process
 * group.
 */
export function killStarted(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(signal)
}
