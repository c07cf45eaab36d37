import type { ChildProcess } from 'node:child_process'

/**
 * Sends a signal to a child that has started. One that could not be, for want of descriptors, has no
 * process id, and Node 20 signals the process 0 in its place: our own whole process group.
 */
export function killStarted(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(signal)
}
